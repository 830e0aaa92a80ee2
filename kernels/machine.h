// What the host machine gives and says of itself: cores, pages, names. For backends that run on the host.
#pragma once
#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// Cores that this process may use.
int available_threads();

/// Page-aligned memory from the system; big blocks ask for huge pages. Failure: kOutOfMemory.
void* map_pages(std::int64_t bytes);
void unmap_pages(void* data, std::int64_t bytes) noexcept;

/// Processor and memory; `detail` as given. Failure: kNoDevice where `device` is not 0.
void describe_machine(std::int32_t device, const char* detail, DeviceInfo& info);

/// Each backend's own. Failure: kNoDevice where there is no such device or it cannot run the code.
void check_device(std::int32_t device);
void describe_device(std::int32_t device, DeviceInfo& info);

/// Failure: kNoDevice where `device` is not 0.
void check_only_device(std::int32_t device);

}  // namespace sluice::SLUICE_BACKEND
