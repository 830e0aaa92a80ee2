// The nearest vertices of a layout, by a k-d tree over any number of dimensions. Ties go to the lower vertex,
// so the answer is that of a sort of all distances.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::graph {

/// Squared distance, and the vertex: pairs in ascending order are neighbours from near to far.
using Near = std::pair<double, Vertex>;

class NearestVertices {
 public:
  explicit NearestVertices(const Positions& positions);

  /// The `k` nearest of `vertex` but itself, nearest first; k < vertices. Any thread may ask.
  void find(Vertex vertex, std::int64_t k, std::vector<Near>& to) const;

  /// f(squared distance, vertex) of all others at most so far from `vertex`, in the order of the tree, until
  /// there are more than `most`. How many it were.
  template <class F>
  std::int64_t within(Vertex vertex, double square, std::int64_t most, const F& f) const {
    const int d = positions_.dimensions;
    const double* const from = positions_.of(vertex);
    std::int64_t found = 0;
    std::vector<std::int64_t> open{0};
    while (!open.empty() && found <= most) {
      const Node& node = nodes_[std::size_t(open.back())];
      open.pop_back();
      if (node.below >= 0) {
        const double off = from[node.dimension] - node.split, gap = off * off;
        if (off <= 0 || gap <= square) open.push_back(node.below);
        if (off >= 0 || gap <= square) open.push_back(node.above);
        continue;
      }
      for (std::int64_t i = node.first; i < node.last; ++i) {
        const double apart = squared(from, at_.data() + i * d, d);
        if (order_[std::size_t(i)] != vertex && apart <= square) f(apart, order_[std::size_t(i)]), ++found;
      }
    }
    return found;
  }

  static double squared(const double* a, const double* b, int dimensions) {
    double sum = 0;
    for (int i = 0; i < dimensions; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
  }

 private:
  struct Node {  // of points [first, last)
    std::int64_t first = 0, last = 0;
    std::int64_t below = -1, above = -1;  // nodes; -1: a leaf
    int dimension = 0;
    double split = 0;  // points `below` do not exceed it, those `above` are not less
    Vertex least = 0;  // vertex of the points
  };
  struct Query {
    const double* at;
    Vertex self;
    std::size_t k;
    std::vector<Near>& found;  // a heap, the farthest on top
  };
  std::int64_t build(std::int64_t first, std::int64_t last);
  void descend(std::int64_t node, double gap, Query& query) const;
  void find_in_all(Query& query) const;

  const Positions& positions_;
  std::vector<Vertex> order_;
  std::vector<double> at_;  // coordinates in that order
  std::vector<Node> nodes_;
};

}  // namespace sluice::graph
