// One object's file as text: comment lines with metadata, a line of column names, rows. What the parser makes
// of bytes depends on them and the options alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/formats/csv/structure.h"
#include "host/lc/row_parser.h"

namespace sluice::lc {

/// The front of a file: metadata and names of columns.
struct TextHead {
  std::vector<std::pair<std::string, std::string>> metadata;  // in order, each key once, with its last value
  std::vector<std::string> names;                             // none: no line of them
  bool commas = false;                                        // else white space stands between fields
  std::size_t line_begin = 0, line_end = 0;                   // of the names, in the bytes
  std::size_t end = 0;                                        // where rows begin
  std::uint64_t lines = 0;                                    // before `end`
};

/// Looks at comment lines and the first other line. Of a file cut off, `whole` is false: names are found only
/// where their line ends.
TextHead head_of(std::string_view bytes, bool whole);

/// {"key": "text", "other": 4.5}: values that are JSON numbers stay as they are written.
std::string json_of(const std::vector<std::pair<std::string, std::string>>& metadata);

struct TextFacts {
  std::string metadata;  // JSON, empty: none
  std::string label;
  std::string key;  // the value of ReadOptions::id's KEY
  std::int64_t rows = 0, bad_rows = 0;
  std::vector<std::string> faults;  // of bad rows, "FILE: line 7, column 3: ..."
};

class TextParser {
 public:
  /// Without `plain`, also the plainest rows go the general way: for tests.
  explicit TextParser(const ReadOptions& options, bool plain = true);
  ~TextParser();
  TextParser(TextParser&&) noexcept;

  /// Appends the rows of a file. csv::kPadding bytes before and behind `bytes` are readable. Error{kInput}:
  /// no line of names, a column is missing, too large, or (on_error fail) the first bad line.
  TextFacts parse(const std::string& path, std::string_view bytes, ParsedRows& to);

 private:
  struct Form;  // of a line of names: how rows under it are read
  void parse_rows(const std::string& path, std::string_view bytes, TextHead& head, Form& form, ParsedRows& to,
                  TextFacts& facts);
  Form& form_of(const std::string& path, const TextHead& head, std::string_view line);
  const ReadOptions& options_;
  bool plain_;
  std::string key_;
  std::unique_ptr<Form> form_;
  csv::Ends ends_;
  csv::Block block_;
};

}  // namespace sluice::lc
