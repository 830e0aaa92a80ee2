// Opening a context: the device is made current, its scratch is taken, cuBLAS is loaded and a handle made.
#include "kernels/cuda/context.h"

namespace sluice {
namespace {

int made_current(int device) {
  cuda::check(cudaSetDevice(device), "cudaSetDevice");
  // Opens the device now, so that a later failure is not blamed on the first call that needs it.
  cuda::check(cudaFree(nullptr), "opening the device");
  return device;
}

std::int64_t attribute(int device, cudaDeviceAttr name) {
  int value = 0;
  cuda::check(cudaDeviceGetAttribute(&value, name, device), "cudaDeviceGetAttribute");
  return value;
}

}  // namespace

Context::Context(const ContextOptions& options)
    : device(made_current(options.device)),
      largest_pitch(attribute(device, cudaDevAttrMaxPitch)),
      tile(cuda::kTileBytes + cuda::kBlasBytes),
      partials(cuda::kPartialBytes),
      largest(cuda::kLargestBytes) {}

void Context::forget(cudaStream_t stream) {
  for (cuda::Scratch* scratch : {&tile, &partials, &largest}) {
    std::lock_guard lock(scratch->mutex);
    if (scratch->user == stream) scratch->user = nullptr;
  }
}

}  // namespace sluice

namespace sluice::cuda {

ScratchUse::ScratchUse(Scratch& scratch, const Queue& queue)
    : scratch_(scratch), lock_(scratch.mutex), stream_(queue.stream.get()) {
  if (scratch_.user != stream_)
    check(cudaStreamWaitEvent(stream_, scratch_.free.get(), 0), "cudaStreamWaitEvent");
}

ScratchUse::~ScratchUse() {
  // A failure here is the stream's own and is returned by queue_finish.
  cudaEventRecord(scratch_.free.get(), stream_);
  scratch_.user = stream_;
}

}  // namespace sluice::cuda
