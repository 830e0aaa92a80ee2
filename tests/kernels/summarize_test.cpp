// summarize: counts, ranges, means and squared deviations of every type and layout, whole and in pieces.
#include "covariance.h"

namespace sluice::test {
namespace {

class Summarize : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Summarize);

/// Summaries of the problem, taken in chunks of observations.
std::vector<Summary> summaries(const Backend& table, const Problem& p, std::int64_t chunk, int threads = 2) {
  Session s(table, threads);
  const Array<char> source(s, p.bytes);
  const Array<Summary> out(s, p.variables);
  for (std::int64_t k = 0; k < p.observations; k += chunk) {
    s.run(SummarizeArgs{source.data() + p.index(0, k) * std::int64_t(size_of(p.type)), p.type, p.swapped,
                        p.layout, p.variables, std::min(chunk, p.observations - k), p.ld(), out.data(),
                        k == 0});
  }
  return out.download();
}

void expect_summaries(const std::vector<Summary>& found, const Problem& p) {
  for (std::int64_t v = 0; v < p.variables; ++v) {
    long double sum = 0, squares = 0;
    Summary e{0, 0, 0, INFINITY, -INFINITY, 0, 0};
    for (std::int64_t k = 0; k < p.observations; ++k) {
      const double x = p.at(v, k);
      e.nan += std::isnan(x);
      e.inf += std::isinf(x);
      if (!std::isfinite(x)) continue;
      ++e.count;
      e.min = std::min(e.min, x);
      e.max = std::max(e.max, x);
      sum += x;
    }
    const long double mean = e.count ? sum / e.count : 0;
    for (std::int64_t k = 0; k < p.observations; ++k) {
      if (std::isfinite(p.at(v, k))) squares += (p.at(v, k) - mean) * (p.at(v, k) - mean);
    }
    const Summary& f = found[std::size_t(v)];
    ASSERT_EQ(f.count, e.count) << v;
    ASSERT_EQ(f.nan, e.nan) << v;
    ASSERT_EQ(f.inf, e.inf) << v;
    ASSERT_EQ(f.min, e.min) << v;
    ASSERT_EQ(f.max, e.max) << v;
    ASSERT_NEAR(f.mean, double(mean), 1e-14 * (std::fabs(double(mean)) + std::sqrt(double(squares)))) << v;
    ASSERT_NEAR(f.m2, double(squares), 1e-11 * double(squares)) << v;
  }
}

TEST_P(Summarize, EveryTypeLayoutAndOrder) {
  for (int type = 0; type <= int(DType::kBool); ++type) {
    for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
      for (const bool swapped : {false, true}) {
        SCOPED_TRACE(testing::Message() << name_of(DType(type)) << " layout " << int(layout));
        Problem p = problem(19, 4200, is_float(DType(type)) ? 1000 : 60, 40);
        for (double& x : p.values) x = std::fabs(x);
        p.type = DType(type);
        p.layout = layout;
        p.swapped = swapped;
        p.padding = 2;
        p.encode();
        expect_summaries(summaries(table(), p, p.observations), p);
      }
    }
  }
}

TEST_P(Summarize, NaNAndInfinityAreCountedAndPassedOver) {
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    Problem p = problem(20, 9000, -5);
    p.layout = layout;
    for (std::int64_t k = 0; k < 9000; ++k) {
      p.at(0, k) = std::nan("");            // nothing finite
      if (k < 4096) p.at(1, k) = INFINITY;  // nothing finite in the first block
      if (k % 3 == 0) p.at(19, k) = k % 2 ? -INFINITY : std::nan("");
      p.at(2, k) = 4;  // constant
    }
    p.encode();
    const auto found = summaries(table(), p, p.observations);
    expect_summaries(found, p);
    EXPECT_EQ(found[2].m2, 0);
    EXPECT_GT(found[0].min, found[0].max);
  }
}

TEST_P(Summarize, PiecesAndThreadsGiveTheSameBytes) {
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    for (const std::int64_t variables : {3, 700}) {
      Problem p = problem(variables, 13000, 2);
      p.layout = layout;
      p.encode();
      const auto whole = summaries(table(), p, p.observations, 2);
      for (const int threads : {1, 3}) {
        for (const std::int64_t chunk : {4096, 8192}) {
          const auto pieces = summaries(table(), p, chunk, threads);
          EXPECT_EQ(std::memcmp(whole.data(), pieces.data(), whole.size() * sizeof(Summary)), 0)
              << variables << ' ' << threads << ' ' << chunk;
        }
      }
    }
  }
}

}  // namespace
}  // namespace sluice::test
