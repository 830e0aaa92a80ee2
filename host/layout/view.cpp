// Only what View's header cannot hold: a look at the nearest vertices.
#include "host/layout/view.h"

#include <utility>

#include "host/graph/measure/nearest.h"

namespace sluice::layout {

double apart_of(const graph::Positions& positions) {
  constexpr std::int64_t kFew = 20000;
  const std::int64_t n = positions.vertices();
  if (n < 3 || n > kFew || positions.dimensions < 2) return 0;
  graph::Positions shown;  // the first two dimensions, as pictures have them
  for (std::int64_t v = 0; v < n; ++v)
    shown.at.insert(shown.at.end(), {positions.of(v)[0], positions.of(v)[1]});
  const graph::NearestVertices nearest(shown);
  std::vector<double> distances;
  std::vector<graph::Near> near;
  for (std::int64_t v = 0; v < n; ++v) {
    nearest.find(graph::Vertex(v), 1, near);
    distances.push_back(near[0].first);
  }
  const auto quarter = distances.begin() + n / 4;
  std::nth_element(distances.begin(), quarter, distances.end());
  const Extent extent = extent_of(shown);
  const double side = std::max(extent.width(), extent.height());
  return side > 0 ? std::sqrt(*quarter) / side : 0;
}

}  // namespace sluice::layout
