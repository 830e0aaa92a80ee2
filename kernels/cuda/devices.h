// What the machine has: the number of GPUs that this backend can use, and a description of one.
#pragma once
#include <cstdint>

#include "kernels/backend.h"

namespace sluice::cuda {

/// Failure{kNoDevice} says whether the driver is absent, too old, or sees no GPU.
std::int32_t count_devices();
void describe(std::int32_t device, DeviceInfo& info);

/// Failure{kNoDevice} where the device's architecture is older than the code of this library.
void require_architecture(std::int32_t device);

}  // namespace sluice::cuda
