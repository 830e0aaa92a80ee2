// The words of DOT: ids (bare, numbers, in quotes, in angle brackets), punctuation and edges, without
// comments.
#pragma once
#include <string>

#include "host/graph/formats/listed.h"

namespace sluice::graph {

class DotWords {
 public:
  enum Kind { kId, kMark, kEnd };
  explicit DotWords(const Text& text);

  /// Of the word that comes next.
  Kind kind() const { return kind_; }
  const char* at() const { return at_; }
  /// It is this keyword (in any case, not in quotes) or this mark.
  bool is(const char* word) const;
  void next();
  /// The id that comes next, which is then behind. Error{kInput} where none does.
  std::string id(const char* expected);
  /// The same for a mark.
  void take(const char* mark);
  /// Error{kInput} "what, found ..." at the word that comes next.
  [[noreturn]] void wrong(const std::string& what) const;

 private:
  void skip_space();
  void read_quoted();
  void read_angled();

  const Text& text_;
  const char *p_, *end_, *at_ = nullptr;
  Kind kind_ = kEnd;
  bool bare_ = false;
  std::string word_;
};

}  // namespace sluice::graph
