// What the tests of `window` share: options, results read back, statistics of a window by hand.
#pragma once
#include <map>

#include "cov_support.h"
#include "host/window.h"

namespace sluice::test {

inline WindowLength samples(std::int64_t n) {
  return {double(n), false, std::to_string(n)};
}

inline WindowOptions windows_of(const std::string& input, std::int64_t size, std::int64_t step,
                                const std::string& output = "") {
  WindowOptions options;
  options.input = input;
  options.size = samples(size), options.step = samples(step);
  options.output = output;
  return options;
}

/// A result's elements as doubles.
inline Matrix matrix_of(const std::string& path, const OpenOptions& options = {}) {
  const auto source = open_matrix(path, options);
  const MatrixInfo& info = source->info();
  const std::string bytes = element_bytes(path, options);
  Matrix m(info.rows, info.columns);
  for (std::size_t i = 0; i < m.values.size(); ++i) {
    if (info.type == DType::kFloat32) {
      float x;
      std::memcpy(&x, bytes.data() + i * 4, 4);
      m.values[i] = x;
    } else if (info.type == DType::kInt64) {
      std::int64_t x;
      std::memcpy(&x, bytes.data() + i * 8, 8);
      m.values[i] = double(x);
    } else {
      std::memcpy(&m.values[i], bytes.data() + i * 8, 8);
    }
  }
  return m;
}

/// x: samples x channels. mean, std, min, max, kurtosis of one window, in long double after its first sample.
inline std::map<std::string, double> by_hand(const Matrix& x, std::int64_t begin, std::int64_t end,
                                             std::int64_t c) {
  const long double n = end - begin, origin = x.at(begin, c);
  long double sum = 0, m2 = 0, m4 = 0;
  double low = x.at(begin, c), high = low;
  for (std::int64_t t = begin; t < end; ++t) sum += x.at(t, c) - origin;
  for (std::int64_t t = begin; t < end; ++t) {
    const long double d = x.at(t, c) - origin - sum / n;
    m2 += d * d, m4 += d * d * d * d;
    low = std::min(low, x.at(t, c)), high = std::max(high, x.at(t, c));
  }
  return {{"mean", double(origin + sum / n)},
          {"std", double(std::sqrt(m2 / n))},
          {"min", low},
          {"max", high},
          {"kurtosis", double(m4 / n / (m2 / n * m2 / n) - 3)}};
}

inline const std::vector<std::string> kByHand{"mean", "std", "min", "max", "kurtosis"};

/// Every statistic of kByHand in an HDF5 result, against x.
inline void expect_result(const std::string& output, const Matrix& x, std::int64_t size, std::int64_t step,
                          double bound) {
  std::map<std::string, Matrix> found;
  for (const std::string& name : kByHand) found[name] = matrix_of(output + ":/" + name);
  const std::int64_t windows = (x.rows - size) / step + 1;
  for (const auto& [name, m] : found) {
    ASSERT_EQ(m.rows, windows);
    ASSERT_EQ(m.columns, x.columns);
  }
  for (std::int64_t k = 0; k < windows; ++k)
    for (std::int64_t c = 0; c < x.columns; ++c) {
      const auto e = by_hand(x, k * step, k * step + size, c);
      for (const auto& [name, m] : found)
        ASSERT_NEAR(m.at(k, c), e.at(name), bound * (std::fabs(e.at(name)) + e.at("std")))
            << name << ' ' << k << ' ' << c;
    }
  const Matrix start = matrix_of(output + ":/start");
  for (std::int64_t k = 0; k < windows; ++k) ASSERT_EQ(start.values[std::size_t(k)], double(k * step));
}

}  // namespace sluice::test
