// Work that has no kernels on a device.
#pragma once
#include <string>

#include "host/run.h"

namespace sluice {

/// Error{kUsage} where another device than the processor was asked for by name: "--device cuda: WHAT:
/// expected auto or cpu".
void expect_processor(const RunOptions& run, const std::string& what);

}  // namespace sluice
