// What a table's first rows show of its dialect: which separator makes them rows of the same length, line
// ends, byte order mark, compression. What a user gave is taken as given.
#pragma once
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/formats/csv/schema.h"

namespace sluice::csv {

/// A table to read, and which parts of its dialect were left open.
struct Input {
  std::string path;
  Options options;
  bool find_separator = true;  // in place of options.dialect's
  bool find_encoding = true;   // Latin-1 where the table is not UTF-8
  /// Something of a table was asked for, so the file is one, whatever its name.
  bool is_table = false;
};

struct Format {
  std::string compression;  // "gzip", "zstd"; empty: none
  std::string line_end;     // "LF", "CRLF", "CR"; empty: no line ends there
  bool byte_order_mark = false;
  bool quoted = false;             // some of the first fields stand in quotes
  std::vector<std::string> notes;  // what a user should look at
};

/// Names of tables: .csv, .tsv, .tab, .psv, .txt, .dat, also with .gz or .zst behind.
bool has_table_name(const std::string& path);

/// Of the file as it is. Error{kUsage} for "-", {kInput} where there is none.
std::uint64_t file_bytes(const std::string& path);

/// Looks at the first rows and sets the separator in input.options.dialect where it was left open. Not the
/// encoding: a byte that is not UTF-8 may come late. Error{kInput} where the file cannot be read.
Format detect(Input& input);

/// detect(), then the first pass (reader.h); where the encoding was left open and the table is not UTF-8,
/// once more as Latin-1. From then on input.options reads the table.
Schema scan_as_found(Input& input, Budget& budget, Format& format);

/// "comma", "tab", "semicolon", "pipe", "spaces", or the character.
std::string name_of_separator(const Dialect& dialect);

}  // namespace sluice::csv
