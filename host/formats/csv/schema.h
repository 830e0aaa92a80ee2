// What a first pass over a table finds, and what a caller asks for.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/error.h"
#include "host/formats/csv/dialect.h"
#include "host/formats/csv/dictionary.h"

namespace sluice::csv {

enum class Type {
  kInteger,   // int64, no digit lost
  kFloat,     // double
  kTime,      // int64, nanoseconds since 1970
  kCategory,  // int32 codes of levels in the order of their first appearance
  kText,
};
const char* name_of(Type type);

enum class OnError { kFail, kSkip };

struct Given {  // in place of what would be inferred
  std::string column;
  Type type = Type::kText;
  std::vector<std::string> levels =
      {};  // of a category: no others may appear. Empty: those that the table has
};

struct Options {
  Dialect dialect;
  std::vector<std::string> select;  // columns, in this order; empty: all. Others are not parsed
  std::vector<Given> given;
  OnError on_error = OnError::kFail;
  int threads = 0;                // 0: all cores
  std::int64_t batch_rows = 0;    // 0: as many as make about 1 MiB, at most 65536
  std::size_t max_levels = 1024;  // text with more levels is no category
  bool ranges = true;             // of floats are found by scan(); without, low and high are NaN
  std::size_t range_bytes = 0;  // of a piece, parsed by one thread; 0: by the budget. No result depends on it
  /// Told, from the calling thread, how many bytes of the file are done with; what it throws ends the walk.
  std::function<void(std::uint64_t)> progress = {};
};

/// The error where bytes are not of the encoding, so that a caller may try another.
struct NotUtf8 : Error {
  NotUtf8(std::string what, std::string advice)
      : Error(ErrorKind::kInput, std::move(what), std::move(advice)) {}
};

struct Faults {  // rows that were left out
  static constexpr std::size_t kListed = 10;
  std::int64_t ragged = 0, bad_value = 0, not_utf8 = 0, open_quote = 0;
  std::vector<std::string> first;  // "FILE: line L, column C: ...", in the file's order
  std::int64_t rows() const { return ragged + bad_value + not_utf8 + open_quote; }
};

struct Column {
  std::string name;
  int index = 0;  // in the file
  Type type = Type::kText;
  bool zoned = false;    // times had a zone. All are of UTC; where the type is given, those without too
  bool inexact = false;  // float: an integer among them has more digits than a double keeps
  std::int64_t values = 0, missing = 0;
  std::int64_t least = 0, greatest = 0;  // integer and time, where values > 0
  double low = 0, high = 0;              // float; NaN where there is no number
  Dictionary levels;                     // category, with counts
};

struct Schema {
  std::vector<Column> columns;  // those selected
  int file_columns = 0;
  std::int64_t rows = 0;  // without those left out
  std::vector<std::string>
      renamed;  // "column 3: 'a' is 'a.1'": repeated and empty names, as pandas makes them
  Faults faults;
};

}  // namespace sluice::csv
