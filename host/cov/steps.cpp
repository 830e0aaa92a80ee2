// The steps of a plan in order. Resident: for each group of panels, each later panel is loaded once and
// multiplied with the whole group. Streamed: for each block, chunks of observations in order.
#include <algorithm>

#include "host/cov/plan.h"

namespace sluice::cov_detail {
namespace {

using i64 = std::int64_t;

double useful_flop(const Problem& p, i64 row, i64 rows, i64 column, i64 columns, i64 k) {
  if (!p.symmetric) return 2.0 * double(rows) * double(columns) * double(k);
  // Entries on or above the diagonal; SYRK counts n^2 k for a square of side n.
  double entries = 0;
  const i64 last = column + columns;
  if (row + rows <= column) {
    entries = double(rows) * double(columns);
  } else {
    for (i64 r = row; r < row + rows; ++r) entries += double(std::max<i64>(0, last - std::max(r, column)));
  }
  return 2.0 * entries * double(k);
}

void resident_steps(const Problem& p, const Geometry& g, const Done& done, std::vector<Step>& steps) {
  const i64 n = p.rows.variables(), c = p.columns.variables(), k = p.observations;
  for (i64 first = 0; first < n; first += g.block_rows) {
    const i64 end = std::min(first + g.block_rows, n);
    i64 loaded_to = first;  // the group's variables that are there
    for (i64 column = p.symmetric ? first : 0; column < c; column += g.panel) {
      Step step;
      step.row = first;
      step.column = column;
      step.columns = std::min(g.panel, c - column);
      step.b_in_rows = p.symmetric && column < end;
      step.rows = (step.b_in_rows ? std::min(column + step.columns, end) : end) - first;
      step.observations = k;
      step.first = step.last = true;
      if (done.covers(step.row, step.rows, step.column, step.columns)) continue;
      for (; loaded_to < first + step.rows; loaded_to += g.panel) {
        const i64 variables = std::min(g.panel, end - loaded_to);
        step.loads.push_back({false, false, loaded_to - first, loaded_to, variables, 0, k});
      }
      if (step.b_in_rows)
        step.b_at = column - first;
      else
        step.loads.push_back({!p.symmetric, true, 0, column, step.columns, 0, k});
      step.flop = useful_flop(p, step.row, step.rows, step.column, step.columns, k);
      steps.push_back(std::move(step));
    }
  }
}

void streamed_steps(const Problem& p, const Geometry& g, const Done& done, std::vector<Step>& steps) {
  const i64 n = p.rows.variables(), c = p.columns.variables(), k = p.observations;
  for (i64 row = 0; row < n; row += g.block_rows)
    for (i64 column = p.symmetric ? row : 0; column < c; column += g.block_columns) {
      const i64 rows = std::min(g.block_rows, n - row), columns = std::min(g.block_columns, c - column);
      if (done.covers(row, rows, column, columns)) continue;
      const bool diagonal = p.symmetric && row == column;
      i64 at = 0;
      do {
        Step step;
        step.row = row, step.rows = rows, step.column = column, step.columns = columns;
        step.b_in_rows = diagonal;
        step.observation = at;
        step.observations = std::min(g.chunk, k - at);
        step.first = at == 0;
        step.last = at + step.observations >= k;
        step.loads.push_back({false, false, 0, row, rows, at, step.observations});
        if (!diagonal) step.loads.push_back({!p.symmetric, true, 0, column, columns, at, step.observations});
        step.flop = useful_flop(p, row, rows, column, columns, step.observations);
        at += std::max<i64>(1, step.observations);
        steps.push_back(std::move(step));
      } while (at < k);
    }
}

}  // namespace

Done::Done(const Problem& p, i64 subtile, const std::vector<Rect>& rects)
    : symmetric_(p.symmetric), subtile_(subtile), across_((p.columns.variables() + subtile - 1) / subtile) {
  if (rects.empty()) return;
  const i64 down = (p.rows.variables() + subtile - 1) / subtile;
  bits_.assign(std::size_t(down * across_), false);
  for (const Rect& r : rects) {
    // A record counts for the sub-tiles that it covers whole (the last ones are cut by the matrix's edge).
    const i64 row_end = r.row + r.rows == p.rows.variables() ? down : (r.row + r.rows) / subtile;
    const i64 column_end =
        r.column + r.columns == p.columns.variables() ? across_ : (r.column + r.columns) / subtile;
    for (i64 i = (r.row + subtile - 1) / subtile; i < row_end; ++i)
      for (i64 j = (r.column + subtile - 1) / subtile; j < column_end; ++j)
        if (i >= 0 && i < down && j >= 0 && j < across_) bits_[std::size_t(i * across_ + j)] = true;
  }
}

bool Done::covers(i64 row, i64 rows, i64 column, i64 columns) const {
  if (bits_.empty()) return false;
  for (i64 i = row / subtile_; i * subtile_ < row + rows; ++i)
    for (i64 j = column / subtile_; j * subtile_ < column + columns; ++j)
      if (!(symmetric_ && j < i) && !bits_[std::size_t(i * across_ + j)]) return false;
  return true;
}

std::vector<Step> make_steps(const Problem& p, const Geometry& g, const Done& done) {
  std::vector<Step> steps;
  if (p.rows.variables() == 0 || p.columns.variables() == 0) return steps;
  if (g.resident)
    resident_steps(p, g, done, steps);
  else
    streamed_steps(p, g, done, steps);
  return steps;
}

std::vector<TileRequest> tiles_of(const Problem& p, const Geometry& g, const Load& load, i64 slab) {
  const Side& side = load.column_side ? p.columns : p.rows;
  const i64 element = i64(size_of(side.source->info().type));
  i64 variables = load.variables, observations = load.observations;
  if (variables == 0 || observations == 0) return {};
  auto whole_slabs = [&](i64 wish) {
    return std::min(load.observations, std::max(slab, wish / slab * slab));
  };
  if (side.layout() == Layout::kVariables) {
    variables =
        std::min(load.variables, std::max<i64>(1, g.load_bytes / std::max<i64>(1, observations * element)));
    if (variables == 1) observations = whole_slabs(g.load_bytes / element);
  } else {
    observations = whole_slabs(g.load_bytes / (load.variables * element));
  }
  std::vector<TileRequest> tiles;
  for (i64 v = 0; v < load.variables; v += variables)
    for (i64 k = 0; k < load.observations; k += observations)
      tiles.push_back({side.source.get(),
                       side.rect(load.variable + v, std::min(variables, load.variables - v),
                                 load.observation + k, std::min(observations, load.observations - k))});
  return tiles;
}

}  // namespace sluice::cov_detail
