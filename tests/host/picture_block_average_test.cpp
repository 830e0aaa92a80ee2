// Block means of a streamed matrix against means taken entry by entry.
#include "host/picture/block_average.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace sluice::picture {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double entry(std::int64_t i, std::int64_t j) {
  return double((i * 7 + j * 13) % 101) - 50;
}

/// The definition in the header, spelt out.
std::vector<double> expected(std::int64_t rows, std::int64_t columns, std::int64_t r, std::int64_t c) {
  std::vector<double> sums(std::size_t(r * c)), counts(sums.size());
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) {
      const std::size_t cell = std::size_t((i * r / rows) * c + j * c / columns);
      sums[cell] += entry(i, j), counts[cell] += 1;
    }
  for (std::size_t k = 0; k < sums.size(); ++k) sums[k] /= counts[k];
  return sums;
}

template <class T>
void add_tiles(BlockAverage& average, std::int64_t rows, std::int64_t columns, std::int64_t side) {
  for (std::int64_t i = 0; i < rows; i += side)
    for (std::int64_t j = 0; j < columns; j += side) {
      const std::int64_t h = std::min(side, rows - i), w = std::min(side, columns - j), ld = w + 3;
      std::vector<T> tile(std::size_t(h * ld), T(1e6));  // what lies between rows must not count
      for (std::int64_t y = 0; y < h; ++y)
        for (std::int64_t x = 0; x < w; ++x) tile[std::size_t(y * ld + x)] = T(entry(i + y, j + x));
      average.add(i, j, h, w, tile.data(), ld);
    }
}

TEST(BlockAverage, MeansOfATiledMatrix) {
  for (const std::int64_t side : {1, 5, 16, 1000}) {
    BlockAverage average(53, 38, 10);
    add_tiles<float>(average, 53, 38, side);
    ASSERT_EQ(average.rows(), 10);
    ASSERT_EQ(average.columns(), 10);
    const std::vector<double> grid = average.grid(), wanted = expected(53, 38, 10, 10);
    for (std::size_t k = 0; k < grid.size(); ++k) EXPECT_DOUBLE_EQ(grid[k], wanted[k]) << side << " " << k;
  }
}

TEST(BlockAverage, FewerEntriesThanCellsAreKept) {
  BlockAverage average(3, 40, 10);
  add_tiles<double>(average, 3, 40, 7);
  EXPECT_EQ(average.rows(), 3);
  HeatMap map;
  map.title = "kept";
  average.fill(map);
  EXPECT_EQ(map.cells, expected(3, 40, 3, 10));
  EXPECT_EQ(map.full_columns, 40);
  EXPECT_EQ(map.columns, 10);
  EXPECT_EQ(map.title, "kept");
}

TEST(BlockAverage, MirrorsTheTilesOfASymmetricMatrix) {
  const std::int64_t n = 37, side = 10;
  auto symmetric = [](std::int64_t i, std::int64_t j) { return double((i + 1) * (j + 1) % 29); };
  BlockAverage whole(n, n, 8), half(n, n, 8);
  for (std::int64_t i = 0; i < n; i += side)
    for (std::int64_t j = 0; j < n; j += side) {
      const std::int64_t h = std::min(side, n - i), w = std::min(side, n - j);
      std::vector<double> tile;
      for (std::int64_t y = 0; y < h; ++y)
        for (std::int64_t x = 0; x < w; ++x) tile.push_back(symmetric(i + y, j + x));
      whole.add(i, j, h, w, tile.data(), w);
      if (j <= i) half.add(i, j, h, w, tile.data(), w, j < i);
    }
  EXPECT_EQ(whole.grid(), half.grid());  // small integers: sums are exact in any order
}

TEST(BlockAverage, LeavesOutWhatIsNotFinite) {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> matrix = {1, kNan, kNan, kNan,   //
                                      3, inf,  kNan, -inf};  //
  BlockAverage average(2, 4, 2);
  average.add(0, 0, 2, 4, matrix.data(), 4);
  const std::vector<double> grid = average.grid();
  EXPECT_EQ(grid[0], 1);
  EXPECT_TRUE(std::isnan(grid[1]));
  EXPECT_EQ(grid[2], 3);
  EXPECT_TRUE(std::isnan(grid[3]));
}

TEST(BlockAverage, ExtentsBeyondThirtyTwoBits) {
  const std::int64_t n = std::int64_t(1) << 40;
  BlockAverage average(n, n, 4);
  const std::vector<float> tile = {1, 2, 3, 4};
  average.add(n - 2, n / 2 - 2, 1, 4, tile.data(), 4);  // straddles the middle
  const std::vector<double> grid = average.grid();
  EXPECT_EQ(grid[3 * 4 + 1], 1.5);
  EXPECT_EQ(grid[3 * 4 + 2], 3.5);
}

TEST(BlockAverage, Empty) {
  BlockAverage average(0, 5, 10);
  EXPECT_EQ(average.rows(), 0);
  EXPECT_TRUE(average.grid().empty());
}

}  // namespace
}  // namespace sluice::picture
