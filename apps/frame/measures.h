// Options that are numbers with a unit: lengths of time, rates. Error{kUsage} says which option, what was
// expected and what was found.
#pragma once
#include <string>

#include "host/window.h"

namespace sluice::frame {

/// "3600" samples, or a time: "500ms", "2s", "10min", "1h", "1d". More than 0.
WindowLength parse_length(const std::string& option, const std::string& text);
/// Samples a second: "400", "400Hz", "2kHz".
double parse_rate(const std::string& option, const std::string& text);

}  // namespace sluice::frame
