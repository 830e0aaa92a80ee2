// Reading and writing .npy headers. A header that promises more than the file holds is found here, before
// anything is mapped.
#include "host/formats/npy.h"

#include <cstring>
#include <vector>

#include "host/error.h"
#include "host/formats/dtype_text.h"
#include "host/formats/flat.h"
#include "host/formats/python_literal.h"

namespace sluice {
namespace {

constexpr unsigned char kMagic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr std::size_t kDataStart = 4096;

[[noreturn]] void refuse(const std::string& name, const std::string& what, const std::string& advice = {}) {
  throw Error(ErrorKind::kInput, name + ": " + what, advice);
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

DType type_of(const NpyDict& dict, const std::string& name, bool& swapped) {
  if (dict.structured)
    refuse(name, "wrong element type: expected real numbers, found records (a structured type)",
           "save one field as a matrix of its own: np.save('field.npy', x['field'])");
  const TypeText text = parse_type(dict.type);
  if (!text.known) refuse(name, "wrong element type: expected real numbers, found " + text.name, text.advice);
  swapped = text.swapped;
  return text.type;
}

// Extents of the matrix and its size, all checked against overflow.
void set_shape(const NpyDict& dict, const std::string& name, bool stacked, NpyHeader& header) {
  const std::string found = shape_text(dict.shape);
  for (const std::int64_t extent : dict.shape)
    if (extent < 0) refuse(name, "malformed header: expected extents of at least 0, found shape " + found);
  const bool many = dict.shape.size() > 2;
  if (many && !(stacked && !dict.fortran))
    refuse(name,
           "too many dimensions: expected at most 2, found " + std::to_string(dict.shape.size()) +
               " in shape " + found,
           "save it as a matrix: np.save('matrix.npy', x.reshape(len(x), -1))");
  header.dimensions = static_cast<int>(dict.shape.size());
  header.rows = header.dimensions >= 2 ? dict.shape[0] : 1;
  header.columns = header.dimensions == 0 ? 1 : dict.shape.back();
  bool overflow = dict.overflow;
  if (many) {
    header.extents = dict.shape;
    for (std::size_t i = 1; i + 1 < dict.shape.size(); ++i)
      overflow |= __builtin_mul_overflow(header.columns, dict.shape[i], &header.columns);
  }
  std::int64_t elements = 0, bytes = 0, end = 0;
  if (overflow || __builtin_mul_overflow(header.rows, header.columns, &elements) ||
      __builtin_mul_overflow(elements, std::int64_t(size_of(header.type)), &bytes) ||
      __builtin_add_overflow(bytes, std::int64_t(header.data_offset), &end))
    refuse(name, "malformed header: shape " + found + " of " + name_of(header.type) +
                     " overflows: expected less than 2^63 bytes");
  header.data_bytes = static_cast<std::uint64_t>(bytes);
  header.fortran = dict.fortran && header.rows > 1 && header.columns > 1;
}

}  // namespace

bool has_npy_magic(const unsigned char* data, std::size_t available) {
  return available >= sizeof kMagic && std::memcmp(data, kMagic, sizeof kMagic) == 0;
}

std::size_t npy_header_size(const unsigned char* data, std::size_t available, const std::string& name) {
  if (!has_npy_magic(data, available)) refuse(name, "not a .npy file: expected it to begin with \\x93NUMPY");
  if (available < 8)
    refuse(name, "truncated header: expected at least 10 bytes, found " + std::to_string(available));
  const int major = data[6], minor = data[7];
  if (major < 1 || major > 3 || minor != 0)
    refuse(name, "unknown .npy version: expected 1.0, 2.0 or 3.0, found " + std::to_string(major) + "." +
                     std::to_string(minor));
  const std::size_t prefix = major == 1 ? 10 : 12;
  if (available < prefix)
    refuse(name, "truncated header: expected at least " + std::to_string(prefix) + " bytes, found " +
                     std::to_string(available));
  std::size_t length = data[8] | std::size_t(data[9]) << 8;
  if (major > 1) length |= std::size_t(data[10]) << 16 | std::size_t(data[11]) << 24;
  if (length > kNpyLongest)
    refuse(name, "malformed header: expected at most " + std::to_string(kNpyLongest) +
                     " bytes of text, found " + std::to_string(length));
  return prefix + length;
}

NpyHeader parse_npy(const unsigned char* data, std::size_t available, const std::string& name, bool stacked) {
  const std::size_t size = npy_header_size(data, available, name);
  if (available < size)
    refuse(name, "truncated header: expected " + std::to_string(size) + " bytes, found " +
                     std::to_string(available));
  NpyHeader header;
  header.major = data[6];
  header.minor = data[7];
  header.data_offset = size;
  const std::size_t prefix = header.major == 1 ? 10 : 12;
  std::string problem;
  const NpyDict dict = parse_npy_dict(reinterpret_cast<const char*>(data) + prefix, size - prefix, problem);
  if (!problem.empty()) refuse(name, "malformed header: " + problem);
  header.type = type_of(dict, name, header.swapped);
  set_shape(dict, name, stacked, header);
  return header;
}

std::string shape_tuple(int dimensions, std::int64_t rows, std::int64_t columns) {
  std::string text = "(";
  if (dimensions == 2) text.append(std::to_string(rows)).append(", ");
  if (dimensions >= 1) text += std::to_string(columns);
  return text + (dimensions == 1 ? ",)" : ")");
}

std::string shape_tuple(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::string make_npy_header(DType type, int dimensions, std::int64_t rows, std::int64_t columns) {
  std::vector<std::int64_t> shape;
  if (dimensions == 2) shape.push_back(rows);
  if (dimensions >= 1) shape.push_back(columns);
  return make_npy_header(type, false, shape);
}

std::string make_npy_header(DType type, bool complex, const std::vector<std::int64_t>& shape) {
  std::string header(reinterpret_cast<const char*>(kMagic), sizeof kMagic);
  constexpr std::size_t length = kDataStart - 10;
  header += {'\1', '\0', static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
  const std::string name = complex ? type == DType::kFloat32 ? "<c8" : "<c16" : npy_type_of(type);
  header += "{'descr': '" + name + "', 'fortran_order': False, 'shape': " + shape_tuple(shape) + ", }";
  header.resize(kDataStart - 1, ' ');
  return header + '\n';
}

std::unique_ptr<MatrixSource> open_npy(sys::File file, const std::string& name, bool stacked) {
  std::vector<unsigned char> bytes(kNpyPrefix);
  bytes.resize(sys::read_some(file, bytes.data(), bytes.size(), 0));
  const std::size_t size = npy_header_size(bytes.data(), bytes.size(), name);
  bytes.resize(size);
  std::size_t have = 0;
  while (have < size) {
    const std::size_t got = sys::read_some(file, bytes.data() + have, size - have, have);
    if (got == 0) break;
    have += got;
  }
  const NpyHeader header = parse_npy(bytes.data(), have, name, stacked);
  const std::uint64_t found = sys::identity(file).bytes, expected = header.data_offset + header.data_bytes;
  if (found < expected)
    refuse(name,
           "truncated: its header promises more than the file holds: expected " + std::to_string(expected) +
               " bytes, found " + std::to_string(found),
           "copy or write the file again");
  MatrixInfo info;
  info.path = name;
  info.format = "npy " + std::to_string(header.major) + "." + std::to_string(header.minor);
  info.rows = header.rows;
  info.columns = header.columns;
  info.dimensions = header.dimensions;
  info.extents = header.extents;
  info.type = header.type;
  info.swapped = header.swapped;
  info.fortran = header.fortran;
  return std::make_unique<FlatSource>(std::move(info), std::move(file), header.data_offset);
}

}  // namespace sluice
