#include "host/graph/formats/dot_words.h"

#include <strings.h>

#include <cstring>

#include "host/graph/formats/number_lines.h"

namespace sluice::graph {
namespace {

bool id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

DotWords::DotWords(const Text& text) : text_(text), p_(text.all.data()), end_(p_ + text.all.size()) {
  next();
}

bool DotWords::is(const char* word) const {
  if (kind_ == kEnd) return false;
  return kind_ == kMark ? word_ == word : bare_ && strcasecmp(word_.c_str(), word) == 0;
}

void DotWords::wrong(const std::string& what) const {
  const std::string there = kind_ == kEnd ? "the end of the file" : quoted(word_);
  text_.wrong(at_, what + ", found " + there);
}

std::string DotWords::id(const char* expected) {
  if (kind_ != kId) wrong(std::string("no DOT: expected ") + expected);
  std::string word = word_;
  next();
  return word;
}

void DotWords::take(const char* mark) {
  if (!is(mark)) wrong(std::string("no DOT: expected '") + mark + "'");
  next();
}

void DotWords::skip_space() {
  while (p_ < end_) {
    const bool two = p_ + 1 < end_;
    const bool first_of_line = p_ == text_.all.data() || p_[-1] == '\n';
    if (*p_ == ' ' || (*p_ >= '\t' && *p_ <= '\r')) {
      ++p_;
    } else if ((*p_ == '#' && first_of_line) || (two && p_[0] == '/' && p_[1] == '/')) {
      p_ = line_end(p_, end_);
    } else if (two && p_[0] == '/' && p_[1] == '*') {
      const std::size_t last = std::string_view(p_ + 2, std::size_t(end_ - p_ - 2)).find("*/");
      if (last == std::string_view::npos)
        text_.wrong(p_, "an open comment: expected '*/', found the end of the file");
      p_ += last + 4;
    } else {
      return;
    }
  }
}

void DotWords::read_quoted() {
  for (;;) {
    const char* const open = p_++;
    while (p_ < end_ && *p_ != '"') {
      if (*p_ == '\\' && p_ + 1 < end_ && (p_[1] == '"' || p_[1] == '\n')) {
        if (p_[1] == '"') word_ += '"';
        p_ += 2;
      } else if (*p_ == '\\' && p_ + 1 < end_ && p_[1] == '\\') {  // both stay, and no quote is behind one
        word_ += "\\\\", p_ += 2;
      } else {
        word_ += *p_++;
      }
    }
    if (p_ == end_) text_.wrong(open, "an open text: expected '\"' at its end, found the end of the file");
    ++p_;
    // "a" + "b"
    const char* const behind = p_;
    skip_space();
    if (p_ < end_ && *p_ == '+') {
      ++p_;
      skip_space();
      if (p_ < end_ && *p_ == '"') continue;
    }
    p_ = behind;
    return;
  }
}

void DotWords::read_angled() {
  const char* const open = p_;
  int depth = 0;
  do {
    if (p_ == end_) text_.wrong(open, "an open text: expected '>' at its end, found the end of the file");
    depth += *p_ == '<' ? 1 : *p_ == '>' ? -1 : 0;
    word_ += *p_++;
  } while (depth > 0);
}

void DotWords::next() {
  skip_space();
  at_ = p_;
  word_.clear();
  bare_ = false;
  if (p_ == end_) {
    kind_ = kEnd;
    return;
  }
  kind_ = kId;
  const bool number =
      digit(*p_) || *p_ == '.' || (*p_ == '-' && p_ + 1 < end_ && (digit(p_[1]) || p_[1] == '.'));
  if (*p_ == '"') return read_quoted();
  if (*p_ == '<') return read_angled();
  if (number) {
    do word_ += *p_++;
    while (p_ < end_ && (digit(*p_) || *p_ == '.'));
    return;
  }
  if (id_character(*p_)) {
    bare_ = true;
    while (p_ < end_ && id_character(*p_)) word_ += *p_++;
    return;
  }
  kind_ = kMark;
  word_ = *p_++;
  if (word_ == "-" && p_ < end_ && (*p_ == '-' || *p_ == '>')) {
    word_ += *p_++;
  } else if (std::strchr("{}[];,:=", word_[0]) == nullptr || word_[0] == '\0') {
    text_.wrong(at_, "no DOT: expected an id or a mark, found " + quoted(word_));
  }
}

}  // namespace sluice::graph
