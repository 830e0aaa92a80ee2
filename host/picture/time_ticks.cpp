// Instants are nanoseconds since 1970 in 128 bits: no range of int64 seconds overflows. Days become dates by
// counting from 1 March, so that the leap day is the last of its year.
#include "host/picture/time_ticks.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sluice::picture {
namespace {

using Instant = __int128;  // ns since 1970-01-01 UTC
constexpr Instant kSecond = 1000000000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;

struct Date {
  std::int64_t year = 1970;
  int month = 1, day = 1;
};

Instant floor_divide(Instant a, Instant b) {
  return a / b - (a % b < 0);
}

Date date_of(Instant time) {
  const auto days = std::int64_t(floor_divide(time, kDay)) + 719468;  // since 0000-03-01
  const auto era = std::int64_t(floor_divide(days, 146097));          // of 400 years
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;  // 0: March
  Date date;
  date.day = int(of_year - (153 * month + 2) / 5 + 1);
  date.month = int(month < 10 ? month + 3 : month - 9);
  date.year = year + era * 400 + (date.month <= 2);
  return date;
}

/// Midnight of the first of a month; months are counted from January of the year 0.
Instant month_start(std::int64_t months) {
  const auto year = std::int64_t(floor_divide(months, 12));
  const std::int64_t month = months - year * 12 + 1;
  const std::int64_t y = year - (month <= 2);
  const auto era = std::int64_t(floor_divide(y, 400));
  const std::int64_t of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
  const Instant days = Instant(era) * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
  return days * kDay;
}

std::string padded(std::int64_t number, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*lld", digits, static_cast<long long>(number < 0 ? -number : number));
  return number < 0 ? "\u2212" + std::string(text) : text;
}

std::string month_text(const Date& d) {
  return padded(d.year, 4) + "-" + padded(d.month, 2);
}
std::string day_text(const Date& d) {
  return month_text(d) + "-" + padded(d.day, 2);
}
std::string month_and_day(const Date& d) {
  return padded(d.month, 2) + "-" + padded(d.day, 2);
}

Instant of_day(Instant time) {
  return time - floor_divide(time, kDay) * kDay;
}
std::string minute_text(Instant time) {
  const Instant t = of_day(time);
  return padded(std::int64_t(t / kHour), 2) + ":" + padded(std::int64_t(t % kHour / kMinute), 2);
}
std::string second_text(Instant time, int decimals) {
  const Instant t = of_day(time) % kMinute;
  std::string text = padded(std::int64_t(t / kSecond), 2);
  if (decimals > 0) text += "." + padded(std::int64_t(t % kSecond), 9).substr(0, std::size_t(decimals));
  return text;
}

/// Multiples of a fixed step, counted from `zero`, in [low, high]. Empty where there are too many.
std::vector<Instant> multiples(Instant low, Instant high, Instant step, Instant zero, int at_most) {
  const Instant first = -floor_divide(zero - low, step), last = floor_divide(high - zero, step);
  std::vector<Instant> times;
  if (last - first + 1 > at_most) return times;
  for (Instant k = first; k <= last; ++k) times.push_back(zero + k * step);
  return times;
}

std::vector<Instant> months(Instant low, Instant high, std::int64_t step, int at_most) {
  const auto number = [](const Date& d) { return d.year * 12 + d.month - 1; };
  std::int64_t first = number(date_of(low)), last = number(date_of(high));
  first += month_start(first) < low;
  const auto a = std::int64_t(-floor_divide(-Instant(first), step)),
             b = std::int64_t(floor_divide(last, step));
  std::vector<Instant> times;
  if (b - a + 1 > at_most) return times;
  for (std::int64_t k = a; k <= b; ++k) times.push_back(month_start(k * step));
  return times;
}

bool same_day(const std::vector<Instant>& times) {
  return floor_divide(times.front(), kDay) == floor_divide(times.back(), kDay);
}

/// Labels for a step below one day; `context` gets the date.
std::vector<std::string> clock_labels(const std::vector<Instant>& times, Instant step, std::string& context) {
  std::vector<std::string> labels;
  int decimals = 0;
  for (Instant part = kSecond; step < kSecond && part > step; part /= 10) ++decimals;
  const bool one_day = same_day(times);
  const bool one_minute = floor_divide(times.front(), kMinute) == floor_divide(times.back(), kMinute);
  context = (one_day ? "" : "from ") + day_text(date_of(times.front()));
  if (decimals > 0 && one_minute) context += " " + minute_text(times.front());
  for (const Instant time : times) {
    if (!one_day && of_day(time) == 0)
      labels.push_back(month_and_day(date_of(time)));
    else if (step >= kMinute)
      labels.push_back(minute_text(time));
    else if (decimals > 0 && one_minute)
      labels.push_back(second_text(time, decimals));
    else
      labels.push_back(minute_text(time) + ":" + second_text(time, decimals));
  }
  return labels;
}

std::vector<std::string> day_labels(const std::vector<Instant>& times, std::string& context) {
  const std::int64_t year = date_of(times.front()).year;
  const bool one_year = year == date_of(times.back()).year;
  if (one_year) context = padded(year, 4);
  std::vector<std::string> labels;
  for (const Instant time : times)
    labels.push_back(one_year ? month_and_day(date_of(time)) : day_text(date_of(time)));
  return labels;
}

TimeTicks finish(const std::vector<Instant>& times, std::vector<std::string> labels, std::string context,
                 std::int64_t origin) {
  TimeTicks result;
  result.context = std::move(context);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto at = double((long double)(times[i] - Instant(origin) * kSecond) / 1e9L);
    result.ticks.push_back({at, std::move(labels[i])});
  }
  return result;
}

TimeValues after_origin(const std::int64_t* times, std::size_t n, std::int64_t per_second) {
  std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < n; ++i)
    if (times[i] != kNoTime) earliest = std::min(earliest, times[i]);
  TimeValues values;
  values.origin = n == 0 || earliest == std::numeric_limits<std::int64_t>::max()
                      ? 0
                      : std::int64_t(floor_divide(earliest, per_second));
  values.seconds.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    values.seconds.push_back(
        times[i] == kNoTime
            ? std::numeric_limits<double>::quiet_NaN()
            : double((long double)(times[i] - Instant(values.origin) * per_second) / per_second));
  return values;
}

}  // namespace

TimeValues times_from_nanoseconds(const std::int64_t* times, std::size_t n) {
  return after_origin(times, n, std::int64_t(kSecond));
}

TimeValues times_from_seconds(const std::int64_t* times, std::size_t n) {
  return after_origin(times, n, 1);
}

TimeTicks time_ticks(std::int64_t origin, double low, double high, int at_most) {
  constexpr double most = 1e18;  // seconds: 3e10 years
  if (!std::isfinite(low) || !std::isfinite(high) || high < low || std::abs(low) > most ||
      std::abs(high) > most)
    return {};
  at_most = std::max(at_most, 1);
  const auto instant = [&](long double seconds) {
    return Instant(origin) * kSecond + Instant(seconds * 1e9L);
  };
  const Instant a = instant(low), b = instant(high);
  std::vector<Instant> clock;  // steps below a day
  for (Instant power = 1; power < kSecond; power *= 10)
    for (const int factor : {1, 2, 5}) clock.push_back(power * factor);
  for (const int seconds : {1, 2, 5, 10, 15, 30}) clock.push_back(seconds * kSecond);
  for (const int minutes : {1, 2, 5, 10, 15, 30}) clock.push_back(minutes * kMinute);
  for (const int hours : {1, 2, 3, 6, 12}) clock.push_back(hours * kHour);
  std::vector<Instant> times;
  std::string context;
  for (const Instant step : clock) {
    times = multiples(a, b, step, 0, at_most);
    if (times.empty()) continue;
    std::vector<std::string> labels = clock_labels(times, step, context);
    return finish(times, std::move(labels), context, origin);
  }
  for (const int days : {1, 2, 7, 14}) {  // weeks begin on Monday
    times = multiples(a, b, days * kDay, days % 7 == 0 ? -3 * kDay : 0, at_most);
    if (times.empty()) continue;
    std::vector<std::string> labels = day_labels(times, context);
    return finish(times, std::move(labels), context, origin);
  }
  for (const int step : {1, 2, 3, 6}) {
    times = months(a, b, step, at_most);
    if (times.empty()) continue;
    std::vector<std::string> labels;
    for (const Instant time : times) labels.push_back(month_text(date_of(time)));
    return finish(times, std::move(labels), "", origin);
  }
  for (long double years = 1; years < 1e12L; years = nice_step(years * 1.5L)) {
    times = months(a, b, 12 * std::int64_t(years), at_most);
    if (times.empty()) continue;
    std::vector<std::string> labels;
    for (const Instant time : times) labels.push_back(padded(date_of(time).year, 4));
    return finish(times, std::move(labels), "", origin);
  }
  return {};
}

}  // namespace sluice::picture
