// A group of curves in lanes: row k of lane j is at k * kLanes + j of times, fluxes, errors and values in
// order. Rows that are bad or cut are left out as they are brought there.
#pragma once
#include <cstring>
#include <limits>

#include "kernels/cpu/curves_sort.h"
#include "kernels/curves.inl"

namespace sluice::SLUICE_BACKEND::SLUICE_CURVES {

struct Group {
  double *t, *f, *e, *order;  // e becomes 1 / e
  std::int64_t n[kLanes];     // rows of each lane
  std::int64_t least, most;   // of the lanes that have a curve
  Vec rows, origin;           // n, first flux
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
  for (; k < g.least; ++k) body(k, Everywhere{});
  for (; k < g.most; ++k) body(k, Bits(all(double(k)) < g.rows));
}

SLUICE_LANE_CALL bool all_count(const CurveCuts& cuts, const double* t, const double* f, const double* e,
                                std::int64_t n) {
  bool bad = cuts.least_snr > 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double none = (t[i] - t[i]) + (f[i] - f[i]);  // 0, or NaN
    bad |= !(none == 0) | !(t[i] >= cuts.from) | !(t[i] <= cuts.to);
  }
  if (e)
    for (std::int64_t i = 0; i < n; ++i) bad |= !(e[i] >= 0) | !(e[i] - e[i] == 0);
  return !bad;
}

/// Four rows of four curves become four rows of four lanes.
SLUICE_LANE_CALL void transpose(const double* const* from, std::int64_t i, double* to) {
  const __m256d a = _mm256_loadu_pd(from[0] + i), b = _mm256_loadu_pd(from[1] + i);
  const __m256d c = _mm256_loadu_pd(from[2] + i), d = _mm256_loadu_pd(from[3] + i);
  const __m256d ab0 = _mm256_unpacklo_pd(a, b), ab1 = _mm256_unpackhi_pd(a, b);
  const __m256d cd0 = _mm256_unpacklo_pd(c, d), cd1 = _mm256_unpackhi_pd(c, d);
  _mm256_store_pd(to, _mm256_permute2f128_pd(ab0, cd0, 0x20));
  _mm256_store_pd(to + kLanes, _mm256_permute2f128_pd(ab1, cd1, 0x20));
  _mm256_store_pd(to + 2 * kLanes, _mm256_permute2f128_pd(ab0, cd0, 0x31));
  _mm256_store_pd(to + 3 * kLanes, _mm256_permute2f128_pd(ab1, cd1, 0x31));
}

/// Rows of four neighbouring lanes that all count.
SLUICE_LANE_CALL void bring_four(const double* const* from, const std::int64_t* n, double* to) {
  std::int64_t least = n[0], i = 0;
  for (int j = 1; j < 4; ++j) least = n[j] < least ? n[j] : least;
  for (; i + 4 <= least; i += 4) transpose(from, i, to + i * kLanes);
  for (int j = 0; j < 4; ++j)
    for (std::int64_t k = i; k < n[j]; ++k) to[k * kLanes + j] = from[j][k];
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

/// Brings curves into lanes; lanes without a curve have no rows.
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
  for (int four = 0; four < kLanes; four += 4) {
    bool whole = true;
    for (int lane = four; lane < four + 4; ++lane) {
      if (lane >= count) continue;
      a.dropped[2 * ids[lane]] = a.dropped[2 * ids[lane] + 1] = 0;
      whole = all_count(a.cuts, t[lane], f[lane], e[lane], g.n[lane]) && whole;
    }
    if (whole) {
      bring_four(t + four, g.n + four, g.t + four);
      bring_four(f + four, g.n + four, g.f + four);
      if (a.error) bring_four(e + four, g.n + four, g.e + four);
    } else {
      for (int lane = four; lane < four + 4 && lane < count; ++lane)
        g.n[lane] =
            bring_some(a.cuts, t[lane], f[lane], e[lane], g.n[lane], g, lane, a.dropped + 2 * ids[lane]);
    }
  }
  double rows[kLanes], origin[kLanes];
  g.least = std::numeric_limits<std::int64_t>::max(), g.most = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    const std::int64_t n = g.n[lane];
    rows[lane] = double(n), origin[lane] = n > 0 ? g.f[lane] : 0;
    g.least = n < g.least ? n : g.least, g.most = n > g.most ? n : g.most;
  }
  std::memcpy(&g.rows, rows, sizeof rows);
  std::memcpy(&g.origin, origin, sizeof origin);
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
