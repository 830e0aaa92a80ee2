// Elements of any type and byte order as doubles, for the few values that the host looks at itself
// (weights, heads, verification); the bulk goes through the backends' kernels.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include "kernels/dtype.h"

namespace sluice {

namespace element_detail {
template <class T>
double load(const void* at, bool swapped) {
  unsigned char raw[sizeof(T)];
  std::memcpy(raw, at, sizeof(T));
  if (swapped)
    for (std::size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(raw[i], raw[sizeof(T) - 1 - i]);
  T value;
  std::memcpy(&value, raw, sizeof(T));
  return double(value);
}
}  // namespace element_detail

inline double element(const void* at, DType type, bool swapped) {
  using element_detail::load;
  switch (type) {
    case DType::kFloat32:
      return load<float>(at, swapped);
    case DType::kFloat64:
      return load<double>(at, swapped);
    case DType::kInt8:
      return load<std::int8_t>(at, swapped);
    case DType::kUInt8:
      return load<std::uint8_t>(at, swapped);
    case DType::kInt16:
      return load<std::int16_t>(at, swapped);
    case DType::kUInt16:
      return load<std::uint16_t>(at, swapped);
    case DType::kInt32:
      return load<std::int32_t>(at, swapped);
    case DType::kUInt32:
      return load<std::uint32_t>(at, swapped);
    case DType::kInt64:
      return load<std::int64_t>(at, swapped);
    case DType::kUInt64:
      return load<std::uint64_t>(at, swapped);
    default:
      return load<std::uint8_t>(at, swapped) != 0 ? 1 : 0;
  }
}

}  // namespace sluice
