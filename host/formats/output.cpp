// Result files: names, the working file with its header and space, hints. Space is checked before anything is
// created, and a working file that cannot be completed is removed.
#include "host/formats/output.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "host/error.h"
#include "host/formats/hdf5_output.h"
#include "host/formats/names.h"
#include "host/formats/npy.h"

namespace sluice {
namespace {

constexpr std::uint64_t kHdf5Overhead = 64
                                        << 10;  // headers and attributes, as a bound for the check of space

std::string shape_text(const OutputSpec& spec) {
  return std::to_string(spec.rows) + " x " + std::to_string(spec.columns) + " " + name_of(spec.type);
}

std::uint64_t data_bytes(const OutputSpec& spec) {
  std::int64_t elements = 0, bytes = 0, end = 0;
  if (spec.rows < 0 || spec.columns < 0 || __builtin_mul_overflow(spec.rows, spec.columns, &elements) ||
      __builtin_mul_overflow(elements, std::int64_t(size_of(spec.type)), &bytes) ||
      __builtin_add_overflow(bytes, std::int64_t(1) << 20, &end))
    throw Error(ErrorKind::kUsage, spec.path + ": a result of " + shape_text(spec) +
                                       " overflows: expected less than 2^63 bytes");
  return static_cast<std::uint64_t>(bytes);
}

// What an earlier working file of this name occupies comes free when it is overwritten.
std::uint64_t occupied(const std::string& path) {
  struct stat st {};
  return ::stat(path.c_str(), &st) == 0 ? std::uint64_t(st.st_blocks) * 512 : 0;
}

void check_space(const OutputSpec& spec, const std::string& working, std::uint64_t needed) {
  const std::uint64_t free = sys::free_space(working) + occupied(working);
  if (needed > free)
    throw Error(ErrorKind::kOutput,
                spec.path + ": not enough space on its disk: needed " + sys::size_text(needed) + " (" +
                    std::to_string(needed) + " bytes), free " + sys::size_text(free) + " (" +
                    std::to_string(free) + " bytes)",
                "free some space, or write to another disk");
}

std::uint64_t create_flat(const std::string& header, std::uint64_t bytes, const std::string& working,
                          bool* reserved) {
  const sys::File file(working, O_RDWR | O_CREAT | O_TRUNC);
  const std::uint64_t size = header.size() + bytes;
  *reserved = sys::reserve(file, size);
  if (!*reserved) sys::set_size(file, size);
  sys::write_at(file, header.data(), header.size(), 0);
  return header.size();
}

// The library creates and closes the file; space is reserved afterwards, by us.
std::uint64_t create_hdf5(const OutputSpec& spec, std::uint64_t bytes, const std::string& working,
                          const Provenance& provenance, bool* reserved) {
  sys::File(working, O_RDWR | O_CREAT | O_TRUNC).close();
  const std::uint64_t offset =
      spec.make ? spec.make(working, provenance) : create_hdf5_file(spec, working, provenance);
  const sys::File file(working, O_RDWR);
  const std::uint64_t size = sys::identity(file).bytes;
  if (offset + bytes > size)
    throw Error(ErrorKind::kOutput,
                spec.path + ": the HDF5 library made a file of the wrong size: expected " +
                    std::to_string(offset + bytes) + " bytes, found " + std::to_string(size));
  *reserved = sys::reserve(file, size);
  return offset;
}

bool has_tabs(const std::string& path) {
  return ends_with(path, ".tsv") || ends_with(path, ".tab");
}

}  // namespace

std::string python_text(const std::string& text) {
  const char quote = text.find('\'') != std::string::npos && text.find('"') == std::string::npos ? '"' : '\'';
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + quote;
}

OutputSpec parse_output(const std::string& name, const std::string& default_dataset) {
  if (name.empty() || name == "-")
    throw Error(ErrorKind::kUsage, "output: expected a file name, found " + (name.empty() ? "nothing" : name),
                "a matrix is written in pieces, not in order, so it needs a file");
  OutputSpec spec;
  spec.path = name;
  for (auto colon = name.find(':'); colon != std::string::npos; colon = name.find(':', colon + 1)) {
    const std::string file = name.substr(0, colon);
    if (ends_with(file, ".npy") && colon + 1 < name.size() && name[colon + 1] == '/')
      throw Error(ErrorKind::kUsage, name + ": a .npy file holds one matrix: only HDF5 has datasets",
                  "write " + file + ", or a file whose name ends with .h5");
    if (!has_hdf5_name(file)) continue;
    spec.path = file;
    spec.dataset = absolute_dataset(name.substr(colon + 1));
    break;
  }
  spec.format = has_hdf5_name(spec.path)       ? FileFormat::kHdf5
                : ends_with(spec.path, ".npy") ? FileFormat::kNpy
                                               : FileFormat::kRaw;
  if (spec.format != FileFormat::kHdf5) return spec;
  if (spec.dataset.empty()) spec.dataset = absolute_dataset(default_dataset);
  if (spec.dataset == "/")
    throw Error(ErrorKind::kUsage, spec.path + ": expected the name of a dataset after ':', found none",
                "for example " + spec.path + ":" + absolute_dataset(default_dataset));
  return spec;
}

std::uint64_t create_output(const OutputSpec& spec, const std::string& working, const Provenance& provenance,
                            bool* reserved) {
  const std::uint64_t bytes = spec.format == FileFormat::kText ? 0 : data_bytes(spec);
  std::string header;
  if (spec.format == FileFormat::kNpy)
    header = spec.shape.empty() ? make_npy_header(spec.type, spec.dimensions, spec.rows, spec.columns)
                                : make_npy_header(spec.type, spec.complex, spec.shape);
  std::uint64_t needed = header.size() + bytes;
  if (spec.format == FileFormat::kHdf5) {
    needed += kHdf5Overhead;
    for (const auto& [key, value] : provenance) needed += key.size() + value.size();
  }
  check_space(spec, working, needed);
  bool ignored = false;
  bool* const could_reserve = reserved != nullptr ? reserved : &ignored;
  try {
    return spec.format == FileFormat::kHdf5 ? create_hdf5(spec, bytes, working, provenance, could_reserve)
                                            : create_flat(header, bytes, working, could_reserve);
  } catch (...) {
    try {
      sys::unlink(working);
    } catch (const Error&) {  // the first error says what happened
    }
    throw;
  }
}

std::string open_hint(const OutputSpec& spec) {
  const std::string file = python_text(spec.path);
  const bool mapped = spec.dimensions > 0 && spec.rows > 0 && spec.columns > 0;
  const std::string shape =
      spec.shape.empty() ? shape_tuple(spec.dimensions, spec.rows, spec.columns) : shape_tuple(spec.shape);
  const std::string type =
      spec.complex ? spec.type == DType::kFloat32 ? "complex64" : "complex128" : name_of(spec.type);
  switch (spec.format) {
    case FileFormat::kNpy:
      return "np.load(" + file + (mapped ? ", mmap_mode='r')" : ")");
    case FileFormat::kText:
      return "pd.read_csv(" + file + (has_tabs(spec.path) ? ", sep='\\t')" : ")");
    case FileFormat::kHdf5:
      return "h5py.File(" + file + ")[" + python_text(spec.dataset) + "]";
    default:
      if (!mapped) return "np.fromfile(" + file + ", '" + type + "').reshape(" + shape + ")";
      return "np.memmap(" + file + ", '" + type + "', 'r', shape=" + shape + ")";
  }
}

}  // namespace sluice
