// The arithmetic of plans: what cost_of() says is what make_steps() does, every sub-tile is computed once,
// and the budget holds. No file is read and nothing is computed; a source is only its extents.
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>

#include "host/cov/plan.h"
#include "host/error.h"

namespace sluice::cov_detail {
namespace {

using i64 = std::int64_t;
constexpr i64 kSubtile = 64, kSlab = 128;

class Extents : public MatrixSource {
 public:
  Extents(i64 rows, i64 columns) { info_.path = "x", info_.rows = rows, info_.columns = columns; }
  std::vector<sys::Identity> identities() const override { return {}; }
  bool flat() const override { return false; }
  const sys::File& file() const override { throw std::logic_error("not flat"); }
  std::uint64_t data_offset() const override { return 0; }
  void read(const Rect&, void*, i64) const override { throw std::logic_error("never read"); }
};

Problem problem_of(i64 n, i64 other, i64 k) {
  Problem p;
  p.rows.source = std::make_shared<Extents>(n, k);
  p.symmetric = other == 0;
  p.columns.source = p.symmetric ? p.rows.source : std::make_shared<Extents>(other, k);
  p.observations = k;
  return p;
}

Room room_of(std::uint64_t memory) {
  Room room;
  room.backend.shares_host_memory = 1;
  room.backend.subtile = kSubtile;
  room.backend.slab = kSlab;
  room.memory = memory;
  return room;
}

void mark(const Problem& p, const Step& s, std::map<std::pair<i64, i64>, int>& count) {
  for (i64 i = s.row / kSubtile; i * kSubtile < s.row + s.rows; ++i)
    for (i64 j = s.column / kSubtile; j * kSubtile < s.column + s.columns; ++j)
      if (!p.symmetric || j >= i) ++count[{i, j}];
}

void check_plan(const Problem& p, const Room& room, const Geometry& g) {
  EXPECT_LE(g.memory, room.memory);
  const std::vector<Step> steps = make_steps(p, g, Done(p, kSubtile, {}));
  double tiles = 0, flop = 0, loaded = 0;
  std::map<std::pair<i64, i64>, int> count;
  std::vector<Rect> half;
  for (const Step& s : steps) {
    flop += s.flop;
    for (const Load& l : s.loads) loaded += double(l.variables) * double(l.observations);
    if (!s.last) continue;
    if (std::size_t(tiles) % 2 == 0) half.push_back({s.row, s.column, s.rows, s.columns});
    ++tiles;
    mark(p, s, count);
  }
  const i64 n = p.rows.variables(), c = p.columns.variables();
  const Cost cost = cost_of(p, g);
  EXPECT_EQ(cost.tiles, tiles);
  EXPECT_NEAR(cost.flop, flop, 1e-9 * flop);
  EXPECT_NEAR(cost.passes, loaded / (double(p.symmetric ? n : n + c) * double(p.observations)),
              1e-9 * cost.passes);
  const i64 down = (n + kSubtile - 1) / kSubtile, across = (c + kSubtile - 1) / kSubtile;
  EXPECT_EQ(i64(count.size()), p.symmetric ? down * (down + 1) / 2 : down * across);
  for (const auto& [at, times] : count) EXPECT_EQ(times, 1) << at.first << ", " << at.second;

  std::map<std::pair<i64, i64>, int> both;  // what was done before, and the rest
  for (const Rect& r : half) {
    Step s;
    s.row = r.row, s.column = r.column, s.rows = r.rows, s.columns = r.columns;
    mark(p, s, both);
  }
  for (const Step& s : make_steps(p, g, Done(p, kSubtile, half)))
    if (s.last) mark(p, s, both);
  EXPECT_EQ(both, count);
}

TEST(CovPlan, CostIsWhatTheStepsDo) {
  int resident = 0, streamed = 0, refused = 0;
  for (const i64 n : {1, 63, 64, 200, 1000})
    for (const i64 other : {0, 1, 65, 700})
      for (const i64 k : {1, 100, 1000, 20000})
        for (std::uint64_t memory = 1 << 18; memory <= (1 << 28); memory *= 3) {
          const Problem p = problem_of(n, other, k);
          SCOPED_TRACE(std::to_string(n) + " x " + std::to_string(other) + ", " + std::to_string(k) + ", " +
                       std::to_string(memory));
          Room room = room_of(memory);
          Geometry g;
          try {
            g = choose_geometry(p, room);
          } catch (const Error& error) {
            ++refused;
            ASSERT_EQ(int(error.kind()), int(ErrorKind::kMemory));
            std::string size = error.advice().substr(error.advice().rfind(' ') + 1);
            const int shift = size.back() == 'G' ? 30 : size.back() == 'M' ? 20 : 10;
            room.memory = std::stoull(size) << shift;
            ASSERT_NO_THROW(g = choose_geometry(p, room)) << error.advice();
          }
          (g.resident ? resident : streamed) += 1;
          check_plan(p, room, g);
        }
  EXPECT_GT(resident, 0);
  EXPECT_GT(streamed, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace sluice::cov_detail
