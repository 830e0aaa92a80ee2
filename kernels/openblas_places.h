// Where OpenBLAS is looked for, by the cpu backend for products and by host/ for dense factorizations: both
// then have the one copy that the process has loaded. Its OpenMP build is wanted (openblas_get_parallel() is
// 2); Debian's alternatives otherwise give the pthread build under the same name.
#pragma once
#include <dlfcn.h>
#include <glob.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

namespace sluice::openblas {

inline constexpr int kOpenMp = 2;  // openblas_get_parallel(): 0 sequential, 1 threads, 2 OpenMP

/// Files in the order in which they are tried. `here`: the folder of what asks; `built`: the file that was
/// there when this was built, or null.
inline std::vector<std::string> candidates(const std::string& here, const char* built) {
  std::vector<std::string> paths;
  if (const char* named = std::getenv("SLUICE_OPENBLAS"); named && *named) paths.emplace_back(named);
  for (const char* place : {"/libopenblas.so.0", "/../lib/libopenblas.so.0"}) paths.push_back(here + place);
  if (built != nullptr) paths.emplace_back(built);
  glob_t found{};
  if (glob("/usr/lib/*/openblas-openmp/libopenblas.so.0", 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  }
  globfree(&found);
  for (const char* name : {"libopenblaso.so.0", "libopenblas.so.0", "libopenblas.so"})
    paths.emplace_back(name);
  return paths;
}

/// OpenBLAS maps a buffer of 128 MiB for each of its threads and for each that calls it, and tries for ever
/// where it cannot: whether the address space has room for them.
inline bool has_address_space(int threads) {
  constexpr std::size_t kBufferBytes = std::size_t(128) << 20;
  const std::size_t bytes = (2 * std::size_t(threads) + 1) * kBufferBytes;
  void* probe = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return probe != MAP_FAILED && munmap(probe, bytes) == 0;
}

template <class F>
bool find(void* library, const char* name, F*& function) {
  function = reinterpret_cast<F*>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace sluice::openblas
