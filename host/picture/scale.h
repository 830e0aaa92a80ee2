// A scale: which value lies where along an axis, and its ticks. Linear, logarithmic, or time. Nothing here
// draws.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/picture/data_range.h"
#include "host/picture/ticks.h"

namespace sluice::picture {

enum class ScaleKind {
  kLinear,
  kLog,    // base 10; values that are not positive have no place
  kTime,   // values are seconds after an origin (time_ticks.h)
  kIndex,  // numbers of rows, columns, variables: cell i lies from i - 0.5 to i + 0.5
};

struct ScaleTicks {
  std::vector<Tick> ticks;
  int exponent = 0;                // labels are to be read times 10^exponent
  std::string context;             // of times: what every label leaves out
  std::string offset = {};         // to be added to what the labels say (Ticks)
  std::vector<double> minor = {};  // of log scales: where small ticks without a label stand
};

class Scale {
 public:
  /// From low to high. Error{kUsage}: not finite, low >= high, or a log scale that is not positive.
  /// origin: of a time scale, in seconds since 1970-01-01 UTC.
  Scale(ScaleKind kind, double low, double high, std::int64_t origin = 0, bool reversed = false);

  /// Around the data, with this part of its extent added at each end. One value: a tenth of it to each side
  /// (linear), a factor of 10 (log), a second (time). No value: 0 to 1, 1 to 10 (log).
  static Scale around(ScaleKind kind, const DataRange& data, double padding, std::int64_t origin = 0);

  ScaleKind kind() const { return kind_; }
  double low() const { return low_; }
  double high() const { return high_; }

  /// 0 at low, 1 at high (reversed: the other way round), outside of these beyond; NaN for a value without a
  /// place (NaN, infinities, on a log scale 0 and less).
  double fraction(double value) const;
  /// At most `at_most` (1 or more) ticks.
  ScaleTicks ticks(int at_most) const;

 private:
  ScaleKind kind_;
  double low_, high_;
  std::int64_t origin_;
  bool reversed_;
};

}  // namespace sluice::picture
