#include "host/lc/feature_plan.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"

namespace sluice::lc {
namespace {

/// Points below which a feature is undefined. The count of points is told however few there are.
std::int64_t minimum_of(const Feature& feature, const FeatureOptions& options) {
  if (feature.columns[0].statistic == CurveStatistic::kObservationCount) return 0;
  std::int64_t least = std::max(feature.minimum, options.min_points);
  for (const auto& [name, points] : options.min_points_of)
    if (&find_feature(name) == &feature) least = std::max(least, points);
  return std::clamp<std::int64_t>(least, 0, std::int64_t(1) << 30);
}

/// The place of a column among those to compute, which it joins where it is not there.
std::size_t place_of(std::vector<CurveColumn>& computed, const CurveColumn& column) {
  const auto same = [&](const CurveColumn& c) {
    return c.statistic == column.statistic && c.minimum == column.minimum && c.a == column.a &&
           c.b == column.b;
  };
  const auto at = std::find_if(computed.begin(), computed.end(), same);
  if (at != computed.end()) return std::size_t(at - computed.begin());
  computed.push_back(column);
  return computed.size() - 1;
}

double colour_of(double x, double y) {
  const double colour = x > 0 && y > 0 ? -2.5 * std::log10(x / y) : std::numeric_limits<double>::infinity();
  return std::isfinite(colour) ? colour : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

FeaturePlan plan_features(const std::vector<std::string>& bands, const FeatureOptions& options) {
  if (bands.empty())
    throw Error(ErrorKind::kUsage, "features of no bands", "name the bands, as in --bands griz");
  if (options.features.empty())
    throw Error(ErrorKind::kUsage, "no features", "--features base, field, all or names");
  for (const auto& [name, points] : options.min_points_of) find_feature(name);
  FeaturePlan plan;
  for (const FeatureRequest& request : options.features) {
    const Feature& feature = *request.feature;
    for (const FeatureColumn& c : feature.columns) {
      CurveColumn column{c.statistic, std::int32_t(minimum_of(feature, options)), 0, 0};
      if (!request.parameters.empty()) column.a = request.parameters[0];
      if (request.parameters.size() > 1) column.b = request.parameters[1];
      if (options.normalized_mad && feature.name == "MAD") column.statistic = CurveStatistic::kNormalizedMad;
      const std::size_t place = place_of(plan.computed, column);
      const std::size_t last = feature.across_bands ? bands.size() - 1 : bands.size();
      for (std::size_t band = 0; band < last; ++band)
        plan.sources.push_back({band, place, feature.across_bands});
    }
  }
  plan.columns = feature_columns(bands, options.features, &plan.notes);
  if (options.normalized_mad)
    for (FeatureColumnName& c : plan.columns)
      if (c.feature == "MAD") c.unit.clear();
  return plan;
}

void gather_features(const FeaturePlan& plan, const double* computed, double* values) {
  const std::size_t width = plan.computed.size();
  for (const FeaturePlan::Source& s : plan.sources) {
    const double* const here = computed + s.band * width + s.column;
    *values++ = s.colour ? colour_of(here[0], here[width]) : here[0];
  }
}

}  // namespace sluice::lc
