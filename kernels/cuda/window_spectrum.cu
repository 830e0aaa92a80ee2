// window_spectrum on the card: batches of segments are written tapered, transformed by cuFFT and stored. A
// plan has one batch for ever, small enough for the second level cache of a large card, and always
// transforms all of it: the bytes of a window depend on the shape alone.
#include <memory>

#include "kernels/cuda/context.h"
#include "kernels/cuda/fft.h"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/spectrum.cuh"
#include "kernels/spectrum_check.h"

namespace sluice::cuda {
namespace {

constexpr std::int64_t kBatchBytes = std::int64_t(24) << 20;
constexpr std::int64_t kMostRows = 1 << 16;
constexpr std::int64_t kAlignment = 512;

/// How a shape is batched and what a batch's arrays take.
struct BatchShape {
  std::int64_t chunk, items;  // segments of a window and channel, and how many of these
  bool single;

  explicit BatchShape(const SpectrumShape& s) : single(s.type == DType::kFloat32) {
    const std::int64_t row = (s.nfft + 2 * s.frequencies()) * real_bytes();
    const std::int64_t rows = larger(1, smaller(kBatchBytes / row, kMostRows));
    chunk = smaller(s.segments(), rows);
    items = larger(1, rows / chunk);
  }
  std::int64_t real_bytes() const { return single ? 4 : 8; }
  std::int64_t rows() const { return chunk * items; }
};

std::int64_t rounded(std::int64_t bytes) {
  return ceil_div(bytes, kAlignment) * kAlignment;
}

/// Cuts the arrays out of `memory`; how many bytes they take, the work area of cuFFT not among them.
std::int64_t arrays_of(const SpectrumShape& s, const BatchShape& b, char* memory, SpectrumArrays& arrays) {
  std::int64_t taken = 0;
  const auto take = [&](std::int64_t bytes) {
    char* at = memory + taken;
    taken += rounded(bytes);
    return static_cast<void*>(at);
  };
  arrays.taper = static_cast<double*>(take(s.segment * 8));
  arrays.real = take(b.rows() * s.nfft * b.real_bytes());
  arrays.complex = take(b.rows() * s.frequencies() * 2 * b.real_bytes());
  arrays.power = static_cast<double*>(take(b.items * s.frequencies() * 8));
  arrays.wrong = static_cast<int*>(take(b.items * std::int64_t(sizeof(int))));
  return taken;
}

}  // namespace
}  // namespace sluice::cuda

namespace sluice {

struct SpectrumPlan {
  SpectrumPlan(int of, const SpectrumShape& s)
      : device(of), shape(s), batch(s), fft(s.nfft, batch.rows(), batch.single) {}
  int device;
  SpectrumShape shape;
  cuda::BatchShape batch;
  cuda::FftPlan fft;
  cuda::SpectrumArrays arrays{};
};

}  // namespace sluice

namespace sluice::cuda {

std::int64_t spectrum_bytes(Context& context, const SpectrumShape& shape) {
  check(shape);
  const SpectrumPlan plan(context.device, shape);
  SpectrumArrays arrays{};
  // The arrays' places are counted from null: nothing is read.
  return arrays_of(shape, plan.batch, nullptr, arrays) + rounded(plan.fft.work_bytes());
}

SpectrumPlan* spectrum_create(Context& context, const SpectrumShape& shape, const double* taper,
                              void* memory) {
  check(shape);
  check_pointer("spectrum_create", "taper", taper);
  check_pointer("spectrum_create", "memory", memory);
  auto plan = std::make_unique<SpectrumPlan>(context.device, shape);
  char* base = static_cast<char*>(memory);
  const std::int64_t taken = arrays_of(shape, plan->batch, base, plan->arrays);
  plan->fft.set_work_area(base + taken);
  check(cudaMemcpy(const_cast<double*>(plan->arrays.taper), taper, std::size_t(shape.segment) * 8,
                   cudaMemcpyHostToDevice),
        "cudaMemcpy");
  return plan.release();
}

void spectrum_destroy(SpectrumPlan* plan) {
  if (plan == nullptr) return;
  cudaSetDevice(plan->device);
  delete plan;
}

void window_spectrum(Queue& queue, const WindowSpectrumArgs& args) {
  const Range range("sluice window_spectrum");
  check_pointer("window_spectrum", "plan", args.plan);
  const SpectrumPlan& plan = *args.plan;
  check(args, plan.shape);
  const WindowSamples& s = args.samples;
  if (args.windows == 0 || s.channels == 0 || args.outputs == 0) return;
  if (reinterpret_cast<std::uintptr_t>(s.source) % size_of(s.type) != 0)
    fail(kBadArgument, "window_spectrum: the source is not aligned to its elements");
  const cudaStream_t stream = queue.stream.get();
  const std::int64_t items = args.windows * s.channels, segments = plan.shape.segments();
  for (std::int64_t first = 0; first < items; first += plan.batch.items) {
    SpectrumBatch batch{args, plan.shape, plan.arrays, first, smaller(plan.batch.items, items - first), 0, 0};
    check(cudaMemsetAsync(plan.arrays.wrong, 0, std::size_t(batch.items) * sizeof(int), stream),
          "cudaMemsetAsync");
    for (std::int64_t segment = 0; segment < segments; segment += plan.batch.chunk) {
      batch.segment = segment, batch.segments = smaller(plan.batch.chunk, segments - segment);
      fill_batch(batch, plan.batch.single, stream);
      plan.fft.run(plan.arrays.real, plan.arrays.complex, stream);
      add_batch(batch, plan.batch.single, segment == 0, stream);
    }
    store_batch(batch, plan.batch.single, stream);
  }
}

}  // namespace sluice::cuda
