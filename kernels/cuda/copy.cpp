// Copies between host and device, by the addresses alone. A stride beyond the card's largest pitch (2 GiB) is
// legal here and is copied row by row.
#include "kernels/cuda/context.h"
#include "kernels/cuda/operations.h"

namespace sluice::cuda {

void copy(Queue& queue, void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
          std::int64_t width, std::int64_t rows) {
  if (width < 0 || rows < 0) fail(kBadArgument, "a copy of negative extent");
  if (width == 0 || rows == 0) return;
  const cudaStream_t stream = queue.stream.get();
  if (rows == 1 || (to_stride == width && from_stride == width)) {
    check(cudaMemcpyAsync(to, from, std::size_t(width) * std::size_t(rows), cudaMemcpyDefault, stream),
          "cudaMemcpyAsync");
    return;
  }
  if (to_stride < width || from_stride < width) fail(kBadArgument, "a copy whose rows overlap");
  if (to_stride <= queue.context->largest_pitch && from_stride <= queue.context->largest_pitch) {
    check(cudaMemcpy2DAsync(to, std::size_t(to_stride), from, std::size_t(from_stride), std::size_t(width),
                            std::size_t(rows), cudaMemcpyDefault, stream),
          "cudaMemcpy2DAsync");
    return;
  }
  for (std::int64_t r = 0; r < rows; ++r)
    check(cudaMemcpyAsync(static_cast<char*>(to) + r * to_stride,
                          static_cast<const char*>(from) + r * from_stride, std::size_t(width),
                          cudaMemcpyDefault, stream),
          "cudaMemcpyAsync");
}

}  // namespace sluice::cuda
