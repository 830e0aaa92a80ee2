// finish: tiles above, on and below the diagonal, the transpose, the largest entry, and numpy's special
// cases.
#include <cmath>
#include <limits>
#include <random>

#include "session.h"

namespace sluice::test {
namespace {

class Finish : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Finish);

struct Tile {
  std::int64_t rows, columns, ld;
  std::vector<double> acc, m2_rows, m2_columns;
  std::int32_t correlation = 0, symmetric = 0;
  std::int64_t row_offset = 0;
  double divisor = 10;
};

template <class T>
struct Finished {
  std::vector<T> out, transposed;
  Largest largest{};
};

template <class T>
Finished<T> run(const Backend& table, const Tile& t) {
  Session s(table);
  const Array<double> acc(s, t.acc), m2_rows(s, t.m2_rows), m2_columns(s, t.m2_columns);
  const Array<T> out(s, t.rows * t.columns), transposed(s, t.rows * t.columns);
  const Array<Largest> largest(s, 1);
  s.run(FinishArgs{acc.data(), t.ld, t.rows, t.columns, t.divisor, m2_rows.data(), m2_columns.data(),
                   t.correlation, t.symmetric, t.row_offset,
                   sizeof(T) == 4 ? DType::kFloat32 : DType::kFloat64, out.data(), transposed.data(),
                   largest.data()});
  return Finished<T>{out.download(), transposed.download(), largest.download()[0]};
}

Tile random_tile(std::int64_t rows, std::int64_t columns, std::int64_t row_offset, bool symmetric) {
  Tile t{rows, columns, columns + 5, {}, {}, {}};
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(-1, 1);
  t.acc.resize(std::size_t(rows * t.ld));
  for (double& x : t.acc) x = uniform(random);
  for (std::int64_t j = 0; j < columns; ++j) t.m2_columns.push_back(1 + std::fabs(uniform(random)));
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t j = i + row_offset;
    t.m2_rows.push_back(symmetric && j >= 0 && j < columns ? t.m2_columns[std::size_t(j)] : 1.5);
  }
  t.symmetric = symmetric;
  t.row_offset = row_offset;
  return t;
}

/// The definition, entry by entry.
double expected(const Tile& t, std::int64_t i, std::int64_t j) {
  std::int64_t r = i, c = j;
  const std::int64_t variable = i + t.row_offset;
  if (t.symmetric && variable == j) return t.correlation ? 1 : t.m2_columns[std::size_t(j)] / t.divisor;
  if (t.symmetric && variable > j && j - t.row_offset >= 0 && variable < t.columns) {
    r = j - t.row_offset;
    c = variable;
  }
  const double x = t.acc[std::size_t(r * t.ld + c)];
  if (!t.correlation) return x / t.divisor;
  const double rho = x / std::sqrt(t.m2_rows[std::size_t(i)] * t.m2_columns[std::size_t(j)]);
  return std::min(1.0, std::max(-1.0, rho));
}

template <class T>
void expect_tile(const Backend& table, const Tile& t) {
  const Finished<T> f = run<T>(table, t);
  Largest best{0, 0, 0};
  for (std::int64_t i = 0; i < t.rows; ++i) {
    for (std::int64_t j = 0; j < t.columns; ++j) {
      const T x = f.out[std::size_t(i * t.columns + j)];
      const double e = expected(t, i, j);
      ASSERT_NEAR(x, e, std::fabs(e) * (sizeof(T) == 4 ? 6e-8 : 4e-16)) << i << ' ' << j;
      ASSERT_EQ(x, f.transposed[std::size_t(j * t.rows + i)]) << i << ' ' << j;
      const bool diagonal = t.symmetric && i + t.row_offset == j;
      if (!diagonal && std::fabs(double(x)) > std::fabs(best.value)) best = Largest{double(x), i, j};
    }
  }
  EXPECT_EQ(f.largest.value, best.value);
  EXPECT_EQ(f.largest.row, best.row);
  EXPECT_EQ(f.largest.column, best.column);
}

TEST_P(Finish, TilesByTheDefinition) {
  struct Case {
    std::int64_t rows, columns, row_offset;
    bool symmetric;
  };
  const Case cases[] = {{1, 1, 0, true},      {33, 33, 0, true},    {100, 65, 0, false},
                        {64, 200, 0, true},   {70, 300, 100, true}, {300, 70, -100, true},
                        {40, 40, -500, true}, {1, 500, 0, false},   {500, 1, 0, false}};
  for (const Case& c : cases) {
    for (const int correlation : {0, 1}) {
      SCOPED_TRACE(testing::Message() << c.rows << " x " << c.columns << " at " << c.row_offset
                                      << " symmetric " << c.symmetric << " correlation " << correlation);
      Tile t = random_tile(c.rows, c.columns, c.row_offset, c.symmetric);
      t.correlation = correlation;
      expect_tile<float>(table(), t);
      expect_tile<double>(table(), t);
    }
  }
}

Tile pair(double acc, double m2_a, double m2_b, bool correlation, double divisor = 1) {
  return Tile{1, 1, 1, {acc}, {m2_a}, {m2_b}, correlation, 0, 0, divisor};
}

TEST_P(Finish, SpecialValuesAsNumpy) {
  const auto one = [&](const Tile& t) { return run<double>(table(), t).out[0]; };
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(one(pair(3, 1, 1, false, 0)), inf);
  EXPECT_EQ(one(pair(-3, 1, 1, false, 0)), -inf);
  EXPECT_TRUE(std::isnan(one(pair(0, 1, 1, false, 0))));
  EXPECT_TRUE(std::isnan(one(pair(nan, 1, 1, false))));
  EXPECT_EQ(one(pair(2.0000001, 4, 1, true)), 1);  // rounding is clipped
  EXPECT_EQ(one(pair(-2.0000001, 4, 1, true)), -1);
  EXPECT_EQ(one(pair(1, 2, 2, true)), 0.5);  // exact, as the root of 4 is
  EXPECT_TRUE(std::isnan(one(pair(0, 0, 1, true))));
  EXPECT_TRUE(std::isnan(one(pair(1e-30, 0, 1, true))));
  EXPECT_TRUE(std::isnan(one(pair(nan, nan, 1, true))));
  EXPECT_NEAR(one(pair(5e-201, 1e-200, 1e-200, true)), 0.5, 1e-15);  // the product of the m2 is 0 as a double
  EXPECT_NEAR(one(pair(5e199, 1e200, 1e200, true)), 0.5, 1e-15);     // and here infinite
  EXPECT_NEAR(one(pair(0.5, 1e-200, 1e200, true)), 0.5, 1e-15);
}

TEST_P(Finish, DiagonalWithoutVariance) {
  Tile t{2, 2, 2, {0, 0, 0, 0}, {0, 2}, {0, 2}, 1, 1, 0, 1};
  const auto f = run<double>(table(), t);
  EXPECT_TRUE(std::isnan(f.out[0]));
  EXPECT_TRUE(std::isnan(f.out[1]));
  EXPECT_EQ(f.out[3], 1);
  t.correlation = 0;
  EXPECT_EQ(run<double>(table(), t).out, (std::vector<double>{0, 0, 0, 2}));
}

TEST_P(Finish, LargestPassesOverNaNAndTakesTheFirstOfEquals) {
  Tile t = random_tile(90, 90, 0, false);
  t.divisor = 1;
  t.acc[std::size_t(3 * t.ld + 3)] = std::numeric_limits<double>::quiet_NaN();
  t.acc[std::size_t(4 * t.ld + 4)] = std::numeric_limits<double>::infinity();
  t.acc[std::size_t(50 * t.ld + 2)] = 9;  // an earlier column block, a later row
  t.acc[std::size_t(40 * t.ld + 80)] = -9;
  t.acc[std::size_t(41 * t.ld + 1)] = 9;
  const auto f = run<float>(table(), t);
  EXPECT_EQ(f.largest.value, -9);
  EXPECT_EQ(f.largest.row, 40);
  EXPECT_EQ(f.largest.column, 80);
}

TEST_P(Finish, NothingIsLargestAmongZeros) {
  const Tile t{3, 3, 3, std::vector<double>(9, 0), {1, 1, 1}, {1, 1, 1}, 0, 1, 0, 1};
  const auto f = run<float>(table(), t);
  EXPECT_EQ(f.largest.value, 0);
  EXPECT_EQ(f.largest.row, 0);
  EXPECT_EQ(f.largest.column, 0);
}

}  // namespace
}  // namespace sluice::test
