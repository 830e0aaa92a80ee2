// open_matrix: looks at the first bytes of a file, not at its name, and hands over to the format; raw data is
// what shape and type are given for. A name that promises a format that the bytes do not have is an error.
#include <fcntl.h>

#include <cstring>
#include <filesystem>

#include "host/error.h"
#include "host/formats/csv/detect.h"
#include "host/formats/hdf5.h"
#include "host/formats/names.h"
#include "host/formats/npy.h"
#include "host/formats/raw.h"
#include "host/matrix.h"

namespace sluice {
namespace {

constexpr char kSaveFirst[] = "a matrix is read more than once and in pieces: save it to a file first";

[[noreturn]] void refuse(const std::string& name, const std::string& what, const std::string& advice = {}) {
  throw Error(ErrorKind::kInput, name + ": " + what, advice);
}

// Before it is opened: opening a pipe would wait for its writer.
void check_regular(const std::string& file) {
  std::error_code code;
  const auto status = std::filesystem::status(file, code);
  if (std::filesystem::is_directory(status)) refuse(file, "is a folder: expected a file");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    refuse(file, "is a pipe or a device: expected a file", kSaveFirst);
}

bool begins_with(const unsigned char* bytes, std::size_t have, const char* magic, std::size_t size) {
  return have >= size && std::memcmp(bytes, magic, size) == 0;
}

// Formats that are often taken for a matrix; the advice says how to get one.
void refuse_known(const std::string& name, const unsigned char* bytes, std::size_t have) {
  if (begins_with(bytes, have, "PK\3\4", 4))
    refuse(name, "a zip archive (.npz): expected .npy, HDF5 or raw data",
           "take one array out of it: np.save('x.npy', np.load('" + name + "')['x'])");
  if (begins_with(bytes, have, "\x1f\x8b", 2))
    refuse(name, "compressed by gzip: expected .npy, HDF5 or raw data", "gunzip it first");
  if (begins_with(bytes, have, "MATLAB 5.0", 10))
    refuse(name, "a MATLAB 5 file: expected .npy, HDF5 or raw data", "save it with -v7.3, which is HDF5");
}

// Options for raw data beside a file that says these things itself.
std::unique_ptr<MatrixSource> agreeing(std::unique_ptr<MatrixSource> source, const OpenOptions& options) {
  const MatrixInfo& info = source->info();
  const auto shape = [](std::int64_t r, std::int64_t c) {
    return std::to_string(r) + "x" + std::to_string(c);
  };
  if (options.has_shape && (options.rows != info.rows || options.columns != info.columns))
    refuse(info.path,
           "--shape " + shape(options.rows, options.columns) + ": the file says " +
               shape(info.rows, info.columns),
           "leave out --shape: it is for raw data");
  if (options.has_type && options.type != info.type)
    refuse(info.path,
           std::string("--dtype ") + name_of(options.type) + ": the file says " + name_of(info.type),
           "leave out --dtype: it is for raw data");
  return source;
}

}  // namespace

std::unique_ptr<MatrixSource> open_matrix(const std::string& path, const OpenOptions& options) {
  if (path == "-") throw Error(ErrorKind::kUsage, "-: expected a file, found standard input", kSaveFirst);
  const FileName name = split_input(path);
  check_regular(name.file);
  sys::File file(name.file, O_RDONLY);
  if (sys::identity(file).bytes == 0) refuse(name.file, "is empty: expected a matrix, found 0 bytes");
  unsigned char first[16];
  const std::size_t have = sys::read_some(file, first, sizeof first, 0);
  // Shape and type said by hand win over what the bytes look like, not over a name that says the format.
  const bool by_hand = options.has_shape && options.has_type && name.dataset.empty() &&
                       !has_hdf5_name(name.file) && !ends_with(name.file, ".npy") &&
                       !csv::has_table_name(name.file);
  if (by_hand) return open_raw(std::move(file), path, options);
  const bool npy = has_npy_magic(first, have);
  const bool hdf5 = !npy && (!name.dataset.empty() || has_hdf5_name(name.file) || is_hdf5(file));
  if (!hdf5 && !name.dataset.empty())
    refuse(path, "not an HDF5 file: only these hold datasets", "leave out ':" + name.dataset + "'");
  if (npy) return agreeing(open_npy(std::move(file), path, options.stacked), options);
  if (hdf5) return agreeing(open_hdf5(std::move(file), name, path, options.stacked), options);
  refuse_known(path, first, have);
  if (csv::has_table_name(name.file))
    refuse(path, "a table of separated values: expected .npy, HDF5 or raw data",
           "save its numbers as a matrix: np.save('x.npy', np.loadtxt('" + name.file +
               "', delimiter=',', skiprows=1))");
  if (ends_with(name.file, ".npy"))
    refuse(path, "not a .npy file: expected it to begin with \\x93NUMPY",
           "raw data needs another name, --shape and --dtype");
  return open_raw(std::move(file), path, options);
}

}  // namespace sluice
