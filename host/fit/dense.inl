// Tiles of 3 x 4 sums held in registers. Every sum is of 4 interleaved parts, added at the end, whatever the
// tile it is in: the bytes depend on the columns' numbers and the vector level alone.
#include <cstring>

namespace sluice::fit {
namespace {

typedef double Four __attribute__((vector_size(32)));

inline void load(const double* from, Four& to) {
  std::memcpy(&to, from, sizeof to);
}
inline double total(const Four& f) {
  return (f[0] + f[1]) + (f[2] + f[3]);
}

template <int kRows, int kColumns>
void tile(const double* a, const double* b, std::size_t rows, std::size_t ld, double* sums, std::size_t n,
          bool diagonal) {
  Four acc[kRows][kColumns] = {};
  for (std::size_t r = 0; r < rows; r += 4) {
    Four right[kColumns];
    for (int j = 0; j < kColumns; ++j) load(b + std::size_t(j) * ld + r, right[j]);
    for (int i = 0; i < kRows; ++i) {
      Four left;
      load(a + std::size_t(i) * ld + r, left);
      for (int j = 0; j < kColumns; ++j) acc[i][j] += left * right[j];
    }
  }
  for (int i = 0; i < kRows; ++i)
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

void add_by_cell(const double* values, const unsigned* cells, std::size_t rows, std::size_t width,
                 double* to) {
  for (std::size_t row = 0; row < rows; ++row) {
    double* sums = to + cells[row] * width;
    const double* from = values + row * width;
    for (std::size_t k = 0; k < width; k += 4) {
      Four sum, value;
      load(sums + k, sum);
      load(from + k, value);
      sum += value;
      std::memcpy(sums + k, &sum, sizeof sum);
    }
  }
}

}  // namespace
}  // namespace sluice::fit
