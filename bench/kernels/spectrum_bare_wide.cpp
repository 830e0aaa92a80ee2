// The bare transforms for AVX-512.
#define SLUICE_BACKEND bench
#define SLUICE_LANES 8
#define SLUICE_SPECTRUM wide
#include "kernels/cpu/spectrum_transform.h"
#include "spectrum_bare.h"

namespace sluice::bench {

int bare_wide(std::int64_t length, std::int64_t count) {
  wide::RealTransform transform(length);
  for (std::int64_t t = 0; t < length; ++t) transform.number(t) = wide::Lanes(double(t % 17));
  for (std::int64_t i = 0; i < count; ++i) transform.run();
  return wide::Lanes::kLanes;
}

}  // namespace sluice::bench
