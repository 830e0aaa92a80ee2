// The record of every feature of light curves: what it is, its columns, unit, parameters, least points and
// where it comes from. A feature is asked for by name; a set is a list of names.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/curves.h"

namespace sluice::lc {

enum class FeatureSet { kBase, kField };

struct FeatureColumn {
  std::string name;  // what follows the band's name: "Std", "EtaE", "LinearFitSlope"
  std::string
      reference;     // its name in the reference implementation ("eta_e"); parameters: {0}, {1} in per cent
  std::string unit;  // "flux", "day", "flux/day"; empty: a plain number
  CurveStatistic statistic;
};

struct FeatureParameter {
  std::string name;
  double standard;      // the default
  double above, below;  // it lies between
  std::string meaning;
};

struct Feature {
  std::string name;       // "Std", "EtaE"; unique
  std::string reference;  // light-curve's name where it is another one ("Skew" for SkewG1), else empty
  FeatureSet set;
  std::string definition;  // one sentence
  std::vector<FeatureColumn> columns;
  std::vector<FeatureParameter> parameters;
  bool across_bands;     // a number for each two neighbouring bands, not for each band
  bool needs_errors;     // NaN where the input has none
  std::int64_t minimum;  // points
  std::string flat;      // what a curve of equal values gives
  std::string source;    // paper or reference implementation
};

/// All features: the base set, then the field set, each in its order.
const std::vector<Feature>& catalogue();

/// By name, without case; "field:Skew" and "base:Skew" name a set's. Error{kUsage} with the nearest name.
const Feature& find_feature(const std::string& name);

/// A feature with its parameters filled in.
struct FeatureRequest {
  const Feature* feature;
  std::vector<double> parameters;
};

/// "base", "field", "all" or names between commas, sets among them, parameters in brackets:
/// "base,EtaE,BeyondNStd(2),MagnitudePercentageRatio(0.4,0.05)". In the order asked, each once.
/// Error{kUsage}: an unknown name (with the nearest), a parameter out of its bounds, nothing at all.
std::vector<FeatureRequest> parse_features(const std::string& list);

/// Names for messages and completions: the sets, then all features.
std::vector<std::string> feature_names();

/// Definition, columns, units, parameters, least points, source: lines for a terminal. Error{kUsage} as
/// find_feature.
std::string explain_feature(const std::string& name);

/// One line a feature of a list ("base", "field", "all"): name, columns, definition.
std::string list_features(const std::string& list);

}  // namespace sluice::lc
