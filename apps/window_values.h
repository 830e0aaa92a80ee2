// What options of `sluice window` say: lengths in samples or time, rates, lists, bands of frequencies.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/window.h"

namespace sluice {

/// "3600" samples, or a time: "500ms", "2s", "10min", "1h", "1d". More than 0, or with `zero` also "0".
WindowLength length_of(const std::string& option, const std::string& text, bool zero = false);

/// "400", "400Hz", "0.5Hz", "2kHz": samples a second.
double rate_of(const std::string& text);

/// What commas part.
std::vector<std::string> names_of(const std::string& text);

/// "0.5:4,4:8": bands from the first frequency up to the second.
std::vector<std::pair<double, double>> bands_of(const std::string& text);

}  // namespace sluice
