// products: cuBLAS multiplies a slab into scratch, and a merge adds it to the float64 accumulator.
// The cut is absolute: sub-tiles of 4096 x 4096, in strips of kTileRows rows; a strip that meets the diagonal
// begins at it, so a diagonal sub-tile costs 3/4 of a full one. On a square of n sub-tiles the work is
// (n^2 + n / 2) / n^2 of the useful half: 10 % more at n = 5 (20,000 variables), 2.5 % at n = 20.
//
// A float32 product adds up all its observations in one float. Where two variables are strongly correlated
// that sum only grows; its rounding error is about 2.5e-8 sqrt(depth / 3) of it for continuous data, and for
// few distinct values (counts, genotypes) it grows with the depth itself, because equal terms round the same
// way. So a slab is multiplied in pieces of kDepth. Large products add the pieces up in the tile; small ones
// (few variables, many observations) would leave most of the card idle, so their pieces run side by side.
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

constexpr std::int64_t kDepth = 1024;  // observations of one float32 sum
constexpr std::int64_t kPieces = kSlab / kDepth;
constexpr std::int64_t kSmall = kTileRows * kTileColumns / kPieces;  // entries of a product whose pieces fit
static_assert(kSlab % kDepth == 0);

/// A part of the accumulator, and what is added to it for one slab: the sum of `pieces` products.
struct Merge {
  const void* product;  // rows x columns, row-major
  std::int64_t product_ld, pieces, stride;
  double* acc;
  std::int64_t acc_ld, rows, columns;
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
    const P* product = static_cast<const P*>(m.product) + row * m.product_ld + column;
    double sum = double(product[0]);
    for (std::int64_t piece = 1; piece < m.pieces; ++piece) sum += double(product[piece * m.stride]);
    sum += m.row_between[row] * between - m.row_within[row] * within;
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

/// The products of one call over part of its observations, into scratch.
struct Multiplier {
  const ProductsArgs& args;
  const Region& region;
  const Blas& blas;
  void* scratch;

  std::int64_t size() const { return size_of(args.compute); }

  Operand operand(const void* panel, Layout layout, std::int64_t ld, std::int64_t variable,
                  std::int64_t t) const {
    const std::int64_t at = layout == Layout::kVariables ? variable * ld + t : t * ld + variable;
    return {static_cast<const char*>(panel) + at * size(), ld, layout};
  }
  Operand a(std::int64_t t) const { return operand(args.a, args.layout_a, args.a_ld, region.row, t); }
  Operand b(std::int64_t t) const { return operand(args.b, args.layout_b, args.b_ld, region.column, t); }
  Tile tile(std::int64_t ld, std::int64_t offset) const {
    return {static_cast<char*>(scratch) + offset * size(), region.rows, region.columns, ld};
  }

  /// Observations [t, t + depth) into one tile.
  Merge in_turn(std::int64_t t, std::int64_t depth) const {
    const Tile out = tile(kTileColumns, 0);
    const std::int64_t step = args.compute == Compute::kFloat64 ? depth : kDepth;
    for (std::int64_t d = 0; d < depth; d += step)
      blas.multiply(a(t + d), b(t + d), smaller(step, depth - d), out, d > 0);
    return merge_of(kTileColumns, 1, 0);
  }

  /// Observations [t, t + depth) into a tile for each piece.
  Merge side_by_side(std::int64_t t, std::int64_t depth, std::int64_t ld) const {
    const std::int64_t whole = depth / kDepth, stride = region.rows * ld;
    if (whole > 0) blas.multiply_each(a(t), b(t), kDepth, whole, tile(ld, 0), stride);
    const std::int64_t rest = depth - whole * kDepth;
    if (rest > 0)
      blas.multiply(a(t + whole * kDepth), b(t + whole * kDepth), rest, tile(ld, whole * stride), false);
    return merge_of(ld, whole + (rest > 0), stride);
  }

  Merge multiply(std::int64_t t, std::int64_t depth) const {
    const std::int64_t ld = ceil_div(region.columns, 32) * 32;
    return region.rows * ld <= kSmall ? side_by_side(t, depth, ld) : in_turn(t, depth);
  }

  Merge merge_of(std::int64_t ld, std::int64_t pieces, std::int64_t stride) const {
    Merge m{};
    m.product = scratch;
    m.product_ld = ld;
    m.pieces = pieces;
    m.stride = stride;
    m.acc = args.acc + region.row * args.acc_ld + region.column;
    m.acc_ld = args.acc_ld;
    m.rows = region.rows;
    m.columns = region.columns;
    return m;
  }
};

void add_region(const ProductsArgs& args, const Region& r, const Blas& blas, void* scratch,
                cudaStream_t stream) {
  const Multiplier multiplier{args, r, blas, scratch};
  const Moments &a = args.a_moments, &b = args.b_moments;
  for (std::int64_t t = 0, k = 0; t < args.observations; t += kSlab, ++k) {
    Merge m = multiplier.multiply(t, smaller(kSlab, args.observations - t));
    m.row_between = a.between + k * a.ld + r.row;
    m.row_within = a.within + k * a.ld + r.row;
    m.column_between = b.between + k * b.ld + r.column;
    m.column_within = b.within + k * b.ld + r.column;
    m.clear = args.clear != 0 && k == 0;
    merge(m, args.compute, stream);
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
