// Transforms on their way out: powers summed over segments in order, then spectra by a thread a frequency
// and the numbers that are one a window by a block each.
#include "kernels/cuda/launch.h"
#include "kernels/cuda/spectrum.cuh"

namespace sluice::cuda {
namespace {

template <class F>
__device__ __forceinline__ void each_frequency(const SpectrumBatch& b, const F& f) {
  const std::int64_t frequencies = b.shape.frequencies(), step = std::int64_t(gridDim.x) * kThreads;
  for (std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x; i < b.items * frequencies;
       i += step)
    f(i / frequencies, i % frequencies);
}

/// P[k] of kernels/spectrum.h.
__device__ __forceinline__ double power_of(const SpectrumBatch& b, std::int64_t item, std::int64_t k) {
  if (b.at.wrong[item]) return double_of(0x7ff8000000000000ull);
  const double sum = b.at.power[item * b.shape.frequencies() + k] / double(b.shape.segments());
  return k == 0 || 2 * k == b.shape.nfft ? sum : 2 * sum;
}

__device__ __forceinline__ void store(const SpectrumOutput& o, std::int64_t at, double x) {
  if (o.type == DType::kFloat32)
    static_cast<float*>(o.out)[at] = float(x);
  else
    static_cast<double*>(o.out)[at] = x;
}

template <class Real>
__global__ void __launch_bounds__(kThreads) add_powers(const __grid_constant__ SpectrumBatch b, bool clear) {
  const std::int64_t frequencies = b.shape.frequencies();
  each_frequency(b, [&](std::int64_t item, std::int64_t k) {
    double* to = b.at.power + item * frequencies + k;
    double sum = clear ? 0 : *to;
    for (std::int64_t s = 0; s < b.segments; ++s) {
      const Real* x =
          static_cast<const Real*>(b.at.complex) + 2 * ((item * b.segments + s) * frequencies + k);
      sum += double(x[0]) * double(x[0]) + double(x[1]) * double(x[1]);
    }
    *to = sum;
  });
}

template <class Real>
__global__ void __launch_bounds__(kThreads) store_spectra(const __grid_constant__ SpectrumBatch b) {
  const WindowSpectrumArgs& a = b.args;
  const std::int64_t nfft = b.shape.nfft, frequencies = b.shape.frequencies();
  each_frequency(b, [&](std::int64_t item, std::int64_t k) {
    const bool both = a.two_sided && k != 0 && 2 * k != nfft;
    const std::int64_t base = (b.first + item) * (a.two_sided ? nfft : frequencies);
    for (int i = 0; i < a.outputs; ++i) {
      const SpectrumOutput& o = a.output[i];
      if (o.kind == SpectrumKind::kPower) {
        const double x = power_of(b, item, k) * a.power * (both ? 0.5 : 1);
        store(o, base + k, x);
        if (both) store(o, base + nfft - k, x);
      } else if (o.kind == SpectrumKind::kTransform) {
        const Real* from = static_cast<const Real*>(b.at.complex) + 2 * (item * frequencies + k);
        const double nan = double_of(0x7ff8000000000000ull);
        const double x = b.at.wrong[item] ? nan : double(from[0]) * a.amplitude;
        const double y = b.at.wrong[item] ? nan : double(from[1]) * a.amplitude;
        store(o, 2 * (base + k), x), store(o, 2 * (base + k) + 1, y);
        if (both) store(o, 2 * (base + nfft - k), x), store(o, 2 * (base + nfft - k) + 1, -y);
      }
    }
  });
}

/// The sum of f(k) over [first, last), by all threads of the block, in an order of its own that never
/// changes.
template <class F>
__device__ double sum_over(std::int64_t first, std::int64_t last, double* shared, const F& f) {
  double sum = 0;
  for (std::int64_t k = first + threadIdx.x; k < last; k += kThreads) sum += f(k);
  return block_sum(sum, shared);
}

/// The first greatest P.
__device__ std::int64_t peak_of(const SpectrumBatch& b, std::int64_t item, double* values,
                                std::int64_t* places) {
  const int thread = int(threadIdx.x);
  double best = -1;
  std::int64_t place = 0;
  for (std::int64_t k = thread; k < b.shape.frequencies(); k += kThreads) {
    const double x = power_of(b, item, k);
    if (x > best) best = x, place = k;
  }
  __syncthreads();
  values[thread] = best, places[thread] = place;
  for (int step = kThreads / 2; step > 0; step /= 2) {
    __syncthreads();
    if (thread >= step) continue;
    const double other = values[thread + step];
    if (other > values[thread] || (other == values[thread] && places[thread + step] < places[thread]))
      values[thread] = other, places[thread] = places[thread + step];
  }
  __syncthreads();
  return places[0];
}

__global__ void __launch_bounds__(kThreads) store_values(const __grid_constant__ SpectrumBatch b) {
  __shared__ double shared[kWarps], values[kThreads];
  __shared__ std::int64_t places[kThreads];
  const WindowSpectrumArgs& a = b.args;
  const std::int64_t frequencies = b.shape.frequencies();
  for (std::int64_t item = blockIdx.x; item < b.items; item += gridDim.x) {
    const auto power = [&](std::int64_t k) { return power_of(b, item, k); };
    const double total = sum_over(0, frequencies, shared, power);
    for (int i = 0; i < a.outputs; ++i) {
      const SpectrumOutput& o = a.output[i];
      if (o.kind == SpectrumKind::kPower || o.kind == SpectrumKind::kTransform) continue;
      if (o.kind == SpectrumKind::kBandPower) {
        for (int band = 0; band < a.bands; ++band) {
          const double x = sum_over(a.of_band[band].first, a.of_band[band].last, shared, power) * a.band;
          if (threadIdx.x == 0)
            store(o, (b.first + item) * a.bands + band,
                  b.at.wrong[item] ? double_of(0x7ff8000000000000ull) : x);
        }
        continue;
      }
      double x = double_of(0x7ff8000000000000ull);
      if (total > 0) {
        if (o.kind == SpectrumKind::kCentroid)
          x = sum_over(0, frequencies, shared, [&](std::int64_t k) { return double(k) * power(k); }) / total *
              a.frequency_step;
        else if (o.kind == SpectrumKind::kEntropy)
          x = sum_over(0, frequencies, shared, [&](std::int64_t k) {
            const double p = power(k) / total;
            return p > 0 ? -p * log(p) : 0;
          });
        else
          x = double(peak_of(b, item, values, places)) * a.frequency_step;
      }
      if (threadIdx.x == 0) store(o, b.first + item, x);
    }
  }
}

bool has(const WindowSpectrumArgs& a, bool spectra) {
  for (int i = 0; i < a.outputs; ++i) {
    const SpectrumKind kind = a.output[i].kind;
    if ((kind == SpectrumKind::kPower || kind == SpectrumKind::kTransform) == spectra) return true;
  }
  return false;
}

}  // namespace

void add_batch(const SpectrumBatch& b, bool single, bool clear, cudaStream_t stream) {
  const dim3 grid = grid_of(ceil_div(b.items * b.shape.frequencies(), kThreads));
  if (single)
    launch("window_spectrum powers", &add_powers<float>, grid, dim3(kThreads), stream, b, clear);
  else
    launch("window_spectrum powers", &add_powers<double>, grid, dim3(kThreads), stream, b, clear);
}

void store_batch(const SpectrumBatch& b, bool single, cudaStream_t stream) {
  if (has(b.args, true)) {
    const dim3 grid = grid_of(ceil_div(b.items * b.shape.frequencies(), kThreads));
    if (single)
      launch("window_spectrum store", &store_spectra<float>, grid, dim3(kThreads), stream, b);
    else
      launch("window_spectrum store", &store_spectra<double>, grid, dim3(kThreads), stream, b);
  }
  if (has(b.args, false))
    launch("window_spectrum values", &store_values, grid_of(b.items), dim3(kThreads), stream, b);
}

}  // namespace sluice::cuda
