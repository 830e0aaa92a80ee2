// Tiles of distances and the pass over them.
#include "host/layout/all_pairs.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "host/graph/distances.h"
#include "host/layout/hash.h"
#include "host/layout/many_sources.h"
#include "host/layout/tournament.h"
#include "host/parallel.h"

namespace sluice::layout {
namespace {

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

  TileSums pass(float eta, std::uint64_t key, int threads) override {
    const std::vector<Match> matches = tournament(shape_.teams, key);
    const Orders orders(shape_, key);
    std::vector<TileSums> sums(matches.size());
    play(matches, shape_.teams, threads, [&](std::size_t i) {
      TileJob one = job(eta, key);
      std::vector<float> scratch(static_cast<std::size_t>(scratch_floats(dimensions_)));
      one.scratch = scratch.data();
      meet(one, orders, matches[i], sums[i]);
    });
    TileSums all;
    for (const TileSums& one : sums) {
      all.stress += one.stress;
      all.largest = std::max(all.largest, one.largest);
    }
    return all;
  }
  double least_weight() const override { return 1 / (greatest_ * greatest_); }
  double greatest_weight() const override { return 1 / (least_ * least_); }
  i64 terms() const override { return vertices() * (vertices() - 1) / 2; }

 private:
  /// The pairs of two teams' blocks, or of a team's own, in an order of their own.
  void meet(TileJob& job, const Orders& orders, const Match& match, TileSums& sums) const {
    const i64 a = shape_.first_block(match.a), b = shape_.first_block(match.b);
    const i64 rows = shape_.first_block(match.a + 1) - a, columns = shape_.first_block(match.b + 1) - b;
    const std::uint64_t key = scatter(job.key, std::uint64_t(match.a) << 32 | std::uint64_t(match.b));
    for (const i64 at : shuffled(rows * columns, key)) {
      const i64 p = a + at / columns, q = b + at % columns;
      if (p > q) continue;  // the team itself: each pair of blocks once
      job.order = orders.of(scatter(key, std::uint64_t(at)));
      const T* codes = codes_.get() + shape_.tile_of(p, q);
      best_tile().of(codes)(job, p * shape_.width, q * shape_.width, shape_.width, codes, sums);
    }
  }

  struct Lane {
    explicit Lane(const graph::Graph& graph) : search(graph), many(graph), edges(), lengths() {}
    graph::Search search;
    ManySources many;
    std::vector<std::int32_t> edges;
    std::vector<double> lengths;
    double least = std::numeric_limits<double>::infinity(), greatest = 0;
  };

  /// Block by block: the distances from its vertices to all others, then into the tiles with later blocks.
  void find_distances(int threads) {
    std::mutex mutex;
    std::vector<std::unique_ptr<Lane>> idle;
    in_parallel(std::size_t(std::max(1, threads)), std::size_t(shape_.blocks), [&](std::size_t block) {
      if (component_.stopped()) return;
      std::unique_ptr<Lane> lane;
      {
        const std::lock_guard lock(mutex);
        if (!idle.empty()) {
          lane = std::move(idle.back());
          idle.pop_back();
        }
      }
      if (!lane) lane = std::make_unique<Lane>(component_.graph());
      const i64 first = i64(block) * shape_.width, count = std::min<i64>(shape_.width, vertices() - first);
      const std::span<const Vertex> sources(vertex_.data() + first, std::size_t(count));
      if (component_.lengths) {
        lane->lengths.resize(std::size_t(vertices()) * ManySources::kMost);
        std::vector<double> row(static_cast<std::size_t>(vertices()));
        for (i64 s = 0; s < count; ++s) {
          lane->search.lengths_from(sources[std::size_t(s)], row.data());
          for (i64 v = 0; v < vertices(); ++v)
            lane->lengths[std::size_t(v * ManySources::kMost + s)] = row[std::size_t(v)] / component_.unit;
        }
        put(i64(block), lane->lengths.data(), *lane);
      } else {
        lane->edges.resize(std::size_t(vertices()) * ManySources::kMost);
        lane->many.distances_from(sources, lane->edges.data());
        put(i64(block), lane->edges.data(), *lane);
      }
      const std::lock_guard lock(mutex);
      idle.push_back(std::move(lane));
    });
    for (const auto& lane : idle) {
      least_ = std::min(least_, lane->least);
      greatest_ = std::max(greatest_, lane->greatest);
    }
  }

  /// from[v * kMost + l]: the distance of v from slot l of the block.
  template <class D>
  void put(i64 block, const D* from, Lane& lane) {
    const int w = shape_.width;
    const i64 first = block * w;
    const auto code = [&](int l, i64 slot) {
      if (slot >= vertices() || first + l >= vertices()) return T(0);
      const double d = double(from[i64(vertex_[std::size_t(slot)]) * ManySources::kMost + l]);
      lane.least = std::min(lane.least, d);
      lane.greatest = std::max(lane.greatest, d);
      return T(d);
    };
    for (i64 other = block; other < shape_.blocks; ++other) {
      T* to = codes_.get() + shape_.tile_of(block, other);
      for (int m = 0; m < w; ++m)
        for (int l = 0; l < w; ++l)
          to[(m ^ l) * w + l] = other == block && m == l ? T(0) : code(l, other * w + m);
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

std::uint64_t all_pairs_search_bytes(std::int64_t vertices) {
  return ManySources::bytes(vertices) + std::uint64_t(vertices) * ManySources::kMost * 8 + 24;
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
