// The table of the cpu backend.
#include "kernels/constants.h"
#include "kernels/cpu/blas.h"
#include "kernels/cpu/level.h"
#include "kernels/cpu/workers.h"
// The entries need the workers and the machine before them.
#include "kernels/immediate.h"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr Backend kTable = table_of({"cpu", "x86-64-v3", 1, 0, kSubtile, kSlab});

}  // namespace

void describe_device(std::int32_t device, DeviceInfo& info) {
  const std::string detail = std::string(name_of(level())) +
                             (level() == Level::kAmx ? " (float32 products as bfloat16 x 3); " : "; ") +
                             describe_blas();
  describe_machine(device, detail.c_str(), info);
  std::snprintf(info.level, sizeof info.level, "%s", name_of(level()));
}

}  // namespace sluice::SLUICE_BACKEND

extern "C" __attribute__((visibility("default"))) const sluice::Backend* sluice_backend() {
  return &sluice::SLUICE_BACKEND::kTable;
}
