// A force is the small difference of an attraction and a repulsion: what rounding leaves of it is measured by
// those two.
#include "host/layout/base_check.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "host/error.h"
#include "host/layout/base_device.h"
#include "host/units.h"

namespace sluice::layout {
namespace {

using graph::Positions;
using i64 = std::int64_t;
constexpr i64 kVertices = 256;       // whose forces are compared
constexpr double kPairs = 1 << 24;   // of serial loops between two looks at `stop`
constexpr double kLossBound = 1e-9;  // relative, of a loss summed over all pairs in float64

void look(const RunOptions& run) {
  if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
}

double length(const double* x, int dimensions) {
  double squares = 0;
  for (int k = 0; k < dimensions; ++k) squares += x[k] * x[k];
  return std::sqrt(squares);
}

/// One machine with the objective on it.
class Side {
 public:
  Side(const graph::Graph& graph, const BaseOptions& options, DType type, const Positions& positions,
       const RunOptions& run, const char* device)
      : machine_(open(run, device)), base_(machine_, graph, options, type, positions.dimensions, {}) {
    base_.set_positions(positions);
    const double least = options.min_distance;
    if (least > 0) base_.set_close(find_close(base_.positions(), least, {}, machine_.budgets->host), 1);
  }
  BaseDevice& base() { return base_; }

 private:
  static Machine open(RunOptions run, const char* device) {
    run.device = device;
    return open_machine(run);
  }
  Machine machine_;
  BaseDevice base_;
};

void check_forces(const graph::Graph& graph, const BaseOptions& options, const Positions& positions,
                  const RunOptions& run, double bound) {
  const bool single = options.precision == Precision::kFloat32;
  Side found(graph, options, single ? DType::kFloat32 : DType::kFloat64, positions, run, "auto");
  const Positions seen = found.base().positions();  // as that precision rounds them
  BaseOptions pull = options;
  pull.repulsion = pull.centering = pull.min_distance = 0;
  Side wanted(graph, options, DType::kFloat64, seen, run, "serial");
  Side attraction(graph, pull, DType::kFloat64, seen, run, "serial");
  const i64 n = graph.vertices(), count = std::min(n, kVertices);
  const int dims = seen.dimensions;
  const std::vector<double> all = found.base().gradient(0, n);
  std::vector<std::pair<i64, double>> off;
  double scale = 0;
  for (i64 s = 0; s < count; ++s) {
    look(run);
    const i64 v = count > 1 ? s * (n - 1) / (count - 1) : 0;
    const std::vector<double> force = wanted.base().gradient(v, 1);
    const std::vector<double> pulled = attraction.base().gradient(v, 1);
    std::vector<double> pushed = force, rest = force;
    for (int k = 0; k < dims; ++k) {
      pushed[std::size_t(k)] -= pulled[std::size_t(k)];
      rest[std::size_t(k)] -= all[std::size_t(v * dims + k)];
    }
    scale = std::max(scale, length(pulled.data(), dims) + length(pushed.data(), dims));
    off.emplace_back(v, length(rest.data(), dims));
  }
  for (const auto& [v, distance] : off)
    if (!(distance <= bound * scale))
      throw Error(ErrorKind::kCheck, "check: the force on vertex " + std::to_string(v) + " is off by " +
                                         number(distance) + " of " + number(scale) +
                                         " from that of the serial backend");
}

/// Over all pairs, some rows at a time.
Loss serial_loss(const graph::Graph& graph, const BaseOptions& options, const Positions& positions,
                 const RunOptions& run) {
  Side serial(graph, options, DType::kFloat64, positions, run, "serial");
  const i64 n = graph.vertices(), rows = std::max<i64>(1, i64(kPairs / double(std::max<i64>(1, n))));
  std::array<double, kLayoutParts> parts{};
  for (i64 at = 0; at < n; at += rows) {
    look(run);
    const auto some = serial.base().parts(at, std::min(rows, n - at));
    for (std::size_t k = 0; k < some.size(); ++k) parts[k] += some[k];
  }
  return serial.base().loss_of(parts.data());
}

}  // namespace

std::string check_base(const graph::Graph& graph, const BaseOptions& options, const Positions& positions,
                       const RunOptions& run) {
  const double bound = options.precision == Precision::kFloat32 ? 1e-4 : 1e-9;
  check_forces(graph, options, positions, run, bound);
  RunOptions fast = run;
  fast.device = "auto";
  const Loss found = base_loss(graph, options, positions, fast);
  const Loss expected = serial_loss(graph, options, positions, run);
  for (std::size_t k = 0; k < expected.parts.size(); ++k) {
    const double a = found.parts.at(k).second, b = expected.parts[k].second;
    // A barrier that is nearly kept is what rounding leaves.
    const double least = expected.parts[k].first == "barrier" ? std::abs(expected.total) : 1e-300;
    if (!(std::abs(a - b) <= kLossBound * std::max(std::abs(b), least)))
      throw Error(ErrorKind::kCheck, "check: " + expected.parts[k].first + " of the layout: expected " +
                                         number(b) + " as the serial backend has it, found " + number(a));
  }
  const i64 vertices = std::min<i64>(graph.vertices(), kVertices);
  return "checked: forces on " + std::to_string(vertices) + (vertices == 1 ? " vertex" : " vertices") +
         " are as the serial backend has them, within " + number(bound) +
         " of the largest, and every part of the loss within " + number(kLossBound);
}

}  // namespace sluice::layout
