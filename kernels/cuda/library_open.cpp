#include "kernels/cuda/library_open.h"

#include <unistd.h>

#include <vector>

#include "kernels/cuda/library_search.h"

namespace sluice::cuda {
namespace {

std::string versioned(const char* name, int major) {
  return std::string(name) + ".so." + std::to_string(major);
}

bool loads(const std::string& name) {
  void* handle = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle != nullptr) dlclose(handle);
  return handle != nullptr;
}

std::string in(const std::string& folder, const std::string& file) {
  return folder.empty() ? file : folder + "/" + file;
}

/// From the folder of what wants it, else from the first that has it: Python's packages have folders of their
/// own. What is loaded under a name is found by all that need it.
void load_first(const std::string& file, const std::string& folder, const std::vector<std::string>& folders) {
  if (dlopen(in(folder, file).c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) return;
  for (const std::string& other : folders)
    if (dlopen(in(other, file).c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) return;
}

/// Opens the library in `folder`; null where it is not there. `trouble` gets the loader's words where the
/// file is there and does not load.
void* open_in(const LibraryName& name, const std::vector<std::string>& folders, const std::string& folder,
              std::string& path, std::string& trouble) {
  path = in(folder, versioned(name.stem, name.major));
  if (!folder.empty() && access(path.c_str(), F_OK) != 0) return nullptr;
  if (!folder.empty())  // else the loader finds them as it finds the library
    for (const std::string& file : name.before) load_first(file, folder, folders);
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr && !folder.empty()) {
    const char* text = dlerror();
    trouble = text != nullptr ? text : path;
  }
  return handle;
}

std::string other_version(const LibraryName& name, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders)
    for (int major = name.major + 2; major >= 10; --major) {
      if (major == name.major) continue;
      const std::string path = in(folder, versioned(name.stem, major));
      if (folder.empty() ? loads(path) : access(path.c_str(), F_OK) == 0) return path;
    }
  return {};
}

[[noreturn]] void fail_missing(const LibraryName& name, const std::vector<std::string>& folders,
                               const std::string& trouble) {
  constexpr int kCuda = CUDART_VERSION / 1000;
  const std::string wanted = versioned(name.stem, name.major);
  if (!trouble.empty()) fail(kLibraryMissing, "%s does not load: %s", wanted.c_str(), trouble.c_str());
  const std::string other = other_version(name, folders);
  if (!other.empty())
    fail(kLibraryMissing,
         "expected %s (CUDA %d), found %s; install %s of CUDA %d and set SLUICE_CUDA_LIB to its folder",
         wanted.c_str(), kCuda, other.c_str(), name.title, kCuda);
  if (!folders[0].empty()) {
    std::string all;
    for (const std::string& folder : folders) all += (all.empty() ? "" : ", ") + folder;
    fail(kLibraryMissing, "%s was not found in %s (SLUICE_CUDA_LIB); set it to the folders that hold them",
         wanted.c_str(), all.c_str());
  }
  fail(kLibraryMissing,
       "%s was not found: not on the loader's path, not in /usr/local/cuda, not in Python's nvidia packages; "
       "set SLUICE_CUDA_LIB to the folder that holds it, or pip install %s",
       wanted.c_str(), name.package);
}

}  // namespace

void* open_library(const LibraryName& name, std::string& path) {
  const std::vector<std::string> folders = library_folders();
  std::string trouble;
  for (const std::string& folder : folders)
    if (void* handle = open_in(name, folders, folder, path, trouble)) return handle;
  fail_missing(name, folders, trouble);
}

}  // namespace sluice::cuda
