// Tapers by their names, as scipy.signal.get_window makes them: periodic ones are the symmetric ones of a
// sample more, without the last.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::window_detail {

struct Taper {
  enum class Kind { kBoxcar, kHann, kHamming, kBlackman, kTukey, kKaiser };
  Kind kind = Kind::kHann;
  double parameter = 0;  // tukey: the tapered part of all, 0 to 1; kaiser: beta
  std::string name;      // as it was given
};

/// "hann", "tukey:0.25", "kaiser:14". Error{kUsage}: a name that is none, a parameter that is missing, not
/// wanted or out of range.
Taper parse_taper(const std::string& name);

std::vector<double> taper_values(const Taper& taper, bool symmetric, std::int64_t length);

}  // namespace sluice::window_detail
