// The one place where kernels are launched: on a queue's stream, with the launch error checked and named.
#pragma once
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>

#include "kernels/cuda/error.h"
#include "kernels/portable.h"

namespace sluice::cuda {

/// Blocks for `count` items of one block each. More items than gridDim.x can count are for kernels that
/// stride over the grid.
inline dim3 grid_of(std::int64_t count) {
  return dim3(unsigned(std::clamp<std::int64_t>(count, 1, std::int64_t(1) << 30)));
}

template <class... Parameters, class... Args>
void launch(const char* name, void (*kernel)(Parameters...), dim3 grid, dim3 block, cudaStream_t stream,
            Args... args) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.stream = stream;
  check(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(args)...), name);
}

}  // namespace sluice::cuda
