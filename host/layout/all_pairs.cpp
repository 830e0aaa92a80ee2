// Tiles of distances and the pass over them.
#include "host/layout/all_pairs.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <mutex>
#include <numeric>
#include <thread>
#include <type_traits>

#include "host/graph/distances.h"
#include "host/graph/many_sources.h"
#include "host/layout/hash.h"
#include "host/layout/tournament.h"
#include "host/parallel.h"

namespace sluice::layout {
namespace {

using graph::ManySources;
using graph::Vertex;
using i64 = std::int64_t;

/// How n vertices lie in blocks.
struct Shape {
  explicit Shape(i64 n)
      : width(n > 1024 ? kBlock : 16),  // small ones are better for more chance, and quick anyway
        blocks((n + width - 1) / width),
        teams(int(std::min<i64>(blocks, 64))) {}
  i64 tile() const { return i64(width) * width; }
  i64 codes() const { return blocks * (blocks + 1) / 2 * tile(); }
  i64 tile_of(i64 p, i64 q) const { return (p * (2 * blocks - p + 1) / 2 + (q - p)) * tile(); }  // p <= q
  i64 first_block(int team) const { return blocks * team / teams; }
  int width;
  i64 blocks;
  int teams;
};

/// Some orders of a tile's steps, of which each tile takes one.
class Orders {
 public:
  Orders(const Shape& shape, std::uint64_t key)
      : width_(shape.width), count_(std::min<i64>(64, shape.blocks * shape.blocks)) {
    orders_.reserve(std::size_t(count_ * width_));
    for (i64 i = 0; i < count_; ++i) {
      const auto one = shuffled(std::uint8_t(width_), scatter(key, 0x6f726465u + std::uint64_t(i)));
      orders_.insert(orders_.end(), one.begin(), one.end());
    }
  }
  const std::uint8_t* of(std::uint64_t bits) const {
    return orders_.data() + i64(bits % std::uint64_t(count_)) * width_;
  }

 private:
  i64 width_, count_;
  std::vector<std::uint8_t> orders_;
};

template <class T>
class AllPairs : public Part {
 public:
  AllPairs(const Component& component, int dimensions, std::uint64_t seed, int threads)
      : Part(component, dimensions,
             Shape(component.graph().vertices()).blocks * Shape(component.graph().vertices()).width),
        shape_(component.graph().vertices()),
        codes_(new T[std::size_t(shape_.codes())]) {
    vertex_ = shuffled(Vertex(vertices()), scatter(seed, std::uint64_t(component.piece->vertex(0))));
    for (i64 s = 0; s < vertices(); ++s) slot_[std::size_t(vertex_[std::size_t(s)])] = Vertex(s);
    find_distances(threads);
  }

  double pass(float eta, std::uint64_t key, int threads) override {
    const std::vector<Match> matches = tournament(shape_.teams, key);
    const Orders orders(shape_, key);
    std::vector<double> sums(matches.size());
    play(matches, shape_.teams, threads, [&](std::size_t i) {
      TileJob one = job(eta, key);
      std::vector<float> scratch(static_cast<std::size_t>(scratch_floats(dimensions_)));
      one.scratch = scratch.data();
      meet(one, orders, matches[i], sums[i]);
    });
    double all = 0;
    for (const double one : sums) all += one;
    return all;
  }
  double least_weight() const override { return 1 / (greatest_ * greatest_); }
  double greatest_weight() const override { return 1 / (least_ * least_); }
  i64 terms() const override { return vertices() * (vertices() - 1) / 2; }

 private:
  /// The pairs of two teams' blocks, or of a team's own, in an order of their own.
  void meet(TileJob& job, const Orders& orders, const Match& match, double& stress) const {
    const i64 a = shape_.first_block(match.a), b = shape_.first_block(match.b);
    const i64 rows = shape_.first_block(match.a + 1) - a, columns = shape_.first_block(match.b + 1) - b;
    const std::uint64_t key = scatter(job.key, std::uint64_t(match.a) << 32 | std::uint64_t(match.b));
    for (const i64 at : shuffled(rows * columns, key)) {
      const i64 p = a + at / columns, q = b + at % columns;
      if (p > q) continue;  // the team itself: each pair of blocks once
      job.order = orders.of(scatter(key, std::uint64_t(at)));
      const T* codes = codes_.get() + shape_.tile_of(p, q);
      best_tile().of(codes)(job, p * shape_.width, q * shape_.width, shape_.width, codes, stress);
    }
  }

  /// Distances as a search from many finds them: of the codes' kind where they are whole numbers.
  using Found = std::conditional_t<std::is_same_v<T, float>, std::int32_t, T>;

  struct Lane {
    explicit Lane(const AllPairs& all)
        : search(all.component_.graph()),
          many(all.component_.graph()),
          codes(std::size_t(ManySources::kMost * all.shape_.width)) {}
    graph::Search search;
    ManySources many;
    std::vector<Found> edges;  // vertices x kMost, of one of the two kinds
    std::vector<float> lengths;
    std::vector<double> row;
    std::vector<T> codes;  // sources x slots of a block
    double least = std::numeric_limits<double>::infinity(), greatest = 0;
  };

  /// Group by group of vertices that lie together, as a piece has them in its order: from these to all
  /// others, and into the tiles by slot. Then each tile's codes into the order of its steps.
  void find_distances(int threads) {
    for (i64 p = 0; p < shape_.blocks; ++p)  // lanes without a vertex have no search to fill their rows
      for (i64 l = std::max<i64>(0, vertices() - p * shape_.width); l < shape_.width; ++l)
        std::fill_n(codes_.get() + shape_.tile_of(p, p) + l * shape_.width, shape_.width, T(0));
    std::mutex mutex;
    std::vector<std::unique_ptr<Lane>> idle;
    std::atomic<i64> found{0};
    const auto caller = std::this_thread::get_id();
    const i64 groups = (vertices() + ManySources::kMost - 1) / ManySources::kMost;
    in_parallel(std::size_t(std::max(1, threads)), std::size_t(groups), [&](std::size_t group) {
      if (component_.stopped()) return;
      std::unique_ptr<Lane> lane;
      {
        const std::lock_guard lock(mutex);
        if (!idle.empty()) {
          lane = std::move(idle.back());
          idle.pop_back();
        }
      }
      if (!lane) lane = std::make_unique<Lane>(*this);
      const i64 first = i64(group) * ManySources::kMost;
      search(first, std::min<i64>(ManySources::kMost, vertices() - first), *lane);
      const i64 now = ++found;
      if (component_.told && std::this_thread::get_id() == caller)
        component_.told(double(now) / double(groups));
      const std::lock_guard lock(mutex);
      idle.push_back(std::move(lane));
    });
    for (const auto& lane : idle) {
      least_ = std::min(least_, lane->least);
      greatest_ = std::max(greatest_, lane->greatest);
    }
    if (component_.stopped()) return;
    in_parallel(std::size_t(std::max(1, threads)), std::size_t(shape_.blocks),
                [&](std::size_t block) { into_steps(i64(block)); });
  }

  /// From `count` vertices, `first` and those after it.
  void search(i64 first, i64 count, Lane& lane) {
    std::array<Vertex, ManySources::kMost>
        sources{};  // those of early blocks first: put() leaves off late ones
    std::iota(sources.begin(), sources.begin() + count, Vertex(first));
    std::sort(sources.begin(), sources.begin() + count,
              [&](Vertex a, Vertex b) { return slot_[std::size_t(a)] < slot_[std::size_t(b)]; });
    const std::span<const Vertex> some(sources.data(), std::size_t(count));
    if (!component_.lengths) {
      lane.edges.resize(std::size_t(vertices()) * ManySources::kMost);
      lane.many.distances_from(some, lane.edges.data());
      put(some, lane.edges.data(), lane);
      return;
    }
    lane.lengths.resize(std::size_t(vertices()) * ManySources::kMost);
    lane.row.resize(std::size_t(vertices()));
    for (i64 s = 0; s < count; ++s) {
      lane.search.lengths_from(some[std::size_t(s)], lane.row.data());
      for (i64 v = 0; v < vertices(); ++v)
        lane.lengths[std::size_t(v * ManySources::kMost + s)] =
            float(lane.row[std::size_t(v)] / component_.unit);
    }
    put(some, lane.lengths.data(), lane);
  }

  /// from[v * kMost + s]: the distance of v from sources[s]. Lane l of a tile's first block has its codes at
  /// l * width, so far: whole lines of the cache, which searches of other groups leave alone.
  template <class D>
  void put(std::span<const Vertex> sources, const D* from, Lane& lane) {
    const i64 w = shape_.width;
    constexpr bool kWhole = std::is_integral_v<D>;
    D least = kWhole ? 1 : std::numeric_limits<D>::max(), greatest = 0;
    std::size_t some = 0;  // sources whose block is not after q
    for (i64 q = 0; q < shape_.blocks; ++q) {
      while (some < sources.size() && slot_[std::size_t(sources[some])] / w <= q) ++some;
      if (some == 0) continue;
      for (i64 m = 0; m < w; ++m) {
        if (q * w + m >= vertices()) {
          for (std::size_t s = 0; s < some; ++s) lane.codes[s * std::size_t(w) + std::size_t(m)] = T(0);
          continue;
        }
        const D* const row = from + i64(vertex_[std::size_t(q * w + m)]) * ManySources::kMost;
        for (std::size_t s = 0; s < some; ++s) greatest = std::max(greatest, row[s]);
        for (std::size_t s = 0; s < some && !kWhole; ++s)
          if (row[s] > 0) least = std::min(least, row[s]);
        for (std::size_t s = 0; s < some; ++s) lane.codes[s * std::size_t(w) + std::size_t(m)] = T(row[s]);
      }
      for (std::size_t s = 0; s < some; ++s) {
        const i64 slot = slot_[std::size_t(sources[s])];
        std::copy_n(lane.codes.data() + s * std::size_t(w), w,
                    codes_.get() + shape_.tile_of(slot / w, q) + slot % w * w);
      }
    }
    lane.least = std::min(lane.least, double(least));
    lane.greatest = std::max(lane.greatest, double(greatest));
  }

  /// The tiles of a block and later ones: step m ^ l has the pair of lanes l and m.
  void into_steps(i64 block) {
    const int w = shape_.width;
    std::vector<T> lanes(static_cast<std::size_t>(shape_.tile()));
    for (i64 other = block; other < shape_.blocks; ++other) {
      T* const to = codes_.get() + shape_.tile_of(block, other);
      std::copy_n(to, shape_.tile(), lanes.data());
      for (int step = 0; step < w; ++step)
        for (int l = 0; l < w; ++l) to[step * w + l] = lanes[std::size_t(l * w + (step ^ l))];
    }
  }

  Shape shape_;
  std::unique_ptr<T[]> codes_;
  std::vector<Vertex> vertex_;  // of each slot
  double least_ = std::numeric_limits<double>::infinity(), greatest_ = 0;
};

}  // namespace

Code code_of(const Component& component) {
  if (component.lengths) return Code::kReal;
  const i64 n = component.graph().vertices();
  i64 bound = n - 1;
  if (bound > 255) {
    // No distance is more than twice the greatest one from any vertex: from the middle of a long way.
    graph::Search search(component.graph());
    std::vector<std::int32_t> d(static_cast<std::size_t>(n)), e(static_cast<std::size_t>(n));
    search.edges_from(0, d.data());
    const Vertex end = search.reached().back();
    search.edges_from(end, d.data());
    const Vertex other = search.reached().back();
    const std::int32_t way = d[std::size_t(other)];
    search.edges_from(other, e.data());
    Vertex middle = end;
    for (i64 v = 0; v < n; ++v)
      if (d[std::size_t(v)] == way / 2 && e[std::size_t(v)] == way - way / 2) middle = Vertex(v);
    search.edges_from(middle, d.data());
    bound = std::min<i64>(bound, 2 * i64(d[std::size_t(search.reached().back())]));
  }
  return bound <= 255 ? Code::kByte : bound <= 65535 ? Code::kWord : Code::kReal;
}

std::uint64_t all_pairs_bytes(std::int64_t vertices, int dimensions, Code code) {
  const Shape shape(vertices);
  return std::uint64_t(shape.codes()) * unsigned(code) +
         std::uint64_t(shape.blocks) * unsigned(shape.width) * (4u * unsigned(dimensions) + 4 + 8);
}

std::uint64_t all_pairs_search_bytes(std::int64_t vertices, Code code) {
  // Ways by weights have a row of their own and a heap.
  const std::uint64_t besides = code == Code::kReal ? 48 : 8;
  return ManySources::bytes(vertices) +
         std::uint64_t(vertices) * (ManySources::kMost * unsigned(code) + besides);
}

std::unique_ptr<Part> make_all_pairs(const Component& component, Code code, int dimensions,
                                     std::uint64_t seed, int threads) {
  switch (code) {
    case Code::kByte:
      return std::make_unique<AllPairs<std::uint8_t>>(component, dimensions, seed, threads);
    case Code::kWord:
      return std::make_unique<AllPairs<std::uint16_t>>(component, dimensions, seed, threads);
    case Code::kReal:
      break;
  }
  return std::make_unique<AllPairs<float>>(component, dimensions, seed, threads);
}

}  // namespace sluice::layout
