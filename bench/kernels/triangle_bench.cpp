// QR of a resident chunk of rows through the table of a backend: bringing rows into columns beside a copy of
// as many bytes, reflecting them beside the matrix product of as many columns and rows, which is the rate
// that reflections cannot pass. One line of JSON a measurement; medians of five. triangle_bench [--device
// cpu|cuda|serial] [--columns N]...; ends with 1 on a wrong result.
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

void print(std::int64_t columns, const char* what, double seconds, double rate, const char* unit) {
  std::printf("{\"columns\": %lld, \"what\": \"%s\", \"seconds\": %.6f, \"rate\": %.5g, \"unit\": \"%s\"}\n",
              static_cast<long long>(columns), what, seconds, rate, unit);
}

/// Rows of random numbers on the device, as a file holds them, and a panel for them.
class Bench {
 public:
  Bench(const Device& device, std::int64_t columns)
      : device_(device),
        n_(columns),
        shape_(device.triangle_shape(columns)),
        k_(shape_.rows),
        ld_(n_ + k_),
        slabs_((k_ + device.info().slab - 1) / device.info().slab),
        stream_(device),
        source_(device, Memory::kDevice, n_ * k_ * 8),
        panel_(device, Memory::kDevice, n_ * ld_ * 8),
        work_(device, Memory::kDevice, shape_.work_bytes),
        moments_(device, Memory::kDevice, (4 + 2 * slabs_) * n_ * 8),
        products_(device, Memory::kDevice, n_ * n_ * 8) {
    stream_.run(GenerateArgs{7, Distribution::kNormal, DType::kFloat64, 0, 0, k_, n_, n_, nullptr, 0, 0,
                             source_.as<void>(), n_});
    stream_.finish();
  }
  std::int64_t rows() const { return k_; }

  void bring() {
    stream_.run(ColumnsArgs{source_.as<void>(), DType::kFloat64, 0, Layout::kObservations, n_, k_, n_,
                            nullptr, nullptr, panel_.as<double>() + n_, ld_});
  }
  double columns() {
    return median_seconds([&] {
      bring();
      stream_.finish();
    });
  }
  double copy() {
    return median_seconds([&] {
      stream_.copy(panel_.as<void>(), source_.as<void>(), n_ * k_ * 8);
      stream_.finish();
    });
  }
  /// Of the rows below a triangle of such rows.
  double reflect() {
    std::vector<double> seconds;
    for (int i = 0; i < 6; ++i) {
      bring();
      stream_.finish();
      const auto start = std::chrono::steady_clock::now();
      stream_.run(TriangleArgs{panel_.as<double>(), n_, k_, ld_, i == 0, work_.as<void>()});
      stream_.finish();
      if (i > 0)
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds[2];
  }
  /// Products of the columns about their means, as the normal equations take them; of them all, not of half.
  double products() {
    Moments m{};
    m.origin = moments_.as<double>(), m.offset = m.origin + n_, m.mean = m.offset + n_, m.m2 = m.mean + n_;
    m.between = m.m2 + n_, m.within = m.between + slabs_ * n_, m.ld = n_;
    stream_.run(CentreArgs{source_.as<void>(), DType::kFloat64, 0, Layout::kObservations, n_, k_, n_,
                           panel_.as<void>(), n_, Compute::kFloat64, nullptr, nullptr, 0, m});
    return median_seconds([&] {
      stream_.run(ProductsArgs{panel_.as<void>(), panel_.as<void>(), Layout::kObservations,
                               Layout::kObservations, n_, n_, n_, n_, k_, Compute::kFloat64, m, m,
                               products_.as<double>(), n_, 1, 0, 0});
      stream_.finish();
    });
  }
  /// |R'R - A'A| of some columns beside their lengths, of the rows once.
  double worst_error() {
    bring();
    stream_.run(TriangleArgs{panel_.as<double>(), n_, k_, ld_, 1, work_.as<void>()});
    std::vector<double> r(std::size_t(n_ * n_)), a(std::size_t(n_ * k_));
    stream_.copy(r.data(), n_ * 8, panel_.as<void>(), ld_ * 8, n_ * 8, n_);
    stream_.copy(a.data(), source_.as<void>(), n_ * k_ * 8);
    stream_.finish();
    double worst = 0;
    const std::int64_t step = std::max<std::int64_t>(1, n_ / 5);
    for (std::int64_t i = 0; i < n_; i += step)
      for (std::int64_t j = i; j < n_; j += step) {
        double of_r = 0, of_a = 0, ii = 0, jj = 0;
        for (std::int64_t k = 0; k <= i; ++k) of_r += r[std::size_t(i * n_ + k)] * r[std::size_t(j * n_ + k)];
        for (std::int64_t t = 0; t < k_; ++t) {
          const double x = a[std::size_t(t * n_ + i)], y = a[std::size_t(t * n_ + j)];
          of_a += x * y, ii += x * x, jj += y * y;
        }
        worst = std::max(worst, std::fabs(of_r - of_a) / std::sqrt(ii * jj));
      }
    return worst;
  }

 private:
  const Device& device_;
  std::int64_t n_;
  TriangleShape shape_;
  std::int64_t k_, ld_, slabs_;
  Stream stream_;
  Buffer source_, panel_, work_, moments_, products_;
};

int run(const std::string& name, const std::vector<std::int64_t>& sizes) {
  const Selection selected = select_backend(name);
  const Device device(*selected.backend, ContextOptions{selected.device, 0, 0, 0});
  int wrong = 0;
  for (const std::int64_t n : sizes) {
    Bench bench(device, n);
    const double bytes = 16.0 * double(n) * double(bench.rows());
    const double flops = 2.0 * double(n) * double(n) * double(bench.rows());
    const double copy = bench.copy(), columns = bench.columns();
    print(n, "copy", copy, bytes / copy / 1e9, "GB/s");
    print(n, "columns", columns, bytes / columns / 1e9, "GB/s");
    print(n, "columns beside copy", 0, copy / columns, "of it");
    const double products = bench.products(), reflect = bench.reflect();
    print(n, "products", products, flops / products / 1e9, "GFLOP/s");
    print(n, "triangle", reflect, flops / reflect / 1e9, "GFLOP/s");
    print(n, "triangle beside products", 0, products / reflect, "of their rate");
    const double worst = bench.worst_error();
    print(n, "worst error", 0, worst, "of the columns' lengths");
    if (!(worst <= 1e-12)) wrong = 1;
  }
  return wrong;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  std::string device = "auto";
  std::vector<std::int64_t> sizes;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--device") device = argv[i + 1];
    if (option == "--columns") sizes.push_back(std::atoll(argv[i + 1]));
  }
  try {
    const bool gpu = sluice::select_backend(device).backend->info.shares_host_memory == 0;
    if (sizes.empty())
      sizes = gpu ? std::vector<std::int64_t>{12, 100, 400, 1000, 4000}
                  : std::vector<std::int64_t>{12, 100, 400, 1000};
    return sluice::run(device, sizes);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "triangle_bench: %s\n", e.what());
    return 1;
  }
}
