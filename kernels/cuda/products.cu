// products: one cuBLAS product a slab into a tile of scratch, merged into the float64 accumulator.
// The cut is absolute: sub-tiles of 4096 x 4096, in strips of kTileRows rows; a strip that meets the diagonal
// begins at it, so a diagonal sub-tile costs 3/4 of a full one. On a square of n sub-tiles the work is
// (n^2 + n / 2) / n^2 of the useful half: 10 % more at n = 5 (20,000 variables), 2.5 % at n = 20.
//
// The merge moves 20 bytes an entry (4 read of the tile, 8 read and 8 written of the accumulator) for
// 2 x 16384 flops: at 50 Tflop/s and 4 TB/s that is 0.005 ns beside 0.66 ns, below 1 %.
#include "kernels/check.h"
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"

namespace sluice::cuda {
namespace {

constexpr int kBlockColumns = 32, kBlockRows = 32, kLanes = 8;

/// A part of the accumulator and what is added to it for one slab.
struct Merge {
  const void* product;  // rows x columns, row-major, product_ld
  double* acc;
  std::int64_t acc_ld, product_ld;
  std::int64_t rows, columns;
  const double *row_between, *row_within, *column_between, *column_within;
  bool clear;
};

template <class P>
__global__ void __launch_bounds__(kBlockColumns* kLanes) merge_kernel(const __grid_constant__ Merge m) {
  const std::int64_t column = std::int64_t(blockIdx.x) * kBlockColumns + threadIdx.x;
  if (column >= m.columns) return;
  const double between = m.column_between[column], within = m.column_within[column];
#pragma unroll
  for (int step = 0; step < kBlockRows / kLanes; ++step) {
    const std::int64_t row = std::int64_t(blockIdx.y) * kBlockRows + step * kLanes + threadIdx.y;
    if (row >= m.rows) break;
    const double product = double(static_cast<const P*>(m.product)[row * m.product_ld + column]);
    const double sum = product + m.row_between[row] * between - m.row_within[row] * within;
    double& acc = m.acc[row * m.acc_ld + column];
    acc = m.clear ? sum : acc + sum;
  }
}

void merge(const Merge& m, Compute compute, cudaStream_t stream) {
  const dim3 grid(unsigned(ceil_div(m.columns, kBlockColumns)), unsigned(ceil_div(m.rows, kBlockRows)));
  const auto kernel = compute == Compute::kFloat64 ? &merge_kernel<double> : &merge_kernel<float>;
  launch("merge", kernel, grid, dim3(kBlockColumns, kLanes), stream, m);
}

struct Region {
  std::int64_t row, rows, column, columns;
};

/// The operand that begins at a variable and a slab of a panel.
Operand part_of(const void* panel, Layout layout, std::int64_t ld, std::int64_t variable, std::int64_t t,
                std::int64_t size) {
  const std::int64_t at = layout == Layout::kVariables ? variable * ld + t : t * ld + variable;
  return {static_cast<const char*>(panel) + at * size, ld, layout};
}

void add_region(const ProductsArgs& args, const Region& r, const Blas& blas, void* tile,
                cudaStream_t stream) {
  const std::int64_t size = size_of(args.compute);
  const Moments &a = args.a_moments, &b = args.b_moments;
  for (std::int64_t t = 0, k = 0; t < args.observations; t += kSlab, ++k) {
    blas.multiply(part_of(args.a, args.layout_a, args.a_ld, r.row, t, size),
                  part_of(args.b, args.layout_b, args.b_ld, r.column, t, size), r.rows, r.columns,
                  smaller(kSlab, args.observations - t), tile, kTileColumns);
    const std::int64_t at_row = k * a.ld + r.row, at_column = k * b.ld + r.column;
    merge({tile, args.acc + r.row * args.acc_ld + r.column, args.acc_ld, kTileColumns, r.rows, r.columns,
           a.between + at_row, a.within + at_row, b.between + at_column, b.within + at_column,
           args.clear != 0 && k == 0},
          args.compute, stream);
  }
}

/// The first column of [column, end) that a strip beginning at `row` needs; a multiple of kTileRows where
/// panels begin at sub-tiles. `end` where it needs none.
std::int64_t first_needed(const ProductsArgs& args, std::int64_t row, std::int64_t column, std::int64_t end) {
  if (args.symmetric == 0) return column;
  const std::int64_t diagonal = args.row_offset + row;
  if (diagonal <= column) return column;
  return diagonal >= end ? end : diagonal - diagonal % kTileRows;
}

}  // namespace

void products(Queue& queue, const ProductsArgs& args) {
  const Range range("sluice products");
  check(args, true);
  if (args.rows == 0 || args.columns == 0) return;
  const cudaStream_t stream = queue.stream.get();
  if (args.observations == 0) {
    if (args.clear != 0)
      check(cudaMemset2DAsync(args.acc, std::size_t(args.acc_ld) * 8, 0, std::size_t(args.columns) * 8,
                              std::size_t(args.rows), stream),
            "cudaMemset2DAsync");
    return;
  }
  const ScratchUse scratch(queue.context->tile, queue);
  Blas& blas = queue.context->blas;
  blas.bind(stream, scratch.as<char>() + kTileBytes, kBlasBytes, args.compute);
  static_assert(kSubtile == kTileColumns && kSubtile % kTileRows == 0);
  for (std::int64_t row = 0; row < args.rows; row += kTileRows) {
    for (std::int64_t column = 0; column < args.columns; column += kSubtile) {
      const std::int64_t end = smaller(column + kSubtile, args.columns);
      const std::int64_t first = first_needed(args, row, column, end);
      if (first < end)
        add_region(args, {row, smaller(kTileRows, args.rows - row), first, end - first}, blas,
                   scratch.as<void>(), stream);
    }
  }
}

}  // namespace sluice::cuda
