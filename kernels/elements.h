// Elements of a source as doubles: any type, either byte order.
// The type is a template argument, so that loops over elements hold no switch.
#pragma once
#include <cstdint>

#include "kernels/dtype.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

template <int kBytes>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
  using Type = std::uint8_t;
};
template <>
struct UnsignedOf<2> {
  using Type = std::uint16_t;
};
template <>
struct UnsignedOf<4> {
  using Type = std::uint32_t;
};
template <>
struct UnsignedOf<8> {
  using Type = std::uint64_t;
};

SLUICE_HD std::uint8_t reversed(std::uint8_t x) {
  return x;
}
SLUICE_HD std::uint16_t reversed(std::uint16_t x) {
  return std::uint16_t(x << 8 | x >> 8);
}
SLUICE_HD std::uint32_t reversed(std::uint32_t x) {
  return x << 24 | (x & 0xff00u) << 8 | (x >> 8 & 0xff00u) | x >> 24;
}
SLUICE_HD std::uint64_t reversed(std::uint64_t x) {
  return std::uint64_t(reversed(std::uint32_t(x))) << 32 | reversed(std::uint32_t(x >> 32));
}

/// Element `index` of `source` (which need not be aligned to its type).
template <class T, bool kSwapped>
SLUICE_HD T element(const void* source, std::int64_t index) {
  typename UnsignedOf<sizeof(T)>::Type bits;
  memcpy(&bits, static_cast<const char*>(source) + index * std::int64_t(sizeof(T)), sizeof bits);
  if (kSwapped) bits = reversed(bits);
  T x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

template <class T>
struct TypeTag {
  using Type = T;
};

/// Calls f(TypeTag<T>{}) for the element type; bool is a byte that is 0 or 1.
template <class F>
void with_type(DType type, F&& f) {
  switch (type) {
    case DType::kFloat32:
      return f(TypeTag<float>{});
    case DType::kFloat64:
      return f(TypeTag<double>{});
    case DType::kInt8:
      return f(TypeTag<std::int8_t>{});
    case DType::kUInt8:
      return f(TypeTag<std::uint8_t>{});
    case DType::kInt16:
      return f(TypeTag<std::int16_t>{});
    case DType::kUInt16:
      return f(TypeTag<std::uint16_t>{});
    case DType::kInt32:
      return f(TypeTag<std::int32_t>{});
    case DType::kUInt32:
      return f(TypeTag<std::uint32_t>{});
    case DType::kInt64:
      return f(TypeTag<std::int64_t>{});
    case DType::kUInt64:
      return f(TypeTag<std::uint64_t>{});
    case DType::kBool:
      return f(TypeTag<std::uint8_t>{});
  }
}

}  // namespace sluice::SLUICE_BACKEND
