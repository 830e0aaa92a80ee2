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
  for (const int threads : {1, 2, 3}) {
    for (const Plan& plan : plans) {
      SCOPED_TRACE(testing::Message() << threads << " threads, panels of " << plan.panel << ", chunks of "
                                      << plan.chunk << ", layout " << int(p.layout));
      Session s(table, threads);
      const Result b = covariance(s, p, compute, plan);
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
    Problem p = problem(1100, 4500, 2);
    p.layout = layout;
    p.encode();
    compare(table(), p, Compute::kFloat32, {{0, 0}, {512, 4096}, {1024, 0}});
  }
}

TEST_P(SameBytes, ManyObservations) {
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    Problem p = problem(37, 30000, 2);
    p.layout = layout;
    for (std::int64_t k = 0; k < p.observations; ++k) p.weights.push_back(double(k % 3));
    p.encode();
    for (const Compute compute : {Compute::kFloat32, Compute::kFloat64}) {
      compare(table(), p, compute, {{0, 0}, {0, 4096}, {0, 12288}});
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
