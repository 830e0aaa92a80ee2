// finish: blocks walk tiles of 32 x 32 through shared memory, so that the result and its transpose are both
// written in whole lines. The entry itself is the shared finish_entry. The largest entry is found without
// atomics: ties go to the first in row-major order, so any order of comparing gives the same.
#include "kernels/finish.inl"

#include "kernels/check.h"
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/reduce.cuh"

namespace sluice::cuda {
namespace {

constexpr int kSide = 32, kLanes = 8;
constexpr std::int64_t kMostBlocks = 4096;
static_assert(kSide * kLanes == kThreads);
static_assert(kMostBlocks * std::int64_t(sizeof(Largest)) <= kLargestBytes);

__device__ __forceinline__ void take_larger(Largest& best, const Largest& next) {
  const double size = fabs(next.value), most = fabs(best.value);
  const bool earlier = next.row < best.row || (next.row == best.row && next.column < best.column);
  if (size > most || (size == most && size > 0 && earlier)) best = next;
}

/// The largest over the block, in thread 0.
__device__ void reduce_largest(Largest& best, int thread, Largest* shared) {
  shared[thread] = best;
  for (int step = kThreads / 2; step > 0; step /= 2) {
    __syncthreads();
    if (thread < step) take_larger(shared[thread], shared[thread + step]);
  }
  if (thread == 0) best = shared[0];
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    finish_tiles(const __grid_constant__ FinishArgs a, std::int64_t tiles_across, std::int64_t tiles,
                 Largest* partials) {
  __shared__ T square[kSide][kSide + 1];
  __shared__ Largest shared[kThreads];
  Largest best{0, 0, 0};
  for (std::int64_t tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    const std::int64_t row0 = tile / tiles_across * kSide, column0 = tile % tiles_across * kSide;
    const std::int64_t column = column0 + threadIdx.x;
#pragma unroll
    for (int i = 0; i < kSide; i += kLanes) {
      const std::int64_t row = row0 + i + threadIdx.y;
      if (row >= a.rows || column >= a.columns) continue;
      const T x = finish_entry<T>(a, row, column);
      static_cast<T*>(a.out)[row * a.columns + column] = x;
      square[i + threadIdx.y][threadIdx.x] = x;
      const bool diagonal = a.symmetric != 0 && row + a.row_offset == column;
      if (!diagonal && is_finite(double(x))) take_larger(best, Largest{double(x), row, column});
    }
    if (a.out_transposed == nullptr) continue;
    __syncthreads();
    const std::int64_t row = row0 + threadIdx.x;
#pragma unroll
    for (int i = 0; i < kSide; i += kLanes) {
      const std::int64_t turned = column0 + i + threadIdx.y;
      if (row < a.rows && turned < a.columns)
        static_cast<T*>(a.out_transposed)[turned * a.rows + row] = square[threadIdx.x][i + threadIdx.y];
    }
    __syncthreads();
  }
  if (partials == nullptr) return;
  const int thread = int(threadIdx.y * kSide + threadIdx.x);
  reduce_largest(best, thread, shared);
  if (thread == 0) partials[blockIdx.x] = best;
}

__global__ void __launch_bounds__(kThreads) largest_of(const Largest* partials, int count, Largest* out) {
  __shared__ Largest shared[kThreads];
  Largest best{0, 0, 0};
  for (int i = int(threadIdx.x); i < count; i += kThreads) take_larger(best, partials[i]);
  reduce_largest(best, int(threadIdx.x), shared);
  if (threadIdx.x == 0) *out = best;
}

}  // namespace

void finish(Queue& queue, const FinishArgs& args) {
  const Range range("sluice finish");
  check(args);
  const cudaStream_t stream = queue.stream.get();
  const std::int64_t tiles_across = ceil_div(args.columns, kSide);
  const std::int64_t tiles = tiles_across * ceil_div(args.rows, kSide);
  if (tiles == 0) {
    if (args.largest != nullptr)
      check(cudaMemsetAsync(args.largest, 0, sizeof(Largest), stream), "cudaMemsetAsync");
    return;
  }
  const std::int64_t blocks = smaller(tiles, kMostBlocks);
  const ScratchUse scratch(queue.context->largest, queue);
  Largest* partials = args.largest != nullptr ? scratch.as<Largest>() : nullptr;
  const auto kernel = args.type == DType::kFloat64 ? &finish_tiles<double> : &finish_tiles<float>;
  launch("finish", kernel, grid_of(blocks), dim3(kSide, kLanes), stream, args, tiles_across, tiles, partials);
  if (args.largest != nullptr)
    launch("finish: largest", &largest_of, dim3(1), dim3(kThreads), stream, partials, int(blocks),
           args.largest);
}

}  // namespace sluice::cuda
