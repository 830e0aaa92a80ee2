#include "apps/frame/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "host/units.h"

namespace sluice::frame {

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : between) + parts[i];
  return text;
}

std::string either(const std::vector<std::string>& parts) {
  if (parts.size() < 2) return joined(parts, "");
  return joined({parts.begin(), parts.end() - 1}, ", ") + " or " + parts.back();
}

std::string shell_word(const std::string& word) {
  static const std::string plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::string out;
  std::istringstream paragraphs(text);
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    std::istringstream words(paragraph);
    std::string line;
    for (std::string word; words >> word;) {
      if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
        out += std::string(indent, ' ') + line + "\n";
        line.clear();
      }
      line += (line.empty() ? "" : " ") + word;
    }
    out += line.empty() ? "\n" : std::string(indent, ' ') + line + "\n";
  }
  return out;
}

std::string table(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - width_of(row[i]), ' ');
      if (i > 0) line += "  ";
      line += i < right.size() && right[i] ? space + row[i] : row[i] + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

namespace {

/// The character that begins at `at`, which moves behind it; bytes that are not UTF-8 count as themselves.
char32_t next_character(const std::string& text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t more = first < 0xc0 || first > 0xf7 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  char32_t character = more == 0 ? first : first & (0x3fu >> more);
  std::size_t next = at + 1;
  for (; next <= at + more && next < text.size() && (byte(next) & 0xc0) == 0x80; ++next)
    character = character << 6 | (byte(next) & 0x3f);
  at = next;
  return character;
}

std::size_t places_of(char32_t c) {
  const auto in = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (in(0x300, 0x36f) || in(0x200b, 0x200f) || in(0xfe00, 0xfe0f)) return 0;
  const bool wide = in(0x1100, 0x115f) || in(0x2e80, 0xa4cf) || in(0xac00, 0xd7a3) || in(0xf900, 0xfaff) ||
                    in(0xfe30, 0xfe6f) || in(0xff00, 0xff60) || in(0xffe0, 0xffe6) || in(0x1f300, 0x1faff) ||
                    in(0x20000, 0x3fffd);
  return wide ? 2 : 1;
}

}  // namespace

std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) width += places_of(next_character(text, at));
  return width;
}

std::string cut_to(const std::string& text, std::size_t width) {
  if (width_of(text) <= width) return text;
  const std::size_t room = width < 3 ? 0 : width - 3;
  std::size_t used = 0, at = 0;
  for (std::size_t next = 0; next < text.size();) {
    used += places_of(next_character(text, next));
    if (used > room) break;
    at = next;
  }
  return text.substr(0, at) + std::string("...").substr(0, width);
}

std::string printable(const std::string& text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char hex[8];
    std::snprintf(hex, sizeof hex, "\\x%02x", byte);
    if (c == '\n')
      shown += "\\n";
    else if (c == '\r')
      shown += "\\r";
    else if (c == '\t')
      shown += "\\t";
    else
      shown += byte < 0x20 || byte == 0x7f ? std::string(hex) : std::string(1, c);
  }
  return shown;
}

std::string count(std::int64_t n) {
  std::string digits = std::to_string(n);
  const std::size_t first = n < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::int64_t n, const std::string& noun) {
  const bool y = noun.size() > 1 && noun.back() == 'y';
  const std::string many = noun.ends_with("ex") ? noun.substr(0, noun.size() - 2) + "ices"
                           : y                  ? noun.substr(0, noun.size() - 1) + "ies"
                                                : noun + "s";
  return count(n) + " " + (n == 1 ? noun : many);
}

std::string rate(double amount, const std::string& unit, double seconds) {
  const double r = seconds > 0 ? amount / seconds : 0;
  if (unit == "bytes") return human_bytes(r) + "/s";
  static const char* steps[] = {"", "K", "M", "G", "T", "P"};
  double scaled = r;
  int step = 0;
  while (scaled >= 1000 && step < 5) scaled /= 1000, ++step;
  char text[60];
  std::snprintf(text, sizeof text, scaled < 10 ? "%.2f" : scaled < 100 ? "%.1f" : "%.0f", scaled);
  if (unit == "flop") return std::string(text) + " " + steps[step] + "FLOP/s";
  return std::string(text) + steps[step] + " " + unit + "/s";
}

std::string significant(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

}  // namespace sluice::frame
