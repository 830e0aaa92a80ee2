// What the processor offers and the system lets a process use.
#include "kernels/cpu/level.h"

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {
namespace {

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

/// Compilers of today do not all know AMX by name.
bool has_amx() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return false;
  unsigned low = 0, high = 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  constexpr unsigned kTiles = 1u << 17 | 1u << 18;  // their configuration and data are saved
  constexpr unsigned kBf16 = 1u << 22, kTile = 1u << 24;
  return (low & kTiles) == kTiles && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & kBf16) && (d & kTile);
}

/// Linux gives a process the tiles' state when it asks for it.
bool amx_permitted() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

Level highest() {
  const char* wish = std::getenv("SLUICE_LEVEL");
  if (wish == nullptr || *wish == '\0') return Level::kAmx;
  for (const Level level : {Level::kV3, Level::kV4, Level::kAmx})
    if (std::strcmp(wish, name_of(level)) == 0) return level;
  fail(kBadArgument, "SLUICE_LEVEL: expected x86-64-v3, x86-64-v4 or amx, found %s", wish);
}

}  // namespace

Level level() {
  static const Level once = [] {
    const Level most = highest();
    if (most == Level::kV3 || !has_avx512()) return Level::kV3;
    return most == Level::kAmx && has_amx() && amx_permitted() ? Level::kAmx : Level::kV4;
  }();
  return once;
}

const char* name_of(Level level) {
  return level == Level::kV3 ? "x86-64-v3" : level == Level::kV4 ? "x86-64-v4" : "amx";
}

}  // namespace sluice::SLUICE_BACKEND
