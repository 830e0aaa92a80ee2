// Features of a group of light curves, compiled for two vector levels: what curves.cpp asks of either.
#pragma once
#include "kernels/curves.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

struct CurvesLevel {
  int lanes;  // curves of a group, at most
  /// Curves `ids` of a call; their columns and counts go to the call's outputs. `needs`: of all columns.
  void (*take)(const CurveFeaturesArgs&, std::uint32_t needs, const std::int64_t* ids, int count,
               void* scratch);
};

CurvesLevel narrow_curves();
/// For Level::kV4 and above.
CurvesLevel wide_curves();

}  // namespace sluice::SLUICE_BACKEND
