// Arguments to the setters of a command's records.
#pragma once
#include <string>
#include <vector>

#include "apps/frame/option.h"

namespace sluice::frame {

/// Reads `arguments` into the command's setters; then the environment for what was not given.
/// Error{kUsage} with the nearest name where one is close.
void parse(const Command& command, const std::vector<std::string>& arguments);

}  // namespace sluice::frame
