// QR: the panel's first rows are R, with zeros below its diagonal, so [R; B] is one matrix of contiguous
// columns and cuSOLVER reflects it where it lies. A call takes at most TriangleShape::rows rows, 64 MiB of
// them or four times as many as columns: its bytes depend on the columns alone, not on memory.
//
// Arithmetic: 2 n^2 flops a row, and a read of the panel for the columns' sizes; the rows are read and
// written n / block times, which the second level cache of a large card takes.
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/load.cuh"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/triangle_check.h"

namespace sluice::cuda {
namespace {

constexpr std::int64_t kPanelBytes = std::int64_t(64) << 20;
constexpr int kTurn = 32, kLanes = 8;  // of a tile that is turned; rows of threads
constexpr int kThreads = 256;
constexpr std::int64_t kMostBlocksAcross = 32768;  // gridDim.y

/// What reflections work in, in pieces of 256 bytes: cuSOLVER's code, a factor and the largest
/// magnitude of each column,
/// and its own numbers.
struct Work {
  Work(void* memory, std::int64_t columns, std::int64_t bytes)
      : info(static_cast<int*>(memory)),
        factors(reinterpret_cast<double*>(static_cast<char*>(memory) + 256)),
        largest(factors + padded(columns)),
        rest(largest + padded(columns)),
        size((bytes - Work::bytes(columns, 0)) / 8) {}
  static std::int64_t padded(std::int64_t columns) { return ceil_div(columns, 32) * 32; }
  static std::int64_t bytes(std::int64_t columns, std::int64_t size) {
    return 256 + 16 * padded(columns) + 8 * size;
  }
  int* info;
  double *factors, *largest, *rest;
  std::int64_t size;
};

/// Zeros below the diagonal, or everywhere.
__global__ void __launch_bounds__(kThreads)
    clear_kernel(double* panel, std::int64_t columns, std::int64_t ld, bool all) {
  for (std::int64_t j = blockIdx.y; j < columns; j += gridDim.y) {
    const std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
    if (i < columns && (all || i > j)) panel[j * ld + i] = 0;
  }
}

/// Columns whose squares would overflow or vanish are multiplied by a power of two, which costs no digit:
/// whether cuSOLVER's lengths are safe from that it does not say. `largest`: a column's largest magnitude.
__device__ __forceinline__ double scale_of(double largest) {
  constexpr double kLeast = 1e-100, kMost = 1e100;
  constexpr int kMostExponent = 1000;  // its inverse is a number too
  if (largest == 0 || (largest >= kLeast && largest <= kMost)) return 1;
  const int exponent = -ilogb(largest);
  return ldexp(1.0, exponent > kMostExponent    ? kMostExponent
                    : exponent < -kMostExponent ? -kMostExponent
                                                : exponent);
}

/// Of finite values. Bits of numbers that are not negative have the order of the numbers, so which block
/// comes last does not show.
__global__ void __launch_bounds__(kThreads)
    largest_kernel(const double* panel, std::int64_t rows, std::int64_t ld, double* largest) {
  __shared__ double most_of[kThreads];
  const double* column = panel + std::int64_t(blockIdx.y) * ld;
  double most = 0;
  for (std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x; i < rows;
       i += std::int64_t(gridDim.x) * kThreads) {
    const double x = fabs(column[i]);
    if (x > most && is_finite(x)) most = x;
  }
  most_of[threadIdx.x] = most;
  for (int half = kThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half && most_of[threadIdx.x + half] > most_of[threadIdx.x])
      most_of[threadIdx.x] = most_of[threadIdx.x + half];
  }
  if (threadIdx.x == 0 && most_of[0] > 0)
    atomicMax(reinterpret_cast<unsigned long long*>(largest) + blockIdx.y,
              static_cast<unsigned long long>(bits_of(most_of[0])));
}

__global__ void __launch_bounds__(kThreads)
    scale_kernel(double* panel, std::int64_t rows, std::int64_t ld, const double* largest) {
  const double scale = scale_of(largest[blockIdx.y]);
  if (scale == 1) return;
  double* column = panel + std::int64_t(blockIdx.y) * ld;
  for (std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x; i < rows;
       i += std::int64_t(gridDim.x) * kThreads)
    column[i] *= scale;
}

/// Of R alone.
__global__ void __launch_bounds__(kThreads)
    unscale_kernel(double* panel, std::int64_t columns, std::int64_t ld, const double* largest) {
  const std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
  for (std::int64_t j = blockIdx.y; j < columns; j += gridDim.y) {
    const double scale = scale_of(largest[j]);
    if (i <= j && scale != 1) panel[j * ld + i] /= scale;
  }
}

__device__ __forceinline__ double scaled(const ColumnsArgs& a, double x, std::int64_t v, std::int64_t t) {
  if (a.shifts != nullptr) x -= a.shifts[v];
  return a.weights != nullptr ? x * sqrt(a.weights[t]) : x;
}

/// Of contiguous variables; no source: the number 1.
template <class T, bool kOnes>
__global__ void __launch_bounds__(kThreads)
    runs_kernel(const __grid_constant__ ColumnsArgs a, Source<T> source) {
  const std::int64_t t = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (t >= a.observations) return;
  for (std::int64_t v = blockIdx.y; v < a.variables; v += gridDim.y)
    a.to[v * a.ld + t] = scaled(a, kOnes ? 1.0 : source[v * a.source_ld + t], v, t);
}

/// Of contiguous observations: a tile is turned on its way through shared memory.
template <class T>
__global__ void __launch_bounds__(kTurn* kLanes)
    turn_kernel(const __grid_constant__ ColumnsArgs a, Source<T> source) {
  __shared__ double tile[kTurn][kTurn + 1];
  const std::int64_t first_t = std::int64_t(blockIdx.x) * kTurn;
  const std::int64_t tiles = ceil_div(a.variables, kTurn);
  for (std::int64_t across = blockIdx.y; across < tiles; across += gridDim.y) {
    const std::int64_t first_v = across * kTurn;
#pragma unroll
    for (int row = 0; row < kTurn; row += kLanes) {
      const std::int64_t t = first_t + row + threadIdx.y, v = first_v + threadIdx.x;
      if (t < a.observations && v < a.variables)
        tile[row + threadIdx.y][threadIdx.x] = scaled(a, source[t * a.source_ld + v], v, t);
    }
    __syncthreads();
#pragma unroll
    for (int row = 0; row < kTurn; row += kLanes) {
      const std::int64_t t = first_t + threadIdx.x, v = first_v + row + threadIdx.y;
      if (t < a.observations && v < a.variables) a.to[v * a.ld + t] = tile[threadIdx.x][row + threadIdx.y];
    }
    __syncthreads();
  }
}

template <class T>
void bring(const ColumnsArgs& a, cudaStream_t stream) {
  using Bits = typename Source<T>::Bits;
  const Source<T> source{static_cast<const Bits*>(a.source), a.swapped != 0};
  const auto across = [](std::int64_t n) { return unsigned(smaller(n, kMostBlocksAcross)); };
  const bool apart = a.layout == Layout::kObservations && (a.variables > 1 || a.source_ld != 1);
  if (a.source != nullptr && apart) {
    const dim3 grid(unsigned(ceil_div(a.observations, kTurn)), across(ceil_div(a.variables, kTurn)));
    launch("columns", &turn_kernel<T>, grid, dim3(kTurn, kLanes), stream, a, source);
    return;
  }
  const dim3 grid(unsigned(ceil_div(a.observations, kThreads)), across(a.variables));
  launch("columns", a.source != nullptr ? &runs_kernel<T, false> : &runs_kernel<T, true>, grid,
         dim3(kThreads), stream, a, source);
}

}  // namespace

void columns(Queue& queue, const ColumnsArgs& args) {
  const Range range("sluice columns");
  check(args);
  if (args.variables == 0 || args.observations == 0) return;
  with_type(args.source != nullptr ? args.type : DType::kFloat64,
            [&](auto tag) { bring<typename decltype(tag)::Type>(args, queue.stream.get()); });
}

TriangleShape triangle_shape(Context& context, std::int64_t columns) {
  check_triangle_columns(columns);
  const std::int64_t n = larger(1, columns);
  const std::int64_t rows = ceil_div(larger(kPanelBytes / (8 * n), 4 * n), 1024) * 1024;
  // cuSOLVER does not say that fewer rows never take more.
  std::int64_t size = 0;
  for (std::int64_t some = rows; some > 0; some /= 2)
    size = larger(size, context.solver.work_size(n + some, n, n + rows));
  return {rows, Work::bytes(n, size)};
}

void triangle(Queue& queue, const TriangleArgs& args) {
  const Range range("sluice triangle");
  check(args);
  const std::int64_t n = args.columns;
  if (n == 0) return;
  const cudaStream_t stream = queue.stream.get();
  Solver& solver = queue.context->solver;
  const TriangleShape shape = triangle_shape(*queue.context, n);
  if (args.rows > shape.rows)
    fail(kBadArgument, "triangle: %lld rows of a call: expected at most %lld",
         static_cast<long long>(args.rows), static_cast<long long>(shape.rows));
  const dim3 grid(unsigned(ceil_div(n, kThreads)), unsigned(smaller(n, kMostBlocksAcross)));
  launch("triangle", &clear_kernel, grid, dim3(kThreads), stream, args.panel, n, args.ld, args.clear != 0);
  if (args.rows == 0) return;
  const Work work(args.work, n, shape.work_bytes);
  std::int64_t height = n + args.rows;
  if (solver.work_size(height, n, args.ld) > work.size) {
    // Not one of the heights that were asked for: rows of zeros, which change nothing, make it the largest.
    height = n + shape.rows;
    if (args.ld < height)
      fail(kDeviceError, "triangle: cuSOLVER asks for more for %lld rows than for more of them",
           static_cast<long long>(args.rows));
    check(cudaMemset2DAsync(args.panel + n + args.rows, std::size_t(args.ld) * 8, 0,
                            std::size_t(shape.rows - args.rows) * 8, std::size_t(n), stream),
          "cudaMemset2DAsync");
  }
  check(cudaMemsetAsync(work.largest, 0, std::size_t(n) * 8, stream), "cudaMemsetAsync");
  constexpr std::int64_t kEach = 16;  // values of a thread, about
  const dim3 parts(unsigned(ceil_div(height, kEach * kThreads)), unsigned(n));
  launch("largest", &largest_kernel, parts, dim3(kThreads), stream, args.panel, height, args.ld,
         work.largest);
  launch("scale", &scale_kernel, parts, dim3(kThreads), stream, args.panel, height, args.ld, work.largest);
  solver.reflect(args.panel, height, n, args.ld, work.factors, work.rest, work.size, work.info, stream);
  launch("unscale", &unscale_kernel, grid, dim3(kThreads), stream, args.panel, n, args.ld, work.largest);
}

}  // namespace sluice::cuda
