// Bare transforms of numbers that lie ready, by the cpu backend's code: the ceiling of spectrum_bench.
#pragma once
#include <cstdint>

namespace sluice::bench {

/// Makes `count` groups of transforms of `length` numbers, one after another, and returns how many
/// transforms a group is. For x86-64-v3, and for AVX-512.
int bare_narrow(std::int64_t length, std::int64_t count);
int bare_wide(std::int64_t length, std::int64_t count);

}  // namespace sluice::bench
