// Where the extent of a range overflows, fractions are computed from halves.
#include "host/picture/scale.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/picture/time_ticks.h"

namespace sluice::picture {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargest = std::numeric_limits<double>::max(),
                 kSmallest = std::numeric_limits<double>::min();

Scale around_logarithms(const DataRange& data, double padding) {
  if (!(data.least_positive <= data.high)) return Scale(ScaleKind::kLog, 1, 10);
  const double a = std::log10(data.least_positive), b = std::log10(data.high);
  const double room = a == b ? 1 : padding * (b - a);
  const double low = std::max(std::pow(10.0, a - room), kSmallest / 1e10);
  return Scale(ScaleKind::kLog, std::min(low, data.least_positive),
               std::min(std::max(std::pow(10.0, b + room), data.high), kLargest));
}

std::string decade_label(int exponent, int factor, bool plain) {
  if (plain) return short_number(factor * std::pow(10.0, exponent), 4);
  const std::string power = "10^" + std::to_string(exponent);
  return factor == 1 ? power : std::to_string(factor) + "\u00d7" + power;
}

ScaleTicks from_values(Ticks even) {
  ScaleTicks result;
  result.ticks = std::move(even.ticks);
  result.exponent = even.exponent, result.offset = std::move(even.offset);
  return result;
}

/// 2 to 9 times each power of ten of up to ten decades; of more, the powers themselves.
std::vector<double> minor_ticks(double low, double high) {
  const auto first = int(std::floor(std::log10(low))), last = int(std::floor(std::log10(high)));
  std::vector<double> places;
  if (last - first > 60) return places;
  for (int e = first; e <= last; ++e)
    for (int factor = 1; factor < (last - first > 10 ? 2 : 10); ++factor) {
      const double at = factor * std::pow(10.0, e);
      if (at >= low && at <= high) places.push_back(at);
    }
  return places;
}

ScaleTicks log_ticks(double low, double high, int at_most) {
  constexpr double slack = 1e-9;  // a tick at the very end counts
  const auto first = int(std::ceil(std::log10(low) - slack)),
             last = int(std::floor(std::log10(high) + slack));
  const bool plain = low >= 0.999e-3 && high < 1e4;
  ScaleTicks result;
  const auto add = [&](int exponent, int factor) {
    const double at = factor * std::pow(10.0, exponent);
    if (at >= low * (1 - slack) && at <= high * (1 + slack))
      result.ticks.push_back({std::clamp(at, low, high), decade_label(exponent, factor, plain)});
  };
  if (last - first <= 2) {
    for (int e = first - 1; e <= last; ++e)
      for (const int factor : {1, 2, 5}) add(e, factor);
    const auto count = int(result.ticks.size());
    if (count >= 3 && count <= at_most) return result;
    result.ticks.clear();
  }
  if (last - first < 1) {
    return from_values(value_ticks(low, high, at_most));
  }
  for (const int step : {1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500}) {
    const int start = first + ((-first % step) + step) % step;  // 10^0 is a tick where it is inside
    if (start > last || (last - start) / step + 1 > at_most) continue;
    for (int e = start; e <= last; e += step) add(e, 1);
    return result;
  }
  add(first, 1);
  return result;
}

}  // namespace

Scale::Scale(ScaleKind kind, double low, double high, std::int64_t origin, bool reversed)
    : kind_(kind), low_(low), high_(high), origin_(origin), reversed_(reversed) {
  const bool log = kind == ScaleKind::kLog;
  if (std::isfinite(low) && std::isfinite(high) && low < high && (!log || low > 0)) return;
  throw Error(ErrorKind::kUsage, std::string("limits of an axis: expected ") + (log ? "0 < " : "") +
                                     "low < high, found " + short_number(low) + " and " + short_number(high));
}

Scale Scale::around(ScaleKind kind, const DataRange& data, double padding, std::int64_t origin) {
  if (kind == ScaleKind::kLog) return around_logarithms(data, padding);
  if (data.finite == 0) return Scale(kind, 0, 1, origin);
  double room = padding * (data.high / 2 - data.low / 2) * 2;
  if (data.low == data.high) {
    room = data.low == 0 ? 1 : std::max(std::abs(data.low) / 10, kSmallest);
    if (kind == ScaleKind::kTime) room = std::max(1.0, std::abs(data.low) * 1e-15);
  }
  room = std::min(room, kLargest);
  return Scale(kind, std::max(data.low - room, -kLargest), std::min(data.high + room, kLargest), origin);
}

double Scale::fraction(double value) const {
  if (!std::isfinite(value)) return kNone;
  double fraction = std::isfinite(high_ - low_) && std::isfinite(value - low_)
                        ? (value - low_) / (high_ - low_)
                        : (value / 2 - low_ / 2) / (high_ / 2 - low_ / 2);
  if (kind_ == ScaleKind::kLog) {
    if (value <= 0) return kNone;
    const double a = std::log10(low_), b = std::log10(high_);
    fraction = (std::log10(value) - a) / (b - a);
  }
  return reversed_ ? 1 - fraction : fraction;
}

ScaleTicks Scale::ticks(int at_most) const {
  at_most = std::max(at_most, 1);
  if (kind_ == ScaleKind::kLog) {
    ScaleTicks result = log_ticks(low_, high_, at_most);
    result.minor = minor_ticks(low_, high_);
    return result;
  }
  if (kind_ == ScaleKind::kTime) {
    TimeTicks times = time_ticks(origin_, low_, high_, at_most);
    ScaleTicks result;
    result.ticks = std::move(times.ticks), result.context = std::move(times.context);
    return result;
  }
  if (kind_ == ScaleKind::kIndex) {
    ScaleTicks result;
    for (Tick& tick : index_ticks(std::llround(std::min(high_ + 0.5, 9e18)), at_most).ticks)
      if (tick.at >= low_) result.ticks.push_back(std::move(tick));
    return result;
  }
  return from_values(value_ticks(low_, high_, at_most));
}

}  // namespace sluice::picture
