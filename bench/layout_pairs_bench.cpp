// Exact pairs of the base objective: forces and loss of all ordered pairs of 2-D float32 positions, beside a
// hand-vectorised loop over the same pairs in the same run (one division a pair, rows over threads), which
// must find the same forces. Then whole iterations of Adam.
// layout_pairs_bench [--device cpu] [--threads 0] [--rounds 7] [--vertices N]
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/clock.h"
#include "host/layout/base_device.h"
#include "host/parallel.h"
#include "kernels/layout.h"

namespace {

using namespace sluice;

/// The loop that everybody would write: 16 columns at a time, as the compiler's vectors.
__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma"), noinline)) void hand_row(
    const float* x, const float* y, std::int64_t n, std::int64_t i, float eps, float* out) {
  using V = float __attribute__((vector_size(64)));
  V fx = {}, fy = {}, sum = {};
  const V one = V{} + 1.0f, e = V{} + eps, xi = V{} + x[i], yi = V{} + y[i];
  for (std::int64_t j = 0; j < n; j += 16) {
    V xj, yj;
    std::memcpy(&xj, x + j, 64), std::memcpy(&yj, y + j, 64);
    const V dx = xi - xj, dy = yi - yj;
    const V q = one / (dx * dx + (dy * dy + e));
    const V c = q * q;
    sum += q, fx += c * dx, fy += c * dy;
  }
  out[0] = out[1] = out[2] = 0;
  for (int k = 0; k < 16; ++k) out[0] += fx[k], out[1] += fy[k], out[2] += sum[k];
}

struct Points {
  std::vector<float> x, y;
  std::int64_t n;
};

Points points(std::int64_t n) {
  Points p{std::vector<float>(std::size_t(n) + 16, 1e15f), std::vector<float>(std::size_t(n) + 16, 1e15f), n};
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  const double reach = std::sqrt(double(n));
  for (std::int64_t i = 0; i < n; ++i)
    p.x[std::size_t(i)] = float(reach * normal(random)), p.y[std::size_t(i)] = float(reach * normal(random));
  return p;
}

graph::Graph random_graph(std::int64_t n, std::int64_t edges) {
  std::mt19937_64 random(2);
  std::vector<std::pair<graph::Vertex, graph::Vertex>> pairs;
  for (std::int64_t k = 0; k < edges; ++k) {
    const auto a = graph::Vertex(random() % std::uint64_t(n)), b = graph::Vertex(random() % std::uint64_t(n));
    if (a != b) pairs.emplace_back(a, b), pairs.emplace_back(b, a);
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  graph::Graph g;
  g.offsets.assign(std::size_t(n) + 1, 0);
  for (const auto& [a, b] : pairs) ++g.offsets[std::size_t(a) + 1], g.neighbours.push_back(b);
  for (std::size_t v = 0; v < std::size_t(n); ++v) g.offsets[v + 1] += g.offsets[v];
  return g;
}

/// Wall and processor seconds.
struct Both {
  Clock wall;
  double start = cpu();
  static double cpu() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
  }
  double processor() const { return cpu() - start; }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Both loops in turns on the same points; their rates and the median of their ratios.
void pairs(Machine& machine, std::int64_t n, int rounds) {
  const Points p = points(n);
  std::vector<float> hand(std::size_t(3 * n));
  const graph::Graph none = random_graph(n, 0);
  layout::BaseOptions options;
  options.centering = 0;
  layout::BaseDevice device(machine, none, options, DType::kFloat32, 2, {});
  graph::Positions at{2, std::vector<double>(std::size_t(2 * n))};
  for (std::int64_t i = 0; i < n; ++i) at.of(i)[0] = p.x[std::size_t(i)], at.of(i)[1] = p.y[std::size_t(i)];
  device.set_positions(at);
  const int repeat = int(std::max<std::int64_t>(1, 200000000 / (n * n)));
  const std::int64_t hand_rows = std::min(n, std::max<std::int64_t>(1, 400000000 / n));
  std::vector<double> hand_rate, rate, ratio, processor;
  double loss = 0, hand_loss = 0;
  for (int round = 0; round < rounds; ++round) {
    Both clock;
    const std::size_t threads = std::size_t(machine.threads);
    in_parallel(threads, threads, [&](std::size_t part) {
      for (int k = 0; k < repeat; ++k)
        for (std::int64_t i = hand_rows * std::int64_t(part) / machine.threads;
             i < hand_rows * std::int64_t(part + 1) / machine.threads; ++i)
          hand_row(p.x.data(), p.y.data(), n, i, 1e-6f, &hand[std::size_t(3 * i)]);
    });
    hand_rate.push_back(double(hand_rows) * double(n - 1) * repeat * 1e-9 / clock.wall.seconds());
    const double hand_processor = clock.processor() / double(hand_rows);
    clock = Both();
    for (int k = 0; k < repeat; ++k) loss = device.loss().total;
    rate.push_back(double(n) * double(n - 1) * repeat * 1e-9 / clock.wall.seconds());
    ratio.push_back(rate.back() / hand_rate.back());
    processor.push_back(hand_processor / (clock.processor() / double(n)));
  }
  for (std::int64_t i = 0; i < n; ++i) hand_loss += double(hand[std::size_t(3 * i + 2)]);
  hand_loss -= double(n) * 1e6;  // each vertex with itself, which its float32 sum holds to 0.06
  if (hand_rows == n && !(std::fabs(loss - hand_loss) <= 0.1 * double(n) + 1e-3 * loss))
    throw std::runtime_error("the losses differ: " + std::to_string(loss) + ", " + std::to_string(hand_loss));
  std::printf(
      "pairs, N = %lld: %.2f billion/s; hand loop %.2f billion/s; ratio %.3f, %.3f by processor seconds "
      "(medians of %d)\n",
      static_cast<long long>(n), median(rate), median(hand_rate), median(ratio), median(processor), rounds);
}

void iterations(Machine& machine, std::int64_t n, std::int64_t edges, DType type, int rounds, int each) {
  const graph::Graph g = random_graph(n, edges);
  const std::uint64_t before = machine.budgets->host.left();
  layout::BaseDevice device(machine, g, {}, type, 2, {});
  graph::Positions at{2, std::vector<double>(std::size_t(2 * n))};
  const Points p = points(n);
  for (std::int64_t i = 0; i < n; ++i) at.of(i)[0] = p.x[std::size_t(i)], at.of(i)[1] = p.y[std::size_t(i)];
  device.set_positions(at);
  std::vector<double> seconds;
  for (int round = 0; round < rounds; ++round) {
    const Clock clock;
    device.iterate(each);
    seconds.push_back(clock.seconds() / each);
  }
  const double once = median(seconds);
  std::printf("iterations, N = %lld, %lld edges, %s: %.3f ms each, %.2f billion pairs/s; %.1f MB held\n",
              static_cast<long long>(n), static_cast<long long>(g.edges()), name_of(type), 1e3 * once,
              double(n) * double(n - 1) * 1e-9 / once, double(before - machine.budgets->host.left()) * 1e-6);
}

int run(int count, char** words) {
  RunOptions options;
  options.device = "cpu";
  int rounds = 7;
  std::int64_t vertices = 0;
  for (int k = 1; k + 1 < count; k += 2) {
    const std::string name = words[k];
    if (name == "--device") options.device = words[k + 1];
    if (name == "--threads") options.threads = std::atoi(words[k + 1]);
    if (name == "--rounds") rounds = std::atoi(words[k + 1]);
    if (name == "--vertices") vertices = std::atoll(words[k + 1]);
  }
  if (!__builtin_cpu_supports("avx512f")) throw std::runtime_error("the hand loop needs AVX-512");
  Machine machine = open_machine(options);
  std::printf("layout_pairs_bench: %s, %s, %d threads; ordered pairs, 2-D\n", machine.facts.name,
              machine.facts.level, machine.threads);
  if (vertices > 0) {
    pairs(machine, vertices, rounds);
    iterations(machine, vertices, 4 * vertices, DType::kFloat32, rounds, 1);
    return 0;
  }
  pairs(machine, 5000, rounds);
  pairs(machine, 20000, rounds);
  iterations(machine, 5000, 20000, DType::kFloat32, rounds, 16);
  iterations(machine, 5000, 20000, DType::kFloat64, rounds, 16);
  iterations(machine, 100000, 400000, DType::kFloat32, 3, 1);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "layout_pairs_bench: %s\n", error.what());
    return 1;
  }
}
