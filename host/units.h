// Numbers with units, as messages and plans show them. K, M, G are 1024 (written KiB, MiB, GiB in text).
#pragma once
#include <cstdint>
#include <string>

namespace sluice {

std::string human_bytes(double bytes);           // "381.5 MiB"
std::string human_seconds(double seconds);       // "1 min 20 s"
std::string size_argument(std::uint64_t bytes);  // "65M": the smallest whole unit argument that is not below
std::string number(double value);                // shortest text that reads back as the same number

}  // namespace sluice
