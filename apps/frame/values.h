// Texts of option values to numbers. Error{kUsage} says which option, what was expected and what was found.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "kernels/dtype.h"

namespace sluice::frame {

/// 4096, 128M, 1.5G: K, M, G, T are 1024; at least one byte.
std::uint64_t parse_bytes(const std::string& option, const std::string& text);
/// An integer; 1e6 is one.
std::int64_t parse_integer(const std::string& option, const std::string& text);
/// An integer that is not negative.
std::int64_t parse_count(const std::string& option, const std::string& text);
/// All of 64 bits, for seeds.
std::uint64_t parse_seed(const std::string& option, const std::string& text);
double parse_number(const std::string& option, const std::string& text);
/// "100000x200", "1e5x200": rows and columns.
std::pair<std::int64_t, std::int64_t> parse_shape(const std::string& option, const std::string& text);
/// "0.8:0.9".
std::pair<double, double> parse_range(const std::string& option, const std::string& text);
/// "1200x1000": width and height.
std::pair<int, int> parse_picture_size(const std::string& option, const std::string& text);

struct ElementType {
  DType type;
  bool swapped;  // of the byte order that this machine does not have
};
/// numpy's names and codes: float32, f4, <f4, >f8, int16.
ElementType parse_dtype(const std::string& option, const std::string& text);

}  // namespace sluice::frame
