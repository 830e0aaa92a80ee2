// Coordinates between a layout and a component's slots.
#include "host/layout/part.h"

#include <numeric>

namespace sluice::layout {

Part::Part(const Component& component, int dimensions, std::int64_t slots)
    : component_(component),
      dimensions_(dimensions),
      stride_(slots),
      slot_(std::size_t(component.graph().vertices())),
      at_(std::size_t(slots * dimensions)),
      moves_(std::size_t(slots)),
      middle_(std::size_t(dimensions)) {
  std::iota(slot_.begin(), slot_.end(), 0);
}

void Part::load(const graph::Positions& from, const std::vector<bool>& pinned) {
  const std::int64_t n = vertices();
  for (int c = 0; c < dimensions_; ++c) {
    double sum = 0;
    for (std::int64_t v = 0; v < n; ++v) sum += from.of(component_.piece->vertex(v))[c];
    middle_[std::size_t(c)] = sum / double(n);
  }
  for (std::int64_t v = 0; v < n; ++v) {
    const graph::Vertex whole = component_.piece->vertex(v);
    moves_[std::size_t(slot(v))] = pinned[std::size_t(whole)] ? 0.0f : 1.0f;
    for (int c = 0; c < dimensions_; ++c)
      at_[std::size_t(c * stride_ + slot(v))] =
          float((from.of(whole)[c] - middle_[std::size_t(c)]) / component_.unit);
  }
}

void Part::store(graph::Positions& to) const {
  for (std::int64_t v = 0; v < vertices(); ++v) {
    if (moves_[std::size_t(slot(v))] == 0.0f) continue;  // it has its own, to the bit
    double* at = to.of(component_.piece->vertex(v));
    for (int c = 0; c < dimensions_; ++c)
      at[c] = double(at_[std::size_t(c * stride_ + slot(v))]) * component_.unit + middle_[std::size_t(c)];
  }
}

void Part::raw(float* to) const {
  for (std::int64_t v = 0; v < vertices(); ++v)
    for (int c = 0; c < dimensions_; ++c) *to++ = at_[std::size_t(c * stride_ + slot(v))];
}

void Part::set_raw(const float* from) {
  for (std::int64_t v = 0; v < vertices(); ++v)
    for (int c = 0; c < dimensions_; ++c) at_[std::size_t(c * stride_ + slot(v))] = *from++;
}

TileJob Part::job(float eta, std::uint64_t key) {
  TileJob job;
  job.at = at_.data();
  job.stride = stride_;
  job.moves = moves_.data();
  job.dimensions = dimensions_;
  job.eta = eta;
  job.key = key;
  return job;
}

}  // namespace sluice::layout
