#include "host/window/statistics.h"

#include <algorithm>
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

bool counts(S s) {
  return s == S::kCount || s == S::kArgmin || s == S::kArgmax || s == S::kZeroCrossings;
}

std::string all_names() {
  std::string text;
  for (const std::string& name : window_statistics()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::vector<Statistic> parse_statistics(const std::vector<std::string>& names, DType type) {
  std::vector<Statistic> found;
  for (const std::string& name : names) {
    const auto known = std::find_if(std::begin(kStatistics), std::end(kStatistics),
                                    [&](const auto& s) { return name == s.first; });
    if (known == std::end(kStatistics))
      throw Error(ErrorKind::kUsage, "--stats: there is no statistic '" + name + "'",
                  "there are: " + all_names());
    for (const Statistic& s : found)
      if (s.what == known->second) throw Error(ErrorKind::kUsage, "--stats: " + name + " is given twice");
    found.push_back({name, known->second, counts(known->second) ? DType::kFloat64 : type});
  }
  if (found.empty())
    throw Error(ErrorKind::kUsage, "--stats: expected names of statistics", "there are: " + all_names());
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
  return names;
}

}  // namespace sluice
