// What users type for a matrix: a file, or a file and a dataset in it ("file.h5:/path").
#pragma once
#include <string>

namespace sluice {

struct FileName {
  std::string file, dataset;  // dataset: empty, or an absolute path
};

/// Splits where the part before a colon is a file that exists; a file with a colon in its own name wins.
/// Where nothing exists, "x.h5:/a" is split at ":/".
FileName split_input(const std::string& name);

/// True for .h5, .hdf5, .hdf, .he5 (any case).
bool has_hdf5_name(const std::string& file);
bool ends_with(const std::string& text, const std::string& end);

/// "/a/b" of "a/b", "/a//b/": one slash before each part.
std::string absolute_dataset(const std::string& dataset);

}  // namespace sluice
