// OpenBLAS, found at run time by full path and called for one thread at a time from our own parallel regions.
// The OpenMP build is wanted: Debian's alternatives otherwise give the pthread build under the same name.
#pragma once
#include <string>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

// cblas's numbers for order, transposition and triangle.
inline constexpr int kRowMajor = 101, kNoTrans = 111, kTrans = 112, kUpper = 121;

struct Blas {
  void (*sgemm)(int order, int ta, int tb, int m, int n, int k, float alpha, const float* a, int lda,
                const float* b, int ldb, float beta, float* c, int ldc);
  void (*dgemm)(int order, int ta, int tb, int m, int n, int k, double alpha, const double* a, int lda,
                const double* b, int ldb, double beta, double* c, int ldc);
  void (*ssyrk)(int order, int uplo, int trans, int n, int k, float alpha, const float* a, int lda,
                float beta, float* c, int ldc);
  void (*dsyrk)(int order, int uplo, int trans, int n, int k, double alpha, const double* a, int lda,
                double beta, double* c, int ldc);
  void (*set_omp_threads)(int);  // of the OpenMP library that OpenBLAS itself uses; null in a pthread build
  void* library;                 // its handle
  std::string description;       // "OpenBLAS 0.3.21 SkylakeX (OpenMP)"

  /// To be called by each thread of a region before its products: OpenBLAS then opens no region of its own,
  /// even where the team has one thread only.
  void alone() const {
    if (set_omp_threads) set_omp_threads(1);
  }
};

/// The library, loaded once. Failure: kLibraryMissing, with what was tried and what to install.
const Blas& blas();

/// LAPACK's reflections, of the same library. Matrices lie by columns.
struct Lapack {
  /// A = Q R of m x n; R in its place, reflections below it.
  void (*dgeqrf)(const int* m, const int* n, double* a, const int* lda, double* tau, double* work,
                 const int* lwork, int* info);
  /// The triangle of [A; B], A n x n upper, B m x n whose last l rows are an upper triangle.
  void (*dtpqrt)(const int* m, const int* n, const int* l, const int* nb, double* a, const int* lda,
                 double* b, const int* ldb, double* t, const int* ldt, double* work, int* info);
};

/// Failure: kLibraryMissing where OpenBLAS was built without them; as blas().
const Lapack& lapack();

/// Its description, or what is missing. Failure: kOutOfMemory, as blas().
std::string describe_blas();

}  // namespace sluice::SLUICE_BACKEND
