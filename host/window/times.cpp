#include "host/window/times.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "host/element.h"
#include "host/error.h"
#include "host/formats/csv/parse.h"
#include "host/units.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;
constexpr i64 kBlock = 1 << 17;  // times that are looked at together
constexpr double kNanoseconds = 1e9, kFarthest = 9.2e9;

std::string place_of(const std::string& file, const std::string& column, i64 row) {
  return file + ": " + (column.empty() ? "" : column + " ") + "row " + std::to_string(row);
}

template <class F>
void each_block(const Times& t, const F& take) {
  std::vector<i64> block(std::size_t(std::min(kBlock, t.samples)));
  for (i64 first = 0; first < t.samples; first += kBlock) {
    const i64 n = std::min(kBlock, t.samples - first);
    t.spill->read(block.data(), std::size_t(n) * 8, std::uint64_t(first) * 8);
    take(block.data(), n);
  }
}

/// The interval of rank k (from 0) among all, by its digits to base 65536, the highest first.
std::uint64_t interval_of_rank(const Times& t, i64 k) {
  std::uint64_t found = 0;
  std::vector<i64> counts(65536);
  for (int shift = 48; shift >= 0; shift -= 16) {
    std::fill(counts.begin(), counts.end(), 0);
    i64 last = t.first;
    bool begins = true;
    each_block(t, [&](const i64* times, i64 n) {
      for (i64 i = 0; i < n; ++i) {
        const std::uint64_t d = std::uint64_t(times[i]) - std::uint64_t(last);
        last = times[i];
        if (begins) {
          begins = false;
          continue;
        }
        if (shift == 48 || d >> (shift + 16) == found >> (shift + 16)) ++counts[d >> shift & 0xffff];
      }
    });
    std::size_t digit = 0;
    while (k >= counts[digit]) k -= counts[digit++];
    found |= std::uint64_t(digit) << shift;
  }
  return found;
}

i64 length_of(const char* option, const WindowLength& length) {
  if (!length.seconds)
    throw Error(ErrorKind::kUsage,
                std::string(option) + " " + length.text + ": with --time it is a time: expected a unit",
                "for example " + std::string(option) + " 10min");
  const double ns = length.value * kNanoseconds, whole = std::round(ns);
  if (!(whole >= 1) || std::fabs(ns - whole) > 1e-9 * whole || whole > 9.2e18)
    throw Error(ErrorKind::kUsage, std::string(option) + " " + length.text +
                                       ": expected a whole number of nanoseconds, at most 292 years");
  return i64(whole);
}

i64 origin_of(const Times& t, const std::string& text) {
  if (text.empty()) return t.first;
  csv::Time time;
  if (t.iso) {
    if (csv::parse_time(text, time)) return time.ns;
    throw Error(ErrorKind::kUsage, "--origin: expected a time, found '" + text + "'",
                "for example --origin " + text_of(t, t.first));
  }
  double seconds = 0;
  const auto got = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (got.ec != std::errc() || got.ptr != text.data() + text.size() || !(std::fabs(seconds) < kFarthest))
    throw Error(ErrorKind::kUsage, "--origin: expected a number of seconds, found '" + text + "'");
  return i64(std::llround(seconds * kNanoseconds));
}

}  // namespace

i64 TimeCheck::nanoseconds(double seconds, const std::string& file, const std::string& column,
                           i64 row) const {
  if (std::isnan(seconds)) refuse_missing(file, column, row);
  if (!(std::fabs(seconds) < kFarthest))
    throw Error(ErrorKind::kInput,
                place_of(file, column, row) + ": the time " + number(seconds) +
                    " s: expected less than 292 years from 0",
                "are these seconds?");
  return i64(std::llround(seconds * kNanoseconds));
}

void TimeCheck::follows(i64 time, const std::string& file, const std::string& column, i64 row) {
  if (time < last_)
    throw Error(ErrorKind::kInput,
                place_of(file, column, row) + ": the times are not sorted: this one is " +
                    human_seconds(double(last_ - time) / kNanoseconds) + " before that of the row before",
                "sort the rows by time");
  last_ = time;
}

void TimeCheck::refuse_missing(const std::string& file, const std::string& column, i64 row) const {
  throw Error(ErrorKind::kInput, place_of(file, column, row) + ": expected a time, found none",
              "leave out rows without a time");
}

std::shared_ptr<const Spill> read_times(const std::string& path, i64 samples, const std::string& beside) {
  const auto source = open_matrix(path);
  const MatrixInfo& info = source->info();
  if (info.rows != 1 && info.columns != 1)
    throw Error(ErrorKind::kInput, path + ": expected one time a sample, found a matrix of " +
                                       std::to_string(info.rows) + " x " + std::to_string(info.columns));
  if (info.rows * info.columns != samples)
    throw Error(ErrorKind::kInput, path + ": expected " + std::to_string(samples) +
                                       " times, one a sample, found " +
                                       std::to_string(info.rows * info.columns));
  auto spill = std::make_shared<Spill>(beside, std::uint64_t(samples) * 8);
  const bool down = info.columns == 1;
  const i64 width = i64(size_of(info.type));
  std::vector<char> raw(std::size_t(std::min(kBlock, samples) * width));
  std::vector<i64> block(std::size_t(std::min(kBlock, samples)));
  TimeCheck check;
  for (i64 first = 0; first < samples; first += kBlock) {
    const i64 n = std::min(kBlock, samples - first);
    const Rect rect = down ? Rect{first, 0, n, 1} : Rect{0, first, 1, n};
    source->read(rect, raw.data(), down != info.fortran ? width : n * width);
    for (i64 i = 0; i < n; ++i) {
      const double seconds = element(raw.data() + i * width, info.type, info.swapped);
      block[std::size_t(i)] = check.nanoseconds(seconds, path, "", first + i + 1);
      check.follows(block[std::size_t(i)], path, "", first + i + 1);
    }
    spill->append(block.data(), std::size_t(n) * 8);
  }
  return spill;
}

double Times::seconds(i64 nanoseconds) const {
  return double((long double)(nanoseconds) / 1e9L);
}

i64 Times::sample_at(i64 time) const {
  i64 low = 0, high = samples;
  while (low < high) {
    const i64 middle = low + (high - low) / 2;
    i64 there = 0;
    spill->read(&there, 8, std::uint64_t(middle) * 8);
    if (there < time)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void survey(Times& t) {
  std::uint64_t least = UINT64_MAX, greatest = 0;
  i64 seen = 0;
  each_block(t, [&](const i64* times, i64 n) {
    for (i64 i = 0; i < n; ++i, ++seen) {
      if (seen > 0) {
        const std::uint64_t d = std::uint64_t(times[i]) - std::uint64_t(t.last);
        least = std::min(least, d), greatest = std::max(greatest, d);
      } else {
        t.first = times[i];
      }
      t.last = times[i];
    }
  });
  t.interval = 1;  // the last sample lies within the series in any case
  if (t.samples < 2) return;
  t.even = least == greatest && least > 0;
  const i64 intervals = t.samples - 1;
  std::uint64_t middle = least;
  if (least != greatest) {
    middle = interval_of_rank(t, intervals / 2);
    if (intervals % 2 == 0) {
      const std::uint64_t before = interval_of_rank(t, intervals / 2 - 1);
      middle = before + (middle - before) / 2;
    }
  }
  t.interval = i64(std::clamp<std::uint64_t>(middle, 1, std::uint64_t(INT64_MAX)));
}

void check_lengths(const WindowOptions& o) {
  if (o.partial == Partial::kPad)
    throw Error(ErrorKind::kUsage, "--partial pad: windows of time have no number of samples to pad to",
                "give --partial keep");
  length_of("--size", o.size);
  if (o.step.value != 0 || !o.step.text.empty()) length_of("--step", o.step);
}

void place(Times& t, const WindowOptions& o) {
  check_lengths(o);
  t.size = length_of("--size", o.size);
  t.step = o.step.value == 0 && o.step.text.empty() ? t.size : length_of("--step", o.step);
  t.unit = std::gcd(t.size, t.step);
  t.origin = origin_of(t, o.origin);
  if (t.origin > t.last)
    throw Error(ErrorKind::kUsage,
                "--origin " + o.origin + ": is behind the last sample, which is at " + text_of(t, t.last));
  t.regular = t.even && t.origin == t.first && t.size % t.interval == 0 && t.step % t.interval == 0;
  if (t.regular) t.unit = t.interval;
}

WindowGrid grid_of(const Times& t, Partial partial) {
  const __int128 span = __int128(t.last) + t.interval - t.origin;
  const __int128 wanted = t.regular                   ? __int128(t.samples)
                          : partial == Partial::kDrop ? span / t.unit
                                                      : (span + t.unit - 1) / t.unit;
  // Windows begin before the last moment that there is.
  const __int128 most = (__int128(std::numeric_limits<i64>::max()) - t.origin) / t.unit;
  const __int128 units = std::min(wanted, most);
  if (units > (__int128(1) << 48) || t.size / t.unit > (i64(1) << 48) || t.step / t.unit > (i64(1) << 48))
    throw Error(ErrorKind::kUsage,
                "--size and --step have no common divisor above " + number(double(t.unit) / kNanoseconds) +
                    " s: expected one that the series has at most 2^48 times",
                "for example a step that divides the size");
  const i64 size = t.size / t.unit;
  return {i64(units), std::max<i64>(1, std::min(size, i64(units))), t.step / t.unit, partial};
}

std::string text_of(const Times& t, i64 nanoseconds) {
  if (t.iso) return csv::time_text({nanoseconds, t.zoned});
  return number(t.seconds(nanoseconds)) + " s";
}

}  // namespace sluice::window_detail
