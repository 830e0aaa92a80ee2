// Rows in memory as a table of SQL: INSERT ... SELECT takes all of them in one statement, at half the price
// of a bound statement a row.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/formats/sqlite.h"

namespace sluice::sqlite {

/// A table "memory_rows" of one database. What it shows may change between statements.
class MemoryRows {
 public:
  enum class Kind { kInteger, kReal, kWord };  // int64, double (NaN is NULL), int32 code of a word
  struct Column {
    const char* name;
    Kind kind;
    std::size_t offset;  // in a row's bytes
  };
  /// Once for each database, before its statements; outlives them.
  MemoryRows(Database& database, std::vector<Column> columns);
  ~MemoryRows();
  MemoryRows(const MemoryRows&) = delete;

  /// Row i is the `row_bytes` at base + order[i] * row_bytes. Nothing is copied.
  void show(const void* base, std::size_t row_bytes, const std::vector<std::uint32_t>& order,
            const std::vector<std::string>& words) {
    base_ = static_cast<const char*>(base);
    row_bytes_ = row_bytes;
    order_ = &order;
    words_ = &words;
  }

 private:
  struct Module;
  Database* database_;
  std::vector<Column> columns_;
  const char* base_ = nullptr;
  std::size_t row_bytes_ = 0;
  const std::vector<std::uint32_t>* order_ = nullptr;
  const std::vector<std::string>* words_ = nullptr;
};

}  // namespace sluice::sqlite
