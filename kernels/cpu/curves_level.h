// Features of a group of light curves, compiled for two vector levels: what curves.cpp asks of either.
#pragma once
#include "kernels/curves.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// Lines of memory that the next group will read: asked for one at a time between this group's rows, so that
/// neither waits for the other.
struct CurvesAhead {
  static constexpr int kLines = 3 * kCurveLanes * 16;
  int asked, count;
  const double* line[kLines];
};

struct CurvesLevel {
  int lanes;  // curves of a group, at most
  /// Curves `ids` of a call; their columns and counts go to the call's outputs. `needs`: of all columns.
  void (*take)(const CurveFeaturesArgs&, std::uint32_t needs, const std::int64_t* ids, int count,
               void* scratch, CurvesAhead& ahead);
};

CurvesLevel narrow_curves();
/// For Level::kV4 and above.
CurvesLevel wide_curves();

}  // namespace sluice::SLUICE_BACKEND
