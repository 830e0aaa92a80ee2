// Ticks of a time axis (UTC, proleptic Gregorian calendar): whole years, months, days, hours, minutes,
// seconds and their decimal parts down to 1 ns. What all labels share stands once, in `context`.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "host/picture/ticks.h"

namespace sluice::picture {

constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();  // numpy's NaT

/// Times as an axis takes them: seconds after `origin`, itself in whole seconds since 1970-01-01 UTC. Exact
/// to 1 ns where they span less than 104 days. kNoTime becomes NaN.
struct TimeValues {
  std::int64_t origin = 0;  // not after the earliest time
  std::vector<double> seconds;
};
TimeValues times_from_nanoseconds(const std::int64_t* times, std::size_t n);
TimeValues times_from_seconds(const std::int64_t* times, std::size_t n);

struct TimeTicks {
  std::vector<Tick> ticks;  // `at`: seconds after the origin
  std::string context;      // "2024-03-05", "from 2024-03-05", "2024" or nothing
};

/// At most `at_most` (1 or more) ticks in [low, high].
TimeTicks time_ticks(std::int64_t origin, double low, double high, int at_most);

}  // namespace sluice::picture
