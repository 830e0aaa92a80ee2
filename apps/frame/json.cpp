#include "apps/frame/json.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace sluice::frame {
namespace {

/// Length of the valid UTF-8 character at `at`, or 0. File names need not be valid.
std::size_t character(const std::string& s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < s.size() ? s[i] : 0); };
  const unsigned lead = byte(at);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : (lead & 0xF0) == 0xE0       ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  const unsigned second = byte(at + 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0)) return 0;  // overlong, surrogates
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90)) return 0;  // overlong, too large
  return length;
}

}  // namespace

Json::Json(double value) : Json(Kind::kText) {
  if (!std::isfinite(value)) {
    text_ = "null";
    return;
  }
  char buffer[40];
  text_.assign(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

Json& Json::add(const std::string& name, Json value) {
  members_.emplace_back(name, std::move(value));
  return *this;
}

Json& Json::push(Json value) {
  return add({}, std::move(value));
}

std::string Json::quoted(const std::string& text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character(text, i);
    const auto c = static_cast<unsigned char>(text[i]);
    char code[8];
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += char(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7F) {
      std::snprintf(code, sizeof code, "\\u%04x", unsigned(c));
      out += code;
    } else {
      out += text.substr(i, length);
    }
    i += length == 0 ? 1 : length;
  }
  return out + "\"";
}

void Json::write(std::string& to, int level, bool indented) const {
  if (kind_ == Kind::kText) {
    to += text_;
    return;
  }
  const bool object = kind_ == Kind::kObject;
  to += object ? "{" : "[";
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (i > 0) to += indented ? "," : ", ";
    if (indented) to += "\n" + std::string(std::size_t(level + 1) * 2, ' ');
    if (object) to += quoted(members_[i].first) + ": ";
    members_[i].second.write(to, level + 1, indented);
  }
  if (indented && !members_.empty()) to += "\n" + std::string(std::size_t(level) * 2, ' ');
  to += object ? "}" : "]";
}

std::string Json::text() const {
  std::string out;
  write(out, 0, true);
  return out;
}

std::string Json::line() const {
  std::string out;
  write(out, 0, false);
  return out;
}

}  // namespace sluice::frame
