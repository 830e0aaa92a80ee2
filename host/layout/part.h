// One component of a layout under stress: its vertices' coordinates in slots, and the pass over its terms.
// Two kinds: all pairs (all_pairs.h), and pairs with pivots (pivot_terms.h).
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "host/graph/graph.h"
#include "host/layout/pair_tile.h"
#include "host/layout/split.h"

namespace sluice::layout {

/// A component, and what its distances are.
struct Component {
  const Piece* piece = nullptr;
  bool lengths = false;  // edges are as long as their weights
  double unit = 1;       // length that is 1 within
  const std::atomic<bool>* stop =
      nullptr;  // set: finding distances ends at once, and they are not to be used
  std::function<void(double share)> told = nullptr;  // of distances that are found, from the calling thread
  bool stopped() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
  const graph::Graph& graph() const { return piece->graph; }
};

class Part {
 public:
  Part(const Component& component, int dimensions, std::int64_t slots);
  virtual ~Part() = default;

  /// All terms once, each a step of size eta (0: none moves), in an order that the key names. The same for
  /// any number of threads. Stress as the terms were met, over unordered pairs.
  virtual double pass(float eta, std::uint64_t key, int threads) = 0;
  virtual double least_weight() const = 0;
  virtual double greatest_weight() const = 0;
  virtual std::int64_t terms() const = 0;

  /// Coordinates from those of the whole graph, `pinned` one flag a vertex, and back. In between they are
  /// float32 about the component's middle; `raw` is that, for the state: dimensions numbers a vertex, in
  /// their order.
  void load(const graph::Positions& from, const std::vector<bool>& pinned);
  void store(graph::Positions& to) const;
  void raw(float* to) const;
  void set_raw(const float* from);

  const Component& component() const { return component_; }
  std::int64_t vertices() const { return component_.graph().vertices(); }
  std::int64_t raw_count() const { return vertices() * dimensions_; }

 protected:
  TileJob job(float eta, std::uint64_t key);
  std::int64_t slot(std::int64_t vertex) const { return slot_[std::size_t(vertex)]; }

  Component component_;
  int dimensions_;
  std::int64_t stride_;
  std::vector<graph::Vertex> slot_;  // of each vertex of the component
  std::vector<float> at_, moves_;

 private:
  std::vector<double> middle_;
};

}  // namespace sluice::layout
