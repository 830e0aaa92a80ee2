// Power spectra of a resident series' windows through the table of a backend, and beside them as the ceiling
// the bare transforms: of the host's own FFT on resident numbers, or of cuFFT, batched. One line of JSON a
// measurement; medians of five. spectrum_bench [--device cpu|cuda] [--samples N] [--channels N] [--size N]
// [--step N] [--threads N]; ends with 1 on a wrong result.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "host/backend.h"
#include "median.h"
#include "spectrum_bare.h"

namespace sluice {
namespace {

using i64 = std::int64_t;

struct Sizes {
  i64 samples = 86400 * 30, channels = 12, size = 3600, step = 600, threads = 0;
  i64 windows() const { return (samples - size) / step + 1; }
};

void print(const char* what, double seconds, i64 transforms) {
  std::printf("{\"what\": \"%s\", \"seconds\": %.6f, \"transforms\": %lld, \"us_a_transform\": %.4g}\n", what,
              seconds, static_cast<long long>(transforms), seconds / double(transforms) * 1e6);
}

std::vector<double> hann(i64 n) {
  std::vector<double> w;
  for (i64 t = 0; t < n; ++t) w.push_back(0.5 - 0.5 * std::cos(2 * M_PI * double(t) / double(n)));
  return w;
}

class Bench {
 public:
  Bench(const Device& device, const Sizes& sizes)
      : z_(sizes),
        shape_{z_.size, z_.size, z_.size, z_.size, Detrend::kConstant, DType::kFloat64},
        taper_(hann(z_.size)),
        stream_(device),
        source_(device, Memory::kDevice, z_.samples * z_.channels * 8),
        out_(device, Memory::kDevice, kWindows * z_.channels * shape_.frequencies() * 8),
        memory_(device, Memory::kDevice, SpectrumOwner::bytes(device, shape_)),
        plan_(device, shape_, taper_.data(), memory_.as<void>()) {
    stream_.run(GenerateArgs{7, Distribution::kNormal, DType::kFloat64, 0, 0, z_.samples, z_.channels,
                             z_.channels, nullptr, 0, 0, source_.as<void>(), z_.channels});
    stream_.finish();
  }

  double spectra() {
    return median_seconds([&] {
      for (i64 first = 0; first < z_.windows(); first += kWindows)
        stream_.run(args(first, std::min(kWindows, z_.windows() - first)));
      stream_.finish();
    });
  }

  /// The worst |error| of the first window's bins, relative to the largest, against the sum that defines
  /// them.
  double worst_error() {
    const i64 bins = shape_.frequencies();
    std::vector<double> found(static_cast<std::size_t>(bins)),
        x(static_cast<std::size_t>(z_.size * z_.channels));
    stream_.run(args(0, 1));
    stream_.copy(found.data(), out_.as<double>(), bins * 8);
    stream_.copy(x.data(), source_.as<double>(), z_.size * z_.channels * 8);
    stream_.finish();
    long double mean = 0, largest = 0, worst = 0;
    for (i64 t = 0; t < z_.size; ++t)
      mean += x[std::size_t(t * z_.channels)] / static_cast<long double>(z_.size);
    for (i64 k = 0; k < bins; ++k) {
      long double re = 0, im = 0;
      for (i64 t = 0; t < z_.size; ++t) {
        const long double angle = -2 * 3.14159265358979323846L * ((t * k) % z_.size) / z_.size;
        const long double v = (x[std::size_t(t * z_.channels)] - mean) * taper_[std::size_t(t)];
        re += v * std::cos(angle), im += v * std::sin(angle);
      }
      const long double e = (re * re + im * im) * (k == 0 || 2 * k == z_.size ? 1 : 2);
      largest = std::max(largest, e), worst = std::max(worst, std::fabs(e - found[std::size_t(k)]));
    }
    return double(worst / largest);
  }

  /// Seconds of as many transforms by cuFFT itself, in batches of the card's choice; 0 where it is not
  /// loaded.
  double cufft(const Device& device) {
    void* fft = nullptr;
    for (const char* name : {"libcufft.so.12", "libcufft.so.11"})
      if (fft == nullptr) fft = dlopen(name, RTLD_NOW | RTLD_NOLOAD);
    void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    if (fft == nullptr || driver == nullptr) return 0;
    const auto plan = reinterpret_cast<int (*)(int*, int, int, int)>(dlsym(fft, "cufftPlan1d"));
    const auto exec = reinterpret_cast<int (*)(int, double*, void*)>(dlsym(fft, "cufftExecD2Z"));
    const auto destroy = reinterpret_cast<int (*)(int)>(dlsym(fft, "cufftDestroy"));
    const auto wait = reinterpret_cast<int (*)()>(dlsym(driver, "cuCtxSynchronize"));
    const i64 batch = kWindows * z_.channels, batches = (z_.windows() + kWindows - 1) / kWindows;
    const Buffer in(device, Memory::kDevice, batch * z_.size * 8),
        out(device, Memory::kDevice, batch * shape_.frequencies() * 16);
    int handle = 0, failed = plan(&handle, int(z_.size), 0x6a /* D2Z */, int(batch));
    if (failed != 0) return 0;
    const double seconds = median_seconds([&] {
      for (i64 i = 0; i < batches; ++i) failed |= exec(handle, in.as<double>(), out.as<void>());
      failed |= wait();
    });
    destroy(handle);
    return failed == 0 ? seconds * double(z_.windows()) / double(batches * kWindows) : 0;
  }

  i64 transforms() const { return z_.windows() * z_.channels; }

 private:
  static constexpr i64 kWindows = 192;  // of a call

  WindowSpectrumArgs args(i64 first, i64 windows) const {
    WindowSpectrumArgs a{};
    const i64 begin = first * z_.step, rows = (windows - 1) * z_.step + z_.size;
    a.samples = {source_.as<double>() + begin * z_.channels,
                 DType::kFloat64,
                 0,
                 Layout::kObservations,
                 z_.channels,
                 z_.channels,
                 begin,
                 rows,
                 1,
                 0};
    a.grid = {z_.samples, z_.size, z_.step, Partial::kDrop};
    a.plan = plan_.get(), a.first = first, a.windows = windows;
    a.power = 1, a.outputs = 1;
    a.output[0] = {SpectrumKind::kPower, DType::kFloat64, out_.as<void>()};
    return a;
  }

  Sizes z_;
  SpectrumShape shape_;
  std::vector<double> taper_;
  Stream stream_;
  Buffer source_, out_, memory_;
  SpectrumOwner plan_;
};

/// As many transforms of numbers that lie ready in a buffer, on as many threads.
double bare(const Sizes& z, i64 transforms, int threads, bool wide) {
  const auto run = wide ? bench::bare_wide : bench::bare_narrow;
  const i64 each = transforms / threads / run(z.size, 1);
  return median_seconds([&] {
    std::vector<std::thread> pool;
    for (int i = 0; i < threads; ++i) pool.emplace_back([&] { run(z.size, each); });
    for (std::thread& thread : pool) thread.join();
  });
}

int run(const std::string& name, const Sizes& z) {
  const Selection selected = select_backend(name);
  const Device device(*selected.backend, ContextOptions{selected.device, int(z.threads), 0, 0});
  Bench bench(device, z);
  const double spectra = bench.spectra();
  print("power spectra", spectra, bench.transforms());
  const bool host = device.info().shares_host_memory != 0;
  const int threads = z.threads > 0 ? int(z.threads) : device.describe().units;
  const bool wide = std::string(device.describe().level) != "x86-64-v3";
  const double ceiling = host ? bare(z, bench.transforms(), threads, wide) : bench.cufft(device);
  if (ceiling > 0) {
    print(host ? "bare transforms" : "bare cuFFT", ceiling, bench.transforms());
    std::printf("{\"what\": \"of the bare transforms' speed\", \"rate\": %.4g}\n", ceiling / spectra);
  }
  const double worst = bench.worst_error();
  std::printf("{\"what\": \"worst error\", \"rate\": %.4g, \"unit\": \"of the largest bin\"}\n", worst);
  return worst <= 1e-12 ? 0 : 1;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  std::string device = "auto";
  sluice::Sizes z;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--device") device = argv[i + 1];
    if (option == "--samples") z.samples = std::atoll(argv[i + 1]);
    if (option == "--channels") z.channels = std::atoll(argv[i + 1]);
    if (option == "--size") z.size = std::atoll(argv[i + 1]);
    if (option == "--step") z.step = std::atoll(argv[i + 1]);
    if (option == "--threads") z.threads = std::atoll(argv[i + 1]);
  }
  try {
    return sluice::run(device, z);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "spectrum_bench: %s\n", e.what());
    return 1;
  }
}
