// Making the file of a result: header, space, and where the elements start; elements then go to their offsets
// by positioned writes, in C order, little-endian. The caller renames the working file when all is there.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "host/io/sys.h"
#include "kernels/dtype.h"

namespace sluice {

enum class FileFormat { kNpy, kRaw, kHdf5, kText };

using Provenance = std::vector<std::pair<std::string, std::string>>;

struct OutputSpec {
  std::string path;     // final name, without ":/dataset"
  std::string dataset;  // HDF5 only
  FileFormat format = FileFormat::kNpy;
  std::int64_t rows = 0, columns = 0;
  int dimensions = 2;  // 1: shape (columns,), 0: a scalar (rows = columns = 1)
  DType type = DType::kFloat32;
  bool complex = false;  // .npy and raw: elements are pairs of real and imaginary part
  /// Of the array, where it has more than two extents; its elements are rows x columns. Not for `dataset`.
  std::vector<std::int64_t> shape = {};
  /// HDF5 of several datasets: makes the working file in place of the one that holds `dataset`, and returns
  /// the offset that writes count from. rows x columns elements are then the bytes of all of them.
  std::function<std::uint64_t(const std::string& working, const Provenance& provenance)> make = {};
};

/// Format, path and dataset from a name that a user gave ("C.npy", "C.h5:/cov"); the default dataset is
/// given.
OutputSpec parse_output(const std::string& name, const std::string& default_dataset);

/// Creates `working` with its header and its full size reserved; returns the byte offset of element (0, 0).
/// Text: an empty file; its size is known when it is written. .npy: version 1.0 with the header padded so
/// that data start at 4096. HDF5: contiguous, early allocation, no times in the file, provenance as
/// attributes of the dataset. Space that the disk does not have is Error{kOutput} that says needed and free
/// bytes, and leaves nothing behind. `reserved`, where given, is set to false where the file system cannot
/// reserve space: then only the free bytes were checked.
std::uint64_t create_output(const OutputSpec& spec, const std::string& working, const Provenance& provenance,
                            bool* reserved = nullptr);

/// Beside .npy and raw results: `path`.meta.json. For HDF5 nothing (the attributes hold it).
void write_provenance(const OutputSpec& spec, const Provenance& provenance);
/// Of a result of sluice, from attributes or .meta.json; empty where there is none.
Provenance read_provenance(const std::string& path);

/// The text between quotes, as Python reads it back.
std::string python_text(const std::string& text);
/// "np.load('C.npy', mmap_mode='r')" and its likes.
std::string open_hint(const OutputSpec& spec);

}  // namespace sluice
