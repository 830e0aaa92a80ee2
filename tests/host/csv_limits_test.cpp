// Large and awkward tables within little memory, work that grows no faster than the file, and failures in the
// middle of a walk.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>

#include "csv_table.h"
#include "formats_support.h"
#include "host/io/sys.h"

namespace sluice::csv {
namespace {

using namespace csv_test;
using namespace formats_test;

class CsvLimits : public testing::Test {
 protected:
  struct Read {
    Schema schema;
    std::int64_t rows = 0;
    std::vector<std::int64_t> batches;
    std::uint64_t peak = 0;
  };
  Read read_all(const std::string& bytes, std::uint64_t memory) {
    put(path_, bytes);
    Budget budget(memory, "--memory");
    Read result;
    result.schema = scan(path_, options_, budget);
    csv::read(path_, options_, result.schema, budget, [&](const Batch& batch) {
      EXPECT_EQ(batch.first_row, result.rows);
      result.rows += batch.rows;
      result.batches.push_back(batch.rows);
    });
    EXPECT_EQ(result.rows, result.schema.rows);
    result.peak = budget.peak();
    EXPECT_LE(result.peak, memory);
    return result;
  }
  Caught error(const std::string& bytes, std::uint64_t memory) {
    return caught([&] { read_all(bytes, memory); });
  }
  Folder folder_;
  std::string path_ = folder_ / "t.csv";
  Options options_;
};

std::string row_of(std::size_t columns, const std::string& value) {
  std::string row = value;
  for (std::size_t i = 1; i < columns; ++i) row += "," + value;
  return row + "\n";
}

TEST_F(CsvLimits, NumbersNeedFewMegabytes) {
  std::string bytes;
  for (int c = 0; c < 20; ++c) bytes += (c == 0 ? "c" : ",c") + std::to_string(c);
  bytes += "\n";
  for (int r = 0; r < 60000; ++r) bytes += row_of(20, std::to_string(r % 97));
  const Read little = read_all(bytes, 4 << 20), much = read_all(bytes, 256 << 20);
  EXPECT_EQ(little.rows, 60000);
  EXPECT_EQ(little.batches, much.batches) << "batches are a matter of the file";
  EXPECT_GT(little.batches.size(), 1u);
}

TEST_F(CsvLimits, LongTextsMakeSmallBatches) {
  std::string bytes = "id,text\n";
  for (int r = 0; r < 4000; ++r)
    bytes += std::to_string(r) + "," + std::string(4000, char('a' + r % 26)) + std::to_string(r) + "\n";
  options_.given = {{"text", Type::kText}};
  const Read table = read_all(bytes, 16 << 20);
  EXPECT_EQ(table.rows, 4000);
  for (const std::int64_t rows : table.batches) EXPECT_LE(rows, 262);
  EXPECT_EQ(table.batches[0], table.batches[1]);
}

TEST_F(CsvLimits, AnOpenQuoteIsNamedWithItsLine) {
  std::string bytes = "a,b\n1,2\n1,\"5 inch\n";
  while (bytes.size() < (1 << 20)) bytes += "12345,67890\n";
  for (const OnError policy : {OnError::kFail, OnError::kSkip}) {
    options_.on_error = policy;
    const Caught found = error(bytes, 1 << 20);
    EXPECT_EQ(found.kind, ErrorKind::kInput);
    EXPECT_EQ(found.what,
              path_ +
                  ": line 3, column 2: row too long: expected its end within 64.0 KiB, a sixteenth "
                  "of --memory, found none");
    EXPECT_EQ(found.advice, "a quote may be open; if rows are that long, give more --memory");
  }
  EXPECT_EQ(error("a\n" + std::string(300000, 'x') + "\n", 64 << 20).thrown, false);
  EXPECT_EQ(
      error(std::string(300000, 'x') + "\n1\n", 1 << 20).what,
      path_ +
          ": line 1, column 1: row too long: expected its end within 64.0 KiB, a sixteenth of --memory, "
          "found none");
}

TEST_F(CsvLimits, LongRowsOneAfterTheOther) {
  std::string bytes = "a,b\n";
  for (int r = 0; r < 30; ++r)
    bytes +=
        std::to_string(r) + "," + std::string(std::size_t(200 + 23 * r) << 10, char('a' + r % 26)) + "\n";
  for (const int threads : {1, 2, 5}) {
    options_.threads = threads;
    EXPECT_EQ(read_all(bytes, 16 << 20).rows, 30) << threads;  // the longest is 867 KiB, the limit 1 MiB
    EXPECT_EQ(error(bytes + "1," + std::string((1 << 20) + 5000, 'x') + "\n", 16 << 20).kind,
              ErrorKind::kInput)
        << threads;
  }
}

TEST_F(CsvLimits, LongTextsAreNoLevels) {
  std::string bytes = "text\n";
  for (int r = 0; r < 200; ++r) bytes += std::string(60000, 'x') + std::to_string(r % 3) + "\n";
  const Read table = read_all(bytes, 8 << 20);
  EXPECT_EQ(table.rows, 200);
  EXPECT_EQ(table.schema.columns[0].type, Type::kText);
}

TEST_F(CsvLimits, SmallPiecesNeedNoMoreThanTheBudget) {
  options_.range_bytes = 64 << 10;
  std::string bytes = "a,b\n";
  for (int r = 0; r < 3000; ++r) bytes += std::to_string(r) + ",word\n";
  EXPECT_EQ(read_all(bytes, 1 << 20).rows, 3000);
}

TEST_F(CsvLimits, LongFieldsAndManyColumnsTakeTimeInProportion) {
  options_.range_bytes = 4 << 10;  // many pieces a row
  options_.given = {{"a", Type::kText}};
  EXPECT_EQ(read_all("a\n\"" + std::string(32 << 20, 'x') + "\"\n", std::uint64_t(1) << 30).rows, 1);
  options_ = {};
  constexpr std::size_t kColumns = 60000;
  const Read same = read_all(row_of(kColumns, "0") + row_of(kColumns, "1"), 512 << 20);
  EXPECT_EQ(same.schema.columns.size(), kColumns);
  EXPECT_EQ(same.schema.columns.back().name, "0." + std::to_string(kColumns - 1));
  EXPECT_EQ(same.schema.columns.back().least, 1);
}

TEST_F(CsvLimits, HeadersBehindMuchElse) {
  options_.dialect.comment = '#';
  for (const char* line_end : {"\n", "\r", "\r\n"}) {
    std::string bytes;
    while (bytes.size() < (1 << 20)) bytes += "# a comment, \"and more" + std::string(line_end) + line_end;
    bytes += std::string("a,b") + line_end + "1,2" + line_end;
    const Read table = read_all(bytes, 32 << 20);
    EXPECT_EQ(table.schema.columns[0].name, "a");
    EXPECT_EQ(table.rows, 1);
  }
}

TEST_F(CsvLimits, WhatTheCallerThrowsEndsTheWalk) {
  std::string bytes = "a\n";
  for (int i = 0; i < 100000; ++i) bytes += std::to_string(i) + "\n";
  put(path_, bytes);
  options_.range_bytes = 1000;
  options_.threads = 4;
  Budget budget(64 << 20, "--memory");
  const Schema schema = scan(path_, options_, budget);
  options_.batch_rows = 1000;
  int batches = 0;
  EXPECT_THROW(csv::read(path_, options_, schema, budget,
                         [&](const Batch&) {
                           if (++batches == 3) throw std::runtime_error("enough");
                         }),
               std::runtime_error);
  EXPECT_EQ(batches, 3);
  budget.take(64 << 20, "everything, which was given back");
}

std::atomic<int> reads_left;

int fail_late(sys::Call call, const char*) {
  return call == sys::Call::kRead && --reads_left < 0 ? EIO : 0;
}

TEST_F(CsvLimits, AReadThatFailsIsNamed) {
  std::string bytes = "a\n";
  for (int i = 0; i < 100000; ++i) bytes += std::to_string(i) + "\n";
  put(path_, bytes);
  options_.range_bytes = 1000;
  for (const int threads : {1, 4}) {
    options_.threads = threads;
    Budget budget(64 << 20, "--memory");
    reads_left = 100;
    sys::set_fault_hook(fail_late);
    const Caught found = caught([&] { scan(path_, options_, budget); });
    sys::set_fault_hook(nullptr);
    EXPECT_EQ(found.kind, ErrorKind::kInput);
    EXPECT_EQ(found.what.rfind(path_ + ": reading failed at byte ", 0), 0u) << found.what;
  }
}

}  // namespace
}  // namespace sluice::csv
