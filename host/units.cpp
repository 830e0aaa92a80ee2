#include "host/units.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace sluice {

std::string human_bytes(double bytes) {
  static const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  int u = 0;
  while (std::fabs(bytes) >= 1024 && u < 6) bytes /= 1024, ++u;
  char text[40];
  std::snprintf(text, sizeof text, u == 0 ? "%.0f %s" : bytes < 100 ? "%.1f %s" : "%.0f %s", bytes, units[u]);
  return text;
}

std::string human_seconds(double s) {
  char text[60];
  if (s < 1)
    std::snprintf(text, sizeof text, "%.0f ms", s * 1e3);
  else if (s < 60)
    std::snprintf(text, sizeof text, "%.1f s", s);
  else if (s < 3600)
    std::snprintf(text, sizeof text, "%d min %d s", int(s / 60), int(std::fmod(s, 60)));
  else if (s < 86400)
    std::snprintf(text, sizeof text, "%d h %d min", int(s / 3600), int(std::fmod(s / 60, 60)));
  else
    std::snprintf(text, sizeof text, "%.0f days", s / 86400);
  return text;
}

std::string size_argument(std::uint64_t bytes) {
  if (bytes > (10ull << 30)) return std::to_string((bytes + (1ull << 30) - 1) >> 30) + "G";
  if (bytes > (1ull << 20)) return std::to_string((bytes + (1ull << 20) - 1) >> 20) + "M";
  return std::to_string((bytes + 1023) >> 10) + "K";
}

std::string number(double value) {
  char text[40];
  auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return std::string(text, end);
}

}  // namespace sluice
