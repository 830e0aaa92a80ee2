// The two loops over the bytes of plain rows, for processors that have AVX2 or AVX-512: where fields stand,
// and numbers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::lc {

struct PlainFields {
  /// Begins and ends of fields, in turn, and ends of lines; `borders` and `lines` have room for 64 more than
  /// the body has bytes. False: a byte is neither ASCII text nor blank nor a line end (LF), or it is '#'.
  /// 64 bytes behind the body are readable.
  bool (*find)(std::string_view body, std::uint32_t* borders, std::size_t& border_count, std::uint32_t* lines,
               std::size_t& line_count);
  /// Doubles of fields like -12345.678, of 16 bytes at most: field i lies between borders[each * i] and the
  /// next one, its value goes to to[i]. Stops at the first other one; how many there were. Bytes behind a
  /// field are readable.
  std::size_t (*numbers)(const char* data, const std::uint32_t* borders, std::size_t each, std::size_t count,
                         double* to);
};

extern const PlainFields* const plain_fields_avx2;  // null where it was not compiled
extern const PlainFields* const plain_fields_avx512;
/// Those that this processor runs, the fastest first.
std::vector<const PlainFields*> plain_fields_here();

}  // namespace sluice::lc
