// layout_forces and layout_iterate on the card: all pairs by tiles (layout_pairs.cuh), a warp for the edges
// of a row, sums of losses by one block; an iteration is one CUDA graph, launched as often as asked.
#include <cstring>

#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/layout_pairs.cuh"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/layout_check.h"

namespace sluice::cuda {
namespace {

/// The scratch of a call, and how its pairs are cut.
template <class T>
struct Room {
  Room(const LayoutForcesArgs& a, int rows_each)
      : padded(layout_padded(a.vertices)),
        row_blocks(ceil_div(a.rows, std::int64_t(kThreads) * rows_each)),
        finish_blocks(ceil_div(a.rows, kWarps)),
        step_blocks(ceil_div(a.vertices, kThreads)) {
    // Some waves of blocks on a large card, so that the last one, half empty, costs little; by sizes alone,
    // since it orders the sums.
    const std::int64_t most = layout_partials(a.vertices, a.dims, a.type);
    const std::int64_t tiles = ceil_div(a.vertices, kTile);
    const std::int64_t wanted =
        larger(1, smaller(smaller(most, tiles), ceil_div(4096, larger(1, row_blocks))));
    columns_each = ceil_div(tiles, wanted) * kTile;
    parts = ceil_div(a.vertices, columns_each);
    points = static_cast<T*>(a.scratch);
    sums = points + padded * a.dims;
    inverse = reinterpret_cast<double*>(sums + most * padded * a.dims);
    losses = inverse + row_blocks * parts;
    moves = losses + finish_blocks * kLayoutParts;
  }
  std::int64_t padded, row_blocks, finish_blocks, step_blocks, columns_each, parts;
  T *points, *sums;  // dims x padded; parts x dims x padded
  double* inverse;   // of each block of pairs
  double* losses;    // finish_blocks x kLayoutParts
  double* moves;     // of each block of steps
};

template <class T, int kDims>
__global__ void place_points(const __grid_constant__ LayoutForcesArgs a, T* points, std::int64_t padded) {
  const std::int64_t i = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < a.vertices) layout_point<kDims>(a, i, points, padded);
}

__device__ __forceinline__ double warp_sum(double x) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) x += __shfl_xor_sync(0xffffffffu, x, step);
  return x;
}

/// A warp a row: its parts, its edges, its close vertices.
template <class T, int kDims>
__global__ void __launch_bounds__(kThreads)
    finish_rows(const __grid_constant__ LayoutForcesArgs a, LayoutFactors factors, const T* points,
                std::int64_t padded, const T* sums, std::int64_t parts, double* losses) {
  constexpr int kMost = kDims > 0 ? kDims : kLayoutDims;
  __shared__ double shared[kWarps][kLayoutParts];
  const int lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32), dims = layout_dims(kDims, a.dims);
  const std::int64_t i = a.first + std::int64_t(blockIdx.x) * kWarps + warp;
  if (lane < kLayoutParts) shared[warp][lane] = 0;
  __syncwarp();
  if (i < a.first + a.rows) {
    double pairs[kMost], force[kMost], barrier[kMost], far = 0, near = 0;
    for (int k = 0; k < dims; ++k) {
      force[k] = barrier[k] = 0;
      pairs[k] = warp_sum(lane < parts ? double(sums[(lane * dims + k) * padded + i]) : 0.0);
    }
    if (a.neighbours)
      layout_attract<kDims>(a, points, padded, i, a.offsets[i] + lane, a.offsets[i + 1], 32, force, far);
    if (a.close_offsets)
      layout_push<kDims, T>(a, i, a.close_offsets[i] + lane, a.close_offsets[i + 1], 32, barrier, near);
    far = warp_sum(far), near = warp_sum(near);
    for (int k = 0; k < dims; ++k) force[k] = warp_sum(force[k]), barrier[k] = warp_sum(barrier[k]);
    if (lane == 0) {
      shared[warp][kLayoutCentering] =
          layout_gradient<kDims>(a, factors, points, padded, i, pairs, force, barrier);
      shared[warp][kLayoutAttraction] = far, shared[warp][kLayoutBarrier] = near;
    }
  }
  __syncthreads();
  if (threadIdx.x >= kLayoutParts) return;
  double sum = 0;
  for (int w = 0; w < kWarps; ++w) sum += shared[w][threadIdx.x];
  losses[std::int64_t(blockIdx.x) * kLayoutParts + threadIdx.x] = sum;
}

/// Where a loss goes: to `loss`, or to the row of a history that `made` says.
struct LossPlace {
  double* loss;
  double* history;
  std::int64_t rows;
  const std::int64_t* made;
  __device__ double* get() const { return loss ? loss : history + *made % rows * kLayoutParts; }
};

/// One block.
__global__ void __launch_bounds__(kThreads)
    add_losses(const double* inverse, std::int64_t pair_blocks, const double* losses, std::int64_t blocks,
               double attraction, double repulsion, double centering, LossPlace place) {
  __shared__ double shared[kWarps];
  double* const out = place.get();
  const auto sum_of = [&](const double* from, std::int64_t count, std::int64_t step) {
    double sum = 0;
    for (std::int64_t b = threadIdx.x; b < count; b += kThreads) sum += from[b * step];
    return block_sum(sum, shared);
  };
  const double pairs = sum_of(inverse, pair_blocks, 1);
  const double far = sum_of(losses + kLayoutAttraction, blocks, kLayoutParts);
  const double centre = sum_of(losses + kLayoutCentering, blocks, kLayoutParts);
  const double near = sum_of(losses + kLayoutBarrier, blocks, kLayoutParts);
  if (threadIdx.x != 0) return;
  out[kLayoutAttraction] = attraction * far, out[kLayoutRepulsion] = repulsion * pairs;
  out[kLayoutCentering] = centering * centre, out[kLayoutBarrier] = near, out[kLayoutMove] = 0;
}

__device__ double block_most(double x, double* shared) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) {
    const double other = __shfl_down_sync(0xffffffffu, x, step);
    x = layout_most(x, other);
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = x;
  __syncthreads();
  double most = shared[0];
#pragma unroll
  for (int warp = 1; warp < kWarps; ++warp) most = layout_most(most, shared[warp]);
  return most;
}

template <class T, int kDims>
__global__ void __launch_bounds__(kThreads)
    step_vertices(const __grid_constant__ LayoutIterateArgs a, double* moves) {
  __shared__ double shared[kWarps];
  __shared__ LayoutRates rates;
  if (threadIdx.x == 0) rates = layout_rates(a.step, *a.step.made + 1);
  __syncthreads();
  const std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
  const double square = i < a.forces.vertices ? layout_move<kDims, T>(a, rates, i) : 0;
  const double most = block_most(square, shared);
  if (threadIdx.x == 0) moves[blockIdx.x] = most;
}

/// One block.
__global__ void __launch_bounds__(kThreads)
    end_iteration(const double* moves, std::int64_t blocks, double* history, std::int64_t rows,
                  std::int64_t* made) {
  __shared__ double shared[kWarps];
  double most = 0;
  for (std::int64_t b = threadIdx.x; b < blocks; b += kThreads) most = layout_most(most, moves[b]);
  most = block_most(most, shared);
  if (threadIdx.x != 0) return;
  history[*made % rows * kLayoutParts + kLayoutMove] = sqrt(most);
  ++*made;
}

template <class T, int kDims>
void forces_as(cudaStream_t stream, const LayoutForcesArgs& a, const LossPlace& place) {
  const Room<T> room(a, rows_of_thread<T, kDims>());
  const LayoutFactors f = layout_factors(a.distance, a.eps);
  const dim3 block(kThreads);
  launch("layout_forces, points", &place_points<T, kDims>, grid_of(room.step_blocks), block, stream, a,
         room.points, room.padded);
  const bool pairs = a.repulsion > 0 && a.rows > 0;
  if (pairs) {
    const auto kernel =
        a.distance == LayoutDistance::kManhattan ? &sum_pairs<T, kDims, true> : &sum_pairs<T, kDims, false>;
    const dim3 grid(unsigned(room.row_blocks), unsigned(room.parts));
    launch("layout_forces, pairs", kernel, grid, block, stream, a, f.eps, room.points, room.padded,
           room.columns_each, room.sums, room.inverse);
  }
  launch("layout_forces, rows", &finish_rows<T, kDims>, grid_of(room.finish_blocks), block, stream, a, f,
         room.points, room.padded, room.sums, pairs ? room.parts : 0, room.losses);
  if (place.loss == nullptr && place.history == nullptr) return;
  launch("layout_forces, losses", &add_losses, dim3(1), block, stream, room.inverse,
         pairs ? room.row_blocks * room.parts : 0, room.losses, a.rows > 0 ? room.finish_blocks : 0,
         a.attraction * f.scale, a.repulsion * f.loss, a.centering, place);
}

template <class T, int kDims>
void iteration_as(cudaStream_t stream, const LayoutIterateArgs& a) {
  const Room<T> room(a.forces, rows_of_thread<T, kDims>());
  const dim3 block(kThreads);
  forces_as<T, kDims>(stream, a.forces, {nullptr, a.history, a.history_rows, a.step.made});
  launch("layout_iterate, step", &step_vertices<T, kDims>, grid_of(room.step_blocks), block, stream, a,
         room.moves);
  launch("layout_iterate, end", &end_iteration, dim3(1), block, stream, room.moves, room.step_blocks,
         a.history, a.history_rows, a.step.made);
}

template <class F>
void with_kind(const LayoutForcesArgs& a, const F& f) {
  const auto of_type = [&](auto zero) {
    if (a.dims == 2) return f(zero, std::integral_constant<int, 2>());
    if (a.dims == 3) return f(zero, std::integral_constant<int, 3>());
    f(zero, std::integral_constant<int, 0>());
  };
  if (a.type == DType::kFloat32)
    of_type(0.0f);
  else
    of_type(0.0);
}

void enqueue_iteration(cudaStream_t stream, const LayoutIterateArgs& a) {
  with_kind(a.forces,
            [&](auto zero, auto dims) { iteration_as<decltype(zero), decltype(dims)::value>(stream, a); });
}

/// Makes the queue's graph one iteration of these arguments.
void capture(Queue& queue, const LayoutIterateArgs& a) {
  LayoutIterateArgs once{};
  std::memcpy(&once, &a, sizeof once);
  once.iterations = 1;
  if (queue.iteration.get() && std::memcmp(&once, &queue.iterated, sizeof once) == 0) return;
  const cudaStream_t stream = queue.stream.get();
  check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");  // the graph before may be running
  queue.iteration.reset(nullptr);
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
  cudaGraph_t graph = nullptr;
  try {
    enqueue_iteration(stream, once);
  } catch (...) {
    cudaStreamEndCapture(stream, &graph);
    if (graph != nullptr) cudaGraphDestroy(graph);
    throw;
  }
  check(cudaStreamEndCapture(stream, &graph), "cudaStreamEndCapture");
  cudaGraphExec_t ready = nullptr;
  const cudaError_t made = cudaGraphInstantiateWithFlags(&ready, graph, 0);
  cudaGraphDestroy(graph);
  check(made, "cudaGraphInstantiate");
  queue.iteration.reset(ready);
  std::memcpy(&queue.iterated, &once, sizeof once);
}

}  // namespace

void layout_forces(Queue& queue, const LayoutForcesArgs& args) {
  const Range range("sluice layout_forces");
  check(args);
  if (args.vertices == 0) {
    if (args.loss)
      check(cudaMemsetAsync(args.loss, 0, kLayoutParts * sizeof(double), queue.stream.get()),
            "cudaMemsetAsync");
    return;
  }
  with_kind(args, [&](auto zero, auto dims) {
    forces_as<decltype(zero), decltype(dims)::value>(queue.stream.get(), args,
                                                     {args.loss, nullptr, 1, nullptr});
  });
}

void layout_iterate(Queue& queue, const LayoutIterateArgs& args) {
  const Range range("sluice layout_iterate");
  check(args);
  if (args.forces.vertices == 0) return;
  if (args.iterations < 3) {
    for (std::int64_t t = 0; t < args.iterations; ++t) enqueue_iteration(queue.stream.get(), args);
    return;
  }
  capture(queue, args);
  for (std::int64_t t = 0; t < args.iterations; ++t)
    check(cudaGraphLaunch(queue.iteration.get(), queue.stream.get()), "cudaGraphLaunch");
}

}  // namespace sluice::cuda
