#include "apps/frame/values.h"

#include <cctype>
#include <charconv>
#include <cmath>

#include "host/error.h"
#include "host/formats/dtype_text.h"

namespace sluice::frame {
namespace {

[[noreturn]] void wrong(const std::string& option, const std::string& text, const std::string& expected) {
  throw Error(ErrorKind::kUsage, option + ": expected " + expected + ", found '" + text + "'");
}

/// The whole text as a finite double, or no.
bool as_number(const std::string& text, double& value) {
  const char* end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, value);
  return got.ec == std::errc() && got.ptr == end && !text.empty() && std::isfinite(value);
}

bool as_integer(const std::string& text, std::int64_t& value) {
  const char* end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, value);
  if (got.ec == std::errc() && got.ptr == end && !text.empty()) return true;
  double real;
  if (!as_number(text, real) || real != std::floor(real) || std::fabs(real) > 9e15) return false;
  value = std::int64_t(real);
  return true;
}

}  // namespace

double parse_number(const std::string& option, const std::string& text) {
  double value;
  if (!as_number(text, value)) wrong(option, text, "a number");
  return value;
}

std::uint64_t parse_bytes(const std::string& option, const std::string& text) {
  static const std::string units = "KMGT";
  std::string digits = text;
  if (digits.size() > 2 && digits.ends_with("iB")) digits.resize(digits.size() - 2);
  double scale = 1;
  if (!digits.empty()) {
    const auto unit = units.find(char(std::toupper(static_cast<unsigned char>(digits.back()))));
    if (unit != std::string::npos) scale = std::pow(1024.0, double(unit) + 1), digits.pop_back();
  }
  double value;
  if (!as_number(digits, value) || value * scale < 1 || value * scale > 9e18)
    wrong(option, text, "a size such as 512M, 4G or 1.5G");
  return std::uint64_t(value * scale);
}

std::int64_t parse_integer(const std::string& option, const std::string& text) {
  std::int64_t value = 0;
  if (!as_integer(text, value)) wrong(option, text, "an integer");
  return value;
}

std::int64_t parse_count(const std::string& option, const std::string& text) {
  std::int64_t value = 0;
  if (!as_integer(text, value) || value < 0) wrong(option, text, "an integer of at least 0");
  return value;
}

std::uint64_t parse_seed(const std::string& option, const std::string& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, value);
  if (got.ec != std::errc() || got.ptr != end || text.empty())
    wrong(option, text, "an integer of at least 0 and below 2^64");
  return value;
}

std::pair<std::int64_t, std::int64_t> parse_shape(const std::string& option, const std::string& text) {
  const auto x = text.find('x');
  std::int64_t rows = 0, columns = 0;
  if (x == std::string::npos || !as_integer(text.substr(0, x), rows) ||
      !as_integer(text.substr(x + 1), columns) || rows < 0 || columns < 0)
    wrong(option, text, "ROWSxCOLUMNS such as 1000x200 or 1e5x200");
  return {rows, columns};
}

std::pair<double, double> parse_range(const std::string& option, const std::string& text) {
  const auto colon = text.find(':');
  double low, high;
  if (colon == std::string::npos || !as_number(text.substr(0, colon), low) ||
      !as_number(text.substr(colon + 1), high))
    wrong(option, text, "LOW:HIGH such as 0.8:0.9");
  return {low, high};
}

std::pair<int, int> parse_picture_size(const std::string& option, const std::string& text) {
  const auto x = text.find('x');
  std::int64_t width = 0, height = 0;
  if (x == std::string::npos || !as_integer(text.substr(0, x), width) ||
      !as_integer(text.substr(x + 1), height) || width < 1 || height < 1 || width > 100000 || height > 100000)
    wrong(option, text, "WIDTHxHEIGHT such as 1200x1000");
  return {int(width), int(height)};
}

ElementType parse_dtype(const std::string& option, const std::string& text) {
  const TypeText found = parse_type(text);
  if (!found.known)
    throw Error(ErrorKind::kUsage, option + ": expected a type such as float32, found " + found.name,
                found.advice);
  return {found.type, found.swapped};
}

}  // namespace sluice::frame
