#include "apps/frame/measures.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "host/error.h"

namespace sluice::frame {
namespace {

/// A number and the unit behind it.
std::pair<double, std::string> measured(const std::string& option, const std::string& text,
                                        const std::string& expected) {
  double value = 0;
  const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
  if (got.ec != std::errc() || !std::isfinite(value))
    throw Error(ErrorKind::kUsage, option + ": expected " + expected + ", found '" + text + "'");
  return {value, std::string(got.ptr, text.data() + text.size())};
}

}  // namespace

WindowLength parse_length(const std::string& option, const std::string& text) {
  static const std::pair<const char*, double> units[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1},
                                                         {"min", 60},  {"h", 3600},  {"d", 86400}};
  const std::string expected = "samples or a time such as 3600, 500ms, 2s, 10min, 1h or 1d";
  const auto [value, unit] = measured(option, text, expected);
  if (value <= 0) throw Error(ErrorKind::kUsage, option + ": expected more than 0, found '" + text + "'");
  if (unit.empty()) return {value, false, text};
  for (const auto& [name, seconds] : units)
    if (unit == name) return {value * seconds, true, text};
  throw Error(ErrorKind::kUsage, option + ": expected " + expected + ", found '" + text + "'");
}

double parse_rate(const std::string& option, const std::string& text) {
  const std::string expected = "samples a second such as 400, 400Hz, 0.5Hz or 2kHz";
  const auto [value, unit] = measured(option, text, expected);
  const double scale = unit.empty() || unit == "Hz" ? 1 : unit == "kHz" ? 1e3 : unit == "MHz" ? 1e6 : 0;
  if (scale == 0 || value <= 0)
    throw Error(ErrorKind::kUsage, option + ": expected " + expected + ", found '" + text + "'");
  return value * scale;
}

}  // namespace sluice::frame
