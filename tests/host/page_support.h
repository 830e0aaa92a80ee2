// What tests of pages share: a page's arrays as they stand in the file.
#pragma once
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "host/page/page.h"
#include "picture_support.h"

namespace sluice::page {

using picture::bytes_of;

class PageFolder : public picture::PictureFolder {
 protected:
  std::string written(const Page& page) {
    write_page(page, path("p.html"));
    return bytes_of(path("p.html"));
  }
};

/// What stands between two texts; the first of them must be there.
inline std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before);
  EXPECT_NE(begin, std::string::npos) << before;
  if (begin == std::string::npos) return {};
  return text.substr(begin + before.size(), text.find(after, begin + before.size()) - begin - before.size());
}

inline std::string spec_of(const std::string& html) {
  return between(html, "id=\"spec\">", "</script>");
}

/// A slow decoder, for comparison.
inline std::string decoded(const std::string& base64) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (const char c : base64) {
    if (c == '=') break;
    bits = bits << 6 | unsigned(digits.find(c));
    if ((held += 6) >= 8) bytes += char(bits >> (held -= 8) & 255);
  }
  return bytes;
}

template <class T>
std::vector<T> array_of(const std::string& html, int id) {
  const std::string bytes = decoded(between(html, "id=\"array-" + std::to_string(id) + "\">", "</script>"));
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

inline std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace sluice::page
