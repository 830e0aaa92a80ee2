// Small matrices with known values, and .npy files written and read by code of the tests' own (not
// host/formats).
#pragma once
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/dtype.h"

namespace sluice::test {

/// A folder that goes away with its owner. kQuick: in memory where there is such a place, for tests of many
/// small runs, which would wait for the disk's syncs otherwise (not for tests of memory or of --io direct).
class TempDir {
 public:
  enum Place { kDisk, kQuick };
  explicit TempDir(Place place = kDisk) {
    std::filesystem::path parent = std::filesystem::temp_directory_path();
    if (place == kQuick && access("/dev/shm", W_OK) == 0) parent = "/dev/shm";
    std::string name = (parent / "sluice_test_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no folder for a test: " + name);
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  /// Names of what lies in the folder, sorted.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::string path_;
};

/// Values of a matrix, row-major; dimensions as numpy's ndim (0: a scalar).
struct Matrix {
  std::int64_t rows = 0, columns = 0;
  std::vector<double> values;
  int dimensions = 2;
  Matrix() = default;
  Matrix(std::int64_t r, std::int64_t c) : rows(r), columns(c), values(std::size_t(r * c)) {}
  double& at(std::int64_t r, std::int64_t c) { return values[std::size_t(r * columns + c)]; }
  double at(std::int64_t r, std::int64_t c) const { return values[std::size_t(r * columns + c)]; }
};

inline std::uint64_t scramble(std::uint64_t z) {  // splitmix64
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
inline double uniform(std::uint64_t seed, std::uint64_t index) {
  return double(scramble(scramble(seed) ^ index) >> 11) * 0x1p-53;
}

/// Deviation about 1 around `offset`, with some correlation between neighbouring rows.
inline Matrix random_matrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed, double offset = 0) {
  Matrix m(rows, columns);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c) {
      const double own = uniform(seed, std::uint64_t(r) << 32 | std::uint64_t(c));
      const double shared = uniform(seed + 1, std::uint64_t(r / 3) << 32 | std::uint64_t(c));
      m.at(r, c) = offset + 3 * own + 1.5 * shared - 2.25;
    }
  return m;
}

inline Matrix transposed(const Matrix& m) {
  Matrix t(m.columns, m.rows);
  for (std::int64_t r = 0; r < m.rows; ++r)
    for (std::int64_t c = 0; c < m.columns; ++c) t.at(c, r) = m.at(r, c);
  return t;
}

template <class T>
void append(std::string& bytes, double value, bool swap) {
  const T element = static_cast<T>(value);
  char raw[sizeof(T)];
  std::memcpy(raw, &element, sizeof(T));
  if (swap) std::reverse(raw, raw + sizeof(T));
  bytes.append(raw, sizeof(T));
}

inline void append(std::string& bytes, DType type, double value, bool swap) {
  switch (type) {
    case DType::kFloat32:
      return append<float>(bytes, value, swap);
    case DType::kFloat64:
      return append<double>(bytes, value, swap);
    case DType::kInt8:
      return append<std::int8_t>(bytes, value, swap);
    case DType::kUInt8:
      return append<std::uint8_t>(bytes, value, swap);
    case DType::kInt16:
      return append<std::int16_t>(bytes, value, swap);
    case DType::kUInt16:
      return append<std::uint16_t>(bytes, value, swap);
    case DType::kInt32:
      return append<std::int32_t>(bytes, value, swap);
    case DType::kUInt32:
      return append<std::uint32_t>(bytes, value, swap);
    case DType::kInt64:
      return append<std::int64_t>(bytes, value, swap);
    case DType::kUInt64:
      return append<std::uint64_t>(bytes, value, swap);
    default:
      return append<std::uint8_t>(bytes, value != 0, swap);
  }
}

/// The elements alone, as a file holds them.
inline std::string raw_bytes(const Matrix& m, DType type, bool fortran = false, bool big = false) {
  std::string bytes;
  bytes.reserve(m.values.size() * size_of(type));
  const bool swap = big != (std::endian::native == std::endian::big);
  if (fortran)
    for (std::int64_t c = 0; c < m.columns; ++c)
      for (std::int64_t r = 0; r < m.rows; ++r) append(bytes, type, m.at(r, c), swap);
  else
    for (double v : m.values) append(bytes, type, v, swap);
  return bytes;
}

inline const char* npy_code(DType type) {
  static const char* const codes[] = {"f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "b1"};
  return codes[int(type)];
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), std::streamsize(bytes.size()));
  if (!file.flush()) throw std::runtime_error("a test cannot write " + path);
}

/// A .npy 1.0 header for a dictionary written by the test itself (which may lie).
inline std::string npy_header(const std::string& dictionary) {
  std::string text = dictionary;
  while ((10 + text.size() + 1) % 64) text += ' ';
  text += '\n';
  std::string head("\x93NUMPY\x01\x00", 8);
  head += char(text.size() & 0xff);
  head += char(text.size() >> 8);
  return head + text;
}

inline std::string npy_dictionary(const Matrix& m, DType type, bool fortran = false, bool big = false) {
  const char order = size_of(type) == 1 ? '|' : big ? '>' : '<';
  std::string shape("(");
  if (m.dimensions == 2) shape += std::to_string(m.rows) + ", ";
  shape += std::to_string(m.columns);
  shape += m.dimensions == 2 ? ")" : ",)";
  return std::string("{'descr': '") + order + npy_code(type) +
         "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
}

inline std::string write_npy(const std::string& path, const Matrix& m, DType type, bool fortran = false,
                             bool big = false) {
  write_file(path, npy_header(npy_dictionary(m, type, fortran, big)) + raw_bytes(m, type, fortran, big));
  return path;
}

inline std::string write_vector(const std::string& path, const std::vector<double>& values, DType type) {
  Matrix m(1, std::int64_t(values.size()));
  m.values = values;
  m.dimensions = 1;
  return write_npy(path, m, type);
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("a test cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Little-endian float32 or float64 in C order: what sluice writes, and the reference answers.
inline Matrix read_npy(const std::string& path, DType* type = nullptr) {
  const std::string bytes = read_file(path);
  if (bytes.compare(0, 6, "\x93NUMPY") != 0) throw std::runtime_error(path + " is not .npy");
  const std::size_t length = std::uint8_t(bytes[8]) | std::size_t(std::uint8_t(bytes[9])) << 8;
  const std::string head = bytes.substr(10, length);
  if (head.find("'fortran_order': False") == std::string::npos)
    throw std::runtime_error(path + ": Fortran order");
  const bool single = head.find("'<f4'") != std::string::npos;
  if (!single && head.find("'<f8'") == std::string::npos)
    throw std::runtime_error(path + ": type in " + head);
  if (type) *type = single ? DType::kFloat32 : DType::kFloat64;
  std::vector<std::int64_t> shape;
  for (std::size_t at = head.find('(') + 1; head[at] != ')'; ++at)
    if (std::isdigit(static_cast<unsigned char>(head[at]))) {
      std::size_t used = 0;
      shape.push_back(std::stoll(head.substr(at), &used));
      at += used - 1;
    }
  Matrix m(shape.size() == 2 ? shape[0] : 1, shape.empty() ? 1 : shape.back());
  m.dimensions = int(shape.size());
  const std::size_t width = single ? 4 : 8;
  if (bytes.size() != 10 + length + m.values.size() * width) throw std::runtime_error(path + ": wrong size");
  for (std::size_t i = 0; i < m.values.size(); ++i) {
    const char* element = bytes.data() + 10 + length + i * width;
    if (single) {
      float value;
      std::memcpy(&value, element, 4);
      m.values[i] = value;
    } else {
      std::memcpy(&m.values[i], element, 8);
    }
  }
  return m;
}

}  // namespace sluice::test
