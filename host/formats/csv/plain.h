// Numbers in their plainest form, -12.345 without exponent or blanks, eight digits at a time: most numbers of
// most tables. What is not plain is left to parse.h, which says the same of all that is.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sluice::csv {

/// Bytes that may be read before and behind a field's text, whatever they hold.
constexpr std::size_t kPadding = 64;

/// The nearest double to text[0, size), as parse_float gives it. False where the text is not plain or has
/// more than 19 digits. kPadding bytes around it are readable.
bool plain_float(const char* text, std::size_t size, char decimal, double& value);
/// An integer of at most 18 digits, likewise.
bool plain_integer(const char* text, std::size_t size, std::int64_t& value);

/// A plain number without its sign: digits / 10^places.
struct PlainDigits {
  std::uint64_t digits;
  std::size_t places;  // at most 19
};
/// False where text[0, size) is not so, or not so short as the function takes.
using DigitsOf = bool (*)(const char* text, std::size_t size, char decimal, PlainDigits& found);
bool plain_digits(const char* text, std::size_t size, char decimal, PlainDigits& found);
extern const DigitsOf plain_digits_avx2;  // null where it was not compiled

}  // namespace sluice::csv
