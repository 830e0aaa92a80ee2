// Loads libcublas of the major version that this backend was compiled for, with libcublasLt of the same
// folder first: cuBLAS then finds it by name whatever the loader's path says.
#include <dlfcn.h>
#include <unistd.h>

#include <string>

#include "kernels/cuda/blas.h"
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

/// Opens `folder`/libcublas.so.N; null where it is not there. `trouble` gets the loader's words where the
/// file is there and does not load.
void* open_in(const std::string& folder, std::string& path, std::string& trouble) {
  const std::string prefix = folder.empty() ? "" : folder + "/";
  path = prefix + versioned("libcublas", CUBLAS_VER_MAJOR);
  if (!folder.empty() && access(path.c_str(), F_OK) != 0) return nullptr;
  dlopen((prefix + versioned("libcublasLt", CUBLAS_VER_MAJOR)).c_str(), RTLD_NOW | RTLD_LOCAL);
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr && !folder.empty()) {
    const char* text = dlerror();
    trouble = text != nullptr ? text : path;
  }
  return handle;
}

std::string other_version(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders)
    for (int major = CUBLAS_VER_MAJOR + 2; major >= 11; --major) {
      if (major == CUBLAS_VER_MAJOR) continue;
      const std::string path = (folder.empty() ? "" : folder + "/") + versioned("libcublas", major);
      if (folder.empty() ? loads(path) : access(path.c_str(), F_OK) == 0) return path;
    }
  return {};
}

[[noreturn]] void fail_missing(const std::vector<std::string>& folders, const std::string& trouble) {
  const std::string wanted = versioned("libcublas", CUBLAS_VER_MAJOR);
  if (!trouble.empty()) fail(kLibraryMissing, "%s does not load: %s", wanted.c_str(), trouble.c_str());
  const std::string other = other_version(folders);
  if (!other.empty())
    fail(kLibraryMissing,
         "expected %s (CUDA %d), found %s; install cuBLAS of CUDA %d and set SLUICE_CUDA_LIB to its folder",
         wanted.c_str(), CUBLAS_VER_MAJOR, other.c_str(), CUBLAS_VER_MAJOR);
  if (folders.size() == 1 && !folders[0].empty())
    fail(kLibraryMissing, "%s was not found in %s (SLUICE_CUDA_LIB); set it to the folder that holds it",
         wanted.c_str(), folders[0].c_str());
  fail(kLibraryMissing,
       "%s was not found: not on the loader's path, not in /usr/local/cuda, not in Python's nvidia packages; "
       "set "
       "SLUICE_CUDA_LIB to the folder that holds it, or pip install nvidia-cublas",
       wanted.c_str());
}

template <class Function>
void resolve(void* handle, const std::string& path, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
  if (function == nullptr) fail(kLibraryMissing, "%s has no %s: is it whole?", path.c_str(), name);
}

BlasLibrary load() {
  const std::vector<std::string> folders = library_folders();
  BlasLibrary library{};
  std::string trouble;
  void* handle = nullptr;
  for (std::size_t i = 0; i < folders.size() && handle == nullptr; ++i)
    handle = open_in(folders[i], library.path, trouble);
  if (handle == nullptr) fail_missing(folders, trouble);
  resolve(handle, library.path, "cublasCreate_v2", library.create);
  resolve(handle, library.path, "cublasDestroy_v2", library.destroy);
  resolve(handle, library.path, "cublasSetStream_v2", library.set_stream);
  resolve(handle, library.path, "cublasSetWorkspace_v2", library.set_workspace);
  resolve(handle, library.path, "cublasSetMathMode", library.set_math_mode);
  resolve(handle, library.path, "cublasSgemm_v2_64", library.sgemm);
  resolve(handle, library.path, "cublasDgemm_v2_64", library.dgemm);
  resolve(handle, library.path, "cublasSgemmStridedBatched_64", library.sgemm_batched);
  resolve(handle, library.path, "cublasDgemmStridedBatched_64", library.dgemm_batched);
  resolve(handle, library.path, "cublasGetStatusString", library.status_string);
  return library;
}

}  // namespace

const BlasLibrary& blas_library() {
  // Where loading throws, the next call tries again: the user may have set the folder in between.
  static const BlasLibrary library = load();
  return library;
}

}  // namespace sluice::cuda
