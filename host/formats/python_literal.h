// The piece of Python's literal syntax that .npy headers use: a dict of strings, booleans and tuples of
// integers, in any key order. It works on bytes from a file of unknown origin: every step checks the end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

struct NpyDict {
  std::string type;         // value of 'descr' where it is a string
  bool structured = false;  // 'descr' is a list or tuple: records or sub-arrays
  bool fortran = false;
  std::vector<std::int64_t> shape;  // negative extents as written
  bool overflow = false;            // an extent does not fit 64 bits (then it is the largest number)
};

/// Parses text[0, size); trailing white space and zero bytes are allowed. Returns what is wrong in `problem`
/// ("expected ':', found 'x' at byte 12 of the header"), or an empty text.
NpyDict parse_npy_dict(const char* text, std::size_t size, std::string& problem);

}  // namespace sluice
