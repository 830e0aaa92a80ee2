// Splitting of file and dataset.
#include "host/formats/names.h"

#include <algorithm>
#include <cctype>

#include "host/io/sys.h"

namespace sluice {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool has_hdf5_name(const std::string& file) {
  std::string lower = file;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const char* end : {".h5", ".hdf5", ".hdf", ".he5"})
    if (ends_with(lower, end)) return true;
  return false;
}

std::string absolute_dataset(const std::string& dataset) {
  std::string path;
  for (const char c : "/" + dataset)
    if (c != '/' || path.empty() || path.back() != '/') path += c;
  if (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

FileName split_input(const std::string& name) {
  if (sys::exists(name)) return {name, {}};
  for (auto colon = name.rfind(':'); colon != std::string::npos && colon > 0;
       colon = name.rfind(':', colon - 1)) {
    const std::string file = name.substr(0, colon);
    if (sys::exists(file)) return {file, absolute_dataset(name.substr(colon + 1))};
  }
  if (const auto colon = name.find(":/"); colon != std::string::npos && colon > 0)
    return {name.substr(0, colon), absolute_dataset(name.substr(colon + 1))};
  return {name, {}};
}

}  // namespace sluice
