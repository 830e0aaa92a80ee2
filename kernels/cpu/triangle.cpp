// QR of the cpu backend: blocks of rows are reflected beside each other, each where it lies (dgeqrf), and
// their triangles go into that of all rows one after the other (dtpqrt). Blocks are cut at absolute rows, so
// neither threads nor calls show in the result. A block has four times as many rows as columns: of its
// arithmetic, 8 n^3, a merge is a sixth.
#include <omp.h>

#include <cmath>

#include "kernels/cpu/blas.h"
#include "kernels/cpu/workers.h"
#include "kernels/elements.h"
#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr std::int64_t kBlockRows = 1024;
constexpr std::int64_t kCallBytes = std::int64_t(32) << 20;  // of rows that a call takes
constexpr int kTogether = 32;                                // columns that are reflected together
constexpr std::int64_t kSide = 64;                           // of a tile that is turned

std::int64_t block_rows(std::int64_t columns) {
  return larger(1, ceil_div(4 * columns, kBlockRows)) * kBlockRows;
}
/// Doubles of work of one thread.
std::int64_t work_of(std::int64_t columns) {
  return (2 * kTogether + 1) * columns + 8;
}

/// Of variables [v, v_end), observations [t, t_end).
template <class T, bool kSwapped>
void bring(const ColumnsArgs& a, std::int64_t v, std::int64_t v_end, std::int64_t t, std::int64_t t_end) {
  const std::int64_t along = a.layout == Layout::kVariables ? 1 : a.source_ld,
                     across = a.layout == Layout::kVariables ? a.source_ld : 1;
  for (; v < v_end; ++v) {
    const double shift = a.shifts ? a.shifts[v] : 0;
    double* to = a.to + v * a.ld;
    for (std::int64_t i = t; i < t_end; ++i)
      to[i] = (a.source ? double(element<T, kSwapped>(a.source, v * across + i * along)) : 1) - shift;
    if (!a.weights) continue;
    for (std::int64_t i = t; i < t_end; ++i) to[i] *= std::sqrt(a.weights[i]);
  }
}

/// The triangle of a block in its first rows.
void reflect(const Lapack& lapack, const TriangleArgs& a, double* rows, int count, double* work) {
  const int n = int(a.columns), ld = int(a.ld), room = kTogether * n;
  int info = 0;
  lapack.dgeqrf(&count, &n, rows, &ld, work + room, work, &room, &info);
}

/// Rows, or with `triangle` the triangle in their first ones, into that of all rows.
void merge(const Lapack& lapack, const TriangleArgs& a, double* rows, int count, bool triangle,
           double* work) {
  const int n = int(a.columns), ld = int(a.ld), together = int(smaller(kTogether, n)),
            height = triangle ? n : count, pointed = triangle ? n : 0;
  int info = 0;
  lapack.dtpqrt(&height, &n, &pointed, &together, a.panel, &ld, rows, &ld, work, &together,
                work + together * a.columns, &info);
}

}  // namespace

void run_columns(Workers& workers, const ColumnsArgs& a) {
  with_type(a.source ? a.type : DType::kFloat64, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    const std::int64_t downs = ceil_div(a.observations, kSide), tiles = downs * ceil_div(a.variables, kSide);
#pragma omp parallel for num_threads(workers.threads()) schedule(static)
    for (std::int64_t tile = 0; tile < tiles; ++tile) {
      const std::int64_t v = tile / downs * kSide, t = tile % downs * kSide;
      const std::int64_t v_end = smaller(a.variables, v + kSide), t_end = smaller(a.observations, t + kSide);
      a.source&& a.swapped ? bring<T, true>(a, v, v_end, t, t_end) : bring<T, false>(a, v, v_end, t, t_end);
    }
  });
}

TriangleShape triangle_shape_of(const Workers& workers, std::int64_t columns) {
  lapack();  // what is missing is said now
  const std::int64_t block = block_rows(columns);
  const std::int64_t blocks = larger(1, kCallBytes / (8 * larger(1, columns) * block));
  return {blocks * block, workers.threads() * work_of(columns) * 8};
}

void run_triangle(Workers& workers, const TriangleArgs& a) {
  const std::int64_t n = a.columns, block = block_rows(n), blocks = ceil_div(a.rows, block);
  for (std::int64_t j = 0; a.clear && j < n; ++j)
    for (std::int64_t i = 0; i <= j; ++i) a.panel[j * a.ld + i] = 0;
  if (n == 0 || blocks == 0) return;
  const Lapack& library = lapack();
  double* rows = a.panel + n;
  const auto rows_of = [&](std::int64_t k) { return int(smaller(block, a.rows - k * block)); };
  const auto work_of_thread = [&](int thread) { return static_cast<double*>(a.work) + thread * work_of(n); };
#pragma omp parallel for num_threads(workers.threads()) schedule(dynamic, 1)
  for (std::int64_t k = 0; k < blocks; ++k) {
    blas().alone();
    if (rows_of(k) > n)  // else its triangle would be no smaller
      reflect(library, a, rows + k * block, rows_of(k), work_of_thread(omp_get_thread_num()));
  }
  blas().alone();
  for (std::int64_t k = 0; k < blocks; ++k)
    merge(library, a, rows + k * block, rows_of(k), rows_of(k) > n, work_of_thread(0));
}

}  // namespace sluice::SLUICE_BACKEND
