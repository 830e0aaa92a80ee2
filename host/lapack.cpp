// The library stays loaded; a build of OpenBLAS without LAPACK is passed over.
#include "host/lapack.h"

#include <algorithm>

#include "host/backend_folder.h"
#include "host/budget.h"
#include "kernels/openblas_places.h"

namespace sluice::lapack {
namespace {

using openblas::find;
constexpr std::size_t kMost = 20000;  // its integers count 4 n^2 numbers of work
constexpr int kBlock = 32;            // columns that are reflected together
#ifdef SLUICE_OPENBLAS_PATH
constexpr const char* kBuilt = SLUICE_OPENBLAS_PATH;
#else
constexpr const char* kBuilt = nullptr;
#endif

struct Library {
  void (*dtpqrt)(const int* m, const int* n, const int* l, const int* nb, double* a, const int* lda,
                 double* b, const int* ldb, double* t, const int* ldt, double* work, int* info) = nullptr;
  void (*dgesdd)(const char* jobz, const int* m, const int* n, double* a, const int* lda, double* s,
                 double* u, const int* ldu, double* vt, const int* ldvt, double* work, const int* lwork,
                 int* iwork, int* info, std::size_t jobz_length) = nullptr;
  void (*dgemm)(const char* ta, const char* tb, const int* m, const int* n, const int* k, const double* alpha,
                const double* a, const int* lda, const double* b, const int* ldb, const double* beta,
                double* c, const int* ldc, std::size_t, std::size_t) = nullptr;
  void (*dpotrf)(const char* triangle, const int* n, double* a, const int* lda, int* info,
                 std::size_t) = nullptr;
  void (*dtrtri)(const char* triangle, const char* diagonal, const int* n, double* a, const int* lda,
                 int* info, std::size_t, std::size_t) = nullptr;
  void (*set_omp_threads)(int) = nullptr;
  bool there = false;
  /// The calling thread opens no parallel region.
  void alone() const {
    if (set_omp_threads != nullptr) set_omp_threads(1);
  }
};

Library load() {
  Library second;
  if (!openblas::has_address_space(available_cores())) return second;
  for (const std::string& path : openblas::candidates(folder_of_backend("cpu"), kBuilt)) {
    void* file = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (file == nullptr) continue;
    Library library;
    int (*parallel)() = nullptr;
    void (*set_threads)(int) = nullptr;
    library.there = find(file, "dtpqrt_", library.dtpqrt) && find(file, "dgesdd_", library.dgesdd) &&
                    find(file, "dgemm_", library.dgemm) && find(file, "dpotrf_", library.dpotrf) &&
                    find(file, "dtrtri_", library.dtrtri) && find(file, "openblas_get_parallel", parallel);
    if (!library.there) continue;
    if (parallel() == openblas::kOpenMp) {
      find(file, "omp_set_num_threads", library.set_omp_threads);
      return library;
    }
    if (second.there || !find(file, "openblas_set_num_threads", set_threads)) continue;
    set_threads(1);
    second = library;
  }
  return second;
}

const Library& library() {
  static const Library once = load();
  return once;
}

}  // namespace

bool takes(std::size_t n) {
  return n <= kMost && library().there;
}

void add_rows(double* r, std::size_t n, double* b, std::size_t rows, std::size_t ld, bool triangular,
              std::vector<double>& work) {
  if (n == 0 || rows == 0) return;
  library().alone();
  const int m = int(rows), columns = int(n), l = triangular ? columns : 0, nb = std::min(kBlock, columns),
            stride = int(ld);
  work.resize(std::size_t(2 * nb) * n);
  int info = 0;
  library().dtpqrt(&m, &columns, &l, &nb, r, &columns, b, &stride, work.data(), &nb,
                   work.data() + std::size_t(nb) * n, &info);
}

bool singular_values(double* a, std::size_t n, double* values, double* u, double* vt) {
  library().alone();
  const char job = u != nullptr ? 'S' : 'N';
  const int size = int(n), ask = -1, one = 1, ld = u != nullptr ? size : one;
  std::vector<int> places(8 * n);
  double wanted = 0;
  int info = 0;
  library().dgesdd(&job, &size, &size, a, &size, values, u, &ld, vt, &ld, &wanted, &ask, places.data(), &info,
                   1);
  std::vector<double> work(std::size_t(wanted) + 1);
  const int room = int(work.size());
  library().dgesdd(&job, &size, &size, a, &size, values, u, &ld, vt, &ld, work.data(), &room, places.data(),
                   &info, 1);
  return info == 0;
}

void multiply(const double* a, bool ta, const double* b, bool tb, std::size_t m, std::size_t n, std::size_t k,
              double* c) {
  library().alone();  // rows as they lie are columns of the transpose: c' = b' a'
  const char left = tb ? 'T' : 'N', right = ta ? 'T' : 'N';
  const int rows = int(n), columns = int(m), depth = int(k), lda = int(tb ? k : n), ldb = int(ta ? m : k);
  const double one = 1, zero = 0;
  library().dgemm(&left, &right, &rows, &columns, &depth, &one, b, &lda, a, &ldb, &zero, c, &rows, 1, 1);
}

bool cholesky(double* a, std::size_t n) {
  library().alone();
  const int size = int(n);
  int info = 0;
  library().dpotrf("L", &size, a, &size, &info, 1);
  return info == 0;
}

bool invert_upper(double* a, std::size_t n) {
  library().alone();
  const int size = int(n);
  int info = 0;
  library().dtrtri("L", "N", &size, a, &size, &info, 1, 1);
  return info == 0;
}

}  // namespace sluice::lapack
