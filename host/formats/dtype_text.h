// Element types as users and files write them: "float32", "<f4", ">i8", "|u1". Refusals say what the type is
// and how to get a type that works.
#pragma once
#include <string>

#include "kernels/dtype.h"

namespace sluice {

struct TypeText {
  bool known = false;
  DType type = DType::kFloat32;
  bool swapped = false;  // in the byte order that this machine does not have
  std::string name;      // where not known: what numpy calls it ("complex64"), or the text itself
  std::string advice;    // where not known: the way out
};

/// numpy's type strings (with or without byte order) and type names.
TypeText parse_type(const std::string& text);

/// "<f4", "|u1", ...: little-endian, as .npy headers have it.
std::string npy_type_of(DType type);

}  // namespace sluice
