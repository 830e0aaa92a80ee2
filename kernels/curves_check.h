// Checks of the arguments of curve_features, the same in every backend.
#pragma once
#include "kernels/check.h"
#include "kernels/curves.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

inline void check(const CurveFeaturesArgs& a) {
  check_positive("curve_features", "curves", a.curves);
  check_positive("curve_features", "rows", a.rows);
  check_positive("curve_features", "longest", a.longest);
  if (a.columns < 0 || a.columns > kCurveColumns)
    fail(kBadArgument, "curve_features: %d columns: expected at most %d", a.columns, kCurveColumns);
  for (int i = 0; i < a.columns; ++i) {
    const int statistic = int(a.column[i].statistic);
    if (statistic < 0 || statistic >= kCurveStatistics)
      fail(kBadArgument, "curve_features: unknown statistic %d", statistic);
    if (!is_finite(a.column[i].a) || !is_finite(a.column[i].b))
      fail(kBadArgument, "curve_features: a parameter that is not a number");
  }
  if (!(a.cuts.from <= a.cuts.to) || !(a.cuts.least_snr >= 0))
    fail(kBadArgument, "curve_features: cuts that make no sense");
  if (a.curves == 0) return;
  check_pointer("curve_features", "starts", a.starts);
  check_pointer("curve_features", "dropped", a.dropped);
  if (a.columns > 0) check_pointer("curve_features", "out", a.out);
  check_pointer("curve_features", "scratch", a.scratch);
  if (a.scratch_bytes < curve_features_thread(a.longest) ||
      reinterpret_cast<std::uintptr_t>(a.scratch) % 64 != 0)
    fail(kBadArgument, "curve_features: scratch of %lld bytes: expected at least %lld, at a multiple of 64",
         static_cast<long long>(a.scratch_bytes), static_cast<long long>(curve_features_thread(a.longest)));
  if (a.longest >= std::int64_t(1) << 31)
    fail(kBadArgument, "curve_features: a curve of %lld rows: expected less than 2^31",
         static_cast<long long>(a.longest));
  if (a.rows == 0) return;
  check_pointer("curve_features", "t", a.t);
  check_pointer("curve_features", "flux", a.flux);
  if (!a.error && a.cuts.least_snr > 0)
    fail(kBadArgument, "curve_features: a cut on signal to noise without errors");
}

}  // namespace sluice::SLUICE_BACKEND
