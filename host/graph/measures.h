// How good a layout is: what the literature measures, each defined below, exact where that is quick and from
// samples of vertices where it is not, which is said. The same numbers at any number of threads.
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/graph/graph.h"
#include "host/run.h"

namespace sluice::graph {

/// A base loss that a descent has found already, over all pairs.
struct KnownLoss {
  double attraction = 0, repulsion = 0, centering = 0, total = 0;
  std::optional<double> barrier;
};

struct MeasureOptions {
  int threads = 0;           // 0: all that the process may use
  std::uint64_t seed = 1;    // of the samples
  std::int64_t samples = 0;  // vertices to sample where exact is too dear; 0: 50 to 500, as `work` allows
  bool exact = false;        // never sample, never skip
  /// Steps of the innermost loop that a measure may take before it is sampled or skipped: seconds.
  double work = 2e9;
  double eps = 1e-6, attraction = 1, repulsion = 1, centering = 1;  // of the base loss
  std::optional<KnownLoss> loss;                                    // taken in place of that
  Observer* observer = nullptr;                                     // told of stages; may be null
  const std::atomic<bool>* stop = nullptr;                          // set: Error{kInterrupted}
};

/// A number, and how it was had.
struct Measure {
  double value = 0;          // NaN where there is none
  std::int64_t sampled = 0;  // vertices it was estimated from; 0: exact
  std::string missing;       // why there is none: "no edges", "3 dimensions"
  bool known() const { return missing.empty(); }
};

struct Measures {
  std::int64_t vertices = 0, edges = 0, components = 0, isolated = 0;
  int dimensions = 2;

  /// SE: with r_ij = |x_i - x_j| / d_ij over pairs at a finite graph distance d_ij (in edges), and
  /// s = sum r / sum r^2, the mean of (s r_ij - 1)^2. 0 is best.
  Measure stress;
  Measure scale;  // s
  /// NP_r: mean over vertices that have edges of the Jaccard index of the vertices at graph distance 1 to r
  /// and as many nearest ones in the layout (ties: the lower vertex). 1 is best.
  Measure np1, np2;
  Measure edge_length;            // mean distance of adjacent vertices
  Measure edge_length_variation;  // standard deviation (population) of edge lengths over their mean
  Measure nonadjacent_distance;   // mean distance of pairs without an edge
  Measure smallest_distance;      // of any two vertices
  /// Pairs of edges without a common end that share a point, two dimensions alone; 1 - c / c_max with
  /// c_max = E (E - 1) / 2 - sum deg (deg - 1) / 2 (1 where c_max is 0).
  Measure crossings, crosslessness;
  /// scikit-learn's, with rows of the adjacency matrix (weights where there are any) as features and 5
  /// neighbours; ties: the lower vertex. None below 11 vertices, as there.
  Measure trustworthiness;
  /// The base loss by part, over ordered pairs: attraction (edge weights count), repulsion, centering.
  Measure attraction, repulsion, centering, loss;
  Measure barrier;  // of the loss that was known, where it has one

  double seconds = 0;
  std::vector<std::string> notes;  // what was sampled or left out, for people
};

/// Error{kUsage} where positions are not one a vertex or not finite, or the graph has no vertices.
Measures measure_layout(const Graph& graph, const Positions& positions, const MeasureOptions& options = {});

/// The measures in order, by the names of --json: {"stress", &Measures::stress}, ...
struct NamedMeasure {
  const char* name;
  const char* label;  // for people
  Measure Measures::*measure;
  bool always = true;  // else shown only where it is known
};
const std::vector<NamedMeasure>& all_measures();

}  // namespace sluice::graph
