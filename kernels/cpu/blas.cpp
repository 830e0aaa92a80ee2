// How OpenBLAS's OpenMP build is told from the others, and its products.
#include "kernels/cpu/blas.h"

#include <dlfcn.h>

#include <sstream>

#include "kernels/machine.h"
#include "kernels/openblas_places.h"
#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {
namespace {

using openblas::find;
using openblas::kOpenMp;
#ifdef SLUICE_OPENBLAS_PATH
constexpr const char* kBuilt = SLUICE_OPENBLAS_PATH;
#else
constexpr const char* kBuilt = nullptr;
#endif

std::string own_folder() {
  Dl_info info{};
  if (!dladdr(reinterpret_cast<const void*>(&own_folder), &info) || !info.dli_fname) return ".";
  const std::string path = info.dli_fname;
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

bool complete(void* library, Blas& blas) {
  return find(library, "cblas_sgemm", blas.sgemm) && find(library, "cblas_dgemm", blas.dgemm) &&
         find(library, "cblas_ssyrk", blas.ssyrk) && find(library, "cblas_dsyrk", blas.dsyrk);
}

std::string describe(void* library, int parallel) {
  char* (*config)() = nullptr;
  char* (*core)() = nullptr;
  std::string version = "OpenBLAS";
  if (find(library, "openblas_get_config", config)) {  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
    std::istringstream words(config());
    std::string name, number;
    if (words >> name >> number) version = name + " " + number;
  }
  if (find(library, "openblas_get_corename", core)) version += std::string(" ") + core();
  return version + (parallel == kOpenMp ? " (OpenMP)" : parallel == 1 ? " (threads)" : " (sequential)");
}

struct Loaded {
  bool found = false, cramped = false;
  Blas blas{};
  std::string tried;
};

Loaded load() {
  Loaded result;
  if (!openblas::has_address_space(available_threads())) {
    result.cramped = true;
    return result;
  }
  void* second_choice = nullptr;
  int (*get_parallel)() = nullptr;
  for (const std::string& path : openblas::candidates(own_folder(), kBuilt)) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      if (result.tried.size() < 300) result.tried += (result.tried.empty() ? "" : ", ") + path;
      continue;
    }
    if (!find(library, "openblas_get_parallel", get_parallel) || !complete(library, result.blas)) continue;
    if (get_parallel() == kOpenMp) {
      // A search from OpenBLAS's handle finds the OpenMP library that it was linked with.
      find(library, "omp_set_num_threads", result.blas.set_omp_threads);
      result.blas.library = library;
      result.blas.description = describe(library, kOpenMp);
      result.found = true;
      return result;
    }
    if (!second_choice) second_choice = library;
  }
  void (*set_threads)(int) = nullptr;
  if (second_choice && complete(second_choice, result.blas) &&
      find(second_choice, "openblas_set_num_threads", set_threads)) {
    set_threads(1);
    find(second_choice, "openblas_get_parallel", get_parallel);
    result.blas.set_omp_threads = nullptr;
    result.blas.library = second_choice;
    result.blas.description = describe(second_choice, get_parallel());
    result.found = true;
  }
  return result;
}

const Loaded& loaded() {
  static const Loaded once = load();
  return once;
}

constexpr const char* kAdvice =
    "install OpenBLAS's OpenMP build (Debian, Ubuntu: libopenblas0-openmp) or set SLUICE_OPENBLAS to its "
    "file";
constexpr const char* kCramped =
    "OpenBLAS would not get its buffers, 128 MiB of address space for each thread; raise ulimit -v";

}  // namespace

const Blas& blas() {
  const Loaded& library = loaded();
  if (library.cramped) fail(kOutOfMemory, "%s", kCramped);
  if (!library.found) {
    fail(kLibraryMissing, "no OpenBLAS was found; %s (tried %s)", kAdvice, library.tried.c_str());
  }
  return library.blas;
}

const Lapack& lapack() {
  static const Lapack once = [] {
    Lapack found{};
    if (!find(blas().library, "dgeqrf_", found.dgeqrf) || !find(blas().library, "dtpqrt_", found.dtpqrt))
      fail(kLibraryMissing, "%s was built without LAPACK; %s", blas().description.c_str(), kAdvice);
    return found;
  }();
  return once;
}

std::string describe_blas() {
  const Loaded& library = loaded();
  if (library.cramped) fail(kOutOfMemory, "%s", kCramped);  // it is no trait of the machine
  return library.found ? library.blas.description : std::string("no OpenBLAS: ") + kAdvice;
}

}  // namespace sluice::SLUICE_BACKEND
