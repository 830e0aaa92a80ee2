#include "host/page/json.h"

#include <charconv>
#include <cmath>

#include "host/formats/json_text.h"

namespace sluice::page {

std::string script_text(const std::string& text) {
  const std::string quoted = json_quote(text);
  std::string result;
  result.reserve(quoted.size());
  for (const char c : quoted) c == '<' ? result += "\\u003c" : result += c;
  return result;
}

std::string script_number(double value) {
  if (!std::isfinite(value)) return "null";
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string html_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

Object& Object::raw(const char* name, const std::string& json) {
  members_ += (members_.empty() ? "\"" : ",\"") + std::string(name) + "\":" + json;
  return *this;
}

}  // namespace sluice::page
