// Small helpers of names: of features, bands and columns.
#pragma once
#include <cctype>
#include <string>

namespace sluice::lc {

inline std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace sluice::lc
