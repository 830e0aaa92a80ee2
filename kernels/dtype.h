// Element types that files hold and kernels read; shared by every house.
// The values are part of the backend border and of journals: append, never renumber.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sluice {

enum class DType : std::uint8_t {
  kFloat32 = 0, kFloat64 = 1,
  kInt8 = 2, kUInt8 = 3, kInt16 = 4, kUInt16 = 5, kInt32 = 6, kUInt32 = 7, kInt64 = 8, kUInt64 = 9,
  kBool = 10,  // one byte, 0 or 1
};

constexpr std::size_t size_of(DType t) {
  switch (t) {
    case DType::kInt8: case DType::kUInt8: case DType::kBool: return 1;
    case DType::kInt16: case DType::kUInt16: return 2;
    case DType::kFloat32: case DType::kInt32: case DType::kUInt32: return 4;
    default: return 8;
  }
}

constexpr bool is_float(DType t) { return t == DType::kFloat32 || t == DType::kFloat64; }

/// numpy's name of the type ("float32", "int64", ...).
constexpr const char* name_of(DType t) {
  switch (t) {
    case DType::kFloat32: return "float32";
    case DType::kFloat64: return "float64";
    case DType::kInt8: return "int8";
    case DType::kUInt8: return "uint8";
    case DType::kInt16: return "int16";
    case DType::kUInt16: return "uint16";
    case DType::kInt32: return "int32";
    case DType::kUInt32: return "uint32";
    case DType::kInt64: return "int64";
    case DType::kUInt64: return "uint64";
    default: return "bool";
  }
}

}  // namespace sluice
