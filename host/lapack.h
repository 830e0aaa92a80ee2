// LAPACK's dense factorizations, of the OpenBLAS that the cpu backend multiplies with: found at run time, so
// a command without it still runs. Each call computes on the thread that calls, so that its bytes do not
// depend on how many others there are. Matrices lie by columns, without gaps.
#pragma once
#include <cstddef>
#include <vector>

namespace sluice::lapack {

/// Whether an OpenBLAS with LAPACK is there, and takes square matrices of this size. Thread-safe.
bool takes(std::size_t n);

/// The triangle of [R; B] in place of R (dtpqrt): R n x n upper, B `rows` x n with columns `ld` apart, which
/// is overwritten. `triangular`: B is an upper triangle too, of n rows. `work` is kept between calls.
void add_rows(double* r, std::size_t n, double* b, std::size_t rows, std::size_t ld, bool triangular,
              std::vector<double>& work);

/// Singular values of a (n x n, overwritten), descending, and U and V' where they are not null (dgesdd,
/// divide and conquer). False where it does not converge.
bool singular_values(double* a, std::size_t n, double* values, double* u, double* vt);

/// c (m x n) = a b, of matrices by rows without gaps; `ta`, `tb`: a or b lies transposed. k: their other
/// extent.
void multiply(const double* a, bool ta, const double* b, bool tb, std::size_t m, std::size_t n, std::size_t k,
              double* c);

/// Of a symmetric matrix by rows, whose upper triangle is read: U with U'U = A in place of it. False where
/// it is not positive definite; the matrix is then lost.
bool cholesky(double* a, std::size_t n);

/// The inverse of an upper triangle by rows, in its place. False where a diagonal entry is 0.
bool invert_upper(double* a, std::size_t n);

}  // namespace sluice::lapack
