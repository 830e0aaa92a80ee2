// What of the processor the operations use: decided once, when the program runs.
#pragma once
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// x86-64-v3 (AVX2, FMA), x86-64-v4 (AVX-512), and v4 with the matrix unit (AMX, bfloat16).
enum class Level { kV3, kV4, kAmx };

/// What processor and system offer, at most what SLUICE_LEVEL names (x86-64-v3, x86-64-v4, amx).
/// Failure: kBadArgument where it names something else.
Level level();

/// As SLUICE_LEVEL names it.
const char* name_of(Level);

}  // namespace sluice::SLUICE_BACKEND
