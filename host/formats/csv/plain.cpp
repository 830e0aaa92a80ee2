// Plain numbers: their digits as one integer, and fast_float's scaling by a power of ten.
#include "host/formats/csv/plain.h"

#include <fast_float/fast_float.h>

#include "host/formats/csv/plain_digits.h"

namespace sluice::csv {
namespace {

constexpr std::uint64_t kPowers[] = {1,
                                     10,
                                     100,
                                     1000,
                                     10000,
                                     100000,
                                     1000000,
                                     10000000,
                                     100000000,
                                     1000000000,
                                     10000000000,
                                     100000000000,
                                     1000000000000,
                                     10000000000000,
                                     100000000000000,
                                     1000000000000000,
                                     10000000000000000,
                                     100000000000000000,
                                     1000000000000000000,
                                     10000000000000000000u};

// digits / 10^places, for at most 19 places: there fast_float's product is exact enough to need no second
// look at the digits.
double scaled(std::uint64_t digits, std::size_t places) {
  if (digits <= std::uint64_t(1) << 53) return double(digits) / double(kPowers[places]);
  const auto parts =
      fast_float::compute_float<fast_float::binary_format<double>>(-std::int64_t(places), digits);
  return std::bit_cast<double>(parts.mantissa | std::uint64_t(parts.power2) << 52);
}

// Where the first byte that is `byte` lies in eight; 8 where there is none.
std::size_t place_of(char byte, std::uint64_t word) {
  const std::uint64_t other = word ^ std::uint64_t(static_cast<unsigned char>(byte)) * kOnes;
  const std::uint64_t zeros = (other - kOnes) & ~other & 0x80 * kOnes;
  return zeros == 0 ? 8 : std::size_t(std::countr_zero(zeros)) / 8;
}

}  // namespace

bool plain_float(const char* text, std::size_t size, char decimal, double& value) {
  const bool negative = *text == '-';
  text += negative;
  size -= negative;
  if (size == 0 || size > 24) return false;
  std::size_t whole = place_of(decimal, word_at(text));
  if (whole == 8) whole += place_of(decimal, word_at(text + 8));
  if (whole == 16) whole += place_of(decimal, word_at(text + 16));
  std::uint64_t wrong = 0, digits = 0;
  if (whole >= size) {
    if (size > 19) return false;
    digits = digits_before(text + size, size, wrong);
    if (wrong != 0) return false;
    value = double(digits);
  } else {
    const std::size_t places = size - whole - 1;
    if (whole == 0 || places == 0 || places > 19 || whole > 19) return false;
    const std::uint64_t front = digits_before(text + whole, whole, wrong);
    digits = digits_before(text + size, places, wrong);
    if (wrong != 0 || (front != 0 && whole + places > 19)) return false;
    digits += front * kPowers[places];
    value = scaled(digits, places);
  }
  if (negative) value = -value;
  return true;
}

bool plain_integer(const char* text, std::size_t size, std::int64_t& value) {
  const bool negative = *text == '-';
  text += negative;
  size -= negative;
  if (size == 0 || size > 18) return false;
  std::uint64_t wrong = 0;
  const std::uint64_t digits = digits_before(text + size, size, wrong);
  if (wrong != 0) return false;
  value = negative ? -std::int64_t(digits) : std::int64_t(digits);
  return true;
}

}  // namespace sluice::csv
