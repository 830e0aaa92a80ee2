// The .npy header, versions 1.0 to 3.0, read and written without Python. The parser works on bytes of unknown
// origin and never reads past `available`; every product of extents is checked.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/matrix.h"

namespace sluice {

struct NpyHeader {
  int major = 1, minor = 0;
  DType type = DType::kFloat32;
  bool swapped = false;
  bool fortran = false;               // false wherever both orders are the same
  int dimensions = 2;                 // 0: a scalar as 1 x 1; 1: one row; 2; stacked: more
  std::vector<std::int64_t> extents;  // of more than 2 dimensions
  std::int64_t rows = 0, columns = 0;
  std::uint64_t data_offset = 0, data_bytes = 0;
};

constexpr std::size_t kNpyPrefix = 12;                     // bytes that say how long the header is
constexpr std::size_t kNpyLongest = std::size_t(1) << 20;  // longer headers are refused

/// Bytes from the start of the file to its data, from the first kNpyPrefix bytes (fewer where the file ends).
/// Error{kInput} where these are no .npy prefix. `name` is the file in messages.
std::size_t npy_header_size(const unsigned char* data, std::size_t available, const std::string& name);

/// Parses a whole header: `data` holds the first `available` bytes of the file. `stacked`: more than two
/// dimensions are rows of the first by all others. Error{kInput}.
NpyHeader parse_npy(const unsigned char* data, std::size_t available, const std::string& name,
                    bool stacked = false);

/// Python's tuple of a shape: "()", "(columns,)" or "(rows, columns)".
std::string shape_tuple(int dimensions, std::int64_t rows, std::int64_t columns);

/// The same of any shape.
std::string shape_tuple(const std::vector<std::int64_t>& shape);

/// Header of version 1.0, padded so that data start at byte 4096; little-endian C order.
/// dimensions 0, 1 or 2: shape (), (columns,) or (rows, columns).
std::string make_npy_header(DType type, int dimensions, std::int64_t rows, std::int64_t columns);
/// The same of any shape; `complex`: of pairs of the type.
std::string make_npy_header(DType type, bool complex, const std::vector<std::int64_t>& shape);

/// Opens a file that begins with the magic of .npy. Error{kInput}.
std::unique_ptr<MatrixSource> open_npy(sys::File file, const std::string& name, bool stacked = false);

bool has_npy_magic(const unsigned char* data, std::size_t available);

}  // namespace sluice
