// For Level::kAmx (level.h): products of float32 on a processor's matrix unit (Intel AMX), which multiplies
// bfloat16 and adds float32. A float32 is the exact sum of three bfloat16, x = x1 + x2 + x3; of the nine
// products of two such sums the six that matter are taken, x1 y1 + (x1 y2 + x2 y1) + (x2 y2 + x1 y3 + x3 y1)
// (Henry, Tang, Heinecke 2019, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
// Computations"). Parts are rounded to the nearest, so what is left out, x2 y3 + x3 y2 + x3 y3, has either
// sign and is at most 2^-23 |x y|.
//
// Sums start again every kDepth observations and are added up outside: in one long sum the small products
// would be rounded away, always in the same direction where variables are alike. Before it is split, each
// variable is scaled by a power of two to at most 2 within those observations, since the unit takes denormal
// numbers for 0.
//
// Operands are split into tiles of 16 x 32; a unit of the result is 32 x 32. Numbers of a unit depend on its
// operands and their order only, not on which units are computed with it.
#pragma once
#include <cstdint>

#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND::amx {

inline constexpr std::int64_t kUnit = 32;    // variables on each side of a unit of the result
inline constexpr std::int64_t kDepth = 256;  // observations of a split operand
inline constexpr std::int64_t kOperandBytes = kUnit * kDepth * 6 + kUnit * 4;  // parts and exponents
inline constexpr std::int64_t kUnitFloats = kUnit * kUnit;

/// A part of a panel: up to kUnit variables x kDepth observations.
struct Part {
  const float* data;
  std::int64_t ld;
  Layout layout;
  int variables, observations;
};

/// Splits a part into an operand of `multiply`, kOperandBytes at a border of 64; what is missing is 0.
void split_left(const Part& part, void* operand);
void split_right(const Part& part, void* operand);

/// A thread's tiles, from construction to destruction.
class Tiles {
 public:
  Tiles();
  ~Tiles();
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;

  /// unit (+)= left right' over `observations`; `first` starts at 0. A unit is four tiles of 16 x 16.
  void multiply(const void* left, const void* right, int observations, bool first, float* unit) const;
};

/// What a slab's correction takes of one side (backend.h, Moments).
struct Correction {
  const double* between;
  const double* within;
};

/// acc (rows x columns) += unit + between between' - within within'.
void add(const float* unit, int rows, int columns, const Correction& row, const Correction& column,
         double* acc, std::int64_t acc_ld);

}  // namespace sluice::SLUICE_BACKEND::amx
