// Ticks are whole multiples of a power of ten, and labels are made from these integers: no digit is noise.
// Places are computed in long double: ranges near the ends of double (where high - low overflows, or the step
// is subnormal) come out right too.
#include "host/picture/ticks.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace sluice::picture {
namespace {

long double power_of_ten(int exponent) {
  return std::pow(10.0L, exponent);
}

int decimal_exponent(long double value) {
  int e = int(std::floor(std::log10(value)));
  if (power_of_ten(e + 1) <= value) ++e;  // log10 may round down at a power of ten
  if (power_of_ten(e) > value) --e;
  return e;
}

std::size_t longest(const std::vector<std::string>& labels) {
  std::size_t length = 0;
  for (const std::string& label : labels) length = std::max(length, label.size() - (label[0] == '-'));
  return length;
}

/// whole x 10^exponent as a plain number.
std::string decimal(std::int64_t whole, int exponent) {
  std::string digits = std::to_string(whole < 0 ? -whole : whole);
  if (exponent > 0 && whole != 0) digits.append(std::size_t(exponent), '0');
  if (exponent < 0) {
    const auto decimals = std::size_t(-exponent);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, ".");
  }
  return whole < 0 ? "-" + digits : digits;
}

/// A step of 1, 2 or 5 times a power of ten, and the ticks as multiples of that power.
struct Steps {
  int factor = 1, exponent = 0;
  long double first = 0, last = 0;  // multiples of the step in the range
  int stride = 1;                   // of them are ticks
  long double count() const { return std::floor((last - first) / stride) + 1; }
};

Steps steps_of(long double step, long double low, long double high) {
  Steps s;
  s.exponent = decimal_exponent(step * (1 + 1e-9L));
  s.factor = int(std::lround(step / power_of_ten(s.exponent)));
  const long double exact = s.factor * power_of_ten(s.exponent);
  s.first = std::ceil(low / exact - 1e-9L),
  s.last = std::floor(high / exact + 1e-9L);  // slack: 0.3 is 3 x 0.1
  return s;
}

long double smaller(const Steps& s) {
  const int factor = s.factor == 5 ? 2 : s.factor == 2 ? 1 : 5;
  return factor * power_of_ten(s.factor == 1 ? s.exponent - 1 : s.exponent);
}

Steps choose_steps(long double low, long double high, int at_most) {
  Steps s = steps_of(nice_step((high - low) / (at_most + 1)), low, high);
  while (s.count() > at_most) s = steps_of(nice_step(s.factor * power_of_ten(s.exponent) * 1.5L), low, high);
  if (s.count() >= 2 || at_most < 2) return s;
  Steps finer = s;  // one tick does not make an axis: take some of a smaller step's
  for (int i = 0; i < 3 && finer.count() < 2; ++i) finer = steps_of(smaller(finer), low, high);
  if (finer.count() < 2) return s;
  finer.stride = int(std::ceil((finer.last - finer.first + 1) / at_most));
  return finer;
}

/// What all numbers begin with, where leaving it out saves four digits or more; 0: nothing.
std::int64_t shared_part(const std::vector<std::int64_t>& numbers) {
  std::int64_t unit = 10;
  while (unit <= numbers.back() - numbers.front()) unit *= 10;
  const std::int64_t low = numbers.front(), cut = low / unit - (low % unit < 0);
  if (numbers.size() < 2 || (cut > 0 ? cut : -cut) < 1000) return 0;
  return (cut + 1) * unit <= numbers.back() ? (cut + 1) * unit : cut * unit;  // 10^9, not 999999990
}

std::string offset_text(std::int64_t part, int exponent) {
  std::string digits = std::to_string(part < 0 ? -part : part);
  const std::string sign = part < 0 ? "-" : "";
  if (exponent <= 0 && exponent > -6 && int(digits.size()) + exponent > 0 && digits.size() <= 9) {
    std::string plain = decimal(part, exponent);
    if (exponent < 0) plain.erase(plain.find_last_not_of('0') + 1);
    if (plain.back() == '.') plain.pop_back();
    return plain;
  }
  const int power = exponent + int(digits.size()) - 1;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.size() > 1) digits.insert(1, ".");
  return sign + digits + "\u00d710^" + std::to_string(power);
}

/// Labels of numbers x 10^exponent, and the power of ten that they share.
std::vector<std::string> labels_of(const std::vector<std::int64_t>& numbers, int exponent, int& shared) {
  std::int64_t largest = 0;
  for (const std::int64_t n : numbers) largest = std::max(largest, n < 0 ? -n : n);
  const int digits = int(std::to_string(largest).size());
  std::vector<std::string> plain, scaled;
  const int power = largest > 0 ? exponent + digits - 1 : exponent;
  const bool writable = exponent > -12 && power < 15;
  for (const std::int64_t n : numbers) {
    if (writable) plain.push_back(decimal(n, exponent));
    scaled.push_back(decimal(n, exponent - power));
  }
  shared = 0;
  if (writable && (longest(plain) <= 5 || longest(scaled) >= longest(plain))) return plain;
  shared = power;
  return scaled;
}

}  // namespace

long double nice_step(long double least) {
  const int e = decimal_exponent(least);
  for (int factor : {1, 2, 5}) {
    const long double step = factor * power_of_ten(e);
    if (step >= least * (1 - 1e-12L)) return step;
  }
  return power_of_ten(e + 1);
}

Ticks value_ticks(double low, double high, int at_most) {
  Ticks result;
  if (!std::isfinite(low) || !std::isfinite(high) || high < low) return result;
  if (high == low) {
    result.ticks.push_back({low, with_minus(short_number(low))});
    return result;
  }
  const Steps steps = choose_steps(low, high, std::max(at_most, 1));
  if (std::abs(steps.first) > 1e17L || std::abs(steps.last) > 1e17L) {  // finer than doubles are
    result.ticks = {{low, with_minus(short_number(low, 17))}, {high, with_minus(short_number(high, 17))}};
    if (at_most < 2) result.ticks.pop_back();
    return result;
  }
  std::vector<std::int64_t> numbers;
  for (auto k = std::int64_t(steps.first); k <= std::int64_t(steps.last); k += steps.stride)
    numbers.push_back(k * steps.factor);
  if (numbers.empty()) return result;
  const std::int64_t part = shared_part(numbers);
  std::vector<std::int64_t> written = numbers;
  for (std::int64_t& n : written) n -= part;
  const std::vector<std::string> labels = labels_of(written, steps.exponent, result.exponent);
  if (part != 0) result.offset = with_minus(offset_text(part, steps.exponent));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto at = double(numbers[i] * power_of_ten(steps.exponent));
    result.ticks.push_back({std::clamp(at, low, high), with_minus(labels[i])});
  }
  return result;
}

Ticks index_ticks(std::int64_t count, int at_most) {
  Ticks result;
  if (count <= 0) return result;
  at_most = std::max(at_most, 1);
  std::int64_t step = count;  // one tick, at 0
  if (at_most > 1 && count > 1) {
    // at_most ticks from 0 span at_most - 1 steps, and one more number than that reaches the next tick.
    step = std::max<std::int64_t>(1, std::int64_t(nice_step((long double)count / at_most)));
  }
  std::int64_t divisor = 1;
  const char* unit = "";
  const std::int64_t last = (count - 1) / step * step;
  if (last >= 100000) {
    for (auto [d, u] : {std::pair{1000000000LL, "G"}, {1000000LL, "M"}, {1000LL, "k"}}) {
      if (step % d == 0 || (step % (d / 10) == 0 && last >= d)) {  // at most one decimal
        divisor = d, unit = u;
        break;
      }
    }
  }
  for (std::int64_t i = 0; i < count; i += step) {
    std::string label = std::to_string(i / divisor);
    if (i % divisor != 0) label.append(1, '.').append(std::to_string(i % divisor / (divisor / 10)));
    if (i != 0) label += unit;
    result.ticks.push_back({double(i), label});
    if (i > std::numeric_limits<std::int64_t>::max() - step) break;
  }
  return result;
}

std::string short_number(double value, int digits) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[64];
  auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, digits);
  std::string number(text, end.ptr);
  const std::size_t e = number.find('e');
  if (e == std::string::npos) return number;
  return number.substr(0, e) + "\u00d710^" + std::to_string(std::atoi(number.c_str() + e + 1));
}

std::string with_minus(std::string number) {
  if (!number.empty() && number[0] == '-') number = "\u2212" + number.substr(1);
  return number;
}

}  // namespace sluice::picture
