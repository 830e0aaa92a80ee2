#include "host/graph/measure/nearest.h"

#include <algorithm>
#include <numeric>

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
constexpr i64 kLeaf = 16;

/// Keeps the k least.
void offer(std::vector<Near>& heap, std::size_t k, const Near& candidate) {
  if (heap.size() < k) {
    heap.push_back(candidate);
    std::push_heap(heap.begin(), heap.end());
  } else if (candidate < heap.front()) {
    std::pop_heap(heap.begin(), heap.end());
    heap.back() = candidate;
    std::push_heap(heap.begin(), heap.end());
  }
}

}  // namespace

NearestVertices::NearestVertices(const Positions& positions) : positions_(positions) {
  const i64 n = positions.vertices();
  order_.resize(std::size_t(n));
  std::iota(order_.begin(), order_.end(), Vertex(0));
  if (n > 0) build(0, n);
  const int d = positions.dimensions;
  at_.resize(std::size_t(n) * std::size_t(d));
  for (i64 i = 0; i < n; ++i) std::copy_n(positions.of(order_[std::size_t(i)]), d, at_.data() + i * d);
}

i64 NearestVertices::build(i64 first, i64 last) {
  const i64 number = i64(nodes_.size());
  nodes_.emplace_back();
  Node node;
  node.first = first, node.last = last;
  node.least = *std::min_element(order_.begin() + first, order_.begin() + last);
  if (last - first > kLeaf) {
    double widest = -1;
    for (int d = 0; d < positions_.dimensions; ++d) {
      double least = positions_.of(order_[std::size_t(first)])[d], most = least;
      for (i64 i = first; i < last; ++i) {
        const double x = positions_.of(order_[std::size_t(i)])[d];
        least = std::min(least, x), most = std::max(most, x);
      }
      if (most - least > widest) widest = most - least, node.dimension = d;
    }
    const i64 middle = first + (last - first) / 2;
    // Points in one place are told apart by their vertices.
    const auto before = [&](Vertex a, Vertex b) {
      const double x = positions_.of(a)[node.dimension], y = positions_.of(b)[node.dimension];
      return x != y ? x < y : a < b;
    };
    std::nth_element(order_.begin() + first, order_.begin() + middle, order_.begin() + last, before);
    node.split = positions_.of(order_[std::size_t(middle)])[node.dimension];
    node.below = build(first, middle);
    node.above = build(middle, last);
  }
  nodes_[std::size_t(number)] = node;
  return number;
}

/// `gap`: the squared distance to the node's side of its parent's split, at most that to any point within.
void NearestVertices::descend(i64 number, double gap, Query& q) const {
  const Node& node = nodes_[std::size_t(number)];
  if (q.found.size() == q.k && Near(gap, node.least) > q.found.front()) return;
  const int d = positions_.dimensions;
  if (node.below < 0) {
    for (i64 i = node.first; i < node.last; ++i)
      if (order_[std::size_t(i)] != q.self)
        offer(q.found, q.k, {squared(q.at, at_.data() + i * d, d), order_[std::size_t(i)]});
    return;
  }
  const double off = q.at[node.dimension] - node.split;
  // Of points in one place those below have the lower vertices: with them, all others are out.
  const i64 near = off <= 0 ? node.below : node.above, far = off <= 0 ? node.above : node.below;
  descend(near, gap, q);
  descend(far, std::max(gap, off * off), q);
}

void NearestVertices::find_in_all(Query& q) const {
  const int d = positions_.dimensions;
  const i64 n = positions_.vertices();
  for (i64 v = 0; v < n; ++v)
    if (v != q.self) q.found.emplace_back(squared(q.at, positions_.of(v), d), Vertex(v));
  std::nth_element(q.found.begin(), q.found.begin() + i64(q.k), q.found.end());
  q.found.resize(q.k);
}

void NearestVertices::find(Vertex vertex, i64 k, std::vector<Near>& to) const {
  to.clear();
  if (k <= 0) return;
  Query q{positions_.of(vertex), vertex, std::size_t(k), to};
  const i64 others = positions_.vertices() - 1;
  if (k < others && k > others / 8) {
    find_in_all(q);
  } else if (k >= others) {
    q.k = std::size_t(others);
    for (i64 v = 0; v <= others; ++v)
      if (v != vertex) to.emplace_back(squared(q.at, positions_.of(v), positions_.dimensions), Vertex(v));
  } else {
    descend(0, 0, q);
  }
  std::sort(to.begin(), to.end());
}

}  // namespace sluice::graph
