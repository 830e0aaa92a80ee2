// Where the ticks of an axis go and how their numbers read: steps of 1, 2 or 5 times a power of ten.
// Nothing here draws; an axis asks for at most as many ticks as it has room for.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::picture {

struct Tick {
  double at = 0;  // the value
  std::string label;
};

struct Ticks {
  std::vector<Tick> ticks;  // ascending, all inside the range
  int exponent = 0;         // labels are to be read times 10^exponent (0: as they are)
  std::string offset;       // and this is to be added: "1×10^9", "−20000"; or nothing
};

/// The smallest step of 1, 2 or 5 times a power of ten that is at least `least` (> 0).
long double nice_step(long double least);

/// Ticks for values in [low, high], at most `at_most` (1 or more), at least two where that and the range
/// allow it. Labels longer than five characters share a power of ten where that makes them shorter; where
/// their leading digits are all the same these become an offset.
Ticks value_ticks(double low, double high, int at_most);

/// Ticks for the numbers 0 .. count - 1 of rows, columns, variables. Labels are plain, or in k, M, G.
Ticks index_ticks(std::int64_t count, int at_most);

/// A number for a sentence or a legend: at most `digits` significant digits, "1.5×10^-7" style far from 1.
std::string short_number(double value, int digits = 3);

/// The sign is a true minus, as in print: "−3".
std::string with_minus(std::string number);

}  // namespace sluice::picture
