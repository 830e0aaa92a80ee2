// Pivots in batches: a batch depends on the distances to those of the batches before it. How large they are
// does not depend on threads.
#include "host/layout/pivots.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>

#include "host/graph/distances.h"
#include "host/layout/hash.h"
#include "host/parallel.h"

namespace sluice::layout {
namespace {

using graph::Vertex;

/// A vertex by chance, each as likely as its distance from the pivots says.
Vertex drawn(const std::vector<float>& nearest, std::uint64_t bits) {
  double total = 0;
  for (const float d : nearest) total += double(d);
  const double wanted = double(bits >> 11) * 0x1p-53 * total;
  double sum = 0;
  for (std::size_t v = 0; v < nearest.size(); ++v) {
    sum += double(nearest[v]);
    if (sum > wanted && nearest[v] > 0) return Vertex(v);
  }
  return Vertex(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
}

class Choosing {
 public:
  Choosing(const graph::Graph& connected, const PivotOptions& options)
      : graph_(connected),
        o_(options),
        n_(connected.vertices()),
        count_(std::min(options.most, n_)),
        nearest_(std::size_t(n_), std::numeric_limits<float>::infinity()) {
    pivots_.stride = (n_ + 15) / 16 * 16;
    pivots_.distances.resize(std::size_t(count_ * pivots_.stride));
    pivots_.nearest.assign(std::size_t(n_), 0);
  }

  Pivots choose() {
    for (std::int64_t k = 0; k < count_;) {
      if (k > 0 && stopped()) break;
      // Of one batch pivots know nothing of each other: at most an eighth of all so far, or layouts are
      // worse.
      const std::int64_t batch = o_.choice == PivotChoice::kSpread
                                     ? std::min({std::max<std::int64_t>(1, k / 8), count_ - k,
                                                 std::int64_t(PivotOptions::kTogether)})
                                     : 1;
      for (std::int64_t i = k; i < k + batch; ++i) pivots_.at.push_back(next(i));
      in_parallel(std::size_t(std::max(1, o_.threads)), std::size_t(batch),
                  [&](std::size_t i) { search(k + std::int64_t(i)); });
      compare(k, k + batch);
      k += batch;
      if (o_.told) o_.told(double(k) / double(count_));
    }
    return std::move(pivots_);
  }

 private:
  struct Lane {
    explicit Lane(const graph::Graph& graph) : search(graph) {}
    graph::Search search;
    std::vector<std::int32_t> edges;
    std::vector<double> ways;
  };

  bool stopped() const { return o_.stop != nullptr && o_.stop->load(std::memory_order_relaxed); }

  /// Pivot k. Drawn ones are not drawn again: they are at distance 0 from now on.
  Vertex next(std::int64_t k) {
    Vertex v = 0;
    if (k == 0)
      v = Vertex(scatter(o_.seed, std::uint64_t(n_)) % std::uint64_t(n_));
    else if (o_.choice == PivotChoice::kSpread)
      v = drawn(nearest_, scatter(o_.seed, std::uint64_t(k)));
    else
      v = Vertex(std::max_element(nearest_.begin(), nearest_.end()) - nearest_.begin());
    nearest_[std::size_t(v)] = 0;
    pivots_.nearest[std::size_t(v)] = std::int32_t(k);
    return v;
  }

  void search(std::int64_t k) {
    std::unique_ptr<Lane> lane;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        lane = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!lane) lane = std::make_unique<Lane>(graph_);
    float* const to = pivots_.distances.data() + k * pivots_.stride;
    const Vertex from = pivots_.at[std::size_t(k)];
    if (o_.lengths) {
      lane->ways.resize(std::size_t(n_));
      lane->search.lengths_from(from, lane->ways.data());
      for (std::int64_t v = 0; v < n_; ++v) to[v] = float(lane->ways[std::size_t(v)] / o_.unit);
    } else {
      lane->edges.resize(std::size_t(n_));
      lane->search.edges_from(from, lane->edges.data());
      for (std::int64_t v = 0; v < n_; ++v) to[v] = float(lane->edges[std::size_t(v)]);
    }
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(lane));
  }

  /// The nearest of the pivots before `end`, where it is one of `from` and later.
  void compare(std::int64_t from, std::int64_t end) {
    constexpr std::int64_t kTurn = 1 << 16;
    in_parallel(std::size_t(std::max(1, o_.threads)), std::size_t((n_ + kTurn - 1) / kTurn),
                [&](std::size_t turn) {
                  const std::int64_t first = std::int64_t(turn) * kTurn, last = std::min(n_, first + kTurn);
                  for (std::int64_t k = from; k < end; ++k) {
                    const float* const d = pivots_.from(k);
                    for (std::int64_t v = first; v < last; ++v)
                      if (d[v] < nearest_[std::size_t(v)]) {
                        nearest_[std::size_t(v)] = d[v];
                        pivots_.nearest[std::size_t(v)] = std::int32_t(k);
                      }
                  }
                });
  }

  const graph::Graph& graph_;
  const PivotOptions& o_;
  std::int64_t n_, count_;
  std::vector<float> nearest_;  // of each vertex, the distance of its nearest pivot
  Pivots pivots_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> idle_;
};

}  // namespace

Pivots choose_pivots(const graph::Graph& connected, const PivotOptions& options) {
  return Choosing(connected, options).choose();
}

std::uint64_t pivot_search_bytes(std::int64_t vertices, bool lengths, int threads) {
  return std::uint64_t(vertices) * (lengths ? 40 : 8) *
         std::uint64_t(std::clamp(threads, 1, PivotOptions::kTogether));
}

double mean_length(const graph::Graph& graph, bool lengths) {
  if (!lengths || graph.weights.empty()) return 1;
  double sum = 0;
  for (const double w : graph.weights) sum += w;
  return sum / double(graph.weights.size());
}

}  // namespace sluice::layout
