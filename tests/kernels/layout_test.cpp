// layout_forces and layout_iterate: values by hand, every gradient against differences of the loss, each
// backend against plain loops at sizes that straddle vectors, strips and blocks, same bytes on any threads.
#include <cmath>
#include <cstring>

#include "../sanitized.h"
#include "layout_support.h"

namespace sluice::test {
namespace {

class Layout : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Layout);

constexpr LayoutDistance kDistances[] = {LayoutDistance::kSquared, LayoutDistance::kManhattan,
                                         LayoutDistance::kCosine};

std::string text_of(const Problem& p) {
  return "n " + std::to_string(p.args.vertices) + ", dims " + std::to_string(p.args.dims) + ", distance " +
         std::to_string(int(p.args.distance)) + ", " + name_of(p.args.type);
}

TEST_P(Layout, PathOfThreeByHand) {
  Problem p;
  p.args.vertices = p.args.rows = 3, p.args.dims = 2, p.args.type = DType::kFloat64;
  p.args.attraction = p.args.repulsion = p.args.centering = 1, p.args.eps = 1e-6;
  p.at = {0, 1, 3, 0, 0, 0};
  p.adjacent = rows_of(3, {{0, 1}, {1, 2}});
  p.weighted = false;
  const Forces found = forces_of(table(), p);
  EXPECT_NEAR(found.total(), 20.22222219753087, 1e-13);
  EXPECT_NEAR(found.loss[kLayoutAttraction], 10, 1e-14);
  EXPECT_NEAR(found.loss[kLayoutRepulsion], 0.22222219753087, 1e-14);
  EXPECT_EQ(found.loss[kLayoutCentering], 10);
  // Of the first: 4 (0 - 1) - 4 (0 - 3) / (9 + eps)^2.
  EXPECT_NEAR(found.gradient[0], -4 + 12 / std::pow(9 + 1e-6, 2), 1e-13);
  EXPECT_NEAR(found.gradient[1], 4 - 8 + 2, 1e-13);
  EXPECT_EQ(found.gradient[4], 0);
}

TEST_P(Layout, GradientsAreThoseOfTheLoss) {
  if (is("late")) GTEST_SKIP() << "the code is that of cpu";
  for (const LayoutDistance distance : kDistances)
    for (const int dims : {2, 3, 5}) {
      Problem p = problem(19, dims, distance, DType::kFloat64, 3, false);
      SCOPED_TRACE(text_of(p));
      const Forces here = forces_of(table(), p);
      for (std::size_t k = 0; k < p.at.size(); k += 5) {
        const double h = 1e-5, x = p.at[k];
        const auto at = [&](double value) {
          p.at[k] = value;
          return forces_of(table(), p).total();
        };
        // Five points: an error of h^4.
        const double slope = (8 * (at(x + h) - at(x - h)) - (at(x + 2 * h) - at(x - 2 * h))) / (12 * h);
        p.at[k] = x;
        EXPECT_NEAR(here.gradient[k], slope, 1e-6 * (1 + std::fabs(slope))) << k;
      }
    }
}

/// With lambda 0 the augmented Lagrangian is the barrier that the loss holds.
TEST_P(Layout, GradientOfTheBarrierIsThatOfItsLoss) {
  if (is("late")) GTEST_SKIP() << "the code is that of cpu";
  for (const int dims : {2, 3, 5}) {
    Problem p = problem(19, dims, LayoutDistance::kSquared, DType::kFloat64, 5);
    p.args.repulsion = 0;
    std::fill(p.multipliers.begin(), p.multipliers.end(), 0.0);
    const Forces here = forces_of(table(), p);
    EXPECT_GT(here.loss[kLayoutBarrier], 0.01);
    for (std::size_t k = 0; k < p.at.size(); k += 5) {
      const double h = 1e-5, x = p.at[k];
      p.at[k] = x + h;
      const double above = forces_of(table(), p).total();
      p.at[k] = x - h;
      const double slope = (above - forces_of(table(), p).total()) / (2 * h);
      p.at[k] = x;
      EXPECT_NEAR(here.gradient[k], slope, 1e-6 * (1 + std::fabs(slope))) << k;
    }
  }
}

void compare(const Backend& table, const Problem& p) {
  SCOPED_TRACE(text_of(p));
  const Forces expected = forces_of(*table_of("serial"), p), found = forces_of(table, p);
  const double unit = p.args.type == DType::kFloat32 ? 2e-6 : 1e-13;
  double largest = 0;
  for (const double g : expected.gradient) largest = std::max(largest, std::fabs(g));
  int wrong = 0;
  for (std::size_t k = 0; k < found.gradient.size() && wrong < 5; ++k)
    if (!(std::fabs(found.gradient[k] - expected.gradient[k]) <=
          unit * (10 * std::fabs(expected.gradient[k]) + largest))) {
      ++wrong;
      ADD_FAILURE() << "coordinate " << k << ": expected " << expected.gradient[k] << ", found "
                    << found.gradient[k];
    }
  for (int part = 0; part < kLayoutParts; ++part)
    EXPECT_NEAR(found.loss[std::size_t(part)], expected.loss[std::size_t(part)],
                unit * std::fabs(expected.loss[std::size_t(part)]))
        << "part " << part;
}

TEST_P(Layout, AgreesWithPlainLoops) {
  if (is("serial")) GTEST_SKIP() << "is the plain loops";
  for (const DType type : {DType::kFloat32, DType::kFloat64})
    for (const LayoutDistance distance : kDistances)
      for (const int dims : {1, 2, 3, 5, 10})
        for (const std::int64_t n : {1, 2, 15, 16, 17, 63, 64, 65, 300})
          if (!kSanitized || n % 2 == 1) compare(table(), problem(n, dims, distance, type));
  if (kSanitized) return;
  for (const DType type : {DType::kFloat32, DType::kFloat64})
    for (const int dims : {2, 3})
      for (const std::int64_t n : {1000, 1025})
        compare(table(), problem(n, dims, LayoutDistance::kSquared, type));
  // More than a block of columns.
  compare(table(), problem(2100, 2, LayoutDistance::kSquared, DType::kFloat32));
}

/// A pair of neighbours that has come close has no repulsion, and leaves none of its rounding behind.
TEST_P(Layout, AdjacentPairsThatCollapseAreQuiet) {
  Problem p = problem(40, 2, LayoutDistance::kSquared, DType::kFloat32, 1, false);
  p.args.eps = 1e-6;
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < 40; ++i)
    for (int j = 0; j < i; ++j) pairs.emplace_back(i, j);
  p.adjacent = rows_of(40, pairs);
  for (double& x : p.at) x *= 1e-3;
  const Forces found = forces_of(table(), p);
  EXPECT_EQ(found.loss[kLayoutRepulsion], 0);
  for (const double g : found.gradient) EXPECT_LT(std::fabs(g), 1);
}

TEST_P(Layout, RowsAddUpToTheWhole) {
  for (const LayoutDistance distance : kDistances) {
    const Problem p = problem(333, 3, distance, DType::kFloat64);
    const Forces whole = forces_of(table(), p);
    Session session(table());
    Placed<double> placed(session, p);
    std::vector<double> loss(kLayoutParts);
    for (const auto& [first, rows] : {std::pair{0, 100}, {100, 1}, {101, 0}, {101, 232}}) {
      placed.args.first = first, placed.args.rows = rows;
      session.run(placed.args);
      const std::vector<double> part = placed.loss.download();
      for (int k = 0; k < kLayoutParts; ++k) loss[std::size_t(k)] += part[std::size_t(k)];
    }
    for (int k = 0; k < kLayoutParts; ++k)
      EXPECT_NEAR(loss[std::size_t(k)], whole.loss[std::size_t(k)], 1e-12 * whole.loss[std::size_t(k)]);
    const std::vector<double> gradient = placed.numbers(placed.gradient);
    for (std::size_t k = 0; k < gradient.size(); ++k)
      EXPECT_NEAR(gradient[k], whole.gradient[k], 1e-10 * (1 + std::fabs(whole.gradient[k])));
  }
}

/// Past 46,341 vertices n * n is no int32.
TEST_P(Layout, RowsOfManyVertices) {
  const std::int64_t n = 50000, first = 49990;
  Problem p = problem(n, 2, LayoutDistance::kSquared, DType::kFloat64, 1, false);
  const auto rows = [&](const Backend& backend) {
    Session session(backend);
    Placed<double> placed(session, p);
    placed.args.first = first, placed.args.rows = n - first;
    session.run(placed.args);
    Forces found{placed.numbers(placed.gradient), placed.loss.download()};
    return found;
  };
  const Forces expected = rows(*table_of("serial")), found = rows(table());
  for (std::int64_t i = first; i < n; ++i) {
    EXPECT_NEAR(found.gradient[std::size_t(i)], expected.gradient[std::size_t(i)],
                1e-11 * std::fabs(expected.gradient[std::size_t(i)]));
  }
  EXPECT_NEAR(found.loss[kLayoutRepulsion], expected.loss[kLayoutRepulsion],
              1e-12 * expected.loss[kLayoutRepulsion]);
}

/// A row with a million neighbours, and some of them.
TEST_P(Layout, RowOfAHub) {
  if (is("serial") || is("late")) GTEST_SKIP() << "the plain loops, and the code of cpu";
  const std::int64_t n = kSanitized ? 20001 : 1000001;
  Problem p;
  p.args.vertices = n, p.args.rows = 4, p.args.dims = 2, p.args.type = DType::kFloat32;
  p.args.attraction = p.args.repulsion = p.args.centering = 1, p.args.eps = 1e-2;
  p.weighted = false;
  for (std::int64_t i = 0; i < 2 * n; ++i) p.at.push_back(double(float(std::sin(double(i) * double(i)))));
  std::vector<std::pair<int, int>> pairs;
  for (int v = 1; v < n; ++v)
    if (v != n / 2) pairs.emplace_back(0, v);
  p.adjacent = rows_of(n, pairs);
  const Forces expected = forces_of(*table_of("serial"), p), found = forces_of(table(), p);
  for (const std::int64_t k : {std::int64_t(0), std::int64_t(3), n, n + 3})
    EXPECT_NEAR(found.gradient[std::size_t(k)], expected.gradient[std::size_t(k)],
                2e-5 * std::fabs(expected.gradient[std::size_t(k)]));
  for (const int part : {kLayoutAttraction, kLayoutRepulsion})
    EXPECT_NEAR(found.loss[std::size_t(part)], expected.loss[std::size_t(part)],
                1e-6 * expected.loss[std::size_t(part)]);
}

template <class T>
struct Run {
  std::vector<double> positions, first, second, history;
};

template <class T>
Run<T> iterate(const Backend& table, const Problem& p, LayoutOptimizer optimizer,
               const std::vector<std::int64_t>& batches, int threads = 2) {
  Session session(table, threads);
  Placed<T> placed(session, p);
  const std::vector<T> zeros(std::size_t(placed.args.dims * placed.args.ld));
  Array<T> first(session, zeros), second(session, zeros);
  std::vector<std::uint8_t> pins(std::size_t(p.args.vertices));
  pins[1] = 1;
  Array<std::uint8_t> fixed(session, pins);
  Array<std::int64_t> made(session, std::vector<std::int64_t>{0});
  Array<double> history(session, std::vector<double>(8 * kLayoutParts));
  LayoutIterateArgs a{};
  a.forces = placed.args, a.positions = placed.positions.data();
  const double rate = optimizer == LayoutOptimizer::kAdam ? 0.01 : 1e-4;
  a.step = {optimizer, rate, 0.9, 0.999, 1e-8, 100, fixed.data(), first.data(), second.data(), made.data()};
  a.history = history.data(), a.history_rows = 8;
  for (const std::int64_t count : batches) {
    a.iterations = count;
    session.run(a);
  }
  EXPECT_EQ(made.download()[0], 6);
  return {placed.numbers(placed.positions), placed.numbers(first), placed.numbers(second),
          history.download()};
}

TEST_P(Layout, StepsAgreeWithPlainLoops) {
  for (const LayoutOptimizer optimizer :
       {LayoutOptimizer::kAdam, LayoutOptimizer::kMomentum, LayoutOptimizer::kSgd}) {
    const Problem p = problem(700, 2, LayoutDistance::kSquared, DType::kFloat64, 2, false);
    const auto expected = iterate<double>(*table_of("serial"), p, optimizer, {6});
    const auto found = iterate<double>(table(), p, optimizer, {1, 3, 2});
    for (std::size_t k = 0; k < found.positions.size(); ++k)
      EXPECT_NEAR(found.positions[k], expected.positions[k], 1e-9) << k;
    for (std::size_t k = 0; k < found.history.size(); ++k)
      EXPECT_NEAR(found.history[k], expected.history[k], 1e-9 * std::fabs(expected.history[k])) << k;
    EXPECT_EQ(found.positions[1], p.at[1]);  // pinned
    EXPECT_EQ(found.positions[701], p.at[701]);
    EXPECT_NE(found.positions[2], p.at[2]);
    EXPECT_GT(found.history[kLayoutMove], 0.001);
  }
}

TEST_P(Layout, SameBytesOnAnyThreads) {
  if (is("serial")) GTEST_SKIP() << "has one thread";
  const Problem p = problem(kSanitized ? 700 : 3000, 2, LayoutDistance::kSquared, DType::kFloat32);
  const auto once = iterate<float>(table(), p, LayoutOptimizer::kAdam, {6}, 1);
  for (const int threads : {2, 5}) {
    const auto again = iterate<float>(table(), p, LayoutOptimizer::kAdam, {2, 4}, threads);
    EXPECT_EQ(once.positions, again.positions);
    EXPECT_EQ(once.first, again.first);
    EXPECT_EQ(once.second, again.second);
    EXPECT_EQ(once.history, again.history);
  }
}

TEST_P(Layout, RefusesWrongArguments) {
  Session session(table());
  const Problem p = problem(20, 2, LayoutDistance::kSquared, DType::kFloat32);
  const Placed<float> placed(session, p);
  const auto refused = [&](auto change) {
    LayoutForcesArgs a = placed.args;
    change(a);
    Status status{};
    EXPECT_EQ(table().layout_forces(session.queue(), &a, &status), kBadArgument) << status.text;
    LayoutIterateArgs all{};
    all.forces = a, all.history_rows = 1;
    EXPECT_EQ(table().layout_iterate(session.queue(), &all, &status), kBadArgument) << status.text;
  };
  refused([](auto& a) { a.dims = 0; });
  refused([](auto& a) { a.dims = kLayoutDims + 1; });
  refused([](auto& a) { a.type = DType::kInt32; });
  refused([](auto& a) { a.ld = 19; });
  refused([](auto& a) { a.first = 1; });
  refused([](auto& a) { a.rows = -1; });
  refused([](auto& a) { a.eps = 0; });
  refused([](auto& a) { a.repulsion = NAN; });
  refused([](auto& a) { a.attraction = -1; });
  refused([](auto& a) { a.upper = nullptr; });
  refused([](auto& a) { a.multipliers = nullptr; });
  refused([](auto& a) { --a.scratch_bytes; });
  refused([](auto& a) { a.distance = LayoutDistance(3); });
}

}  // namespace
}  // namespace sluice::test
