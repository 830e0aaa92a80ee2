// QR: the panel's first rows are R, with zeros below its diagonal, so [R; B] is one matrix of contiguous
// columns and cuSOLVER reflects it where it lies. A call takes at most TriangleShape::rows rows, 64 MiB of
// them or four times as many as columns: its bytes depend on the columns alone, not on memory.
//
// Arithmetic: 2 n^2 flops a row; the rows are read and written n / block times, which the second level cache
// of a large card takes.
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

/// Of the reflections' factors, in work behind 256 bytes with cuSOLVER's code, before its own.
std::int64_t factor_bytes(std::int64_t columns) {
  return ceil_div(columns, 32) * 256;
}

/// Zeros below the diagonal, or everywhere.
__global__ void __launch_bounds__(kThreads)
    clear_kernel(double* panel, std::int64_t columns, std::int64_t ld, bool all) {
  for (std::int64_t j = blockIdx.y; j < columns; j += gridDim.y) {
    const std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
    if (i < columns && (all || i > j)) panel[j * ld + i] = 0;
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
  return {rows, 256 + factor_bytes(n) + 8 * context.solver.work_size(n + rows, n, n + rows)};
}

void triangle(Queue& queue, const TriangleArgs& args) {
  const Range range("sluice triangle");
  check(args);
  const std::int64_t n = args.columns;
  if (n == 0) return;
  const cudaStream_t stream = queue.stream.get();
  const TriangleShape shape = triangle_shape(*queue.context, n);
  if (args.rows > shape.rows)
    fail(kBadArgument, "triangle: %lld rows of a call: expected at most %lld",
         static_cast<long long>(args.rows), static_cast<long long>(shape.rows));
  const dim3 grid(unsigned(ceil_div(n, kThreads)), unsigned(smaller(n, kMostBlocksAcross)));
  launch("triangle", &clear_kernel, grid, dim3(kThreads), stream, args.panel, n, args.ld, args.clear != 0);
  if (args.rows == 0) return;
  // What fewer rows work in is no more.
  char* work = static_cast<char*>(args.work);
  double* const factors = reinterpret_cast<double*>(work + 256);
  double* const rest = reinterpret_cast<double*>(work + 256 + factor_bytes(n));
  queue.context->solver.reflect(args.panel, n + args.rows, n, args.ld, factors, rest,
                                (shape.work_bytes - 256 - factor_bytes(n)) / 8, reinterpret_cast<int*>(work),
                                stream);
}

}  // namespace sluice::cuda
