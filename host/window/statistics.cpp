#include "host/window/statistics.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "host/error.h"
#include "host/window.h"

namespace sluice {
namespace window_detail {
namespace {

using S = WindowStatistic;
constexpr std::pair<const char*, S> kStatistics[] = {
    {"count", S::kCount},
    {"mean", S::kMean},
    {"sum", S::kSum},
    {"std", S::kStd},
    {"var", S::kVar},
    {"min", S::kMin},
    {"max", S::kMax},
    {"range", S::kRange},
    {"argmin", S::kArgmin},
    {"argmax", S::kArgmax},
    {"rms", S::kRms},
    {"energy", S::kEnergy},
    {"skew", S::kSkew},
    {"kurtosis", S::kKurtosis},
    {"slope", S::kSlope},
    {"zero_crossings", S::kZeroCrossings},
    {"line_length", S::kLineLength},
};
/// As help texts name them.
constexpr const char* kWhole[] = {"median", "p0...p100", "mad", "mean_crossings", "acf(LAG)", "cov", "corr"};

constexpr std::pair<const char*, SpectrumKind> kSpectral[] = {
    {"centroid", SpectrumKind::kCentroid},
    {"peak_frequency", SpectrumKind::kPeakFrequency},
    {"spectral_entropy", SpectrumKind::kEntropy},
};

bool counts(S s) {
  return s == S::kCount || s == S::kArgmin || s == S::kArgmax || s == S::kZeroCrossings;
}

std::string all_names() {
  std::string text;
  for (const std::string& name : window_statistics()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// The number that is all of [begin, end).
std::optional<double> number_in(const char* begin, const char* end) {
  double value = 0;
  const auto got = std::from_chars(begin, end, value, std::chars_format::fixed);
  if (got.ec != std::errc() || got.ptr != end || begin == end) return std::nullopt;
  return value;
}

std::optional<Ordered> ordered_of(const std::string& name) {
  using O = WindowOrderStatistic;
  if (name == "median") return Ordered{O::kMedian, 0, 0};
  if (name == "mad") return Ordered{O::kMad, 0, 0};
  if (name == "mean_crossings") return Ordered{O::kMeanCrossings, 0, 0};
  const char *begin = name.data(), *end = begin + name.size();
  if (name.size() > 1 && name[0] == 'p' && name[1] != '-') {
    const auto percent = number_in(begin + 1, end);
    if (!percent) return std::nullopt;
    if (!(*percent <= 100))
      throw Error(ErrorKind::kUsage, "--stats " + name + ": expected a percentile of 0 to 100");
    return Ordered{O::kQuantile, *percent / 100, 0};
  }
  if (name.rfind("acf(", 0) == 0 && name.back() == ')') {
    std::int64_t lag = 0;
    const auto got = std::from_chars(begin + 4, end - 1, lag);
    if (got.ec != std::errc() || got.ptr != end - 1 || lag < 0 || lag >= std::int64_t(1) << 48)
      throw Error(ErrorKind::kUsage, "--stats " + name + ": expected a lag in samples, such as acf(1)");
    return Ordered{O::kAcf, double(lag), 0};
  }
  return std::nullopt;
}

}  // namespace

Statistics parse_statistics(const std::vector<std::string>& names, DType type, std::int64_t channels) {
  Statistics found;
  for (const std::string& name : names) {
    for (const Dataset& d : found.datasets)
      if (d.name == name) throw Error(ErrorKind::kUsage, "--stats: " + name + " is given twice");
    const int place = int(found.datasets.size());
    const auto known = std::find_if(std::begin(kStatistics), std::end(kStatistics),
                                    [&](const auto& s) { return name == s.first; });
    if (known != std::end(kStatistics)) {
      const DType own = counts(known->second) ? DType::kFloat64 : type;
      found.merged.push_back({name, known->second, own, place});
      found.datasets.push_back({name, own});
    } else if (const auto spectral = std::find_if(std::begin(kSpectral), std::end(kSpectral),
                                                  [&](const auto& s) { return name == s.first; });
               spectral != std::end(kSpectral)) {
      found.spectral.push_back({spectral->second, place});
      found.datasets.push_back({name, type});
    } else if (name == "cov" || name == "corr") {
      found.paired.push_back({name == "corr", place});
      found.datasets.push_back({name, type, channels});
    } else if (auto ordered = ordered_of(name)) {
      ordered->dataset = place;
      found.ordered.push_back(*ordered);
      const bool counted = ordered->what == WindowOrderStatistic::kMeanCrossings;
      found.datasets.push_back({name, counted ? DType::kFloat64 : type});
    } else {
      throw Error(ErrorKind::kUsage, "--stats: there is no statistic '" + name + "'",
                  "there are: " + all_names());
    }
  }
  if (found.datasets.empty())
    throw Error(ErrorKind::kUsage, "--stats: expected names of statistics", "there are: " + all_names());
  if (found.ordered.size() > std::size_t(kWindowOrderOutputs))
    throw Error(ErrorKind::kUsage, "--stats: " + std::to_string(found.ordered.size()) +
                                       " of median, percentiles and their likes: expected at most " +
                                       std::to_string(kWindowOrderOutputs));
  return found;
}

std::uint32_t needs_of(const std::vector<Statistic>& statistics) {
  std::uint32_t needs = 0;
  for (const Statistic& s : statistics) needs |= sluice::needs_of(s.what);
  return needs;
}

}  // namespace window_detail

std::vector<std::string> window_statistics() {
  std::vector<std::string> names;
  for (const auto& s : window_detail::kStatistics) names.emplace_back(s.first);
  for (const char* name : window_detail::kWhole) names.emplace_back(name);
  for (const auto& s : window_detail::kSpectral) names.emplace_back(s.first);
  return names;
}

}  // namespace sluice
