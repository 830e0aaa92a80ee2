// The pairs of a strip of rows with a block of columns. A row's numbers are broadcast, columns lie in lanes;
// the rows' sums stay in registers along the block, a column's are added in memory once a strip. So a pair is
// worked out once and serves both its ends: an approximate reciprocal with a Newton step, and five products.
#pragma once
#include "kernels/cpu/layout_lanes.h"
#include "kernels/cpu/layout_level.h"

namespace sluice::SLUICE_BACKEND::SLUICE_LAYOUT {

/// Rows of a strip: as many as leave registers for the rest.
constexpr int rows_of(int dims) {
  return SLUICE_WIDE ? (dims == 2 ? 8 : dims == 3 ? 4 : 2) : 2;
}

template <class T, int kDims, bool kSigns, bool kBoth>
struct Strip {
  using L = Lanes<T>;
  using V = typename L::V;
  static constexpr int kRows = rows_of(kDims), kMost = kDims > 0 ? kDims : kLayoutDims;

  const T* points;
  T* sums;
  std::int64_t padded, row;
  int dims;
  V eps, inverse;
  V here[kRows][kMost];  // sums of the rows

  SLUICE_LAYOUT_CALL int count() const { return kDims > 0 ? kDims : dims; }

  template <bool kMasked>
  SLUICE_LAYOUT_CALL void vector(std::int64_t column, const std::uint16_t* lanes) {
    V x[kMost], there[kMost];
    for (int k = 0; k < count(); ++k) {
      x[k] = L::load(points + k * padded + column);
      if constexpr (kBoth) there[k] = L::load(sums + k * padded + column);
    }
#if defined(__clang__)
#pragma clang loop unroll(full)
#else
#pragma GCC unroll 8
#endif
    for (int r = 0; r < kRows; ++r) {
      V d[kMost], far = eps;
      for (int k = 0; k < count(); ++k) {
        d[k] = L::all(points[k * padded + row + r]) - x[k];
        far = kSigns ? far + L::magnitude(d[k]) : L::fma(d[k], d[k], far);
      }
      V q = L::reciprocal(far);
      if constexpr (kMasked) q = L::keep(lanes[r], q);
      inverse = inverse + q;
      const V c = q * q;
      for (int k = 0; k < count(); ++k) {
        if constexpr (kSigns) {
          const V f = L::with_sign(c, d[k]);
          here[r][k] = here[r][k] + f;
          if constexpr (kBoth) there[k] = there[k] - f;
        } else {
          here[r][k] = L::fma(c, d[k], here[r][k]);
          if constexpr (kBoth) there[k] = L::less(c, d[k], there[k]);
        }
      }
    }
    if constexpr (kBoth)
      for (int k = 0; k < count(); ++k) L::store(sums + k * padded + column, there[k]);
  }
};

template <class T, int kDims, bool kSigns, bool kBoth>
double take_strip(const LayoutStrip& given) {
  using S = Strip<T, kDims, kSigns, kBoth>;
  using L = Lanes<T>;
  S s;
  s.points = static_cast<const T*>(given.points), s.sums = static_cast<T*>(given.sums);
  s.padded = given.padded, s.row = given.row, s.dims = given.dims;
  s.eps = L::all(T(given.eps)), s.inverse = L::all(0);
  for (int r = 0; r < S::kRows; ++r)
    for (int k = 0; k < s.count(); ++k) s.here[r][k] = L::all(0);
  for (int v = 0; v < given.vectors; ++v) {
    const std::int64_t column = given.column + v * L::kCount;
    if (__builtin_expect(given.masks->some[v], 0))
      s.template vector<true>(column, given.masks->lanes + v * kLayoutRows);
    else
      s.template vector<false>(column, nullptr);
  }
  for (int k = 0; k < s.count(); ++k)
    for (int r = 0; r < S::kRows; ++r) s.sums[k * s.padded + s.row + r] += L::sum(s.here[r][k]);
  return double(L::sum(s.inverse));
}

template <class T, int kDims>
LayoutLevel level_for(bool signs, bool both) {
  LayoutLevel level{Lanes<T>::kCount, rows_of(kDims), nullptr};
  level.take = signs ? (both ? &take_strip<T, kDims, true, true> : &take_strip<T, kDims, true, false>)
                     : (both ? &take_strip<T, kDims, false, true> : &take_strip<T, kDims, false, false>);
  return level;
}

inline LayoutLevel layout_level(DType type, std::int32_t dims, bool signs, bool both) {
  if (type == DType::kFloat32)
    return dims == 2   ? level_for<float, 2>(signs, both)
           : dims == 3 ? level_for<float, 3>(signs, both)
                       : level_for<float, 0>(signs, both);
  return dims == 2   ? level_for<double, 2>(signs, both)
         : dims == 3 ? level_for<double, 3>(signs, both)
                     : level_for<double, 0>(signs, both);
}

}  // namespace sluice::SLUICE_BACKEND::SLUICE_LAYOUT
