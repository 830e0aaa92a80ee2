#include "host/window/taper.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "host/error.h"

namespace sluice::window_detail {
namespace {

using Kind = Taper::Kind;
constexpr double kPi = 3.14159265358979323846;

struct Known {
  const char* name;
  Kind kind;
  const char* parameter;  // its example, or null
};
constexpr Known kTapers[] = {{"boxcar", Kind::kBoxcar, nullptr},    {"hann", Kind::kHann, nullptr},
                             {"hamming", Kind::kHamming, nullptr},  {"blackman", Kind::kBlackman, nullptr},
                             {"tukey", Kind::kTukey, "tukey:0.25"}, {"kaiser", Kind::kKaiser, "kaiser:14"}};

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || got.ec != std::errc() || got.ptr != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

/// Number t of a symmetric taper of n, n at least 2.
double value_at(const Taper& taper, std::int64_t t, std::int64_t n) {
  const double last = double(n - 1);
  // The same number from both ends, so that the taper is symmetric to the last bit.
  const double place = double(std::min(t, n - 1 - t)), turn = 2 * kPi * place / last;
  switch (taper.kind) {
    case Kind::kBoxcar:
      return 1;
    case Kind::kHann:
      return 0.5 - 0.5 * std::cos(turn);
    case Kind::kHamming:
      return 0.54 - 0.46 * std::cos(turn);
    case Kind::kBlackman:
      return 0.42 - 0.5 * std::cos(turn) + 0.08 * std::cos(2 * turn);
    case Kind::kTukey: {
      const double flank = taper.parameter * last / 2;
      // scipy's flank ends at its whole number of samples.
      return place <= std::floor(flank) && flank > 0 ? 0.5 - 0.5 * std::cos(kPi * place / flank) : 1;
    }
    case Kind::kKaiser: {
      const double x = (place - last / 2) / (last / 2);
      return std::cyl_bessel_i(0, taper.parameter * std::sqrt(std::max(0.0, 1 - x * x))) /
             std::cyl_bessel_i(0, taper.parameter);
    }
  }
  return 1;
}

}  // namespace

Taper parse_taper(const std::string& name) {
  const std::size_t colon = name.find(':');
  const std::string word = name.substr(0, colon);
  const auto known =
      std::find_if(std::begin(kTapers), std::end(kTapers), [&](const Known& k) { return word == k.name; });
  if (known == std::end(kTapers))
    throw Error(ErrorKind::kUsage, "--taper: there is no taper '" + name + "'",
                "there are: boxcar, hann, hamming, blackman, tukey:A, kaiser:B");
  Taper taper{known->kind, 0, name};
  if (known->parameter == nullptr) {
    if (colon != std::string::npos)
      throw Error(ErrorKind::kUsage, "--taper " + name + ": " + word + " takes no number",
                  "give --taper " + word);
    return taper;
  }
  const auto value = colon == std::string::npos ? std::nullopt : number_of(name.substr(colon + 1));
  const bool tukey = known->kind == Kind::kTukey;
  if (!value || *value < 0 || *value > (tukey ? 1 : 700))
    throw Error(
        ErrorKind::kUsage,
        "--taper " + name + ": expected " + word + ":" + (tukey ? "A, A from 0 to 1" : "B, B from 0 to 700"),
        std::string("for example --taper ") + known->parameter);
  taper.parameter = *value;
  return taper;
}

std::vector<double> taper_values(const Taper& taper, bool symmetric, std::int64_t length) {
  std::vector<double> values(static_cast<std::size_t>(length), 1.0);
  if (length <= 1) return values;
  const std::int64_t n = symmetric ? length : length + 1;
  for (std::int64_t t = 0; t < length; ++t) values[std::size_t(t)] = value_at(taper, t, n);
  return values;
}

}  // namespace sluice::window_detail
