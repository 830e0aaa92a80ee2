// Crossings by a sweep: edges in the order of their left ends, each against those that begin before it ends.
#include <algorithm>
#include <atomic>

#include "host/graph/measure/parts.h"
#include "host/parallel.h"

namespace sluice::graph {

using i64 = std::int64_t;

Crossings::Crossings(const Look& look) : look_(look) {
  const Graph& g = look.graph;
  segments_.reserve(std::size_t(g.edges()));
  for (Vertex a = 0; a < g.vertices(); ++a)
    for (const Vertex b : g.of(a)) {
      if (b < a) continue;
      const double *p = look.positions.of(a), *q = look.positions.of(b);
      segments_.push_back(
          {std::min(p[0], q[0]), std::max(p[0], q[0]), std::min(p[1], q[1]), std::max(p[1], q[1]), a, b});
    }
  std::sort(segments_.begin(), segments_.end(), [](const Segment& s, const Segment& t) {
    return s.left != t.left ? s.left < t.left : s.a != t.a ? s.a < t.a : s.b < t.b;
  });
  ends_.reserve(segments_.size());
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const auto end = std::upper_bound(segments_.begin() + i64(i), segments_.end(), segments_[i].right,
                                      [](double right, const Segment& s) { return right < s.left; });
    ends_.push_back(end - segments_.begin());
    steps_ += double(ends_.back() - i64(i) - 1);
  }
}

bool Crossings::cross(const Segment& s, const Segment& t) const {
  if (s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b) return false;
  const Positions& x = look_.positions;
  const double *a = x.of(s.a), *b = x.of(s.b), *c = x.of(t.a), *d = x.of(t.b);
  // Their boxes overlap, so that segments on one line share a point as well.
  return side_of(a, b, c) * side_of(a, b, d) <= 0 && side_of(c, d, a) * side_of(c, d, b) <= 0;
}

i64 Crossings::count() const {
  constexpr std::size_t kBlock = 64;
  std::atomic<i64> crossings{0};
  in_parallel(std::size_t(look_.threads), (segments_.size() + kBlock - 1) / kBlock, [&](std::size_t block) {
    look_.check_stop();
    i64 found = 0;
    for (std::size_t i = block * kBlock; i < std::min(segments_.size(), (block + 1) * kBlock); ++i) {
      const Segment& s = segments_[i];
      for (std::size_t j = i + 1; j < std::size_t(ends_[i]); ++j) {
        const Segment& t = segments_[j];
        if (t.low <= s.high && t.high >= s.low) found += cross(s, t);
      }
    }
    crossings += found;
  });
  return crossings;
}

}  // namespace sluice::graph
