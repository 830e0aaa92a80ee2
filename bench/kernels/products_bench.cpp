// Centring, products and finishing of a resident matrix, through the table of a backend: seconds, rates, and
// on cuda the card's own cublasSgemm beside them. One line of JSON a measurement; medians of five.
// products_bench [--device cpu|cuda|serial] [--variables N] [--observations N]; ends with 1 on a wrong
// result.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "host/backend.h"
#include "median.h"

namespace sluice {
namespace {

void print(const char* what, double seconds, double rate, const char* unit) {
  std::printf("{\"what\": \"%s\", \"seconds\": %.6f, \"rate\": %.5g, \"unit\": \"%s\"}\n", what, seconds,
              rate, unit);
}

/// A matrix of random numbers on the device, its panel and its accumulator.
class Bench {
 public:
  Bench(const Device& device, std::int64_t variables, std::int64_t observations)
      : device_(device),
        n_(variables),
        k_(observations),
        slabs_((k_ + device.info().slab - 1) / device.info().slab),
        stream_(device),
        source_(device, Memory::kDevice, n_ * k_ * 4),
        panel_(device, Memory::kDevice, n_ * k_ * 8),
        moments_(device, Memory::kDevice, (4 + 2 * slabs_) * n_ * 8),
        acc_(device, Memory::kDevice, n_ * n_ * 8),
        out_(device, Memory::kDevice, n_ * n_ * 4) {
    stream_.run(GenerateArgs{7, Distribution::kUniform, DType::kFloat32, 0, 0, n_, k_, k_, nullptr, 0, 0,
                             source_.as<void>(), k_});
    stream_.finish();
  }

  double centre(Compute compute) {
    return median_seconds([&] {
      stream_.run(CentreArgs{source_.as<void>(), DType::kFloat32, 0, Layout::kVariables, n_, k_, k_,
                             panel_.as<void>(), k_, compute, nullptr, nullptr, 0, moments()});
      stream_.finish();
    });
  }

  double products(Compute compute, bool symmetric) {
    return median_seconds([&] {
      stream_.run(ProductsArgs{panel_.as<void>(), panel_.as<void>(), Layout::kVariables, Layout::kVariables,
                               k_, k_, n_, n_, k_, compute, moments(), moments(), acc_.as<double>(), n_, 1,
                               symmetric, 0});
      stream_.finish();
    });
  }

  double finish() {
    return median_seconds([&] {
      stream_.run(FinishArgs{acc_.as<double>(), n_, n_, n_, double(k_ - 1), moments().m2, moments().m2, 0, 1,
                             0, DType::kFloat32, out_.as<void>(), nullptr, nullptr});
      stream_.finish();
    });
  }

  /// The worst |error| / (1/12), the variance of the numbers, over some entries computed again in float64.
  double worst_error() {
    double worst = 0;
    for (std::int64_t i = 0; i < n_; i += std::max<std::int64_t>(n_ / 7, 1)) {
      for (std::int64_t j = 0; j < n_; j += std::max<std::int64_t>(n_ / 5, 1)) {
        float found = 0;
        stream_.copy(&found, out_.as<float>() + i * n_ + j, 4);
        stream_.finish();
        worst = std::max(worst, std::fabs(found - covariance(row(i), row(j))) * 12);
      }
    }
    return worst;
  }

  /// Seconds of one C = A' B of `side` squared over the observations by cuBLAS itself; 0 where it is not
  /// loaded.
  double gemm(std::int64_t side) {
    void* blas =
        dlopen("libcublas.so.13", RTLD_NOW | RTLD_NOLOAD);  // of the toolkit the backend is built with
    void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    if (blas == nullptr || driver == nullptr) return 0;
    const auto create = reinterpret_cast<int (*)(void**)>(dlsym(blas, "cublasCreate_v2"));
    const auto destroy = reinterpret_cast<int (*)(void*)>(dlsym(blas, "cublasDestroy_v2"));
    const auto wait = reinterpret_cast<int (*)()>(dlsym(driver, "cuCtxSynchronize"));
    const auto sgemm = reinterpret_cast<int (*)(
        void*, int, int, std::int64_t, std::int64_t, std::int64_t, const float*, const float*, std::int64_t,
        const float*, std::int64_t, const float*, float*, std::int64_t)>(dlsym(blas, "cublasSgemm_v2_64"));
    void* handle = nullptr;
    if (create(&handle) != 0) return 0;
    const float one = 1, zero = 0;
    const auto *a = panel_.as<float>(), *b = panel_.as<float>() + (n_ - side) * k_;
    int failed = 0;
    const double seconds = median_seconds([&] {
      failed |= sgemm(handle, 1, 0, side, side, k_, &one, a, k_, b, k_, &zero, out_.as<float>(), side);
      failed |= wait();
    });
    destroy(handle);
    return failed == 0 ? seconds : 0;
  }

 private:
  Moments moments() const {
    double* m = moments_.as<double>();
    return {m, m + n_, m + 2 * n_, m + 3 * n_, m + 4 * n_, m + (4 + slabs_) * n_, n_};
  }

  std::vector<float> row(std::int64_t i) {
    std::vector<float> values(std::size_t(k_), 0.0F);
    stream_.copy(values.data(), source_.as<float>() + i * k_, k_ * 4);
    stream_.finish();
    return values;
  }

  double covariance(const std::vector<float>& x, const std::vector<float>& y) const {
    double mx = 0, my = 0, sum = 0;
    for (std::size_t t = 0; t < x.size(); ++t) {
      mx += x[t];
      my += y[t];
    }
    mx /= double(k_);
    my /= double(k_);
    for (std::size_t t = 0; t < x.size(); ++t) sum += (x[t] - mx) * (y[t] - my);
    return sum / double(k_ - 1);
  }

  const Device& device_;
  std::int64_t n_, k_, slabs_;
  Stream stream_;
  Buffer source_, panel_, moments_, acc_, out_;
};

int run(const std::string& name, std::int64_t n, std::int64_t k) {
  const Selection selected = select_backend(name);
  const Device device(*selected.backend, ContextOptions{selected.device, 0, 0, 0});
  Bench bench(device, n, k);
  const double useful = double(n) * double(n) * double(k);
  struct Precision {
    Compute compute;
    const char* name;
    double bound;
  };
  int wrong = 0;
  for (const Precision& p :
       {Precision{Compute::kFloat32, "float32", 2e-6}, Precision{Compute::kFloat64, "float64", 1e-6},
        Precision{Compute::kTf32, "tf32", 1e-3}}) {
    if (p.compute == Compute::kTf32 && device.info().tf32 == 0) continue;
    const std::string of = std::string(" ") + p.name;
    const double centre = bench.centre(p.compute);
    print(("centre" + of).c_str(), centre,
          double(n) * double(k) * double(4 + size_of(p.compute)) / centre / 1e9, "GB/s");
    const double whole = bench.products(p.compute, false);
    print(("products, whole" + of).c_str(), whole, 2 * useful / whole / 1e9, "GFLOP/s");
    const double half = bench.products(p.compute, true);
    print(("products, upper half" + of).c_str(), half, useful / half / 1e9, "useful GFLOP/s");
    const double finish = bench.finish();
    print(("finish" + of).c_str(), finish, double(n) * double(n) * 12 / finish / 1e9, "GB/s");
    const double worst = bench.worst_error();
    print(("worst error" + of).c_str(), 0, worst, "of sqrt(Cii Cjj)");
    if (!(worst <= p.bound)) wrong = 1;
    const std::int64_t side = std::min<std::int64_t>(n, 4096);
    const double own = p.compute == Compute::kFloat32 ? bench.gemm(side) : 0;
    if (own > 0)
      print("cublasSgemm alone", own, 2 * double(side) * double(side) * double(k) / own / 1e9, "GFLOP/s");
  }
  return wrong;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  std::string device = "auto";
  std::int64_t variables = 0, observations = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--device") device = argv[i + 1];
    if (option == "--variables") variables = std::atoll(argv[i + 1]);
    if (option == "--observations") observations = std::atoll(argv[i + 1]);
  }
  try {
    const bool gpu = sluice::select_backend(device).backend->info.shares_host_memory == 0;
    if (variables == 0) variables = gpu ? 20480 : 2048;
    if (observations == 0) observations = gpu ? 16384 : 8192;
    return sluice::run(device, variables, observations);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "products_bench: %s\n", e.what());
    return 1;
  }
}
