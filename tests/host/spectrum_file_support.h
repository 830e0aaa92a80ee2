// What the tests of spectra share: .npy results of three dimensions read by code of the tests' own.
#pragma once
#include "window_support.h"

namespace sluice::test {

/// A .npy file of float32, float64 or their complex pairs: values as doubles, pairs one after the other.
struct Cube {
  std::vector<std::int64_t> shape;
  std::string type;  // "<f8", "<c16", ...
  std::vector<double> values;
};

inline Cube read_cube(const std::string& path) {
  const std::string bytes = read_file(path);
  const std::size_t start = 10 + (bytes.at(8) & 0xff) + ((bytes.at(9) & 0xff) << 8);
  const std::string header = bytes.substr(10, start - 10);
  Cube cube;
  const std::size_t type = header.find("'descr': '") + 10;
  cube.type = header.substr(type, header.find('\'', type) - type);
  if (header.find("'fortran_order': False") == std::string::npos) throw std::runtime_error(path + ": order");
  std::istringstream shape(header.substr(header.find("'shape': (") + 10));
  for (std::int64_t n = 0; shape >> n; shape.ignore(2)) cube.shape.push_back(n);
  const bool single = cube.type == "<f4" || cube.type == "<c8";
  for (std::size_t at = start; at < bytes.size(); at += single ? 4 : 8) {
    double x = 0;
    float f = 0;
    if (single)
      std::memcpy(&f, &bytes[at], 4);
    else
      std::memcpy(&x, &bytes[at], 8);
    cube.values.push_back(single ? double(f) : x);
  }
  return cube;
}

}  // namespace sluice::test
