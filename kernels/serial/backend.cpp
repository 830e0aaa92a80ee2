// The table of the serial backend: the oracle that the others are compared with.
#include "kernels/serial/workers.h"
// The entries need the workers before them.
#include "kernels/immediate.h"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr Backend kTable = table_of({"serial", "x86-64", 1, 0, kSubtile, kSlab});

}  // namespace

void check_device(std::int32_t device) {
  check_only_device(device);
}

void describe_device(std::int32_t device, DeviceInfo& info) {
  describe_machine(device, "plain loops in float64, one thread", info);
  info.units = 1;
}

}  // namespace sluice::SLUICE_BACKEND

extern "C" __attribute__((visibility("default"))) const sluice::Backend* sluice_backend() {
  return &sluice::SLUICE_BACKEND::kTable;
}
