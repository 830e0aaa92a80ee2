// Where CUDA's mathematics libraries may lie, in the order in which they are tried.
#pragma once
#include <string>
#include <vector>

namespace sluice::cuda {

/// Folders to look into: those of $SLUICE_CUDA_LIB (with colons between them) alone where it is set; else ""
/// (the loader's own path), the toolkits below /usr/local, and the nvidia/*/lib folders of Python's package
/// folders.
std::vector<std::string> library_folders();

}  // namespace sluice::cuda
