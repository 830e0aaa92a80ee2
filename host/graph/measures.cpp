// Each measure from its sums; what is too dear is sampled or left out, and said.
#include "host/graph/measures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "host/budget.h"
#include "host/clock.h"
#include "host/error.h"
#include "host/graph/components.h"
#include "host/graph/measure/parts.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
constexpr i64 kTrustNeighbours = 5;
constexpr char kTooManyEdges[] = "too many edges";
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Measure none(const std::string& why) {
  return {kNone, 0, why};
}

void check(const Graph& graph, const Positions& x) {
  if (graph.vertices() == 0) throw Error(ErrorKind::kUsage, "measures: expected vertices, found none");
  if (x.dimensions < 1 || x.vertices() != graph.vertices() || i64(x.at.size()) != x.vertices() * x.dimensions)
    throw Error(ErrorKind::kUsage, "measures: expected positions of " + std::to_string(graph.vertices()) +
                                       " vertices, found " + std::to_string(x.vertices()));
  for (std::size_t i = 0; i < x.at.size(); ++i)
    if (!std::isfinite(x.at[i]))
      throw Error(ErrorKind::kUsage, "measures: expected finite positions, found vertex " +
                                         std::to_string(i / std::size_t(x.dimensions)) + " without");
}

/// Squares of coordinates beyond 2^400, or all below 2^-400, leave what a double can hold: such layouts are
/// measured as 2^-exponent of themselves. 0: as they are.
int exponent_of(const Positions& x) {
  double largest = 0;
  for (const double at : x.at) largest = std::max(largest, std::abs(at));
  if (largest == 0) return 0;
  const int exponent = std::ilogb(largest);
  return std::abs(exponent) > 400 ? exponent : 0;
}

Positions scaled(const Positions& x, int exponent) {
  Positions small = x;
  for (double& at : small.at) at = std::ldexp(at, -exponent);
  return small;
}

class Looking {
 public:
  Looking(const Graph& graph, const Positions& positions, const MeasureOptions& o)
      : graph_(graph),
        given_(positions),
        exponent_(exponent_of(positions)),
        own_(exponent_ != 0 ? scaled(positions, exponent_) : Positions{}),
        positions_(exponent_ != 0 ? own_ : positions),
        o_(o),
        nearest_(positions_) {
    look_.threads = o.threads > 0 ? o.threads : available_cores();
    look_.check_stop = [stop = o.stop] {
      if (stop != nullptr && stop->load(std::memory_order_relaxed))
        throw Error(ErrorKind::kInterrupted, "interrupted");
    };
    const i64 n = graph.vertices();
    for (Vertex v = 0; v < n; ++v) degree2_ += double(graph.degree(v)) * double(graph.degree(v));
    m_.vertices = n, m_.edges = graph.edges(), m_.dimensions = positions.dimensions;
    m_.components = components(graph).count();
    for (Vertex v = 0; v < n; ++v) m_.isolated += graph.degree(v) == 0;
    m_.barrier = none("no least distance");
  }

  Measures measure() {
    if (o_.observer != nullptr) o_.observer->begin("measure", 7, "parts", 0);
    using Part = void (Looking::*)();
    const Part parts[] = {&Looking::edges,          &Looking::pairs, &Looking::smallest, &Looking::stress,
                          &Looking::neighbourhoods, &Looking::trust, &Looking::crossings};
    double done = 0;
    for (const Part part : parts) {
      look_.check_stop();
      (this->*part)();
      if (o_.observer != nullptr) o_.observer->progress(++done);
    }
    if (o_.observer != nullptr) o_.observer->end();
    return std::move(m_);
  }

 private:
  /// All rows where that many steps are few enough, else a sample.
  SampledRows rows(double steps) const {
    return rows_to_look_at(m_.vertices, enough(steps), samples(steps, m_.vertices), o_.seed);
  }
  /// The same of vertices that have edges, where others add nothing: a sample may well miss the few.
  SampledRows rows_with_edges(double steps) const {
    return rows_to_look_at(graph_, enough(steps), samples(steps, m_.vertices - m_.isolated), o_.seed);
  }
  bool enough(double steps) const { return o_.exact || steps <= o_.work; }
  i64 samples(double steps, i64 of) const {
    return o_.samples > 0 ? o_.samples
                          : i64(std::clamp(o_.work / 4 * double(of) / std::max(steps, 1.0), 50.0, 500.0));
  }
  Measure from(const SampledRows& rows, double value) const {
    return {value, rows.sampled ? rows.count : 0, ""};
  }
  /// A length, or with `power` 2 a squared one, in the units of the coordinates as given.
  double given(double value, int power = 1) const { return std::ldexp(value, power * exponent_); }
  double share(const SampledRows& rows) const { return double(m_.vertices) / double(rows.count); }

  void edges() {
    const EdgeSums sums = sum_edges(look_);
    double squares = 0;
    for (const double x : positions_.at) squares += x * x;
    m_.attraction.value = o_.loss ? o_.loss->attraction : given(2 * o_.attraction * sums.attraction, 2);
    m_.centering.value = o_.loss ? o_.loss->centering : given(o_.centering * squares, 2);
    if (m_.edges == 0) {
      m_.edge_length = m_.edge_length_variation = none("no edges");
      return;
    }
    const double mean = sums.length / double(m_.edges);
    m_.edge_length.value = given(mean);
    if (mean > 0)
      m_.edge_length_variation.value = std::sqrt(sums.length2 / double(m_.edges)) / mean;
    else
      m_.edge_length_variation = none("edges have no length");
  }

  void pairs() {
    const double n = double(m_.vertices);
    const SampledRows rows = this->rows(n * n / 2);
    const bool near_ones = rows.sampled && !o_.loss && exponent_ == 0;
    const NearSums near = near_ones ? sum_near(look_, nearest_, o_.eps, rows) : NearSums{};
    const PairSums sums = sum_pairs(look_, o_.eps, rows, near.near);
    // Exact sums have each pair once, sampled ones in the row's direction.
    const double ordered = rows.some.empty() ? 2 : share(rows);
    if (o_.loss) {
      m_.repulsion.value = o_.loss->repulsion, m_.loss.value = o_.loss->total;
      if (o_.loss->barrier) m_.barrier = {*o_.loss->barrier, 0, ""};
    } else {
      // eps is for coordinates as they are: what overflows there adds nothing.
      const Look as_given{graph_, given_, look_.threads, look_.check_stop};
      const double inverse =
          exponent_ != 0 ? sum_pairs(as_given, o_.eps, rows, near.near).inverse : sums.inverse;
      m_.repulsion = from(rows, o_.repulsion * (near.inverse + ordered * inverse));
      m_.loss = from(rows, m_.attraction.value + m_.repulsion.value + m_.centering.value);
    }
    m_.nonadjacent_distance =
        sums.pairs > 0 ? from(rows, given(sums.distance / sums.pairs)) : none("all pairs have an edge");
  }

  void smallest() {
    if (m_.vertices < 2)
      m_.smallest_distance = none("one vertex");
    else
      m_.smallest_distance.value = given(smallest_distance(look_, nearest_));
  }

  void stress() {
    const double n = double(m_.vertices), arcs = double(graph_.neighbours.size());
    const SampledRows rows = rows_with_edges((n - double(m_.isolated)) * (n + arcs));
    const StressSums sums = sum_stress(look_, rows);
    if (sums.pairs == 0) {
      m_.stress = m_.scale = none("no edges");
      return;
    }
    const double scale = sums.r2 > 0 ? sums.r / sums.r2 : 0;
    // The mean of (s r - 1)^2 with s = sum r / sum r^2. Rounding may leave less than 0.
    const double stress = 1 - scale * (sums.r / double(sums.pairs));
    m_.scale = from(rows, std::ldexp(scale, -exponent_));
    m_.stress = from(rows, stress < 0 ? 0 : stress);
  }

  void neighbourhoods() {
    const SampledRows rows = rows_with_edges(20 * degree2_ + 200 * double(m_.vertices - m_.isolated));
    const NeighbourhoodSums sums = sum_neighbourhoods(look_, nearest_, rows);
    if (sums.vertices == 0) {
      m_.np1 = m_.np2 = none("no edges");
      return;
    }
    m_.np1 = from(rows, sums.np1 / double(sums.vertices));
    m_.np2 = from(rows, sums.np2 / double(sums.vertices));
  }

  void trust() {
    const i64 n = m_.vertices, k = kTrustNeighbours;
    if (n <= 2 * k) {
      m_.trustworthiness = none("fewer than 11 vertices");
      return;
    }
    const SampledRows rows = this->rows(10 * degree2_ + 200 * double(n));
    const double penalty = sum_trust(look_, nearest_, rows, k) * share(rows);
    m_.trustworthiness =
        from(rows, 1 - penalty * 2 / (double(n) * double(k) * (2 * double(n) - 3 * double(k) - 1)));
  }

  void crossings() {
    if (m_.dimensions != 2) {
      m_.crossings = m_.crosslessness = none("not in two dimensions");
      return;
    }
    // So many edges overlap too often, and it would take a list of them all to know.
    std::optional<Crossings> found;
    if (o_.exact || double(m_.edges) <= o_.work / 100) found.emplace(look_);
    if (!found || (!o_.exact && found->steps() > o_.work)) {
      m_.crossings = m_.crosslessness = none(kTooManyEdges);
      return;
    }
    const double e = double(m_.edges);
    const double most = e * (e - 1) / 2 - (degree2_ - 2 * e) / 2;
    m_.crossings.value = double(found->count());
    m_.crosslessness.value = most > 0 ? 1 - m_.crossings.value / most : 1;
  }

  const Graph& graph_;
  const Positions& given_;
  const int exponent_;
  const Positions own_;  // where the exponent is not 0
  const Positions& positions_;
  const MeasureOptions& o_;
  const NearestVertices nearest_;
  Look look_{graph_, positions_, 1, {}};
  double degree2_ = 0;  // sum of squared degrees
  Measures m_;
};

/// Sums of huge coordinates have no value; what was estimated or left out is said.
void finish(Measures& m) {
  std::map<i64, std::string> estimated;
  std::string missing;
  const auto append = [](std::string& list, const char* label) {
    list += (list.empty() ? "" : ", ") + std::string(label);
  };
  for (const NamedMeasure& named : all_measures()) {
    Measure& measure = m.*named.measure;
    if (measure.known() && !std::isfinite(measure.value))
      measure = none("coordinates are too large or too small");
    if (measure.sampled > 0) append(estimated[measure.sampled], named.label);
    if (measure.missing == kTooManyEdges) append(missing, named.label);
  }
  for (const auto& [vertices, labels] : estimated)
    m.notes.push_back("estimated from " + std::to_string(vertices) + " vertices: " + labels);
  if (!missing.empty()) m.notes.push_back("left out, as there are too many edges: " + missing);
}

}  // namespace

const std::vector<NamedMeasure>& all_measures() {
  static const std::vector<NamedMeasure> all = {
      {"stress", "stress SE", &Measures::stress},
      {"scale", "its scale s", &Measures::scale},
      {"np1", "neighbourhoods NP1", &Measures::np1},
      {"np2", "neighbourhoods NP2", &Measures::np2},
      {"trustworthiness", "trustworthiness", &Measures::trustworthiness},
      {"edge_length", "mean edge length", &Measures::edge_length},
      {"edge_length_variation", "edge length variation", &Measures::edge_length_variation},
      {"nonadjacent_distance", "mean distance without an edge", &Measures::nonadjacent_distance},
      {"smallest_distance", "smallest distance", &Measures::smallest_distance},
      {"crossings", "crossings", &Measures::crossings},
      {"crosslessness", "crosslessness", &Measures::crosslessness},
      {"attraction", "loss: attraction", &Measures::attraction},
      {"repulsion", "loss: repulsion", &Measures::repulsion},
      {"centering", "loss: centering", &Measures::centering},
      {"barrier", "loss: barrier", &Measures::barrier, false},
      {"loss", "loss", &Measures::loss}};
  return all;
}

Measures measure_layout(const Graph& graph, const Positions& positions, const MeasureOptions& options) {
  const Clock clock;
  check(graph, positions);
  Measures measures = Looking(graph, positions, options).measure();
  finish(measures);
  measures.seconds = clock.seconds();
  return measures;
}

}  // namespace sluice::graph
