// A matrix in a file, as the pager sees it: extents, element type, and either bytes that can be mapped or a
// way to read a tile. Formats (host/formats) make these; operations never ask which format it was.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/io/sys.h"
#include "kernels/dtype.h"

namespace sluice {

/// A rectangle of a matrix: rows [row, row + rows) and columns [column, column + columns).
struct Rect {
  std::int64_t row = 0, column = 0, rows = 0, columns = 0;
};

/// What a file says of its matrix. One-dimensional data is one row (rows = 1, dimensions = 1).
struct MatrixInfo {
  std::string path;    // as the user named it ("file.h5:/x" with its dataset)
  std::string format;  // "npy 1.0", "raw", "hdf5"
  std::string detail;  // "chunks 64 x 1000, deflate 4, shuffle" or empty
  std::int64_t rows = 0, columns = 0;
  int dimensions = 2;                 // of the data itself: 1 or 2, or with OpenOptions::stacked more
  std::vector<std::int64_t> extents;  // of more than 2 dimensions
  DType type = DType::kFloat32;
  bool swapped = false;  // elements are in the other byte order
  bool fortran = false;  // columns are contiguous instead of rows
  std::uint64_t bytes() const { return std::uint64_t(rows) * std::uint64_t(columns) * size_of(type); }
};

class MatrixSource {
 public:
  virtual ~MatrixSource() = default;
  const MatrixInfo& info() const { return info_; }
  /// Size, time and place of every file behind the matrix, for journals and provenance.
  virtual std::vector<sys::Identity> identities() const = 0;
  /// True when the elements lie in the file uncompressed from data_offset(), dense, in C order or, with
  /// info().fortran, in Fortran order: the pager then maps or reads the file itself.
  virtual bool flat() const = 0;
  virtual const sys::File& file() const = 0;      // flat only
  virtual std::uint64_t data_offset() const = 0;  // flat only
  /// Copies a rectangle to `to`, in the byte order and element order of the file: rows at `stride` bytes
  /// (columns at `stride` bytes with info().fortran). Thread-safe. Error{kInput} when the file is damaged or
  /// shorter than it says. Works for every source, flat or not.
  virtual void read(const Rect& rect, void* to, std::int64_t stride) const = 0;
  /// Bytes of memory that read() may hold between calls (decoded chunks); part of the memory budget.
  virtual std::uint64_t cache_bytes() const { return 0; }
  /// Columns that lie together: a rectangle of so many is read as fast as it can be.
  virtual std::int64_t run_columns() const { return info_.columns; }

 protected:
  MatrixInfo info_;
};

struct OpenOptions {                   // but for the last, of raw files only
  std::int64_t rows = 0, columns = 0;  // --shape
  bool has_shape = false;
  DType type = DType::kFloat32;  // --dtype
  bool swapped = false;          // '>f4'
  bool has_type = false;
  std::uint64_t header_bytes = 0;  // --header-bytes
  bool fortran = false;
  /// Of any format: what has more than two dimensions, in C order, is a matrix of the first by all others.
  bool stacked = false;
};

/// Opens `.npy` by its magic, HDF5 by its signature (with "file.h5:/path"; without a path the only
/// two-dimensional dataset), anything else as raw where the options give shape and type.
/// Error{kInput}: missing, empty, truncated, lying header, object or complex elements, too many dimensions.
/// Error{kUsage}: raw without shape or type.
std::unique_ptr<MatrixSource> open_matrix(const std::string& path, const OpenOptions& options = {});

}  // namespace sluice
