// What the host machine says of itself, for DeviceInfo.
#pragma once
#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// Processor, memory and BLAS. Failure: kNoDevice where `device` is not 0 or the processor lacks AVX2.
void describe_machine(std::int32_t device, const char* detail, DeviceInfo& info);

/// Failure: kNoDevice where there is no such device.
void check_device(std::int32_t device);

}  // namespace sluice::SLUICE_BACKEND
