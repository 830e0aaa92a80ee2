// Plain numbers: their digits as one integer, and fast_float's scaling by a power of ten.
#include "host/formats/csv/plain.h"

#include <fast_float/fast_float.h>

#include "host/formats/csv/plain_digits.h"
#include "host/formats/csv/powers_of_ten.h"

namespace sluice::csv {
namespace {

// digits / 10^places, for at most 19 places: there fast_float's product is exact enough to need no second
// look at the digits.
double scaled(std::uint64_t digits, std::size_t places) {
  if (digits <= std::uint64_t(1) << 53) return double(digits) / double(kPowersOfTen[places]);
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

bool nothing(const char*, std::size_t, char, PlainDigits&) {
  return false;
}

DigitsOf fastest() {
#if defined(__x86_64__)
  if (plain_digits_avx2 != nullptr && __builtin_cpu_supports("avx2")) return plain_digits_avx2;
#endif
  return nothing;
}

}  // namespace

bool plain_digits(const char* text, std::size_t size, char decimal, PlainDigits& found) {
  if (size == 0 || size > 24) return false;
  std::size_t whole = place_of(decimal, word_at(text));
  if (whole == 8) whole += place_of(decimal, word_at(text + 8));
  if (whole == 16) whole += place_of(decimal, word_at(text + 16));
  std::uint64_t wrong = 0;
  if (whole >= size) {
    if (size > 19) return false;
    found = {digits_before(text + size, size, wrong), 0};
    return wrong == 0;
  }
  const std::size_t places = size - whole - 1;
  if (whole == 0 || places == 0 || places > 19 || whole > 19) return false;
  const std::uint64_t front = digits_before(text + whole, whole, wrong);
  if (front != 0 && whole + places > 19) return false;
  found = {front * kPowersOfTen[places] + digits_before(text + size, places, wrong), places};
  return wrong == 0;
}

bool plain_float(const char* text, std::size_t size, char decimal, double& value) {
  static const DigitsOf fast = fastest();
  const bool negative = *text == '-';
  text += negative;
  size -= negative;
  PlainDigits found;
  if (!fast(text, size, decimal, found) && !plain_digits(text, size, decimal, found)) return false;
  const double number = scaled(found.digits, found.places);
  value = negative ? -number : number;
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
