// Segments on their way to cuFFT: a block takes one segment of one channel, finds its mean or line about the
// segment's first number, and writes it tapered, with zeros behind.
#include "kernels/cuda/launch.h"
#include "kernels/cuda/load.cuh"
#include "kernels/cuda/spectrum.cuh"

namespace sluice::cuda {
namespace {

template <class T>
struct Reading {
  Source<T> source;
  std::int64_t base, step;
  double scale, offset;
  bool scaled;
  __device__ double operator()(std::int64_t t) const {
    const double x = source[base + t * step];
    return scaled ? x * scale + offset : x;
  }
};

template <class T, class Real>
__global__ void __launch_bounds__(kThreads) fill_rows(const __grid_constant__ SpectrumBatch b) {
  __shared__ double shared[kWarps];
  const WindowSamples& s = b.args.samples;
  const SpectrumShape& shape = b.shape;
  const std::int64_t rows = b.items * b.segments, n = shape.segment;
  for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
    const std::int64_t item = row / b.segments, segment = b.segment + row % b.segments;
    if (!b.whole(item)) {
      if (threadIdx.x == 0) b.at.wrong[item] = 1;
      continue;
    }
    const Reading<T> read{{static_cast<const typename Source<T>::Bits*>(s.source), s.swapped != 0},
                          b.place(item),
                          b.step(),
                          s.scale,
                          s.offset,
                          s.scale != 1 || s.offset != 0};
    const std::int64_t first = segment * shape.hop;
    const bool centred = shape.detrend != Detrend::kNone;
    const double origin = centred ? read(first) : 0, middle = 0.5 * double(n - 1);
    double sum = 0, wrong = 0;
    for (std::int64_t t = threadIdx.x; t < n; t += kThreads) {
      const double x = read(first + t);
      sum += x - origin;
      wrong += x - x;
    }
    if (segment == 0)  // samples behind the last segment count too
      for (std::int64_t t = (shape.segments() - 1) * shape.hop + n + threadIdx.x; t < shape.size;
           t += kThreads) {
        const double x = read(t);
        wrong += x - x;
      }
    const double mean = centred ? block_sum(sum, shared) / double(n) : 0;
    const bool bad = !(block_sum(wrong, shared) == 0);
    if (bad && threadIdx.x == 0) b.at.wrong[item] = 1;
    double slope = 0;
    if (shape.detrend == Detrend::kLinear && n > 1) {
      double products = 0;
      for (std::int64_t t = threadIdx.x; t < n; t += kThreads)
        products += (read(first + t) - origin - mean) * (double(t) - middle);
      slope = block_sum(products, shared) / (double(n) * (double(n) * double(n) - 1) / 12);
    }
    Real* out = static_cast<Real*>(b.at.real) + row * shape.nfft;
    for (std::int64_t t = threadIdx.x; t < shape.nfft; t += kThreads) {
      double x = 0;
      if (t < n) x = (((read(first + t) - origin) - mean) - slope * (double(t) - middle)) * b.at.taper[t];
      out[t] = Real(x);
    }
  }
}

}  // namespace

void fill_batch(const SpectrumBatch& b, bool single, cudaStream_t stream) {
  const dim3 grid = grid_of(b.items * b.segments);
  with_type(b.args.samples.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    if (single)
      launch("window_spectrum fill", &fill_rows<T, float>, grid, dim3(kThreads), stream, b);
    else
      launch("window_spectrum fill", &fill_rows<T, double>, grid, dim3(kThreads), stream, b);
  });
}

}  // namespace sluice::cuda
