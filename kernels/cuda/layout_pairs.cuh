// The pairs of a layout on the card: a thread holds a few rows, a block walks over its columns in tiles that
// wait in shared memory. Groups of 32 columns in which no row of a warp has an edge, itself or the end take
// the short way.
#pragma once
#include <type_traits>

#include "kernels/cuda/reduce.cuh"
#include "kernels/layout.inl"

namespace sluice::cuda {

inline constexpr int kTile = kThreads;  // columns in shared memory
inline constexpr int kGroup = 32;       // columns of a mask
// Columns that are added up in registers, as on the CPU: a float32 sum over a million would lose three
// digits.
inline constexpr int kFold = 8 * kTile;

/// Rows of a thread: what the tile's reads are shared by.
template <class T, int kDims>
constexpr int rows_of_thread() {
  return kDims == 0 ? 1 : std::is_same_v<T, float> ? 4 : 2;
}

/// 1 / x within a unit or two in the last place, by the fast unit; 0 for the largest numbers.
__device__ __forceinline__ float reciprocal(float x) {
#ifdef __CUDA_ARCH__
  float y;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
#else
  return 1 / x;
#endif
}
__device__ __forceinline__ double reciprocal(double x) {
#ifdef __CUDA_ARCH__
  double y;
  asm("rcp.approx.ftz.f64 %0, %1;" : "=d"(y) : "d"(x));  // 20 bits; each step doubles them
  y = fma(y, fma(-x, y, 1.0), y);
  return fma(y, fma(-x, y, 1.0), y);
#else
  return 1 / x;
#endif
}

/// One row of a thread: its coordinates and sums.
template <class T, int kDims>
struct PairRow {
  static constexpr int kMost = kDims > 0 ? kDims : kLayoutDims;
  T x[kMost], sum[kMost], inverse;

  /// The pair with a column whose coordinates lie kTile apart; counts 0 or 1 times.
  template <bool kSigns>
  __device__ __forceinline__ void take(const T* column, T eps, std::int32_t dims, T counts) {
    T d[kMost], far = eps;
#pragma unroll
    for (int k = 0; k < layout_dims(kDims, dims); ++k) {
      d[k] = x[k] - column[k * kTile];
      far = kSigns ? far + (d[k] < 0 ? -d[k] : d[k]) : d[k] * d[k] + far;
    }
    const T q = counts * reciprocal(far), c = q * q;
    inverse += q;
#pragma unroll
    for (int k = 0; k < layout_dims(kDims, dims); ++k) {
      if constexpr (kSigns)
        sum[k] += d[k] > 0 ? c : d[k] < 0 ? -c : T(0);
      else
        sum[k] = c * d[k] + sum[k];
    }
  }
};

/// The first neighbour of row i that is at least `column`.
__device__ inline std::int64_t neighbour_from(const LayoutForcesArgs& a, std::int64_t i,
                                              std::int64_t column) {
  std::int64_t low = a.offsets[i], high = a.offsets[i + 1];
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (a.neighbours[middle] < column)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/// Columns [column, column + kGroup) that do not count for row i; `at` goes behind them.
__device__ inline std::uint32_t left_out(const LayoutForcesArgs& a, std::int64_t i, std::int64_t column,
                                         std::int64_t& at, std::int64_t stop) {
  std::uint32_t mask = 0;
  if (column + kGroup > a.vertices) {
    const std::int64_t over = smaller(kGroup, column + kGroup - a.vertices);
    mask = over >= kGroup ? ~0u : ~0u << (kGroup - over);
  }
  if (i >= column && i < column + kGroup) mask |= 1u << (i - column);
  for (; at < stop && a.neighbours[at] < column + kGroup; ++at) mask |= 1u << (a.neighbours[at] - column);
  return mask;
}

/// Sums of rows [first + blockIdx.x rows a block, ...) over the columns of part blockIdx.y: sums is parts x
/// dims x padded, inverse a number for each block.
template <class T, int kDims, bool kSigns>
__global__ void __launch_bounds__(kThreads)
    sum_pairs(const __grid_constant__ LayoutForcesArgs a, double eps, const T* points, std::int64_t padded,
              std::int64_t columns_each, T* sums, double* inverse) {
  constexpr int kRows = rows_of_thread<T, kDims>();
  using Row = PairRow<T, kDims>;
  __shared__ T tile[Row::kMost * kTile];
  __shared__ double partial[kWarps];
  const int dims = layout_dims(kDims, a.dims);
  const std::int64_t from = std::int64_t(blockIdx.y) * columns_each;
  const std::int64_t to = smaller(a.vertices, from + columns_each), end = a.first + a.rows;
  const std::int64_t row = a.first + std::int64_t(blockIdx.x) * kThreads * kRows + threadIdx.x;
  Row rows[kRows];
  std::int64_t at[kRows], stop[kRows];
#pragma unroll
  for (int r = 0; r < kRows; ++r) {
    const std::int64_t i = row + r * kThreads;
    rows[r].inverse = 0, at[r] = stop[r] = 0;
    for (int k = 0; k < dims; ++k) rows[r].x[k] = i < end ? points[k * padded + i] : T(0), rows[r].sum[k] = 0;
    if (a.neighbours && i < end) at[r] = neighbour_from(a, i, from), stop[r] = a.offsets[i + 1];
  }
  double own = 0;
  const auto fold = [&](bool first) {
#pragma unroll
    for (int r = 0; r < kRows; ++r) {
      const std::int64_t i = row + r * kThreads;
      if (i < end) own += double(rows[r].inverse);
      rows[r].inverse = 0;
#pragma unroll
      for (int k = 0; k < dims; ++k) {
        if (i < end) {
          T& sum = sums[(blockIdx.y * dims + k) * padded + i];
          sum = first ? rows[r].sum[k] : sum + rows[r].sum[k];
        }
        rows[r].sum[k] = 0;
      }
    }
  };
  for (std::int64_t base = from; base < to; base += kTile) {
    __syncthreads();  // the tile before may still be read
    const std::int64_t j = base + threadIdx.x;
    for (int k = 0; k < dims; ++k)
      tile[k * kTile + threadIdx.x] = j < a.vertices ? points[k * padded + j] : T(0);
    __syncthreads();
    for (int group = 0; group < kTile && base + group < to; group += kGroup) {
      std::uint32_t mask[kRows], any = 0;
#pragma unroll
      for (int r = 0; r < kRows; ++r) {
        const std::int64_t i = row + r * kThreads;
        mask[r] = i < end ? left_out(a, i, base + group, at[r], stop[r]) : 0;
        any |= mask[r];
      }
      const T* const column = tile + group;
      if (__any_sync(0xffffffffu, any != 0)) {
        for (int c = 0; c < kGroup; ++c)
#pragma unroll
          for (int r = 0; r < kRows; ++r)
            rows[r].template take<kSigns>(column + c, T(eps), a.dims, T(mask[r] >> c & 1 ? 0 : 1));
      } else {
#pragma unroll 8
        for (int c = 0; c < kGroup; ++c)
#pragma unroll
          for (int r = 0; r < kRows; ++r) rows[r].template take<kSigns>(column + c, T(eps), a.dims, T(1));
      }
    }
    if ((base - from) % kFold == kFold - kTile || base + kTile >= to) fold(base - from < kFold);
  }
  own = block_sum(own, partial);
  if (threadIdx.x == 0) inverse[std::int64_t(blockIdx.y) * gridDim.x + blockIdx.x] = own;
}

}  // namespace sluice::cuda
