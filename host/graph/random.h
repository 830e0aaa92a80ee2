// Random whole numbers that a seed, a stream and a place name (Philox): the same on every machine, whoever
// asks first.
#pragma once
#include <cstdint>

namespace sluice::graph {

struct Random {
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;  // numbers of different uses are independent

  /// 64 random bits of a place; `turn` where a place needs more than one.
  std::uint64_t bits(std::uint64_t place, std::uint32_t turn = 0) const;
  /// On [0, n); n > 0. No value is likelier than another by more than n / 2^64.
  std::uint64_t below(std::uint64_t n, std::uint64_t place, std::uint32_t turn = 0) const;
};

}  // namespace sluice::graph
