// Parsed rows kept in the form in which they were parsed, and written out as columns of a design.
#pragma once
#include <vector>

#include "host/fit/design_rows.h"

namespace sluice::design {

/// Parsed rows, by columns.
struct ParsedRows {
  std::size_t rows = 0;
  std::vector<std::vector<double>> monomials;  // of the plan, but the first, which is the number 1
  std::vector<std::vector<std::int32_t>> codes;
  std::vector<double> weights;  // empty where all are 1
  void clear();
  void add(const fit::RowBlock& block);
  void add(const ParsedRows& from, std::size_t first, std::size_t count);
  const std::vector<double>& response() const { return monomials.back(); }
};

class DenseColumns {
 public:
  /// All must live longer.
  DenseColumns(const fit::Plan& plan, const fit::Design& design,
               const std::vector<std::vector<std::int32_t>>& level_of);
  /// The first `count` rows of X: column j at to + j * ld.
  void write(const ParsedRows& parsed, std::size_t count, double* to, std::size_t ld);
  std::size_t columns() const { return p_; }

 private:
  fit::DesignRows rows_;
  std::size_t p_;
  std::vector<double> ones_;
  fit::RowBlock block_;
};

}  // namespace sluice::design
