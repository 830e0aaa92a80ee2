// Tick values are whole multiples of the step, computed in long double: ranges near the ends of double (where
// high - low overflows, or the step is subnormal) come out right too.
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

std::string fixed(long double value, int decimals) {
  char text[512];
  const auto end = std::to_chars(text, text + sizeof text, double(value), std::chars_format::fixed, decimals);
  return std::string(text, end.ptr);
}

std::size_t longest(const std::vector<std::string>& labels) {
  std::size_t length = 0;
  for (const std::string& label : labels) length = std::max(length, label.size() - (label[0] == '-'));
  return length;
}

std::vector<std::string> write(const std::vector<long double>& values, int exponent, int step_exponent) {
  std::vector<std::string> labels;
  const int decimals = std::max(0, exponent - step_exponent);
  for (long double v : values) labels.push_back(fixed(v / power_of_ten(exponent), decimals));
  return labels;
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
  at_most = std::max(at_most, 1);
  const long double a = low, b = high;
  long double step = nice_step((b - a) / at_most), first, last;
  for (;;) {  // a little slack: 0.3 counts as 3 steps of 0.1
    first = std::ceil(a / step - 1e-9L), last = std::floor(b / step + 1e-9L);
    if (last - first + 1 <= at_most) break;
    step = nice_step(step * 1.5L);
  }
  std::vector<long double> values;
  for (long double k = first; k <= last; ++k) values.push_back(k == 0 ? 0.0L : k * step);
  if (values.empty()) return result;

  const int step_exponent = decimal_exponent(step);
  const long double largest = std::max(std::abs(values.front()), std::abs(values.back()));
  std::vector<std::string> labels;
  const bool writable = step_exponent > -12 && largest < 1e15L;  // as plain decimals
  if (writable) labels = write(values, 0, step_exponent);
  if (!writable || longest(labels) > 5) {
    const int exponent = largest > 0 ? decimal_exponent(largest) : step_exponent;
    std::vector<std::string> scaled = write(values, exponent, step_exponent);
    if (!writable || longest(scaled) < longest(labels)) labels = scaled, result.exponent = exponent;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double at = std::clamp(double(values[i]), low, high);
    result.ticks.push_back({at, with_minus(labels[i])});
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
