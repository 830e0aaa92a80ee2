// The bare transforms for x86-64-v3.
#include "spectrum_bare.h"

#define SLUICE_BACKEND bench
#define SLUICE_LANES 4
#define SLUICE_SPECTRUM narrow
#include "kernels/cpu/spectrum_transform.h"

namespace sluice::bench {

int bare_narrow(std::int64_t length, std::int64_t count) {
  narrow::RealTransform transform(length);
  for (std::int64_t t = 0; t < length; ++t) transform.number(t) = narrow::Lanes(double(t % 17));
  for (std::int64_t i = 0; i < count; ++i) transform.run();
  return narrow::Lanes::kLanes;
}

}  // namespace sluice::bench
