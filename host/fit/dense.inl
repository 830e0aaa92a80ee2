// Tiles of 3 x 4 sums held in registers. Every sum is of 4 interleaved parts, added at the end, whatever the
// tile it is in: the bytes depend on the columns' numbers and the vector level alone.
#include <cstddef>

namespace sluice::fit {
namespace {

typedef double Four __attribute__((vector_size(32)));
// Anywhere in an array: a copy by memcpy goes over the stack in halves here and there.
typedef double FourThere __attribute__((vector_size(32), aligned(8), may_alias));

inline void load(const double* from, Four& to) {
  to = *reinterpret_cast<const FourThere*>(from);
}
inline void add_to(double* to, const Four& value) {
  *reinterpret_cast<FourThere*>(to) += value;
}
inline double total(const Four& f) {
  return (f[0] + f[1]) + (f[2] + f[3]);
}

template <int kRows, int kColumns>
void tile(const double* a, const double* b, std::size_t rows, std::size_t ld, double* sums, std::size_t n,
          bool diagonal) {
  // Loops that are unrolled whole, or the sums would not stay in registers.
  Four acc[kRows][kColumns] = {};
  for (std::size_t r = 0; r < rows; r += 4) {
    Four left[kRows];
#pragma GCC unroll 3
    for (int i = 0; i < kRows; ++i) load(a + std::size_t(i) * ld + r, left[i]);
#pragma GCC unroll 4
    for (int j = 0; j < kColumns; ++j) {
      Four right;
      load(b + std::size_t(j) * ld + r, right);
#pragma GCC unroll 3
      for (int i = 0; i < kRows; ++i) acc[i][j] += left[i] * right;
    }
  }
#pragma GCC unroll 3
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < kColumns; ++j)
      if (!diagonal || j >= i) sums[std::size_t(i) * n + std::size_t(j)] += total(acc[i][j]);
}

template <int kRows>
void strip(const double* a, const double* b, std::size_t columns, std::size_t rows, std::size_t ld,
           double* sums, std::size_t n, bool diagonal) {
  std::size_t j = 0;
  for (; j + 4 <= columns; j += 4) tile<kRows, 4>(a, b + j * ld, rows, ld, sums + j, n, diagonal && j == 0);
  const bool first = diagonal && j == 0;
  if (columns - j == 3) tile<kRows, 3>(a, b + j * ld, rows, ld, sums + j, n, first);
  if (columns - j == 2) tile<kRows, 2>(a, b + j * ld, rows, ld, sums + j, n, first);
  if (columns - j == 1) tile<kRows, 1>(a, b + j * ld, rows, ld, sums + j, n, first);
}

void products(const double* a, const double* b, std::size_t n, std::size_t rows, std::size_t ld,
              double* sums) {
  std::size_t i = 0;
  for (; i + 3 <= n; i += 3) strip<3>(a + i * ld, b + i * ld, n - i, rows, ld, sums + i * n + i, n, true);
  if (n - i == 2) strip<2>(a + i * ld, b + i * ld, 2, rows, ld, sums + i * n + i, n, true);
  if (n - i == 1) strip<1>(a + i * ld, b + i * ld, 1, rows, ld, sums + i * n + i, n, true);
}

// g++ 11 knows one of these, clang the other.
#if defined(__has_builtin) && __has_builtin(__builtin_shufflevector)
#define SLUICE_PICK(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
typedef long long Lanes __attribute__((vector_size(32)));
#define SLUICE_PICK(a, b, i, j, k, l) __builtin_shuffle(a, b, Lanes{i, j, k, l})
#endif

/// Four columns of four rows each become four rows.
inline void transpose(Four& a, Four& b, Four& c, Four& d) {
  const Four ab = SLUICE_PICK(a, b, 0, 4, 2, 6), ba = SLUICE_PICK(a, b, 1, 5, 3, 7);
  const Four cd = SLUICE_PICK(c, d, 0, 4, 2, 6), dc = SLUICE_PICK(c, d, 1, 5, 3, 7);
  a = SLUICE_PICK(ab, cd, 0, 1, 4, 5);
  b = SLUICE_PICK(ba, dc, 0, 1, 4, 5);
  c = SLUICE_PICK(ab, cd, 2, 3, 6, 7);
  d = SLUICE_PICK(ba, dc, 2, 3, 6, 7);
}
#undef SLUICE_PICK

void add_by_cell(const double* const* columns, const unsigned* cells, std::size_t rows, std::size_t width,
                 double* to) {
  for (std::size_t row = 0; row < rows; row += 4) {
    for (std::size_t k = 0; k < width; k += 4) {
      Four a, b, c, d;
      load(columns[k] + row, a), load(columns[k + 1] + row, b);
      load(columns[k + 2] + row, c), load(columns[k + 3] + row, d);
      transpose(a, b, c, d);
      double* const here = to + k;
      add_to(here + cells[row] * width, a);
      if (rows - row > 1) add_to(here + cells[row + 1] * width, b);
      if (rows - row > 2) add_to(here + cells[row + 2] * width, c);
      if (rows - row > 3) add_to(here + cells[row + 3] * width, d);
    }
  }
}

void multiply(const double* a, const double* b, std::size_t n, double* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] = a[i] * b[i];
}

void subtract(const double* a, double b, std::size_t n, double* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] = a[i] - b;
}

bool all_finite(const double* a, std::size_t n) {
  Four even = {}, odd = {};  // NaN once a value is not finite
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    Four first, second;
    load(a + i, first), load(a + i + 4, second);
    even += first * 0.0, odd += second * 0.0;
  }
  double rest = 0;
  for (; i < n; ++i) rest += a[i] * 0.0;
  return total(even + odd) + rest == 0;
}

}  // namespace
}  // namespace sluice::fit
