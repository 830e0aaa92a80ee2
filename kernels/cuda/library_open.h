// Opens one of CUDA's mathematics libraries, of the major version that this backend was compiled for, from
// the folders of library_search.h. A loaded library stays for the life of the process.
#pragma once
#include <dlfcn.h>

#include <string>
#include <vector>

#include "kernels/cuda/error.h"

namespace sluice::cuda {

struct LibraryName {
  const char* title;                // "cuBLAS"
  const char* stem;                 // "libcublas"
  int major;                        // of its file name
  std::vector<std::string> before;  // files that are loaded first, so that they are found whatever the path
  const char* package;              // of Python's index
};

/// Its handle, and in `path` where it lies. Failure{kLibraryMissing} names the library, where it was looked
/// for and what to set.
void* open_library(const LibraryName& name, std::string& path);

template <class Function>
void resolve(void* handle, const std::string& path, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
  if (function == nullptr) fail(kLibraryMissing, "%s has no %s: is it whole?", path.c_str(), name);
}

}  // namespace sluice::cuda
