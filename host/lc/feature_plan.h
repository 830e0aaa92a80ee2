// What a list of features means for the device and for the table: columns to compute for each curve, and from
// which of them each column of an object comes.
#pragma once
#include <vector>

#include "host/lc/features.h"

namespace sluice::lc {

struct FeaturePlan {
  /// A number of an object: of curve `band`, or a colour from the means of `band` and the next.
  struct Source {
    std::size_t band;
    std::size_t column;  // of `computed`
    bool colour;
  };
  std::vector<CurveColumn> computed;  // each once
  std::vector<Source> sources;        // of the table's columns
  std::vector<FeatureColumnName> columns;
  std::vector<std::string> notes;
};

/// Error{kUsage}: no bands, no features, a name in min_points_of that is none.
FeaturePlan plan_features(const std::vector<std::string>& bands, const FeatureOptions& options);

/// The numbers of one object: `computed` holds bands x plan.computed.size() numbers.
void gather_features(const FeaturePlan& plan, const double* computed, double* values);

}  // namespace sluice::lc
