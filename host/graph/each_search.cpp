// Searches from many vertices of one graph: which go together, and their distances by the caller's numbers.
// Either way finds the same distances; what the first group costs decides for the others.
#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>

#include "host/graph/distances.h"
#include "host/graph/many_sources.h"
#include "host/graph/patches.h"
#include "host/parallel.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
using From = std::function<void(Vertex, i64, const std::int32_t*)>;

constexpr i64 kFew = 16;          // fewer searches are over before the graph is in patches
constexpr i64 kWidest = 1 << 17;  // vertices: beyond, 64 rows at once no longer fit a cache
constexpr i64 kWorthwhile = 24;   // visits of a vertex for 64 sources; measured: at some 40 both are equal
constexpr int kRows = 16;         // that are handed over together: a line of the cache of each
constexpr std::uint16_t kNone = std::numeric_limits<std::uint16_t>::max();

class Searches {
 public:
  Searches(const Graph& graph, const Vertex* sources, i64 count, const From& from)
      : whole_(graph), sources_(sources), count_(count), from_(from) {
    if (count < kFew) return;
    place_.resize(std::size_t(graph.vertices()));
    own_ = renumbered(graph, find_patches(graph).order, false, place_.data());
    rows_.resize(std::size_t(count));
    std::iota(rows_.begin(), rows_.end(), i64(0));
    std::sort(rows_.begin(), rows_.end(),
              [&](i64 a, i64 b) { return place_[std::size_t(source(a))] < place_[std::size_t(source(b))]; });
    // The same vertex twice would be one bit.
    together_ = count >= ManySources::kMost && graph.vertices() <= kWidest &&
                std::adjacent_find(rows_.begin(), rows_.end(),
                                   [&](i64 a, i64 b) { return source(a) == source(b); }) == rows_.end();
  }

  void all(int threads) {
    i64 done = 0;
    if (together_) {
      group(0);
      done = std::min<i64>(count_, ManySources::kMost);
    }
    const i64 step = together_ ? ManySources::kMost : 1;
    in_parallel(std::size_t(std::max(1, threads)), std::size_t((count_ - done + step - 1) / step),
                [&](std::size_t turn) {
                  if (step > 1)
                    group(done + i64(turn) * step);
                  else
                    one(done + i64(turn));
                });
  }

 private:
  struct Lane {
    explicit Lane(const Graph& graph) : search(graph) {}
    Search search;
    std::optional<ManySources> many;
    std::vector<std::uint16_t> found;          // vertices x kMost
    std::vector<std::int32_t> places, handed;  // by places; by the caller's vertices
  };

  const Graph& searched() const { return place_.empty() ? whole_ : own_; }
  Vertex source(i64 row) const { return sources_ != nullptr ? sources_[row] : Vertex(row); }
  i64 row(i64 turn) const { return rows_.empty() ? turn : rows_[std::size_t(turn)]; }

  std::unique_ptr<Lane> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Lane>(searched());
    auto lane = std::move(idle_.back());
    idle_.pop_back();
    return lane;
  }
  void give(std::unique_ptr<Lane> lane) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(lane));
  }

  void one(i64 turn) {
    auto lane = take();
    search_one(turn, *lane);
    give(std::move(lane));
  }

  void search_one(i64 turn, Lane& lane) {
    const std::size_t n = std::size_t(whole_.vertices());
    lane.handed.resize(std::max(n, lane.handed.size()));
    const Vertex from = source(row(turn));
    if (place_.empty()) {
      lane.search.edges_from(from, lane.handed.data());
    } else {
      lane.places.resize(n);
      lane.search.edges_from(place_[std::size_t(from)], lane.places.data());
      for (std::size_t v = 0; v < n; ++v) lane.handed[v] = lane.places[std::size_t(place_[v])];
    }
    from_(from, row(turn), lane.handed.data());
  }

  /// The rows of kMost turns; together_ is no longer true afterwards where it did not pay.
  void group(i64 first) {
    auto lane = take();
    const i64 n = whole_.vertices(), end = std::min(count_, first + ManySources::kMost);
    std::vector<Vertex> from;
    for (i64 turn = first; turn < end; ++turn) from.push_back(place_[std::size_t(source(row(turn)))]);
    if (!lane->many) lane->many.emplace(own_);
    lane->found.assign(std::size_t(n * ManySources::kMost), kNone);
    const i64 visits = lane->many->distances_from<std::uint16_t>(from, lane->found.data(), kNone - 1);
    if (first == 0) together_ = visits >= 0 && visits <= kWorthwhile * n;
    if (visits < 0)
      for (i64 turn = first; turn < end; ++turn) search_one(turn, *lane);
    else
      for (i64 turn = first; turn < end; turn += kRows)
        hand_over(first, turn, std::min(end, turn + kRows), *lane);
    give(std::move(lane));
  }

  void hand_over(i64 first, i64 turn, i64 end, Lane& lane) {
    const i64 n = whole_.vertices(), rows = end - turn;
    lane.handed.resize(std::size_t(n * kRows));
    for (i64 v = 0; v < n; ++v) {
      const std::uint16_t* const found =
          lane.found.data() + i64(place_[std::size_t(v)]) * ManySources::kMost + (turn - first);
      for (i64 r = 0; r < rows; ++r)
        lane.handed[std::size_t(r * n + v)] = found[r] == kNone ? kUnreached : std::int32_t(found[r]);
    }
    for (i64 r = 0; r < rows; ++r) from_(source(row(turn + r)), row(turn + r), lane.handed.data() + r * n);
  }

  const Graph& whole_;
  const Vertex* sources_;
  i64 count_;
  const From& from_;
  Graph own_;                  // in patches
  std::vector<Vertex> place_;  // of each vertex in it; empty: searches go over the caller's
  std::vector<i64> rows_;      // by their sources' places
  bool together_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> idle_;
};

}  // namespace

void each_search(const Graph& graph, const Vertex* sources, i64 count, int threads, const From& from) {
  Searches(graph, sources, count, from).all(threads);
}

}  // namespace sluice::graph
