// QR of a tall matrix by chunks: R'R is the Gram matrix, R is numpy's up to signs, and cuts do not show.
#include <cmath>
#include <limits>
#include <random>

#include "covariance.h"

namespace sluice::test {
namespace {

class Triangles : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Triangles);

/// By columns, `ld` apart.
struct Matrix {
  std::int64_t rows, columns;
  std::vector<double> values;
  double at(std::int64_t i, std::int64_t j) const { return values[std::size_t(j * rows + i)]; }
};

Matrix random_matrix(std::int64_t rows, std::int64_t columns, unsigned seed = 1) {
  Matrix a{rows, columns, std::vector<double>(std::size_t(rows * columns))};
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (double& x : a.values) x = uniform(random);
  return a;
}

/// R of the matrix in calls of `step` rows (0: as many as a call takes), its diagonal not below 0.
Matrix triangle_of(Session& s, const Matrix& a, std::int64_t step = 0) {
  const std::int64_t n = a.columns;
  const TriangleShape shape = s.triangle_shape(n);
  if (step == 0) step = shape.rows;
  const std::int64_t most = std::min(step, a.rows), ld = n + most + 3;
  Array<double> panel(s, std::vector<double>(std::size_t(n * ld), std::nan("")));
  Array<char> work(s, shape.work_bytes);
  for (std::int64_t at = 0; at == 0 || at < a.rows; at += step) {
    const std::int64_t count = std::min(step, a.rows - at);
    if (count > 0) s.copy(panel.data() + n, ld * 8, a.values.data() + at, a.rows * 8, count * 8, n);
    s.run(TriangleArgs{panel.data(), n, count, ld, at == 0, work.data()});
    s.finish();
  }
  const std::vector<double> all = panel.download();
  Matrix r{n, n, std::vector<double>(std::size_t(n * n))};
  for (std::int64_t i = 0; i < n; ++i) {
    const double sign = all[std::size_t(i * ld + i)] < 0 ? -1 : 1;
    for (std::int64_t j = i; j < n; ++j)
      r.values[std::size_t(j * n + i)] = sign * all[std::size_t(j * ld + i)];
  }
  return r;
}

/// |R'R - A'A| beside the columns' lengths.
double gram_error(const Matrix& a, const Matrix& r) {
  double worst = 0;
  const auto dot = [](const Matrix& m, std::int64_t i, std::int64_t j) {
    long double sum = 0;
    for (std::int64_t k = 0; k < m.rows; ++k) sum += (long double)m.at(k, i) * m.at(k, j);
    return double(sum);
  };
  for (std::int64_t i = 0; i < a.columns; ++i)
    for (std::int64_t j = i; j < a.columns; ++j) {
      const double scale = std::sqrt(dot(a, i, i) * dot(a, j, j));
      const double off = std::fabs(dot(a, i, j) - dot(r, i, j));
      worst = std::fmax(worst, scale > 0 ? off / scale : off);
    }
  return worst;
}

TEST_P(Triangles, HandValue) {
  // Columns (3, 4, 0) and (1, 2, 2): R = [5, 11/5; 0, sqrt(9 - 4.84)].
  Session s(table());
  const Matrix r = triangle_of(s, {3, 2, {3, 4, 0, 1, 2, 2}});
  EXPECT_NEAR(r.at(0, 0), 5, 1e-15);
  EXPECT_NEAR(r.at(0, 1), 2.2, 1e-15);
  EXPECT_NEAR(r.at(1, 1), std::sqrt(9 - 2.2 * 2.2), 1e-14);
}

TEST_P(Triangles, GramMatrixAtAnyShape) {
  Session s(table());
  for (const auto& [rows, columns] : std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 1},
                                                                                        {1, 5},
                                                                                        {5, 1},
                                                                                        {7, 7},
                                                                                        {40, 33},
                                                                                        {33, 40},
                                                                                        {1024, 3},
                                                                                        {1025, 64},
                                                                                        {3001, 65},
                                                                                        {2500, 130}})
    EXPECT_LT(gram_error(random_matrix(rows, columns), triangle_of(s, random_matrix(rows, columns))), 2e-14)
        << rows << " x " << columns;
}

TEST_P(Triangles, CallsThatBeginAtTheirRowsHaveTheSameBytes) {
  Session s(table()), other(table(), 1);
  const std::int64_t rows = s.triangle_shape(70).rows;
  const Matrix a = random_matrix(2 * rows + 77, 70);
  const Matrix whole = triangle_of(s, a), alone = triangle_of(other, a);
  EXPECT_EQ(whole.values, alone.values);
  EXPECT_LT(gram_error(a, whole), 1e-13);
}

TEST_P(Triangles, ManyCallsOfFewRows) {
  Session s(table());
  const Matrix a = random_matrix(301, 12);
  EXPECT_LT(gram_error(a, triangle_of(s, a, 5)), 2e-14);
  EXPECT_LT(gram_error(a, triangle_of(s, a, 1)), 2e-14);
}

TEST_P(Triangles, KeepsWhatProductsLose) {
  // Lauchli: products of columns (1, e, 0) and (1, 0, e) round e squared away; R's last entry is sqrt(2) e.
  Session s(table());
  const double e = 1e-9;
  const Matrix r = triangle_of(s, {3, 2, {1, e, 0, 1, 0, e}});
  EXPECT_NEAR(r.at(1, 1) / (std::sqrt(2.0) * e), 1, 1e-12);
}

TEST_P(Triangles, LargeSmallAndZeroColumns) {
  Session s(table());
  Matrix a = random_matrix(500, 4);
  for (std::int64_t i = 0; i < a.rows; ++i) {
    a.values[std::size_t(i)] *= 1e200, a.values[std::size_t(a.rows + i)] *= 1e-200;
    a.values[std::size_t(2 * a.rows + i)] = 0;
  }
  const Matrix r = triangle_of(s, a);
  double large = 0, small = 0;
  for (std::int64_t i = 0; i < a.rows; ++i)
    large += std::pow(a.at(i, 0) / 1e200, 2), small += std::pow(a.at(i, 1) / 1e-200, 2);
  EXPECT_NEAR(r.at(0, 0) / (1e200 * std::sqrt(large)), 1, 1e-13);
  EXPECT_NEAR(std::hypot(r.at(0, 1), r.at(1, 1)) / (1e-200 * std::sqrt(small)), 1, 1e-13);
  for (std::int64_t i = 0; i < 3; ++i) EXPECT_EQ(r.at(i, 2), 0);
  EXPECT_TRUE(std::isfinite(r.at(3, 3)));
}

TEST_P(Triangles, WhatIsNotFiniteShows) {
  Session s(table());
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    Matrix a = random_matrix(3000, 5);
    a.values[std::size_t(2 * a.rows + 2500)] = bad;
    const Matrix r = triangle_of(s, a);
    double sum = 0;
    for (const double x : r.values) sum += x;
    EXPECT_FALSE(std::isfinite(sum));
  }
}

TEST_P(Triangles, NoRows) {
  Session s(table());
  const Matrix r = triangle_of(s, {0, 3, {}});
  EXPECT_EQ(r.values, std::vector<double>(9, 0.0));
}

TEST_P(Triangles, WrongArguments) {
  Session s(table());
  Array<double> panel(s, 64);
  Status status{};
  const auto refused = [&](TriangleArgs a) {
    return s.table().triangle(s.queue(), &a, &status) == kBadArgument;
  };
  EXPECT_TRUE(refused({panel.data(), 2, 3, 4, 1, panel.data()}));
  EXPECT_TRUE(refused({panel.data(), -1, 3, 4, 1, panel.data()}));
  EXPECT_TRUE(refused({nullptr, 2, 3, 5, 1, panel.data()}));
  EXPECT_TRUE(refused({panel.data(), 2, 3, 5, 1, nullptr}));
  TriangleShape shape{};
  EXPECT_EQ(s.table().triangle_shape(s.context(), 1 << 20, &shape, &status), kBadArgument);
}

/// Values of a problem by columns, as the operation is described.
std::vector<double> expected(const Problem& p, const std::vector<double>& shifts, std::int64_t ld) {
  std::vector<double> values(std::size_t(p.variables * ld), -7.0);
  for (std::int64_t v = 0; v < p.variables; ++v)
    for (std::int64_t t = 0; t < p.observations; ++t) {
      double x = p.at(v, t);
      if (!shifts.empty()) x -= shifts[std::size_t(v)];
      if (!p.weights.empty()) x *= std::sqrt(p.weights[std::size_t(t)]);
      values[std::size_t(v * ld + t)] = x;
    }
  return values;
}

std::vector<double> brought(Session& s, const Problem& p, const std::vector<double>& shifts,
                            std::int64_t ld) {
  Array<char> source(s, p.bytes);
  Array<double> to(s, std::vector<double>(std::size_t(p.variables * ld), -7.0));
  std::unique_ptr<Array<double>> own_shifts, weights;
  if (!shifts.empty()) own_shifts = std::make_unique<Array<double>>(s, shifts);
  if (!p.weights.empty()) weights = std::make_unique<Array<double>>(s, p.weights);
  s.run(ColumnsArgs{source.data(), p.type, p.swapped, p.layout, p.variables, p.observations, p.ld(),
                    own_shifts ? own_shifts->data() : nullptr, weights ? weights->data() : nullptr, to.data(),
                    ld});
  return to.download();
}

TEST_P(Triangles, ColumnsOfEveryTypeAndOrder) {
  Session s(table());
  for (const Layout layout : {Layout::kVariables, Layout::kObservations})
    for (int type = 0; type <= int(DType::kBool); ++type)
      for (const bool swapped : {false, true}) {
        Problem p = problem(37, 101, 0, 90);
        p.layout = layout, p.type = DType(type), p.swapped = swapped, p.padding = 8;
        if (DType(type) == DType::kUInt8 || DType(type) == DType::kUInt16 || DType(type) == DType::kUInt32 ||
            DType(type) == DType::kUInt64)
          for (double& x : p.values) x = std::fabs(x);
        p.encode();
        EXPECT_EQ(brought(s, p, {}, 104), expected(p, {}, 104)) << type << " " << swapped;
      }
}

TEST_P(Triangles, ColumnsShiftedAndWeighted) {
  Session s(table());
  for (const std::int64_t variables : {1, 31, 70}) {
    Problem p = problem(variables, 200, 5);
    p.type = DType::kFloat64, p.layout = Layout::kObservations;
    p.encode();
    for (std::int64_t t = 0; t < p.observations; ++t) p.weights.push_back(0.25 + double(t % 7));
    std::vector<double> shifts;
    for (std::int64_t v = 0; v < variables; ++v) shifts.push_back(4.5 + double(v));
    EXPECT_EQ(brought(s, p, shifts, 200), expected(p, shifts, 200)) << variables;
  }
}

TEST_P(Triangles, ColumnOfOnes) {
  Session s(table());
  Array<double> to(s, std::vector<double>(5, -7.0)), weights(s, std::vector<double>{4, 9, 0, 1});
  ColumnsArgs a{};
  a.variables = 1, a.observations = 4, a.to = to.data(), a.ld = 4;
  s.run(a);
  EXPECT_EQ(to.download(), (std::vector<double>{1, 1, 1, 1, -7}));
  a.weights = weights.data();
  s.run(a);
  EXPECT_EQ(to.download(), (std::vector<double>{2, 3, 0, 1, -7}));
}

}  // namespace
}  // namespace sluice::test
