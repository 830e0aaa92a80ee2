// generate: a thread draws one counter (16 bytes of a row) with the shared functions and stores it at once
// where the address allows. This file is compiled without contraction: numbers have the same bytes on every
// backend.
#include "kernels/generate.inl"

#include "kernels/check.h"
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/load.cuh"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/reduce.cuh"

namespace sluice::cuda {
namespace {

template <class T>
struct alignas(16) Run {
  T x[PerCounter<T>::kEntries];
};

template <class T>
__device__ __forceinline__ void draw_entries(const GenerateArgs& a, std::int64_t row, std::int64_t counter,
                                             Run<T>& to) {
  const bool normal = a.distribution == Distribution::kNormal;
  const std::int64_t own = a.first_row + row;
  const std::int64_t partner = a.partner != nullptr ? a.partner[row] : -1;
  const std::uint64_t stream = stream_of(a.distribution, sizeof(T), false);
  draw_run<T, 1>(a.seed, std::uint64_t(partner >= 0 ? partner : own) | stream, counter, normal, to.x);
  if (partner < 0) return;
  Run<T> factors;
  draw_run<T, 1>(a.seed, std::uint64_t(own) | stream_of(a.distribution, sizeof(T), true), counter, false,
                 factors.x);
  const double width = a.high - a.low;
#pragma unroll
  for (int i = 0; i < PerCounter<T>::kEntries; ++i)
    to.x[i] = T(double(to.x[i]) * (a.low + width * double(factors.x[i])));
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    generate_kernel(const __grid_constant__ GenerateArgs a, std::int64_t first, std::int64_t counters,
                    std::int64_t tasks) {
  constexpr int kEntries = PerCounter<T>::kEntries;
  const std::int64_t stride = std::int64_t(gridDim.x) * kThreads;
  for (std::int64_t task = std::int64_t(blockIdx.x) * kThreads + threadIdx.x; task < tasks; task += stride) {
    const std::int64_t row = task / counters, counter = first + task % counters;
    Run<T> values;
    draw_entries(a, row, counter, values);
    const std::int64_t column =
        counter * kEntries - a.first_column;  // of values.x[0]; may lie before the tile
    T* out = static_cast<T*>(a.out) + row * a.ld;
    const bool whole = column >= 0 && column + kEntries <= a.columns;
    if (whole && (reinterpret_cast<std::uintptr_t>(out) + std::uintptr_t(column) * sizeof(T)) % 16 == 0) {
      *reinterpret_cast<Run<T>*>(out + column) = values;
      continue;
    }
#pragma unroll
    for (int i = 0; i < kEntries; ++i)
      if (column + i >= 0 && column + i < a.columns) out[column + i] = values.x[i];
  }
}

template <class T>
void run(const GenerateArgs& args, cudaStream_t stream) {
  constexpr std::int64_t kEntries = PerCounter<T>::kEntries;
  const std::int64_t first = args.first_column / kEntries;
  const std::int64_t counters = ceil_div(args.first_column + args.columns, kEntries) - first;
  const std::int64_t tasks = args.rows * counters;
  launch("generate", &generate_kernel<T>, grid_of(smaller(ceil_div(tasks, kThreads), 65536)), dim3(kThreads),
         stream, args, first, counters, tasks);
}

}  // namespace

void generate(Queue& queue, const GenerateArgs& args) {
  const Range range("sluice generate");
  check(args);
  if (args.rows == 0 || args.columns == 0) return;
  if (args.type == DType::kFloat64)
    run<double>(args, queue.stream.get());
  else
    run<float>(args, queue.stream.get());
}

}  // namespace sluice::cuda
