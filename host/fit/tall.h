// Passes over a matrix of numbers with many rows: what the passes over tables do (pass.h), for rows that need
// no parsing. Threads read and inflate a piece each; pieces are merged in the rows' order. Their size depends
// on the number of columns alone, so no result depends on threads or memory.
// Memory: for each thread twice a chunk of rows, and what the pass says of a piece.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/fit/pass.h"
#include "host/matrix.h"

namespace sluice::fit {

/// A matrix's rows a few hundred at a time, by columns, as doubles, whatever its type and order. One a
/// thread.
class RowReader {
 public:
  /// `names` of columns for messages; empty: by number. The source must live longer.
  RowReader(const MatrixSource& source, std::int64_t rows_at_once, const std::vector<std::string>& names);
  /// Rows [first, first + count), at most RowBlock::kRows: column j to to + j * ld. Error{kInput} with the
  /// place of a value that is no finite number.
  void read(std::int64_t first, std::int64_t count, double* to, std::size_t ld);
  /// The same; columns that lie in memory as doubles already are left where they are. at[j]: column j.
  void read(std::int64_t first, std::int64_t count, double* spare, std::size_t ld,
            std::vector<const double*>& at);
  static std::uint64_t memory(std::int64_t rows_at_once, const MatrixInfo& info);

 private:
  void load(std::int64_t first);
  unsigned char* bytes() { return reinterpret_cast<unsigned char*>(memory_.data()); }
  const unsigned char* bytes() const { return reinterpret_cast<const unsigned char*>(memory_.data()); }
  void turn(std::int64_t at, std::int64_t count, double* to, std::size_t ld) const;
  /// Throws where a value of the column is not finite.
  void check(std::int64_t first, std::int64_t count, const double* values, std::size_t column) const;
  [[noreturn]] void refuse(std::int64_t first, std::int64_t count, const double* values,
                           std::size_t column) const;
  const MatrixSource& source_;
  const std::vector<std::string>& names_;
  std::int64_t rows_at_once_, width_, loaded_ = -1, loaded_rows_ = 0;  // width: columns that lie together
  std::vector<double> memory_;  // the bytes of the loaded rows, by groups of columns that lie together
};

struct TallSource {
  const MatrixSource* x = nullptr;
  const MatrixSource* y = nullptr;        // one column; null: none
  const MatrixSource* weights = nullptr;  // one column; null: none
  std::vector<std::string> names = {};    // of X's columns
  int skipped = -1;                       // a column of X that is the number 1, and so no monomial
  std::int64_t rows() const { return x->info().dimensions == 1 ? x->info().columns : x->info().rows; }
  std::size_t columns() const { return x->info().dimensions == 1 ? 1 : std::size_t(x->info().columns); }
  std::uint64_t bytes() const { return std::uint64_t(rows()) * columns() * size_of(x->info().type); }
};

/// Of all its files, to see whether one changed while it was read.
std::vector<sys::Identity> identities_of(const TallSource& source);

/// Monomials of the blocks: the number 1, X's columns but the skipped one, y. Error{kInput}: values that are
/// not finite, weights that are not above 0, a file that changed; {kInterrupted}.
void run_tall(const Pass& pass, const TallSource& source, Budget& budget, const RunOptions& run,
              RunSummary& summary);

/// Of a store's chunks: columns each by itself up to 128 of them, and so many rows, a power of two, that a
/// chunk has 64 KiB; so the chunks of the same rows hold at most 8 MiB.
std::int64_t chunk_rows(std::size_t columns);
std::int64_t chunk_columns(std::size_t columns);
/// Rows of a piece.
std::int64_t piece_rows(std::size_t columns);

/// The rows of a one-dimensional source are its elements.
Rect rows_of(const MatrixSource& source, std::int64_t first, std::int64_t count);

}  // namespace sluice::fit
