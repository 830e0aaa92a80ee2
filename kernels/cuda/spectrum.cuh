// What the kernels of window_spectrum share: the plan's memory on the card and a batch of windows.
#pragma once
#include "kernels/backend.h"
#include "kernels/cuda/reduce.cuh"
#include "kernels/portable.h"

namespace sluice::cuda {

/// Where a plan's arrays lie on the card. A batch is `items` windows and channels of `chunk` segments each.
struct SpectrumArrays {
  const double* taper;  // segment numbers
  void* real;           // (items chunk, nfft), float or double
  void* complex;        // (items chunk, nfft / 2 + 1) pairs
  double* power;        // (items, nfft / 2 + 1), summed over segments
  int* wrong;           // (items): a sample is not finite, or missing
};

/// Items [first, first + items) of a call, segments [segment, segment + segments) of each.
struct SpectrumBatch {
  WindowSpectrumArgs args;
  SpectrumShape shape;
  SpectrumArrays at;
  std::int64_t first, items, segment, segments;

  /// The item's window fits into the series.
  __device__ bool whole(std::int64_t item) const {
    const std::int64_t window = args.first + (first + item) / args.samples.channels;
    return args.grid.start(window) + shape.size <= args.grid.samples;
  }
  /// Element number of the item's first sample, and from one sample to the next.
  __device__ std::int64_t place(std::int64_t item) const {
    const WindowSamples& s = args.samples;
    const std::int64_t number = first + item, channel = number % s.channels;
    const std::int64_t row = args.grid.start(args.first + number / s.channels) - s.first;
    return s.layout == Layout::kObservations ? row * s.ld + channel : channel * s.ld + row;
  }
  __device__ std::int64_t step() const {
    return args.samples.layout == Layout::kObservations ? args.samples.ld : 1;
  }
};

/// Segments of a batch, less mean or line, tapered, into rows of `real` (spectrum_fill.cu).
void fill_batch(const SpectrumBatch& batch, bool single, cudaStream_t stream);
/// Their transforms into powers (spectrum_store.cu); `clear`: these are the first segments.
void add_batch(const SpectrumBatch& batch, bool single, bool clear, cudaStream_t stream);
/// What the call asks for, of the batch's items.
void store_batch(const SpectrumBatch& batch, bool single, cudaStream_t stream);

}  // namespace sluice::cuda
