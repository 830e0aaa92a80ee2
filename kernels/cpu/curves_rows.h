// A group of curves in lanes: row k of lane j is at k * kLanes + j of times, fluxes, errors and values in
// order. Rows that are bad or cut are left out as they are brought there.
#pragma once
#include <cstring>
#include <limits>

#include "kernels/cpu/curves_level.h"
#include "kernels/cpu/curves_sort.h"
#include "kernels/curves.inl"

namespace sluice::SLUICE_BACKEND::SLUICE_CURVES {

struct Group {
  double *t, *f, *e, *order;  // e becomes 1 / e
  std::int64_t n[kLanes];     // rows of each lane
  std::int64_t least, most;   // of the lanes that have a curve
  Vec rows, origin;           // n, the middle one of the first, the middle and the last flux
  Vec weighted_origin;        // flux of the least error
  CurvesAhead* ahead;
};

struct Everywhere {};

SLUICE_LANE_CALL Vec keep(Everywhere, Vec x) {
  return x;
}
SLUICE_LANE_CALL Vec choose(Everywhere, Vec yes, Vec) {
  return yes;
}
SLUICE_LANE_CALL Bits both(Everywhere, Bits b) {
  return b;
}
SLUICE_LANE_CALL Bits both(Bits a, Bits b) {
  return a & b;
}

/// body(k, mask) for rows from `first` on: of all lanes while all have them, then of those that do.
template <class Body>
SLUICE_LANE_CALL void each_row(const Group& g, std::int64_t first, const Body& body) {
  std::int64_t k = first;
  CurvesAhead& ahead = *g.ahead;
  const std::int64_t asking =
      g.least < k + ahead.count - ahead.asked ? g.least : k + ahead.count - ahead.asked;
  for (; k < asking; ++k) {
    __builtin_prefetch(ahead.line[ahead.asked++]);
    body(k, Everywhere{});
  }
  for (; k < g.least; ++k) body(k, Everywhere{});
  for (; k < g.most; ++k) body(k, Bits(all(double(k)) < g.rows));
}

/// What four curves' numbers of one kind are like: whether all are finite, whether one is below 0.
struct Seen {
  __m256d none = _mm256_setzero_pd();   // 0, or NaN
  __m256d signs = _mm256_setzero_pd();  // sign bits
  SLUICE_LANE_CALL void look(__m256d x) {
    none = _mm256_add_pd(none, _mm256_sub_pd(x, x));
    signs = _mm256_or_pd(signs, x);
  }
  SLUICE_LANE_CALL bool finite() const {
    return _mm256_movemask_pd(_mm256_cmp_pd(none, _mm256_setzero_pd(), _CMP_EQ_OQ)) == 15;
  }
  SLUICE_LANE_CALL bool negative() const { return _mm256_movemask_pd(signs) != 0; }
};

/// Brings rows of four neighbouring lanes as they are: four rows of four curves become four rows of lanes.
SLUICE_LANE_CALL Seen bring_four(const double* const* from, const std::int64_t* n, double* to) {
  Seen seen;
  std::int64_t least = n[0], i = 0;
  for (int j = 1; j < 4; ++j) least = n[j] < least ? n[j] : least;
  for (; i + 4 <= least; i += 4) {
    const __m256d a = _mm256_loadu_pd(from[0] + i), b = _mm256_loadu_pd(from[1] + i);
    const __m256d c = _mm256_loadu_pd(from[2] + i), d = _mm256_loadu_pd(from[3] + i);
    seen.look(a), seen.look(b), seen.look(c), seen.look(d);
    const __m256d ab0 = _mm256_unpacklo_pd(a, b), ab1 = _mm256_unpackhi_pd(a, b);
    const __m256d cd0 = _mm256_unpacklo_pd(c, d), cd1 = _mm256_unpackhi_pd(c, d);
    double* const rows = to + i * kLanes;
    _mm256_store_pd(rows, _mm256_permute2f128_pd(ab0, cd0, 0x20));
    _mm256_store_pd(rows + kLanes, _mm256_permute2f128_pd(ab1, cd1, 0x20));
    _mm256_store_pd(rows + 2 * kLanes, _mm256_permute2f128_pd(ab0, cd0, 0x31));
    _mm256_store_pd(rows + 3 * kLanes, _mm256_permute2f128_pd(ab1, cd1, 0x31));
  }
  for (int j = 0; j < 4; ++j)
    for (std::int64_t k = i; k < n[j]; ++k) {
      to[k * kLanes + j] = from[j][k];
      seen.look(_mm256_set1_pd(from[j][k]));
    }
  return seen;
}

/// Rows of one lane, those left out that do not count.
SLUICE_LANE_CALL std::int64_t bring_some(const CurveCuts& cuts, const double* t, const double* f,
                                         const double* e, std::int64_t n, const Group& g, int lane,
                                         std::int64_t* dropped) {
  std::int64_t k = lane;
  for (std::int64_t i = 0; i < n; ++i) {
    const int why = curve_row(cuts, t[i], f[i], e ? e[i] : 0, e != nullptr);
    if (why != 0) {
      ++dropped[why - 1];
      continue;
    }
    g.t[k] = t[i], g.f[k] = f[i];
    if (e) g.e[k] = e[i];
    k += kLanes;
  }
  return k / kLanes;
}

SLUICE_LANE_CALL bool ascends(const double* t, std::int64_t n) {
  for (std::int64_t k = 1; k < n; ++k)
    if (t[k] < t[k - 1]) return false;
  return true;
}

/// Brings curves into lanes; lanes without a curve have no rows. First as if all rows counted, since most do.
inline void bring(const CurveFeaturesArgs& a, const std::int64_t* ids, int count, Group& g) {
  const double *t[kLanes], *f[kLanes], *e[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    g.n[lane] = 0;
    t[lane] = f[lane] = e[lane] = nullptr;
    if (lane >= count) continue;
    const std::int64_t first = a.starts[ids[lane]] - a.starts[0];
    g.n[lane] = a.starts[ids[lane] + 1] - a.starts[ids[lane]];
    t[lane] = a.t + first, f[lane] = a.flux + first, e[lane] = a.error ? a.error + first : nullptr;
  }
  const bool timed = a.cuts.from > -std::numeric_limits<double>::infinity() ||
                     a.cuts.to < std::numeric_limits<double>::infinity();
  for (int four = 0; four < kLanes && four < count; four += 4) {
    const Seen times = bring_four(t + four, g.n + four, g.t + four);
    const Seen fluxes = bring_four(f + four, g.n + four, g.f + four);
    bool whole = times.finite() && fluxes.finite() && a.cuts.least_snr == 0;
    if (a.error) {
      const Seen errors = bring_four(e + four, g.n + four, g.e + four);
      whole = whole && errors.finite() && !errors.negative();
    }
    for (int lane = four; lane < four + 4 && lane < count; ++lane) {
      const std::int64_t n = g.n[lane];
      // Only of times in order the first and the last tell of all.
      whole = whole && (!timed || n == 0 ||
                        (t[lane][0] >= a.cuts.from && t[lane][n - 1] <= a.cuts.to && ascends(t[lane], n)));
      a.dropped[2 * ids[lane]] = a.dropped[2 * ids[lane] + 1] = 0;
    }
    for (int lane = four; !whole && lane < four + 4 && lane < count; ++lane)
      g.n[lane] =
          bring_some(a.cuts, t[lane], f[lane], e[lane], g.n[lane], g, lane, a.dropped + 2 * ids[lane]);
  }
  double rows[kLanes], origin[kLanes];
  g.least = std::numeric_limits<std::int64_t>::max(), g.most = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    const std::int64_t n = g.n[lane];
    rows[lane] = double(n), origin[lane] = 0;
    if (n > 0)
      origin[lane] = curve_middle(g.f[lane], g.f[n / 2 * kLanes + lane], g.f[(n - 1) * kLanes + lane]);
    g.least = n < g.least ? n : g.least, g.most = n > g.most ? n : g.most;
  }
  std::memcpy(&g.rows, rows, sizeof rows);
  std::memcpy(&g.origin, origin, sizeof origin);
}

/// Lanes whose times descend somewhere.
inline Bits descending(const Group& g) {
  Bits found{};
  each_row(g, 1, [&](std::int64_t k, auto mask) {
    found |= both(mask, Bits(load(g.t + k * kLanes) < load(g.t + (k - 1) * kLanes)));
  });
  return found;
}

/// Values in order, behind them infinities up to whole blocks. -0 becomes 0: which of both came first would
/// depend on the others' lengths.
inline void put_in_order(Group& g) {
  const std::int64_t rows = (g.most + kBlock - 1) / kBlock * kBlock;
  const Vec end = all(std::numeric_limits<double>::infinity());
  for (std::int64_t k = 0; k < rows; ++k) store(g.order + k * kLanes, end);
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    store(g.order + k * kLanes, choose(mask, load(g.f + k * kLanes) + 0.0, end));
  });
  sort_rows(g.order, rows);
}

}  // namespace sluice::SLUICE_BACKEND::SLUICE_CURVES
