// Histograms and densities fed in batches: numpy's rules, by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "host/error.h"
#include "host/picture/density.h"
#include "host/picture/histogram.h"

namespace sluice::picture {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kMost = std::numeric_limits<double>::max();
using Counts = std::vector<std::uint64_t>;

Counts count(const std::vector<double>& edges, const std::vector<double>& values) {
  Histogram histogram(edges);
  histogram.add(values.data(), values.size());
  return histogram.counts();
}

TEST(Bins, EdgesAsNumpyHasThem) {
  EXPECT_EQ(even_edges(0, 1, 4), (std::vector<double>{0, 0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(even_edges(0, 0.3, 3), (std::vector<double>{0, 0.09999999999999999, 0.19999999999999998, 0.3}));
  EXPECT_EQ(even_edges(7, 7, 2), (std::vector<double>{6.5, 7, 7.5}));
  EXPECT_EQ(log_edges(1, 100, 2).front(), 1);
  EXPECT_NEAR(log_edges(1, 100, 2)[1], 10, 1e-12);
  EXPECT_EQ(log_edges(1, 100, 2).back(), 100);
}

TEST(Bins, LastBinHoldsItsUpperEdge) {
  EXPECT_EQ(count({1, 2, 3, 4}, {1, 2, 3, 4}), (Counts{1, 1, 2}));
  EXPECT_EQ(count({0, 1, 10}, {0, 0.5, 1, 9.99, 10}), (Counts{2, 3}));
  EXPECT_EQ(count({0, 1}, {0, 1, 1.0000001, -1e-300}), (Counts{2}));
}

TEST(Bins, EdgesDecideNotTheGuess) {
  for (const std::int64_t bins : {1, 3, 7, 10, 49, 1000}) {
    const Bins even(even_edges(-0.1, 0.7, bins));
    for (std::int64_t i = 0; i < bins; ++i) {
      const double edge = even.edges()[std::size_t(i)];
      EXPECT_EQ(even.index(edge), i);
      EXPECT_EQ(even.index(std::nextafter(edge, -kInf)), i - 1);
    }
    EXPECT_EQ(even.index(0.7), bins - 1);
  }
}

TEST(Bins, Limits) {
  const Bins huge(even_edges(-kMost, kMost, 4));
  EXPECT_EQ(huge.index(-kMost), 0);
  EXPECT_EQ(huge.index(-1), 1);
  EXPECT_EQ(huge.index(0), 2);
  EXPECT_EQ(huge.index(kMost), 3);
  EXPECT_EQ(huge.index(kNan), -1);
  EXPECT_EQ(huge.index(kInf), -1);
  EXPECT_EQ(Bins(even_edges(1e17, 1e17, 10)).index(1e17), 5);
  for (const double constant : {kMost, -kMost})
    EXPECT_GE(Bins(even_edges(constant, constant, 10)).index(constant), 0);
  EXPECT_THROW(Bins({1}), Error);
  EXPECT_THROW(Bins({1, 1}), Error);
  EXPECT_THROW(Bins({1, kNan, 2}), Error);
  EXPECT_THROW(Bins({0, kInf}), Error);
  EXPECT_THROW(even_edges(0, 1, 0), Error);
  EXPECT_THROW(even_edges(0, kInf, 3), Error);
  EXPECT_THROW(log_edges(0, 1, 3), Error);
}

TEST(Histogram, CountsWhatIsOutside) {
  Histogram histogram({0, 1, 2});
  const std::vector<double> values = {-1, 0, 0.5, 2, 3, kNan, kInf, -kInf};
  histogram.add(values.data(), values.size());
  EXPECT_EQ(histogram.counts(), (Counts{2, 1}));
  EXPECT_EQ(histogram.below(), 2u);
  EXPECT_EQ(histogram.above(), 2u);
  EXPECT_EQ(histogram.missing(), 1u);
}

TEST(Histogram, BatchesDoNotMatter) {
  std::vector<float> values;
  for (int i = 0; i < 10000; ++i) values.push_back(float(std::sin(i * 0.37) * 3));
  DataRange range;
  range.add(values.data(), values.size());
  Histogram whole(range, 33), parts(range, 33), other(range, 33);
  whole.add(values.data(), values.size());
  for (std::size_t from = 0; from < values.size(); from += 77)
    (from % 2 ? parts : other).add(values.data() + from, std::min<std::size_t>(77, values.size() - from));
  parts.merge(other);
  EXPECT_EQ(whole.counts(), parts.counts());
  EXPECT_EQ(whole.below() + whole.above(), 0u);  // the range's own ends are inside
  EXPECT_THROW(whole.merge(Histogram({0, 1})), Error);
}

TEST(Histogram, HeightsOfADensity) {
  Histogram histogram({0, 1, 4});
  const std::vector<double> values = {0.5, 2, 3, 3.5};
  histogram.add(values.data(), values.size());
  EXPECT_EQ(histogram.heights(), (std::vector<double>{1, 3}));
  EXPECT_EQ(histogram.heights(true), (std::vector<double>{0.25, 0.25}));
  EXPECT_EQ(Histogram({0, 1}).heights(true), (std::vector<double>{0}));
}

TEST(Histogram, OfNothingAndOfOneValue) {
  EXPECT_EQ(Histogram(DataRange{}, 2).edges(), (std::vector<double>{0, 0.5, 1}));
  DataRange one;
  one.add(3);
  Histogram histogram(one, 4);
  const double value = 3;
  histogram.add(&value, 1);
  EXPECT_EQ(histogram.counts(), (Counts{0, 0, 1, 0}));
}

TEST(Density, CountsByHand) {
  Density density({0, 1, 2}, {0, 10, 20, 30});
  const std::vector<double> x = {0, 0.5, 1, 2, 2, 3, kNan, 1, kInf}, y = {0, 9, 10, 30, 29, 5, 5, kNan, 1};
  density.add(x.data(), y.data(), 4);
  density.add(x.data() + 4, y.data() + 4, 5);
  EXPECT_EQ(density.count(0, 0), 2u);
  EXPECT_EQ(density.count(1, 1), 1u);
  EXPECT_EQ(density.count(1, 2), 2u);
  EXPECT_EQ(density.inside(), 5u);
  EXPECT_EQ(density.outside(), 2u);
  EXPECT_EQ(density.missing(), 2u);
  const ImageLayer layer = density.layer();
  EXPECT_EQ(layer.rows, 3);
  EXPECT_EQ(layer.columns, 2);
  EXPECT_EQ(layer.cells, (std::vector<double>{2, 0, 0, 1, 0, 2}));
  EXPECT_EQ(layer.y_high, 30);
  EXPECT_TRUE(layer.log_colors);
}

TEST(Density, IsBounded) {
  EXPECT_THROW(Density(even_edges(0, 1, 1 << 15), even_edges(0, 1, 1 << 14)), Error);
}

}  // namespace
}  // namespace sluice::picture
