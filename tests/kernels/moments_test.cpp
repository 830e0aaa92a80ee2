// centre and products against values by hand and against long double sums of the same numbers.
#include "covariance.h"

namespace sluice::test {
namespace {

class Hand : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Hand);

Problem small(std::initializer_list<std::initializer_list<double>> rows) {
  Problem p;
  p.variables = std::int64_t(rows.size());
  p.observations = std::int64_t(rows.begin()->size());
  for (const auto& row : rows) p.values.insert(p.values.end(), row.begin(), row.end());
  p.type = DType::kFloat64;
  p.encode();
  return p;
}

TEST_P(Hand, NumpysExample) {
  // numpy.cov([[0, 1, 2], [2, 1, 0]]) is [[1, -1], [-1, 1]].
  Session s(table());
  const Problem p = small({{0, 1, 2}, {2, 1, 0}});
  for (const Compute compute : {Compute::kFloat32, Compute::kFloat64}) {
    const Result r = covariance(s, p, compute);
    EXPECT_EQ(r.out, (std::vector<double>{1, -1, -1, 1}));
    EXPECT_EQ(r.moments.mean, (std::vector<double>{1, 1}));
    EXPECT_EQ(r.moments.m2, (std::vector<double>{2, 2}));
    EXPECT_EQ(r.largest.value, -1);
    EXPECT_EQ(r.largest.row, 0);
    EXPECT_EQ(r.largest.column, 1);
    EXPECT_EQ(covariance(s, p, compute, {}, 1, true).out, (std::vector<double>{1, -1, -1, 1}));
  }
}

TEST_P(Hand, OneObservationIsNaN) {
  Session s(table());
  const Result r = covariance(s, small({{3}, {4}}), Compute::kFloat64);
  for (const double x : r.out) EXPECT_TRUE(std::isnan(x));
  EXPECT_EQ(r.moments.mean, (std::vector<double>{3, 4}));
}

TEST_P(Hand, WeightsAreRepetitions) {
  Session s(table());
  Problem weighted = small({{1, 5, -2, 8}, {2, 2, 7, 1}});
  weighted.weights = {3, 0, 2, 1};
  const Problem repeated = small({{1, 1, 1, -2, -2, 8}, {2, 2, 2, 7, 7, 1}});
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    Problem p = weighted, q = repeated;
    p.layout = q.layout = layout;
    p.encode();
    q.encode();
    const Result a = covariance(s, p, Compute::kFloat64), b = covariance(s, q, Compute::kFloat64);
    for (int i = 0; i < 4; ++i) EXPECT_NEAR(a.out[i], b.out[i], 1e-14);
    for (int i = 0; i < 2; ++i) EXPECT_NEAR(a.moments.mean[i], b.moments.mean[i], 1e-15);
  }
}

TEST_P(Hand, AConstantHasNoVariance) {
  Session s(table());
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    for (const Compute compute : {Compute::kFloat32, Compute::kFloat64}) {
      Problem p = problem(3, 2 * table().info.slab + 808, 5);
      p.type = DType::kFloat64;
      p.layout = layout;
      for (std::int64_t k = 0; k < p.observations; ++k) p.at(1, k) = 0.1;  // no float32 holds it
      p.encode();
      const Result c = covariance(s, p, compute), r = covariance(s, p, compute, {}, 1, true);
      EXPECT_EQ(c.moments.mean[1], 0.1);
      EXPECT_EQ(c.moments.m2[1], 0);
      for (const int i : {1, 3, 4, 5, 7}) {
        EXPECT_EQ(c.out[i], 0) << i;
        EXPECT_TRUE(std::isnan(r.out[i])) << i;
      }
      EXPECT_EQ(r.out[0], 1);
      EXPECT_EQ(r.out[8], 1);
    }
  }
}

TEST_P(Hand, SlabsWithoutWeightLeaveNoTrace) {
  Session s(table());
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    const std::int64_t slab = table().info.slab;
    Problem p = problem(5, 2 * slab + 808, 3);
    p.type = DType::kFloat64;
    p.layout = layout;
    p.encode();
    Problem masked = p;
    masked.weights.assign(std::size_t(p.observations), 0);
    std::fill_n(masked.weights.begin() + slab, slab, 1.0);
    Problem middle = problem(5, slab);
    middle.type = DType::kFloat64;
    middle.layout = layout;
    for (std::int64_t v = 0; v < 5; ++v) {
      for (std::int64_t k = 0; k < slab; ++k) middle.at(v, k) = p.at(v, k + slab);
    }
    middle.encode();
    const Result a = covariance(s, masked, Compute::kFloat64), b = covariance(s, middle, Compute::kFloat64);
    for (std::size_t i = 0; i < 25; ++i) EXPECT_NEAR(a.out[i], b.out[i], 1e-14) << i;
    EXPECT_EQ(a.moments.mean, b.moments.mean);
  }
}

TEST_P(Hand, NaNAndInfinityStayInTheirVariables) {
  Session s(table());
  const std::int64_t slab = table().info.slab, observations = 2 * slab + 900;
  // Places: the first of all, one that no shift is made of, and one behind a slab without trouble.
  for (const std::int64_t place : {std::int64_t(0), std::int64_t(37), slab + 404}) {
    for (const double bad : {std::nan(""), double(INFINITY), -double(INFINITY)}) {
      for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
        SCOPED_TRACE(testing::Message() << bad << " at " << place << " layout " << int(layout));
        Problem clean = problem(20, observations);
        clean.layout = layout;
        Problem dirty = clean;
        dirty.at(7, place) = bad;
        clean.encode();
        dirty.encode();
        const Result a = covariance(s, clean, Compute::kFloat32), b = covariance(s, dirty, Compute::kFloat32);
        for (std::int64_t i = 0; i < 20; ++i) {
          for (std::int64_t j = 0; j < 20; ++j) {
            const double x = b.out[std::size_t(i * 20 + j)];
            if (i == 7 || j == 7) {
              EXPECT_TRUE(std::isnan(x)) << i << ' ' << j;
            } else {
              EXPECT_EQ(x, a.out[std::size_t(i * 20 + j)]) << i << ' ' << j;
            }
          }
        }
        if (std::isnan(bad)) {
          EXPECT_TRUE(std::isnan(b.moments.mean[7]));
        } else {
          EXPECT_EQ(b.moments.mean[7], bad);
        }
        EXPECT_TRUE(std::isnan(b.moments.m2[7]));
      }
    }
  }
}

TEST_P(Hand, BothInfinitiesHaveNoMean) {
  Session s(table());
  const std::int64_t slab = table().info.slab;
  for (const std::int64_t second : {std::int64_t(9), slab + 9}) {
    Problem p = problem(2, slab + 100);
    p.at(1, 3) = INFINITY;
    p.at(1, second) = -INFINITY;
    p.encode();
    const Result r = covariance(s, p, Compute::kFloat64);
    EXPECT_TRUE(std::isnan(r.moments.mean[1])) << second;
    EXPECT_TRUE(std::isfinite(r.moments.mean[0])) << second;
  }
}

/// Means of slabs near 1e8 have 1.5e-8 between neighbours; what lies between slabs must not inherit that.
TEST_P(Hand, SlabsFarFromZeroKeepTheirDigits) {
  Session s(table());
  const std::int64_t slab = table().info.slab, observations = 3 * slab + 777;
  for (const Layout layout : {Layout::kVariables, Layout::kObservations}) {
    Problem p = problem(4, observations, 1e8);
    p.type = DType::kFloat64;
    p.layout = layout;
    for (std::int64_t k = 0; k < observations; ++k) p.at(1, k) += 0.7 * double(k / slab);  // slabs differ
    p.encode();
    const Result whole = covariance(s, p, Compute::kFloat64);
    const Result chunks = covariance(s, p, Compute::kFloat64, {0, slab});
    std::vector<std::vector<long double>> d(4, std::vector<long double>(std::size_t(observations)));
    for (std::int64_t v = 0; v < 4; ++v) {
      long double mean = 0;
      for (std::int64_t k = 0; k < observations; ++k) mean += static_cast<long double>(p.at(v, k)) - 1e8L;
      mean /= static_cast<long double>(observations);
      for (std::int64_t k = 0; k < observations; ++k) {
        d[std::size_t(v)][std::size_t(k)] = static_cast<long double>(p.at(v, k)) - 1e8L - mean;
      }
      EXPECT_EQ(whole.moments.mean[std::size_t(v)], double(1e8L + mean)) << v;
    }
    std::vector<double> expected;
    for (const auto& x : d) {
      for (const auto& y : d) {
        long double sum = 0;
        for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
        expected.push_back(double(sum / static_cast<long double>(observations - 1)));
      }
    }
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) {
        const double bound = 1e-13 * std::sqrt(expected[i * 5] * expected[j * 5]);
        EXPECT_NEAR(whole.out[i * 4 + j], expected[i * 4 + j], bound) << i << ' ' << j;
        EXPECT_NEAR(chunks.out[i * 4 + j], expected[i * 4 + j], bound) << i << ' ' << j;
      }
    }
  }
}

/// Against the same sums in long double.
TEST_P(Hand, AgreesWithLongDouble) {
  Session s(table());
  for (const double offset : {0.0, 1e5}) {
    for (const bool weighted : {false, true}) {
      Problem p = problem(9, 9000, offset);
      if (weighted) {
        for (std::int64_t k = 0; k < 9000; ++k) p.weights.push_back(double(k % 5) / 2);
      }
      p.encode();
      for (const Compute compute : {Compute::kFloat32, Compute::kFloat64}) {
        const Result r = covariance(s, p, compute);
        std::vector<long double> mean(9);
        long double total = 0;
        const auto weight = [&](std::int64_t k) { return weighted ? p.weights[std::size_t(k)] : 1; };
        for (std::int64_t k = 0; k < 9000; ++k) total += weight(k);
        for (std::int64_t v = 0; v < 9; ++v) {
          for (std::int64_t k = 0; k < 9000; ++k) mean[std::size_t(v)] += weight(k) * p.at(v, k);
          mean[std::size_t(v)] /= total;
          EXPECT_NEAR(r.moments.mean[std::size_t(v)], double(mean[std::size_t(v)]), 1e-15 * (offset + 1) * 4);
        }
        for (std::int64_t i = 0; i < 9; ++i) {
          for (std::int64_t j = 0; j < 9; ++j) {
            long double sum = 0;
            for (std::int64_t k = 0; k < 9000; ++k) {
              sum += weight(k) * (p.at(i, k) - mean[std::size_t(i)]) * (p.at(j, k) - mean[std::size_t(j)]);
            }
            const double expected = double(sum / (total - 1)),
                         bound = compute == Compute::kFloat64 ? 1e-14 + 4e-18 * offset : 5e-7;
            EXPECT_NEAR(r.out[std::size_t(i * 9 + j)], expected, bound) << i << ' ' << j;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace sluice::test
