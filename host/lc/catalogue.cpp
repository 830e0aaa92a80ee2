// The records of the features. Definitions of the field set are those of the light-curve package, its names
// of features and columns stand beside ours.
#include "host/lc/catalogue.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "host/error.h"
#include "host/lc/feature_text.h"
#include "host/nearest.h"

namespace sluice::lc {
namespace {

using C = CurveStatistic;
using Columns = std::vector<FeatureColumn>;
using Parameters = std::vector<FeatureParameter>;

constexpr const char* kClassic = "the ANTARES summary statistics; numpy, scipy and astropy";
constexpr const char* kLightCurve = "light-curve (Malanchev et al. 2021)";
constexpr const char* kIsanto = "D'Isanto et al. 2016, doi:10.1093/mnras/stw157; light-curve";
constexpr const char* kKim = "Kim et al. 2014, doi:10.1051/0004-6361/201323252; light-curve";

Feature base(const char* name, const char* definition, Columns columns, bool errors, const char* flat,
             const char* source) {
  std::int64_t minimum = 0;
  for (const FeatureColumn& c : columns) minimum = std::max(minimum, curve_minimum(c.statistic));
  return {name, "",    FeatureSet::kBase, definition, std::move(columns), {}, false, errors, minimum,
          flat, source};
}

/// Field features know whether they need errors by what they are made of.
Feature field(const char* name, const char* definition, Columns columns, const char* flat, const char* source,
              Parameters parameters = {}) {
  std::int64_t minimum = 0;
  bool errors = false;
  for (const FeatureColumn& c : columns) {
    minimum = std::max(minimum, curve_minimum(c.statistic));
    errors = errors || (curve_needs(c.statistic) & kNeedsErrors) != 0;
  }
  return {name,
          "",
          FeatureSet::kField,
          definition,
          std::move(columns),
          std::move(parameters),
          false,
          errors,
          minimum,
          flat,
          source};
}

/// Of one column, named as the feature.
Feature one(const char* name, const char* reference, const char* unit, C statistic, const char* definition,
            const char* flat, const char* source, Parameters parameters = {}) {
  return field(name, definition, {{name, reference, unit, statistic}}, flat, source, std::move(parameters));
}

FeatureParameter fraction(const char* name, double standard, const char* meaning) {
  return {name, standard, 0, 0.5, meaning};
}

void add_base(std::vector<Feature>& all) {
  all.push_back(base("Std", "Deviation (ddof 1) of flux / m, where m = sum(f (f/e)^2) / sum((f/e)^2).",
                     {{"Std", "", "", C::kStd}}, true, "0", kClassic));
  all.push_back(base("Amp", "(max f - min f) / m, with the sign of m.", {{"Amp", "", "", C::kAmp}}, true, "0",
                     kClassic));
  all.push_back(base("MAD", "Median of |f - median f|, not scaled.", {{"MAD", "", "flux", C::kMad}}, false,
                     "0", "astropy.stats.median_absolute_deviation"));
  all.push_back(base("Beyond", "Share of points with |f - m| greater than the deviation (ddof 1) of f.",
                     {{"Beyond", "", "", C::kBeyond}}, true, "0", kClassic));
  all.push_back(base("Skew", "Biased skewness g1 of f: m3 / m2^1.5.", {{"Skew", "", "", C::kSkewBiased}},
                     false, "undefined", "scipy.stats.skew"));
  Feature colour =
      base("Colour", "-2.5 log10(m_x / m_y) of neighbouring bands x, y; undefined unless both are above 0.",
           {{"Minus", "", "mag", C::kSnrMean}}, true, "as any curve", kClassic);
  colour.across_bands = true;
  all.push_back(std::move(colour));
  all.push_back(base("NormalizedMAD", "MAD / |m|. Not in the base set, which has MAD.",
                     {{"NormalizedMAD", "", "", C::kNormalizedMad}}, true, "0",
                     "a published solution of the ANTARES exercise"));
}

void add_shape(std::vector<Feature>& all) {
  all.push_back(
      one("Amplitude", "amplitude", "flux", C::kAmplitude, "Half of max f - min f.", "0", kLightCurve));
  all.push_back(one("AndersonDarlingNormal", "anderson_darling_normal", "", C::kAndersonDarling,
                    "Anderson-Darling statistic against a normal of the curve's mean and deviation, times "
                    "1 + 4/n - 25/n^2.",
                    "undefined", "Anderson & Darling 1952; light-curve"));
  all.push_back(field("BeyondNStd", "Share of points farther than nstd deviations from the mean.",
                      {{"Beyond{}Std", "beyond_{}_std", "", C::kBeyondN}}, "0", kIsanto,
                      {{"nstd", 1, 0, 1e6, "deviations; held in float32"}}));
  all.push_back(one("Cusum", "cusum", "", C::kCusum,
                    "Range of the cumulative sums of f - mean, in time order, over n deviations.",
                    "undefined", kKim));
  all.push_back(one("Eta", "eta", "", C::kEta,
                    "Von Neumann's eta: mean squared difference of neighbours over the variance.",
                    "undefined", kKim));
  all.push_back(
      one("EtaE", "eta_e", "", C::kEtaE,
          "Eta for uneven times: (duration / (n - 1))^2 times the mean squared slope over the variance; "
          "slopes between points of the same time are left out.",
          "undefined", kKim));
  all.push_back(one("ExcessVariance", "excess_variance", "", C::kExcessVariance,
                    "(variance - mean e^2) / mean^2.", "as any curve",
                    "Sanchez et al. 2017, doi:10.3847/1538-4357/aa9188; light-curve"));
  all.push_back(
      field("InterPercentileRange", "Q(1 - quantile) - Q(quantile), Q Hazen's quantile.",
            {{"InterPercentileRange{}", "inter_percentile_range_{}", "flux", C::kInterPercentileRange}}, "0",
            kLightCurve, {fraction("quantile", 0.25, "held in float32")}));
  all.push_back(one("Kurtosis", "kurtosis", "", C::kKurtosis, "Unbiased excess kurtosis G2.", "undefined",
                    kLightCurve));
}

void add_lines(std::vector<Feature>& all) {
  all.push_back(field("LinearFit",
                      "Least squares line with weights 1 / e^2: slope, its error, chi^2 / (n - 2).",
                      {{"LinearFitSlope", "linear_fit_slope", "flux/day", C::kLinearFitSlope},
                       {"LinearFitSlopeSigma", "linear_fit_slope_sigma", "flux/day", C::kLinearFitSlopeSigma},
                       {"LinearFitReducedChi2", "linear_fit_reduced_chi2", "", C::kLinearFitChi2}},
                      "slope 0, chi^2 0", "Press et al. 15.2; light-curve"));
  all.push_back(
      field("LinearTrend",
            "Least squares line without errors: slope, its error, deviation of the residuals (n - 2).",
            {{"LinearTrend", "linear_trend", "flux/day", C::kLinearTrend},
             {"LinearTrendSigma", "linear_trend_sigma", "flux/day", C::kLinearTrendSigma},
             {"LinearTrendNoise", "linear_trend_noise", "flux", C::kLinearTrendNoise}},
            "0", "Press et al. 15.2; light-curve"));
  all.push_back(field("MagnitudePercentageRatio",
                      "(Q(1 - n) - Q(n)) / (Q(1 - d) - Q(d)), Q Hazen's quantile.",
                      {{"MagnitudePercentageRatio{}_{}", "magnitude_percentage_ratio_{}_{}", "",
                        C::kMagnitudePercentageRatio}},
                      "undefined", kIsanto,
                      {fraction("quantile_numerator", 0.4, "n, held in float32"),
                       fraction("quantile_denominator", 0.05, "d, held in float32")}));
  all.push_back(one("MaximumSlope", "maximum_slope", "flux/day", C::kMaximumSlope,
                    "Largest |slope| between neighbours that is finite.", "0", kIsanto));
}

void add_values(std::vector<Feature>& all) {
  all.push_back(one("Mean", "mean", "flux", C::kMean, "Mean of f.", "the flux", kLightCurve));
  all.push_back(one("MeanVariance", "mean_variance", "", C::kMeanVariance, "Deviation (ddof 1) over mean.",
                    "0", kLightCurve));
  all.push_back(one("Median", "median", "flux", C::kMedian, "Median of f.", "the flux", kLightCurve));
  all.push_back(one("MedianAbsoluteDeviation", "median_absolute_deviation", "flux", C::kMad,
                    "Median of |f - median f|: MAD of the base set.", "0", kIsanto));
  all.push_back(field(
      "MedianBufferRangePercentage",
      "Share of points nearer to the median than quantile times half the range.",
      {{"MedianBufferRangePercentage{}", "median_buffer_range_percentage_{}", "", C::kMedianBufferRange}},
      "0", kIsanto, {{"quantile", 0.1, 0, 1e6, "of half the range; held in float32"}}));
  all.push_back(
      field("OtsuSplit",
            "Otsu's split of the values in two: difference of the means, deviations (ddof 1) of the lower "
            "and the upper part, share of the lower; the first of splits that are alike.",
            {{"OtsuMeanDiff", "otsu_mean_diff", "flux", C::kOtsuMeanDiff},
             {"OtsuStdLower", "otsu_std_lower", "flux", C::kOtsuStdLower},
             {"OtsuStdUpper", "otsu_std_upper", "flux", C::kOtsuStdUpper},
             {"OtsuLowerToAllRatio", "otsu_lower_to_all_ratio", "", C::kOtsuLowerToAll}},
            "undefined", "Otsu 1979, doi:10.1109/tsmc.1979.4310076; light-curve"));
  all.push_back(one("PercentAmplitude", "percent_amplitude", "flux", C::kPercentAmplitude,
                    "Largest |f - median f|.", "0", kIsanto));
  all.push_back(field("PercentDifferenceMagnitudePercentile", "(Q(1 - quantile) - Q(quantile)) / median.",
                      {{"PercentDifferenceMagnitudePercentile{}",
                        "percent_difference_magnitude_percentile_{}", "", C::kPercentDifference}},
                      "0", kIsanto, {fraction("quantile", 0.05, "held in float32")}));
}

void add_errors(std::vector<Feature>& all) {
  all.push_back(one("ReducedChi2", "chi2", "", C::kReducedChi2, "sum(((f - weighted mean) / e)^2) / (n - 1).",
                    "0", kLightCurve));
  all.back().columns[0].name = "Chi2";
  all.push_back(one("Roms", "roms", "", C::kRoms,
                    "sum(|f - median| / e) / (n - 1); points whose term is not finite add nothing.", "0",
                    "Enoch, Brown, Burgasser 2003, doi:10.1086/376598; light-curve"));
  all.push_back(one("SkewG1", "skew", "", C::kSkew, "Unbiased skewness G1.", "undefined", kLightCurve));
  all.back().reference = "Skew";
  all.push_back(one("StandardDeviation", "standard_deviation", "flux", C::kStandardDeviation,
                    "Deviation (ddof 1) of f.", "0", kLightCurve));
  all.push_back(one("StetsonK", "stetson_K", "", C::kStetsonK,
                    "sum(|f - weighted mean| / e) / sqrt(n chi^2).", "undefined",
                    "Stetson 1996, doi:10.1086/133808; light-curve"));
  all.push_back(one("WeightedMean", "weighted_mean", "flux", C::kWeightedMean, "sum(f / e^2) / sum(1 / e^2).",
                    "the flux", kLightCurve));
  all.push_back(one("Duration", "duration", "day", C::kDuration, "Last time less first time.", "as any curve",
                    kLightCurve));
  all.push_back(one("MinimumTimeInterval", "minimum_time_interval", "day", C::kMinimumTimeInterval,
                    "Least time between neighbours.", "as any curve", kLightCurve));
  all.push_back(one("ObservationCount", "observation_count", "", C::kObservationCount,
                    "Points that count, after cuts.", "as any curve", kLightCurve));
}

}  // namespace

const std::vector<Feature>& catalogue() {
  static const std::vector<Feature> all = [] {
    std::vector<Feature> features;
    add_base(features), add_shape(features), add_lines(features), add_values(features), add_errors(features);
    return features;
  }();
  return all;
}

std::vector<std::string> feature_names() {
  std::vector<std::string> names{"base", "field", "all"};
  for (const Feature& f : catalogue()) names.push_back(f.name);
  return names;
}

namespace {

/// The feature that has a column of this name, or of light-curve's, in lower case; of colours, gMinusR and
/// such.
std::string owner_of(const std::string& wanted) {
  for (const Feature& f : catalogue())
    for (const FeatureColumn& c : f.columns) {
      const std::string own = lower(c.name);
      const auto at = f.across_bands ? wanted.find(own) : std::string::npos;
      if (at != std::string::npos && at > 0 && at + own.size() < wanted.size()) return f.name;
      if (!f.across_bands && (wanted == own || wanted == lower(c.reference))) return f.name;
    }
  return "";
}

}  // namespace

const Feature& find_feature(const std::string& name) {
  const std::string wanted = lower(name), field = "field:", base = "base:";
  for (const Feature& f : catalogue()) {
    const std::string set = f.set == FeatureSet::kBase ? base : field;
    if (wanted == lower(f.name) || wanted == set + lower(f.name)) return f;
    if (!f.reference.empty() && wanted == field + lower(f.reference)) return f;
  }
  if (wanted == "base" || wanted == "field" || wanted == "all")
    throw Error(ErrorKind::kUsage, name + " is a set of features: expected the name of one",
                "for example Amp or EtaE");
  const std::string owner = owner_of(wanted);
  if (!owner.empty())
    throw Error(ErrorKind::kUsage, "there is no feature " + name + ": it is a column of " + owner,
                "features: base, field, all or names of them");
  const std::string meant = nearest(name, feature_names());
  throw Error(ErrorKind::kUsage,
              "there is no feature " + name + (meant.empty() ? "" : ": did you mean " + meant + "?"),
              "features: base, field, all or names of them");
}

}  // namespace sluice::lc
