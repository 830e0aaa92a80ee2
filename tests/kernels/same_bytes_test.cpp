// The same bytes for any number of threads and any plan: panels at sub-tile borders, chunks at slab borders.
#include "covariance.h"

namespace sluice::test {
namespace {

class SameBytes : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(SameBytes);

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// The upper triangle, which is all that products() promises.
std::vector<double> upper(const Result& r, std::int64_t n) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < n; ++i) {
    values.insert(values.end(), r.acc.begin() + i * n + i, r.acc.begin() + (i + 1) * n);
  }
  return values;
}

void compare(const Backend& table, const Problem& p, Compute compute, const std::vector<Plan>& plans) {
  Session first(table, 2);
  const Result a = covariance(first, p, compute);
  const std::vector<int> counts = table.info.shares_host_memory ? std::vector{1, 2, 3} : std::vector{1};
  for (const int threads : counts) {
    for (const Plan& plan : plans) {
      SCOPED_TRACE(testing::Message() << threads << " threads, panels of " << plan.panel << ", chunks of "
                                      << plan.chunk << ", layout " << int(p.layout));
      Session s(table, threads);
      const Result b = covariance(s, p, compute, plan);
      EXPECT_TRUE(same(a.moments.origin, b.moments.origin));
      EXPECT_TRUE(same(a.moments.offset, b.moments.offset));
      EXPECT_TRUE(same(a.moments.mean, b.moments.mean));
      EXPECT_TRUE(same(a.moments.m2, b.moments.m2));
      EXPECT_TRUE(same(upper(a, p.variables), upper(b, p.variables)));
      EXPECT_TRUE(same(a.out, b.out));
      EXPECT_EQ(a.largest.row, b.largest.row);
      EXPECT_EQ(a.largest.column, b.largest.column);
    }
  }
}

TEST_P(SameBytes, ManyVariables) {
  if (is("serial")) GTEST_SKIP() << "serial has one thread";
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    const std::int64_t subtile = table().info.subtile, slab = table().info.slab;
    // Sub-tiles of a card are wide: two of them, and few observations.
    const std::int64_t variables = subtile > 1000 ? subtile + 76 : 2 * subtile + 76;
    Problem p = problem(variables, std::min<std::int64_t>(slab + 404, 5000000 / variables), 2);
    p.layout = layout;
    p.encode();
    compare(table(), p, Compute::kFloat32, {{0, 0}, {subtile, slab}, {2 * subtile, 0}});
  }
}

TEST_P(SameBytes, ManyObservations) {
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    const std::int64_t slab = table().info.slab;
    Problem p = problem(37, 7 * slab + 1300, 2);
    p.layout = layout;
    for (std::int64_t k = 0; k < p.observations; ++k) p.weights.push_back(double(k % 3));
    p.encode();
    for (const Compute compute : {Compute::kFloat32, Compute::kFloat64}) {
      compare(table(), p, compute, {{0, 0}, {0, slab}, {0, 3 * slab}});
    }
  }
}

/// Numbers of 1e-18 in one slab and of 1e18 in another: no scale may depend on where a chunk ends.
TEST_P(SameBytes, WideRanges) {
  if (is("cuda")) GTEST_SKIP() << "its gemm is cuBLAS's";
  const std::int64_t slab = table().info.slab;
  Problem p = problem(6, 4 * slab, 0, 1e-18);
  for (std::int64_t v = 0; v < p.variables; ++v) {
    for (std::int64_t k = slab; k < p.observations; ++k) p.at(v, k) = 0;
    if (v % 2 == 0) p.at(v, 2 * slab + 1) = 1e18, p.at(v, 2 * slab + 2) = -1e18;
  }
  p.encode();
  compare(table(), p, Compute::kFloat32, {{0, 0}, {0, slab}, {0, 2 * slab}, {0, 3 * slab}});
}

/// Sums, shifts and so the panel's elements of a variable, wherever its observations lie.
TEST_P(SameBytes, LayoutsAgree) {
  if (is("cuda")) GTEST_SKIP() << "a card adds up along runs and across them in different orders";
  if (is("serial")) GTEST_SKIP() << "serial knows no layouts but where it reads and writes";
  for (const std::int64_t observations : {1, 2, 15, 66, 4096 + 4095}) {
    for (const bool weighted : {false, true}) {
      for (const Compute compute : {Compute::kFloat32, Compute::kFloat64}) {
        Problem p = problem(270, observations, 1e3);  // a block of neighbours and some
        for (std::int64_t k = 0; weighted && k < observations; ++k) p.weights.push_back(0.3 * double(k % 4));
        if (weighted && observations == 1) p.weights[0] = 2;
        p.encode();
        Session s(table());
        const Result a = covariance(s, p, compute);
        p.layout = Layout::kObservations;
        p.encode();
        const Result b = covariance(s, p, compute);
        SCOPED_TRACE(testing::Message() << observations << " weighted " << weighted << " " << int(compute));
        EXPECT_TRUE(same(a.moments.origin, b.moments.origin));
        EXPECT_TRUE(same(a.moments.offset, b.moments.offset));
        EXPECT_TRUE(same(a.moments.m2, b.moments.m2));
        const std::size_t size = std::size_t(size_of(compute));
        for (std::int64_t v = 0; v < p.variables; ++v) {
          for (std::int64_t k = 0; k < observations; ++k) {
            const char* x = a.panel.data() + std::size_t(v * observations + k) * size;
            const char* y = b.panel.data() + std::size_t(k * p.variables + v) * size;
            ASSERT_EQ(std::memcmp(x, y, size), 0) << v << ' ' << k;
          }
        }
      }
    }
  }
}

TEST_P(SameBytes, ConvertedAndNativeAgree) {
  // A float32 file and the same numbers as float64 or swapped give the same panels.
  Problem p = problem(133, 5000, 7);
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    p.type = DType::kFloat32;
    p.swapped = false;
    p.layout = layout;
    p.encode();
    Session s(table());
    const Result a = covariance(s, p, Compute::kFloat32);
    for (const auto& [type, swapped] : {std::pair{DType::kFloat32, true}, std::pair{DType::kFloat64, false},
                                        std::pair{DType::kFloat64, true}}) {
      p.type = type;
      p.swapped = swapped;
      p.encode();
      const Result b = covariance(s, p, Compute::kFloat32);
      EXPECT_TRUE(same(a.panel, b.panel));
      EXPECT_TRUE(same(a.out, b.out));
    }
  }
}

}  // namespace
}  // namespace sluice::test
