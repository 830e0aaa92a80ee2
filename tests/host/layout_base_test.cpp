// The descent of the base objective: the loss curve of the dense PyTorch program (tests/reference/
// make_layout_reference.py), least distances, coincident starts, pins, resumed runs, bad input.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>

#include "../sanitized.h"
#include "host/error.h"
#include "host/layout/base.h"

namespace sluice::layout {
namespace {

using test::kSanitized;

graph::Graph graph_of(graph::Vertex n, std::vector<std::pair<int, int>> pairs) {
  const std::size_t given = pairs.size();
  for (std::size_t i = 0; i < given; ++i) pairs.emplace_back(pairs[i].second, pairs[i].first);
  std::sort(pairs.begin(), pairs.end());
  graph::Graph g;
  g.offsets.assign(std::size_t(n) + 1, 0);
  for (const auto& [a, b] : pairs) ++g.offsets[std::size_t(a) + 1], g.neighbours.push_back(b);
  for (std::size_t v = 0; v < std::size_t(n); ++v) g.offsets[v + 1] += g.offsets[v];
  return g;
}

graph::Graph complete(int n) {
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < i; ++j) pairs.emplace_back(j, i);
  return graph_of(n, pairs);
}

graph::Graph ring(int n) {
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < n; ++i) pairs.emplace_back(i, (i + 1) % n);
  return graph_of(n, pairs);
}

graph::Positions normal(std::int64_t n, int dims, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> draw;
  graph::Positions p{dims, std::vector<double>(std::size_t(n * dims))};
  for (double& x : p.at) x = draw(random);
  return p;
}

double least_distance(const graph::Positions& p) {
  double least = std::numeric_limits<double>::infinity();
  for (std::int64_t i = 0; i < p.vertices(); ++i)
    for (std::int64_t j = 0; j < i; ++j) {
      double square = 0;
      for (int k = 0; k < p.dimensions; ++k) square += std::pow(p.of(i)[k] - p.of(j)[k], 2);
      least = std::min(least, std::sqrt(square));
    }
  return least;
}

RunOptions on(const std::string& device, int threads = 2) {
  RunOptions run;
  run.device = device, run.threads = threads, run.memory = std::uint64_t(512) << 20;
  return run;
}

struct LastPositions : Monitor {
  std::int64_t at = 0;
  graph::Positions kept;
  bool wants_positions(std::int64_t iteration) override { return iteration == at; }
  void positions(std::int64_t, const graph::Positions& p) override { kept = p; }
};

/// Keeps what it is told.
struct Recorder : Monitor {
  std::vector<double> losses;
  std::int64_t state_at = -1, last = 0;
  std::string kept;
  std::vector<std::int64_t> positions_of;
  void iterated(std::int64_t iteration, double loss) override {
    EXPECT_EQ(iteration, last + 1);
    last = iteration, losses.push_back(loss);
  }
  bool wants_positions(std::int64_t iteration) override { return iteration % 7 == 0; }
  void positions(std::int64_t iteration, const graph::Positions&) override {
    positions_of.push_back(iteration);
  }
  bool wants_state(std::int64_t iteration) override { return iteration == state_at; }
  void state(std::int64_t, const std::string& bytes) override { kept = bytes; }
};

Outcome descend(const graph::Graph& g, const BaseOptions& o, const Descent& d, const RunOptions& run) {
  Monitor nobody;
  return descend_base(g, o, d, nobody, run);
}

std::string read_reference() {
  std::ifstream in(std::string(SLUICE_TEST_DATA) + "/layout/base.json");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.empty()) throw std::runtime_error("tests/data/layout/base.json cannot be read");
  return text;
}

/// The numbers of the first array called so at or behind `from`.
std::vector<double> numbers(const std::string& text, const std::string& name, std::size_t from = 0) {
  const char* at = text.c_str() + text.find("\"" + name + "\":[", from) + name.size() + 4;
  std::vector<double> values;
  for (char* end = nullptr;; at = end + 1) {
    values.push_back(std::strtod(at, &end));
    if (*end != ',') return values;
  }
}

TEST(BaseLayout, LossCurveIsThatOfPyTorch) {
  const std::string text = read_reference();
  std::vector<std::pair<int, int>> pairs;
  const std::vector<double> ends = numbers(text, "edges");
  for (std::size_t k = 0; k < ends.size(); k += 2) pairs.emplace_back(int(ends[k]), int(ends[k + 1]));
  const graph::Graph g = graph_of(300, pairs);
  std::size_t from = text.find("\"runs\"");
  for (const double rate : {0.001, 0.01}) {
    const std::vector<double> wanted = numbers(text, "losses", from), last = numbers(text, "last", from);
    from = text.find("\"last\"", from) + 1;
    BaseOptions o;
    o.precision = Precision::kFloat64, o.rate = rate;
    Descent d;
    d.start = {2, numbers(text, "start")}, d.iterations = 100;
    Recorder recorder;
    const Outcome out = descend_base(g, o, d, recorder, on("cpu"));
    ASSERT_EQ(recorder.losses.size(), 100u);
    ASSERT_EQ(wanted.size(), 101u);
    for (std::size_t t = 0; t < 100; ++t)
      EXPECT_NEAR(recorder.losses[t], wanted[t], 1e-10 * wanted[t]) << "rate " << rate << ", step " << t;
    EXPECT_NEAR(out.loss.total, wanted[100], 1e-10 * wanted[100]);
    for (std::size_t k = 0; k < last.size(); ++k) EXPECT_NEAR(out.positions.at[k], last[k], 1e-9);
  }
}

TEST(BaseLayout, DevicesAgree) {
  const graph::Graph g = ring(200);
  Descent d;
  d.start = normal(200, 2, 1), d.iterations = 12, d.pinned = {3};
  const Outcome cpu = descend(g, {}, d, on("cpu")), late = descend(g, {}, d, on("late"));
  EXPECT_EQ(cpu.positions.at, late.positions.at);
  EXPECT_EQ(cpu.loss.total, late.loss.total);
  BaseOptions exact;
  exact.precision = Precision::kFloat64;
  const Outcome fast = descend(g, exact, d, on("cpu")), plain = descend(g, exact, d, on("serial"));
  EXPECT_NEAR(fast.loss.total, plain.loss.total, 1e-10 * plain.loss.total);
}

TEST(BaseLayout, LeastDistanceIsKept) {
  for (const std::string device : {"cpu", "late"}) {
    const graph::Graph g = complete(50);
    BaseOptions o;
    o.min_distance = 1, o.rate = 0.01;
    Descent d;
    d.start = normal(50, 2, 3), d.iterations = device == "late" ? 30 : 2000;
    const Outcome out = descend(g, o, d, on(device));
    EXPECT_GE(least_distance(out.positions), 0.999) << device;
    EXPECT_EQ(out.loss.parts.back().first, "barrier");
    EXPECT_LT(out.loss.parts.back().second, 1e-3);
    double furthest = 0;
    for (const double x : out.positions.at) furthest = std::max(furthest, std::fabs(x));
    if (device == "cpu") {
      EXPECT_LT(furthest, 4.6) << "they are together";
    }
  }
}

/// Before what is still too close is moved apart: without constraints all these would be in one place.
TEST(BaseLayout, TheDescentItselfKeepsVerticesApart) {
  for (const auto& [n, expected] : {std::pair{7, 0.9}, {50, 0.2}}) {
    BaseOptions o;
    o.repulsion = o.centering = 0, o.min_distance = 1, o.rate = 0.01;
    Descent d;
    d.start = normal(n, 2, 3), d.iterations = 2000;
    LastPositions last;
    last.at = d.iterations;
    descend_base(complete(n), o, d, last, on("cpu"));
    std::vector<double> near;
    for (int i = 0; i < n; ++i) {
      double least = std::numeric_limits<double>::infinity();
      for (int j = 0; j < n; ++j)
        if (j != i)
          least = std::min(least, std::hypot(last.kept.of(i)[0] - last.kept.of(j)[0],
                                             last.kept.of(i)[1] - last.kept.of(j)[1]));
      near.push_back(least);
    }
    std::nth_element(near.begin(), near.begin() + n / 2, near.end());
    EXPECT_GT(near[std::size_t(n / 2)], expected) << n;
  }
}

TEST(BaseLayout, DiscsPackAsWellAsTheyCan) {
  for (const auto& [n, best] : {std::pair{3, 6.0}, {4, 16.0}, {7, 84.0}}) {
    BaseOptions o;
    o.repulsion = o.centering = 0, o.min_distance = 1, o.rate = 0.01;
    double found = std::numeric_limits<double>::infinity();
    for (int restart = 0; restart < (kSanitized ? 2 : 20); ++restart) {
      Descent d;
      d.start = normal(n, 2, std::uint64_t(restart + 1)), d.iterations = kSanitized ? 300 : 4000;
      const Outcome out = descend(complete(n), o, d, on("cpu", 1));
      EXPECT_GE(least_distance(out.positions), 0.999);
      found = std::min(found, out.loss.total);
    }
    EXPECT_GE(found, best * 0.999) << n;
    if (!kSanitized) {
      EXPECT_LE(found, best * 1.01) << n;
    }
  }
}

TEST(BaseLayout, CoincidentPointsSeparate) {
  const graph::Graph g = ring(30);
  Descent d;
  d.start = normal(30, 2, 1), d.iterations = 200;
  for (const int v : {4, 9, 20}) std::copy_n(d.start.of(3), 2, d.start.of(v));
  d.pinned = {9};
  const Outcome out = descend(g, {}, d, on("cpu"));
  EXPECT_GT(least_distance(out.positions), 1e-3);
  EXPECT_EQ(out.positions.of(9)[0], d.start.of(9)[0]);
  Descent one;  // all in one place
  one.start = {3, std::vector<double>(90, 0.25)}, one.iterations = 50;
  EXPECT_GT(least_distance(descend(g, {}, one, on("cpu")).positions), 1e-3);
}

TEST(BaseLayout, VerticesThatFloat32CannotTellApartSeparate) {
  const graph::Graph star = graph_of(5, {{0, 1}, {0, 2}, {0, 3}, {0, 4}});
  BaseOptions o;
  o.rate = 0.01;
  Descent d;
  d.iterations = 300;
  for (const double away : {0.0, 1e6}) {
    d.start = {2, {0, 0, 1, 0.5, 1 + 1e-9, 0.5, -1, 0, 0, 1}};
    for (double& x : d.start.at) x += away;
    EXPECT_GT(least_distance(descend(star, o, d, on("cpu")).positions), away > 0 ? 1e-2 : 0.1) << away;
  }
}

TEST(BaseLayout, ALastIterationThatBreaksIsAnError) {
  const graph::Graph star = graph_of(5, {{0, 1}, {0, 2}, {0, 3}, {0, 4}});
  BaseOptions o;
  o.repulsion = 0, o.optimizer = Optimizer::kSgd;  // Adam takes no gradient for more than 1e18
  Descent d;
  d.iterations = 1;
  d.start = {2, {0, 0, 2e38, 0, -2e38, 0, 0, 2e38, 0, -2e38}};
  for (const std::string device : {"cpu", "serial"}) {
    try {
      descend(star, o, d, on(device));
      ADD_FAILURE() << device << ": a layout that is no number";
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kInput) << e.what();
    }
  }
}

TEST(BaseLayout, StoppedWhilePartingGoesOnToTheSameBytes) {
  struct Stopper : Recorder {
    std::atomic<bool> stop{false};
    void iterated(std::int64_t iteration, double loss) override {
      Recorder::iterated(iteration, loss);
      if (iteration == 5) stop = true;
    }
  } stopper;
  const graph::Graph g = complete(50);
  BaseOptions o;
  o.min_distance = 1;
  Descent d;
  d.start = normal(50, 2, 3), d.iterations = 5;
  const Outcome whole = descend(g, o, d, on("cpu"));
  RunOptions run = on("cpu");
  run.stop = &stopper.stop;
  EXPECT_EQ(descend_base(g, o, d, stopper, run).ended, Ended::kStopped);
  ASSERT_FALSE(stopper.kept.empty());
  d.resumed = stopper.kept;
  const Outcome resumed = descend(g, o, d, on("cpu"));
  EXPECT_EQ(resumed.ended, Ended::kIterations);
  EXPECT_EQ(resumed.positions.at, whole.positions.at);
}

TEST(BaseLayout, PinsAndZeroIterationsKeepEveryBit) {
  const graph::Graph g = ring(100);
  Descent d;
  d.start = normal(100, 3, 2), d.pinned = {0, 50, 99};
  const Outcome none = descend(g, {}, d, on("cpu"));
  EXPECT_EQ(none.positions.at, d.start.at);
  BaseOptions exact;
  exact.precision = Precision::kFloat64;
  EXPECT_EQ(none.loss.total, descend(g, exact, d, on("cpu")).loss.total);  // not of float32
  d.iterations = 25;
  Recorder recorder;
  const Outcome out = descend_base(g, {}, d, recorder, on("cpu"));
  for (const int v : {0, 50, 99})
    for (int k = 0; k < 3; ++k) EXPECT_EQ(out.positions.of(v)[k], d.start.of(v)[k]);
  EXPECT_NE(out.positions.of(1)[0], d.start.of(1)[0]);
  EXPECT_EQ(recorder.positions_of, (std::vector<std::int64_t>{0, 7, 14, 21}));
  EXPECT_EQ(recorder.last, 25);
}

TEST(BaseLayout, ResumedRunsAndThreadsGiveTheSameBytes) {
  for (const double least : {0.0, 0.4})
    for (const Optimizer optimizer : {Optimizer::kAdam, Optimizer::kMomentum}) {
      const graph::Graph g = ring(150);
      BaseOptions o;
      o.min_distance = least, o.optimizer = optimizer;
      o.rate = optimizer == Optimizer::kAdam ? 0.01 : 1e-5;
      Descent d;
      d.start = normal(150, 2, 4), d.iterations = 90, d.pinned = {7};
      Recorder recorder;
      recorder.state_at = 47;
      const Outcome whole = descend_base(g, o, d, recorder, on("cpu", 1));
      EXPECT_EQ(descend(g, o, d, on("cpu", 5)).positions.at, whole.positions.at);
      d.resumed = recorder.kept;
      Recorder rest;
      rest.last = 47;
      const Outcome resumed = descend_base(g, o, d, rest, on("cpu", 2));
      EXPECT_EQ(resumed.positions.at, whole.positions.at);
      EXPECT_EQ(resumed.loss.total, whole.loss.total);
      EXPECT_EQ(resumed.iterations, 90);
      EXPECT_TRUE(std::equal(rest.losses.begin(), rest.losses.end(), recorder.losses.begin() + 47));
      for (const std::size_t size : {std::size_t(10), recorder.kept.size() - 1}) {
        d.resumed = recorder.kept.substr(0, size);
        EXPECT_THROW(descend(g, o, d, on("cpu")), Error);
      }
      d.resumed = recorder.kept;
      EXPECT_THROW(descend(complete(150), o, d, on("cpu")), Error);
    }
}

TEST(BaseLayout, EndsWhereNothingMovesOrItIsTold) {
  const graph::Graph g = complete(5);
  Descent d;
  d.start = normal(5, 2, 1), d.iterations = 100000, d.tolerance = 1e-4;
  BaseOptions o;
  o.optimizer = Optimizer::kSgd, o.rate = 0.01;
  const Outcome out = descend(g, o, d, on("cpu"));
  EXPECT_EQ(out.ended, Ended::kTolerance);
  EXPECT_LT(out.iterations, 1000);
  EXPECT_LT(out.loss.total, 1e-3);  // complete graphs collapse
  const std::atomic<bool> stop{true};
  RunOptions run = on("cpu");
  run.stop = &stop;
  EXPECT_EQ(descend(g, o, d, run).ended, Ended::kStopped);
}

TEST(BaseLayout, SmallGraphsAndBadInput) {
  Descent d;
  d.iterations = 5;
  EXPECT_EQ(descend(graph::Graph(), {}, d, on("cpu")).loss.total, 0);
  const graph::Graph one = graph_of(1, {});
  d.start = {10, std::vector<double>(10, 1.0)};
  EXPECT_LT(descend(one, {}, d, on("cpu")).loss.total, 10);
  const graph::Graph g = ring(10);
  const auto refused = [&](ErrorKind kind, const auto& change) {
    BaseOptions o;
    Descent bad;
    bad.start = normal(10, 2, 1), bad.iterations = 2;
    change(o, bad);
    try {
      descend(g, o, bad, on("cpu"));
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(int(error.kind()), int(kind)) << error.what();
    }
  };
  refused(ErrorKind::kInput, [](BaseOptions&, Descent& x) { x.start.at[5] = NAN; });
  refused(ErrorKind::kUsage, [](BaseOptions&, Descent& x) { x.start.at.pop_back(); });
  refused(ErrorKind::kUsage, [](BaseOptions&, Descent& x) { x.start = {17, std::vector<double>(170)}; });
  refused(ErrorKind::kUsage, [](BaseOptions&, Descent& x) { x.pinned = {10}; });
  refused(ErrorKind::kUsage, [](BaseOptions&, Descent& x) { x.pinned = {3, 3}; });
  refused(ErrorKind::kUsage, [](BaseOptions& o, Descent&) { o.eps = 0; });
  refused(ErrorKind::kUsage, [](BaseOptions& o, Descent&) { o.repulsion = -1; });
  refused(ErrorKind::kUsage, [](BaseOptions& o, Descent&) { o.min_distance = INFINITY; });
  refused(ErrorKind::kUsage, [](BaseOptions&, Descent& x) { x.iterations = -1; });
  // Descent at a rate at which attraction overshoots further each time.
  refused(ErrorKind::kInput, [](BaseOptions& o, Descent& x) {
    o.optimizer = Optimizer::kSgd, o.rate = 1e3, o.clip = 1e300, x.iterations = 1000;
  });
}

}  // namespace
}  // namespace sluice::layout
