#include "host/cov/plan.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/error.h"
#include "host/units.h"

namespace sluice::cov_detail {
namespace {

using i64 = std::int64_t;
i64 ceil_to(i64 x, i64 unit) {
  return (x + unit - 1) / unit * unit;
}
i64 ceil_div(i64 x, i64 y) {
  return (x + y - 1) / y;
}

struct Shape {
  const Problem& p;
  const Room& m;
  i64 n, c, k;  // rows and columns of the result, observations
  i64 sub, slab, es, os;
  double mirrored;  // orientations of a result tile
  i64 slabs(i64 observations) const { return std::max<i64>(1, ceil_div(observations, slab)); }
};

Shape shape_of(const Problem& p, const Room& m) {
  return {p,
          m,
          p.rows.variables(),
          p.columns.variables(),
          p.observations,
          m.backend.subtile,
          m.backend.slab,
          size_of(p.compute),
          i64(size_of(p.out_type)),
          p.symmetric ? 2.0 : 1.0};
}

bool is_staged(const Problem& p, const Room& m) {
  const bool shared = m.backend.shares_host_memory != 0;
  return Reader::staged(*p.rows.source, shared, m.io) || Reader::staged(*p.columns.source, shared, m.io);
}

/// The smallest input tile: one run over one slab, or one slab of runs.
i64 smallest_load(const Shape& s, i64 variables) {
  auto side = [&](const Side& x) {
    const i64 element = i64(size_of(x.source->info().type)), k = std::min(s.slab, s.k);
    return x.layout() == Layout::kVariables ? k * element : k * std::min(variables, x.variables()) * element;
  };
  return std::max<i64>(1, std::max(side(s.p.rows), side(s.p.columns)));
}

i64 slot_bytes(const Shape& s, i64 rows, i64 columns) {
  const i64 tile = i64(double(rows) * double(columns) * double(s.os) * s.mirrored);
  return ceil_to(tile, 64) + 64 + 2 * 8 * (rows + columns);  // the largest entry; means and variances
}

/// Elements of a panel whichever way it lies: its runs are padded to kRunUnit.
i64 panel_elements(i64 variables, i64 observations) {
  return std::max(variables * ceil_to(observations, kRunUnit), ceil_to(variables, kRunUnit) * observations);
}

/// Fills in memory and device_memory; the sum that the engine's buffers make.
void account(const Shape& s, Geometry& g) {
  const bool shared = s.m.backend.shares_host_memory != 0;
  const i64 rows = std::min(g.block_rows, s.n), columns = g.one_side ? 0 : std::min(g.block_columns, s.c);
  const i64 chunk = std::min(g.chunk, s.k);
  auto panel = [&](i64 variables) {
    return panel_elements(variables, chunk) * s.es + variables * 8 * (4 + 2 * s.slabs(chunk));
  };
  const double accumulators = 8.0 * double(rows) * double(std::min(g.block_columns, s.c));
  const i64 weights = s.p.weights ? 2 * chunk * 8 : 0;
  double device =
      double(panel(rows)) + double(panel(columns)) + accumulators + double(weights) + double(s.m.scratch);
  double host =
      double(g.slots) * double(g.slot_bytes) + double(weights) + (g.resident ? 0.0 : double(kStateBytes));
  g.staged = is_staged(s.p, s.m);
  if (g.staged) host += double(Reader::memory(true, g.depth, std::uint64_t(g.load_bytes)));
  host += double(s.p.rows.source->cache_bytes() + (s.p.symmetric ? 0 : s.p.columns.source->cache_bytes()));
  if (!shared) device += 2.0 * double(g.load_bytes) + double(g.slots) * double(g.slot_bytes);
  g.memory = std::uint64_t(shared ? host + device : host);
  g.device_memory = std::uint64_t(shared ? 0 : device);
}

bool fits(const Shape& s, const Geometry& g) {
  return g.memory <= s.m.memory &&
         (s.m.backend.shares_host_memory != 0 || g.device_memory <= s.m.device_memory);
}

/// Budget that panels and accumulators are cut from.
double main_budget(const Shape& s) {
  return double(s.m.backend.shares_host_memory != 0 ? s.m.memory : s.m.device_memory);
}

/// About how large an input tile is: enough for every thread, less where the memory is small. `tight`: the
/// least.
i64 load_bytes(const Shape& s, i64 variables, bool tight) {
  const i64 least = smallest_load(s, variables);
  if (tight) return least;
  const i64 wish =
      s.m.backend.shares_host_memory != 0 ? std::max<i64>(8, 2 * s.m.threads) << 20 : i64(64) << 20;
  return std::max(least, std::min(wish, i64(s.m.memory / 16)));
}

Geometry resident(const Shape& s, i64 group, bool tight) {
  Geometry g;
  g.resident = true;
  g.panel = s.sub;
  g.group = group;
  g.block_rows = group * g.panel;
  g.block_columns = g.panel;
  g.chunk = std::max<i64>(1, s.k);
  g.load_bytes = load_bytes(s, g.panel, tight);
  g.slot_rows = std::min(g.block_rows, s.n);
  g.slot_columns = std::min(g.panel, s.c);
  g.slot_bytes = slot_bytes(s, g.slot_rows, g.slot_columns);
  account(s, g);
  return g;
}

Geometry streamed(const Shape& s, i64 rows, i64 columns, i64 slabs, bool tight) {
  Geometry g;
  g.panel = s.sub;
  g.block_rows = rows;
  g.block_columns = columns;
  g.one_side = s.p.symmetric && rows >= s.n;
  g.chunk = slabs * s.slab;
  g.load_bytes = load_bytes(s, std::max(rows, columns), tight);
  g.slot_rows = std::min<i64>(s.sub, std::min(rows, s.n));
  g.slot_columns = std::min<i64>(std::min(columns, s.c), std::max<i64>(s.sub, 2048));
  g.slot_bytes = slot_bytes(s, g.slot_rows, g.slot_columns);
  account(s, g);
  return g;
}

/// The most slabs a chunk that still fit, up to enough for all threads and long reads.
bool widen_chunk(const Shape& s, Geometry& g, bool tight) {
  if (!fits(s, g)) return false;
  const i64 most = std::min<i64>(s.slabs(s.k), std::max<i64>(8, 2 * s.m.threads));
  for (i64 slabs = most; slabs > 1; --slabs) {
    const Geometry wide = streamed(s, g.block_rows, g.block_columns, slabs, tight);
    if (fits(s, wide)) {
      g = wide;
      break;
    }
  }
  return true;
}

/// Variables that are loaded over all observations, and tiles, summed over rows of blocks.
void count(const Problem& p, const Geometry& g, double& variables, double& tiles) {
  const i64 n = p.rows.variables(), c = p.columns.variables();
  for (i64 row = 0; row < n; row += g.block_rows) {
    const i64 rows = std::min(g.block_rows, n - row), first = p.symmetric ? row : 0;
    const i64 across = ceil_div(c - first, g.block_columns);
    tiles += double(across);
    if (g.resident) {
      variables += p.symmetric ? double(n - row) : double(rows + c);
    } else {
      // Every block loads its rows and its columns; on the diagonal they are the same.
      variables += double(across) * double(rows) + double(c - first);
      if (p.symmetric) variables -= double(std::min(g.block_columns, c - first));
    }
  }
}

double bytes_read(const Shape& s, const Geometry& g) {
  double variables = 0, tiles = 0;
  count(s.p, g, variables, tiles);
  return variables * double(s.k) * double(s.es);
}

/// The plan that reads least of those that fit; false where none does.
bool choose(const Shape& s, bool tight, Geometry& best) {
  // One block, one pass, where the accumulators fit.
  Geometry one =
      streamed(s, ceil_to(std::max<i64>(s.n, 1), s.sub), ceil_to(std::max<i64>(s.c, 1), s.sub), 1, tight);
  if (widen_chunk(s, one, tight)) {
    best = one;
    return true;
  }
  double best_bytes = INFINITY;
  auto consider = [&](const Geometry& g) {
    const double bytes = bytes_read(s, g);
    if (fits(s, g) && bytes < best_bytes) best = g, best_bytes = bytes;
  };
  const i64 panels = ceil_div(s.n, s.sub);
  const bool addressable = s.k < std::numeric_limits<int>::max() - kRunUnit;  // BLAS counts a run in an int
  for (i64 group = 1; addressable && group <= panels; group = group < 64 ? group + 1 : group + group / 16)
    consider(resident(s, group, tight));
  // Square blocks read least; their side comes from three fifths of the memory.
  i64 side = i64(std::sqrt(0.6 * main_budget(s) / 8)) / s.sub * s.sub;
  for (; side >= s.sub; side -= s.sub) {
    Geometry g = streamed(s, side, side, 1, tight);
    if (!widen_chunk(s, g, tight)) continue;
    consider(g);
    break;
  }
  return std::isfinite(best_bytes);
}

}  // namespace

Geometry choose_geometry(const Problem& problem, const Room& room) {
  const Shape s = shape_of(problem, room);
  Geometry best;
  if (choose(s, false, best) || choose(s, true, best)) return best;
  const Geometry a = resident(s, 1, true), b = streamed(s, s.sub, s.sub, 1, true);
  const bool by_host = std::min(a.memory, b.memory) > room.memory || room.backend.shares_host_memory != 0;
  const std::uint64_t least =
      by_host ? std::min(a.memory, b.memory) : std::min(a.device_memory, b.device_memory);
  const std::string option = by_host ? "--memory" : "--device-memory";
  throw Error(ErrorKind::kMemory,
              problem.rows.source->info().path + ": " + option + " is too small: expected at least " +
                  human_bytes(double(least)) + ", found " +
                  human_bytes(double(by_host ? room.memory : room.device_memory)),
              "give " + option + " " + size_argument(least));
}

Cost cost_of(const Problem& p, const Geometry& g) {
  Cost cost;
  const double n = double(p.rows.variables()), c = double(p.columns.variables()), k = double(p.observations);
  if (n == 0 || c == 0) return cost;
  double variables = 0;
  count(p, g, variables, cost.tiles);
  cost.flop = (p.symmetric ? n * (n + 1) : 2 * n * c) * k;
  cost.passes = k > 0 ? variables / (p.symmetric ? n : n + c) : 0;
  return cost;
}

}  // namespace sluice::cov_detail
