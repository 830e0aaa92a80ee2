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
  char separator = 0;                                         // between fields; 0: white space
  std::size_t line_begin = 0, line_end = 0;                   // of the names, in the bytes
  std::size_t end = 0;                                        // where rows begin
  std::uint64_t lines = 0;                                    // before `end`
};

/// Looks at comment lines and the first other line, whose fields stand between `table`'s separator where a
/// user gave one, else between commas where it has some, else white space. Of a file cut off, `whole` is
/// false: names are found only where their line ends.
TextHead head_of(std::string_view bytes, bool whole, const csv::Input& table = {});
/// Of the rows under such a head.
csv::Dialect dialect_of(const TextHead& head, const csv::Input& table);
/// The file's: as it was given, else Latin-1 where the bytes are not UTF-8.
csv::Encoding encoding_of(std::string_view bytes, const csv::Input& table);
/// Text of that encoding as UTF-8; bytes that are none become U+FFFD.
std::string utf8_of(std::string_view text, csv::Encoding encoding);

/// {"key": "text", "other": 4.5}: values that are JSON numbers stay as they are written.
std::string json_of(const std::vector<std::pair<std::string, std::string>>& metadata);

/// Metadata as JSON, and of them the label and the value of `wanted`; empty where there is none.
void take_metadata(TextHead head, csv::Encoding encoding, const std::string& wanted, std::string& metadata,
                   std::string& label, std::string& key);

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
  Form& form_of(const std::string& path, const TextHead& head, std::string_view line, csv::Encoding encoding);
  const ReadOptions& options_;
  bool plain_;
  std::string key_;
  std::unique_ptr<Form> form_;
  csv::Ends ends_;
  csv::Block block_;
};

}  // namespace sluice::lc
