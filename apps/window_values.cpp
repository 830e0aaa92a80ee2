#include "apps/window_values.h"

#include <charconv>
#include <cmath>

#include "apps/frame/values.h"
#include "host/error.h"

namespace sluice {
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

WindowLength length_of(const std::string& option, const std::string& text, bool zero) {
  static const std::pair<const char*, double> units[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1},
                                                         {"min", 60},  {"h", 3600},  {"d", 86400}};
  const std::string expected = "samples or a time such as 3600, 500ms, 2s, 10min, 1h or 1d";
  const auto [value, unit] = measured(option, text, expected);
  if (value < 0 || (value == 0 && !zero))
    throw Error(ErrorKind::kUsage,
                option + ": expected " + (zero ? "at least 0" : "more than 0") + ", found '" + text + "'");
  if (unit.empty()) return {value, false, text};
  for (const auto& [name, seconds] : units)
    if (unit == name) return {value * seconds, true, text};
  throw Error(ErrorKind::kUsage, option + ": expected " + expected + ", found '" + text + "'");
}

double rate_of(const std::string& text) {
  const std::string expected = "samples a second such as 400, 400Hz, 0.5Hz or 2kHz";
  const auto [value, unit] = measured("--rate", text, expected);
  const double scale = unit.empty() || unit == "Hz" ? 1 : unit == "kHz" ? 1e3 : unit == "MHz" ? 1e6 : 0;
  if (scale == 0 || value <= 0)
    throw Error(ErrorKind::kUsage, "--rate: expected " + expected + ", found '" + text + "'");
  return value * scale;
}

std::vector<std::string> names_of(const std::string& text) {
  std::vector<std::string> names(1);
  for (const char c : text) {
    if (c == ',')
      names.emplace_back();
    else
      names.back() += c;
  }
  return names;
}

std::vector<std::pair<double, double>> bands_of(const std::string& text) {
  std::vector<std::pair<double, double>> bands;
  for (const std::string& band : names_of(text)) {
    const std::size_t colon = band.find(':');
    if (colon == std::string::npos)
      throw Error(ErrorKind::kUsage, "--band-power: expected bands such as 0.5:4,4:8, found '" + text + "'");
    const double low = frame::parse_number("--band-power", band.substr(0, colon));
    const double high = frame::parse_number("--band-power", band.substr(colon + 1));
    if (!(low >= 0) || !(low < high))
      throw Error(
          ErrorKind::kUsage,
          "--band-power " + band + ": expected two frequencies, the first at least 0 and below the second");
    bands.emplace_back(low, high);
  }
  return bands;
}

}  // namespace sluice
