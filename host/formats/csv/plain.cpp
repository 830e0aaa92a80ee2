// Plain numbers: their digits as one integer, and fast_float's scaling by a power of ten.
#include "host/formats/csv/plain.h"

#include <fast_float/fast_float.h>

#include "host/formats/csv/plain_digits.h"
#include "host/formats/csv/powers_of_ten.h"

namespace sluice::csv {
namespace {

constexpr double kExactPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};

// Where the first byte that is `byte` lies in eight; 8 where there is none.
std::size_t place_of(char byte, std::uint64_t word) {
  const std::uint64_t other = word ^ std::uint64_t(static_cast<unsigned char>(byte)) * kOnes;
  const std::uint64_t zeros = (other - kOnes) & ~other & 0x80 * kOnes;
  return zeros == 0 ? 8 : std::size_t(std::countr_zero(zeros)) / 8;
}

// Without the sign.
bool digits_of(const char* text, std::size_t size, char decimal, PlainNumber& found) {
  if (size == 0 || size > 24) return false;
  std::size_t whole = place_of(decimal, word_at(text));
  if (whole == 8) whole += place_of(decimal, word_at(text + 8));
  if (whole == 16) whole += place_of(decimal, word_at(text + 16));
  std::uint64_t wrong = 0;
  if (whole >= size) {
    if (size > 19) return false;
    found.digits = digits_before(text + size, size, wrong);
    found.places = 0;
    return wrong == 0;
  }
  const std::size_t places = size - whole - 1;
  if (whole == 0 || places == 0 || places > 19 || whole > 19) return false;
  const std::uint64_t front = digits_before(text + whole, whole, wrong);
  if (front != 0 && whole + places > 19) return false;
  found.digits = front * kPowersOfTen[places] + digits_before(text + size, places, wrong);
  found.places = std::uint8_t(places);
  return wrong == 0;
}

}  // namespace

void plain_numbers_portable(const Span* fields, std::size_t count, char decimal, PlainNumber* found) {
  for (std::size_t i = 0; i < count; ++i) {
    found[i].negative = *fields[i].begin == '-';
    const std::size_t sign = found[i].negative && fields[i].size != 0;
    found[i].plain = digits_of(fields[i].begin + sign, fields[i].size - sign, decimal, found[i]);
  }
}

PlainNumbers best_plain_numbers() {
#if defined(__x86_64__)
  if (plain_numbers_avx2 != nullptr && __builtin_cpu_supports("avx2")) return plain_numbers_avx2;
#endif
  return plain_numbers_portable;
}

double nearest(const PlainNumber& number) {
  double value;
  if (number.digits <= std::uint64_t(1) << 53) {
    value = double(number.digits) / kExactPowers[number.places];
  } else {
    // For so few places fast_float's product is exact enough to need no second look at the digits.
    const auto parts = fast_float::compute_float<fast_float::binary_format<double>>(
        -std::int64_t(number.places), number.digits);
    value = std::bit_cast<double>(parts.mantissa | std::uint64_t(parts.power2) << 52);
  }
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) | std::uint64_t(number.negative) << 63);
}

}  // namespace sluice::csv
