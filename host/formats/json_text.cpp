// Quoting and a small strict reader. Values other than texts are stepped over; nesting is counted, not
// recursed.
#include "host/formats/json_text.h"

#include <cstdio>
#include <stdexcept>

namespace sluice {
namespace {

// Length of the UTF-8 sequence at `at`, or 0 where there is none.
std::size_t sequence(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  const unsigned second = byte(at + 1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool outside = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : length;
}

void append_utf8(std::string& text, unsigned code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
  } else if (code < 0x10000) {
    text += {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
             static_cast<char>(0x80 | (code & 63))};
  } else {
    text += {static_cast<char>(0xf0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 63)),
             static_cast<char>(0x80 | (code >> 6 & 63)), static_cast<char>(0x80 | (code & 63))};
  }
}

class Reader {
 public:
  explicit Reader(const std::string& text, std::size_t at = 0) : text_(text), at_(at) {}
  std::size_t at() const { return at_; }
  char peek() {
    while (at_ < text_.size() && std::string(" \t\r\n").find(text_[at_]) != std::string::npos) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) throw std::invalid_argument("json");
  }
  std::string string() {
    expect('"');
    std::string value;
    while (next_is_text()) {
      const char c = text_[at_++];
      if (c != '\\') {
        value += c;
        continue;
      }
      append_escape(value);
    }
    return value;
  }
  // Anything that is not a text: up to the ',' or '}' that ends it.
  std::string other() {
    peek();
    const std::size_t begin = at_;
    for (int depth = 0; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        string();
        --at_;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (depth == 0 && (c == ',' || c == '}')) {
        break;
      } else if (c == '}' || c == ']') {
        --depth;
      }
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  bool next_is_text() {
    if (at_ >= text_.size()) throw std::invalid_argument("json");
    if (text_[at_] != '"') return true;
    ++at_;
    return false;
  }
  unsigned hex4() {
    unsigned code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = at_ < text_.size() ? text_[at_] : '?';
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) throw std::invalid_argument("json");
      code = code * 16 + static_cast<unsigned>(digit);
    }
    return code;
  }
  void append_escape(std::string& value) {
    const char c = at_ < text_.size() ? text_[at_++] : '?';
    static const std::string kinds = "\"\\/bfnrt", bytes = "\"\\/\b\f\n\r\t";
    if (const auto kind = kinds.find(c); kind != std::string::npos) {
      value += bytes[kind];
      return;
    }
    if (c != 'u') throw std::invalid_argument("json");
    unsigned code = hex4();
    if (code >= 0xd800 && code < 0xdc00 && text_.compare(at_, 2, "\\u") == 0) {
      at_ += 2;
      const unsigned low = hex4();
      code = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
    } else if (code >= 0xd800 && code < 0xe000) {
      code = 0xfffd;
    }
    append_utf8(value, code);
  }

  const std::string& text_;
  std::size_t at_;
};

Provenance read_texts(Reader& in) {
  Provenance pairs;
  in.expect('{');
  if (in.take('}')) return pairs;
  do {
    std::string key = in.string();
    in.expect(':');
    if (in.peek() == '"')
      pairs.emplace_back(std::move(key), in.string());
    else
      pairs.emplace_back(std::move(key), in.other());
  } while (in.take(','));
  in.expect('}');
  return pairs;
}

}  // namespace

std::string valid_utf8(const std::string& text) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence(text, at);
    if (length == 0)
      valid += "\xef\xbf\xbd";
    else
      valid.append(text, at, length);
    at += length == 0 ? 1 : length;
  }
  return valid;
}

std::string json_quote(const std::string& text) {
  std::string quoted = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence(text, at);
    const auto c = static_cast<unsigned char>(text[at]);
    if (length == 0) {
      quoted += "\xef\xbf\xbd";
    } else if (c == '"' || c == '\\') {
      quoted += {'\\', static_cast<char>(c)};
    } else if (c < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      quoted += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : code;
    } else {
      quoted.append(text, at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return quoted + '"';
}

std::string read_json_string(const std::string& text, std::size_t& at) {
  Reader in(text, at);
  std::string value = in.string();
  at = in.at();
  return value;
}

Provenance parse_provenance_json(const std::string& text) {
  try {
    Reader in(text);
    Provenance pairs;
    bool ours = false;
    in.expect('{');
    do {
      const std::string key = in.string();
      in.expect(':');
      if (key == "provenance" && in.peek() == '{')
        pairs = read_texts(in);
      else if (key == "schema")
        ours = in.other().substr(0, 1) == "1";
      else
        in.other();
    } while (in.take(','));
    in.expect('}');
    return ours ? pairs : Provenance();
  } catch (const std::invalid_argument&) {
    return {};
  }
}

}  // namespace sluice
