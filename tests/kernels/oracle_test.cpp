// Every backend against serial, at sizes that straddle slabs and sub-tiles, in both layouts and all types.
// Bounds: 2e-6 sqrt(Cii Cjj) for float32, 1e-12 for float64; means to 4 units in the last place of the
// values.
#include "covariance.h"

namespace sluice::test {
namespace {

class Oracle : public OnEachBackend {
 protected:
  void compare(const Problem& p, Compute compute, bool correlation = false) {
    if (is("serial")) GTEST_SKIP() << "serial is the oracle";
    Session own(table()), oracle(*table_of("serial"));
    const Result a = covariance(own, p, compute, {}, 1, correlation);
    const Result b = covariance(oracle, p, compute, {}, 1, correlation);
    double largest = 0;
    for (const double x : p.values) largest = std::max(largest, std::fabs(x));
    const std::int64_t n = p.variables;
    for (std::int64_t v = 0; v < n; ++v) {
      const std::size_t i = std::size_t(v);
      ASSERT_NEAR(a.moments.mean[i], b.moments.mean[i], largest * 4e-15) << v;
      ASSERT_NEAR(a.moments.m2[i], b.moments.m2[i], 1e-12 * b.moments.m2[i]) << v;
    }
    const double bound = compute == Compute::kFloat64 ? 1e-12 : 2e-6;
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t c = 0; c < n; ++c) {
        const std::size_t i = std::size_t(r * n + c);
        const double cr = b.out[std::size_t(r * n + r)], cc = b.out[std::size_t(c * n + c)];
        const double scale = correlation ? 1 : std::sqrt(cr) * std::sqrt(cc);
        ASSERT_EQ(std::isnan(a.out[i]), std::isnan(b.out[i])) << r << ' ' << c;
        if (std::isnan(b.out[i])) continue;
        ASSERT_NEAR(a.out[i], b.out[i], bound * scale) << r << ' ' << c;
        ASSERT_EQ(a.out[i], a.out[std::size_t(c * n + r)]) << r << ' ' << c;
        ASSERT_EQ(a.out[i], a.transposed[i]) << r << ' ' << c;
      }
    }
  }
};
SLUICE_ON_EACH_BACKEND(Oracle);

TEST_P(Oracle, SizesAroundSlabsAndSubtiles) {
  const std::pair<std::int64_t, std::int64_t> sizes[] = {{1, 1},      {1, 4096},  {2, 2},     {2, 4095},
                                                         {2, 4097},   {3, 9000},  {511, 300}, {512, 257},
                                                         {513, 4097}, {1025, 130}};
  for (const auto& [variables, observations] : sizes) {
    for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
      for (const Compute compute : {Compute::kFloat32, Compute::kFloat64}) {
        SCOPED_TRACE(testing::Message() << variables << " x " << observations << " layout " << int(layout)
                                        << " compute " << int(compute));
        Problem p = problem(variables, observations);
        p.type = compute == Compute::kFloat64 ? DType::kFloat64 : DType::kFloat32;
        p.layout = layout;
        p.encode();
        compare(p, compute);
        if (HasFatalFailure() || IsSkipped()) return;
      }
    }
  }
}

TEST_P(Oracle, EveryTypeAndByteOrder) {
  for (int type = 0; type <= int(DType::kBool); ++type) {
    for (const bool swapped : {false, true}) {
      for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
        SCOPED_TRACE(testing::Message()
                     << name_of(DType(type)) << " swapped " << swapped << " layout " << int(layout));
        Problem p = problem(21, 4110, is_float(DType(type)) ? 3 : 60, 40);
        for (double& x : p.values) x = std::fabs(x);
        p.type = DType(type);
        p.swapped = swapped;
        p.layout = layout;
        p.padding = 3;
        p.encode();
        compare(p, Compute::kFloat64);
        compare(p, Compute::kFloat32);
        if (HasFatalFailure() || IsSkipped()) return;
      }
    }
  }
}

TEST_P(Oracle, WeightsAndCorrelation) {
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    Problem p = problem(67, 8200, -2);
    p.layout = layout;
    for (std::int64_t k = 0; k < p.observations; ++k) p.weights.push_back(0.25 * double(k % 7));
    p.encode();
    for (const Compute compute : {Compute::kFloat32, Compute::kFloat64}) {
      compare(p, compute);
      compare(p, compute, true);
      if (HasFatalFailure() || IsSkipped()) return;
    }
  }
}

TEST_P(Oracle, LargeOffsets) {
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    for (const double offset : {1e2, 1e5}) {
      Problem p = problem(130, 9000, offset);
      p.layout = layout;
      p.encode();
      compare(p, Compute::kFloat32);
      if (HasFatalFailure() || IsSkipped()) return;
    }
  }
}

/// Equal variables: all products have one sign, and roundings that share a direction add up.
TEST_P(Oracle, EqualVariables) {
  if (is("serial")) GTEST_SKIP() << "serial is the oracle";
  if (is("cuda")) GTEST_SKIP() << "cuda's bound for these is in docs/gpu.md";
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    Problem p = problem(120, 4096, 0.5);
    p.layout = layout;
    for (std::int64_t v = 60; v < 120; ++v)
      for (std::int64_t k = 0; k < p.observations; ++k) p.at(v, k) = p.at(v - 60, k);
    p.encode();
    Session own(table()), oracle(*table_of("serial"));
    const Result a = covariance(own, p, Compute::kFloat32), b = covariance(oracle, p, Compute::kFloat32);
    double mean = 0;
    for (std::int64_t v = 0; v < 60; ++v) {
      const std::size_t i = std::size_t(v * 120 + v + 60);
      const double error = (a.out[i] - b.out[i]) / b.out[i];
      EXPECT_LT(std::fabs(error), 7e-7) << v;
      mean += error / 60;
    }
    EXPECT_LT(std::fabs(mean), 1.2e-7);
  }
}

TEST_P(Oracle, ExtremeScales) {
  for (const double scale : {1e-100, 1e100}) {
    Problem p = problem(5, 5000, 0, scale);
    p.type = DType::kFloat64;
    p.encode();
    compare(p, Compute::kFloat64);
    compare(p, Compute::kFloat64, true);
  }
}

/// Products of two different matrices, in every pair of layouts, against the serial backend.
TEST_P(Oracle, CrossProductsInEveryPairOfLayouts) {
  if (is("serial")) GTEST_SKIP() << "serial is the oracle";
  const std::int64_t rows = 515, columns = 70, observations = 4200;
  for (const Layout la : {Layout::kVariables, Layout::kObservations}) {
    for (const Layout lb : {Layout::kVariables, Layout::kObservations}) {
      std::vector<double> acc[2];
      for (const bool oracle : {false, true}) {
        Session s(oracle ? *table_of("serial") : table());
        PanelOnDevice a(s, 0, rows, observations, Compute::kFloat32),
            b(s, 0, columns, observations, Compute::kFloat32);
        for (auto* panel : {&a, &b}) {
          Problem p = problem(panel->variables, observations, 1, 1, panel == &a ? 3 : 4);
          p.layout = panel == &a ? la : lb;
          p.encode();
          const Array<char> source(s, p.bytes);
          s.run(CentreArgs{source.data(), p.type, 0, p.layout, p.variables, observations, p.run(),
                           panel->data.data(), p.run(), Compute::kFloat32, nullptr, nullptr, 0,
                           panel->moments()});
          s.finish();
        }
        const Array<double> sums(s, rows * columns);
        s.run(ProductsArgs{a.data.data(), b.data.data(), la, lb,
                           la == Layout::kVariables ? observations : rows,
                           lb == Layout::kVariables ? observations : columns, rows, columns, observations,
                           Compute::kFloat32, a.moments(), b.moments(), sums.data(), columns, 1, 0, 0});
        acc[oracle] = sums.download();
      }
      for (std::size_t i = 0; i < acc[0].size(); ++i) {
        ASSERT_NEAR(acc[0][i], acc[1][i], 2e-6 * double(observations)) << i;
      }
    }
  }
}

}  // namespace
}  // namespace sluice::test
