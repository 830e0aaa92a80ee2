// The same table at any range size, window, thread count and budget; and its texts are the simple reader's.
#include <gtest/gtest.h>

#include "csv_random_files.h"
#include "csv_simple_reader.h"
#include "csv_table.h"
#include "formats_support.h"

namespace sluice::csv {
namespace {

using namespace csv_test;
using namespace formats_test;

// What a table of texts holds, by the simple reader.
struct Expected {
  std::vector<std::vector<std::string>> values;
  Faults faults;
};

Expected expected(const std::string& bytes, const Options& options, int columns) {
  const csv_test::Rows rows = simple_rows(bytes, options.dialect);
  Expected result;
  result.values.resize(std::size_t(columns));
  const MissingWords missing(options.dialect);
  for (std::size_t r = options.dialect.header ? 1 : 0; r < rows.rows.size(); ++r) {
    const std::vector<Field>& row = rows.rows[r];
    if (r + 1 == rows.rows.size() && rows.open_quote) {
      ++result.faults.open_quote;
    } else if (row.size() != std::size_t(columns)) {
      ++result.faults.ragged;
    } else {
      for (std::size_t i = 0; i < row.size(); ++i)
        result.values[i].push_back(missing.contains({row[i].text, row[i].quoted}) ? "<missing>"
                                                                                  : row[i].text);
    }
  }
  return result;
}

Options texts(const Dialect& dialect, const std::vector<std::string>& names) {
  Options options;
  options.dialect = dialect;
  options.dialect.header = false;
  options.dialect.names = names;
  options.on_error = OnError::kSkip;
  for (const std::string& name : names) options.given.push_back({name, Type::kText});
  options.batch_rows = 7;
  return options;
}

TEST(CsvRanges, NastyFilesAgreeWithTheSimpleReaderAtEveryRangeSize) {
  Folder folder;
  std::mt19937 random(11);
  int files = 0, rows = 0;
  for (const Dialect& dialect : dialects())
    for (const std::string& alphabet : alphabets())
      for (int repeat = 0; repeat < 2; ++repeat) {
        const std::string bytes = nasty(random, random() % 600, alphabet);
        const csv_test::Rows simple = simple_rows(bytes, dialect);
        if (simple.rows.empty() || (simple.open_quote && simple.rows.size() == 1)) continue;
        std::vector<std::string> names;
        while (names.size() < simple.rows[0].size()) names.push_back("c" + std::to_string(names.size()));
        Options options = texts(dialect, names);
        const Expected truth = expected(bytes, options, int(names.size()));
        const std::string path = put(folder / "t.csv", bytes);
        std::string first;
        for (std::size_t range = 1; range <= 200; range += range < 70 ? 1 + random() % 3 : 13) {
          options.range_bytes = range;
          options.threads = random() % 3 == 0 ? 3 : 1;
          const Table table = read_table(path, options);
          ASSERT_EQ(table.values, truth.values) << range << "\n" << bytes;
          ASSERT_EQ(table.faults.ragged, truth.faults.ragged);
          ASSERT_EQ(table.faults.open_quote, truth.faults.open_quote);
          const std::string text = text_of(table);
          if (first.empty()) first = text;
          ASSERT_EQ(text, first) << range << "\n" << bytes;
          rows += int(table.schema.rows);
        }
        ++files;
      }
  EXPECT_GT(files, 60);
  EXPECT_GT(rows, 50000);
}

// Every type, missing words, quoted line ends, and columns that change their mind late.
std::string mixed_file(std::mt19937& random, int rows, const std::string& line_end) {
  const char* const levels[] = {"red", "\"gr,een\"", "\"b\"\"lue\"", "1"};
  std::string bytes = "id,x,late,colour,when,\"no\nte\",long,empty" + line_end;
  for (int i = 0; i < rows; ++i) {
    bytes += std::to_string(int(random() % 2000) - 1000) + ",";
    bytes += (random() % 5 == 0 ? "NA" : std::to_string(double(random()) / 1e5)) + ",";
    bytes += (i > rows - 3 ? "word" : std::to_string(random() % 4)) + ",";
    bytes += levels[random() % 4] + std::string(",");
    bytes += "2018-04-22T19:23:4" + std::to_string(random() % 10) + ".3604992+01:00,";
    bytes += random() % 3 != 0 ? "\"a" + line_end + "b" + std::to_string(random()) + "\","
                               : std::to_string(random()) + ",";
    bytes += (i == rows / 2 ? "99999999999999999999" : std::to_string(random())) + ",";
    bytes += line_end;
  }
  return bytes;
}

TEST(CsvRanges, EveryTypeIsTheSameAtEveryRangeSize) {
  Folder folder;
  std::mt19937 random(12);
  for (const char* line_end : {"\n", "\r\n", "\r"}) {
    const std::string path = put(folder / "t.csv", mixed_file(random, 30, line_end));
    Options options;
    options.batch_rows = 16;
    const Table whole = read_table(path, options);
    EXPECT_EQ(whole.schema.rows, 30);
    EXPECT_EQ(whole.batches, (std::vector<std::int64_t>{16, 14}));
    const Type types[] = {Type::kInteger, Type::kFloat, Type::kCategory, Type::kCategory,
                          Type::kTime,    Type::kText,  Type::kFloat,    Type::kFloat};
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(whole.schema.columns[i].type, types[i]) << i;
    EXPECT_TRUE(whole.schema.columns[6].inexact);
    EXPECT_LE(whole.schema.columns[2].levels.size(), 5u);
    EXPECT_EQ(
        whole.schema.columns[2].levels.counts()[std::size_t(whole.schema.columns[2].levels.find("word"))], 2);
    const std::string truth = text_of(whole);
    for (std::size_t range = 1; range <= 200; ++range) {
      options.range_bytes = range;
      options.threads = range % 4 == 0 ? 3 : 1;
      ASSERT_EQ(text_of(read_table(path, options)), truth) << range;
    }
  }
}

// Pieces of many blocks, with faults in any of them and columns that turn out to be something else midway.
TEST(CsvRanges, LongPiecesAreTheirShortOnes) {
  Folder folder;
  std::mt19937 random(14);
  for (const char* line_end : {"\n", "\r\n"}) {
    const auto end = [&](const std::string& row) { return row + line_end; };
    const int rows = 5000, turn = 2700;
    std::string bytes = end("i,x,number,kind,time,note");
    for (int row = 0; row < rows; ++row) {
      if (random() % 700 == 0) bytes += end("1,2");
      if (random() % 900 == 0) bytes += end("oops,1,2,3,4,5");
      if (random() % 900 == 0) bytes += end("1,2,3,4,5,\xff");
      char x[40];
      std::snprintf(x, sizeof x, random() % 3 == 0 ? "%.3g" : "%.17g", double(random()) * 1e-7 - 200);
      bytes += end(std::to_string(int(random())) + "," + (random() % 9 == 0 ? "NA" : x) + "," +
                   (row < turn ? "12" : "9007199254740993.5") + "," +
                   (row < turn ? "1.5" : "w" + std::to_string(row % 7)) + "," +
                   (row < turn ? "2018-04-22" : "77") + "," +
                   (random() % 200 == 0 ? "\"a,\n\"\"b\"" : std::string(random() % 30, 'n')));
    }
    const std::string path = put(folder / "t.csv", bytes);
    Options options;
    options.on_error = OnError::kSkip;
    options.given = {{"i", Type::kInteger}};
    options.range_bytes = 700;
    options.threads = 1;
    const Table whole = read_table(path, options);
    ASSERT_GT(whole.schema.faults.ragged, 2);
    ASSERT_GT(whole.schema.faults.bad_value, 2);
    const std::string truth = text_of(whole);
    Options failing = options;
    failing.on_error = OnError::kFail;
    for (const std::size_t range :
         {std::size_t(0), std::size_t(24) << 10, std::size_t(70000), std::size_t(200001)}) {
      options.range_bytes = failing.range_bytes = range;
      options.threads = failing.threads = 1 + int(range % 3);
      ASSERT_EQ(text_of(read_table(path, options)), truth) << range;
      ASSERT_EQ(caught([&] { read_table(path, failing); }).what, whole.schema.faults.first[0]) << range;
      Options without = options;
      without.ranges = false;
      const Table types = read_table(path, without);
      ASSERT_EQ(types.values, whole.values);
      for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(types.schema.columns[i].type, whole.schema.columns[i].type);
        EXPECT_EQ(types.schema.columns[i].values, whole.schema.columns[i].values);
        if (types.schema.columns[i].type == Type::kFloat) {
          EXPECT_TRUE(std::isnan(types.schema.columns[i].low)) << i;
        }
      }
    }
  }
}

TEST(CsvRanges, SelectedColumnsAreThoseOfTheWholeTable) {
  Folder folder;
  std::mt19937 random(13);
  const std::string path = put(folder / "t.csv", mixed_file(random, 50, "\n"));
  Options options;
  const Table whole = read_table(path, options);
  options.select = {"colour", "id"};
  const Table part = read_table(path, options);
  ASSERT_EQ(part.values.size(), 2u);
  EXPECT_EQ(part.values[0], whole.values[3]);
  EXPECT_EQ(part.values[1], whole.values[0]);
  options.select = {"colour", "price"};
  const Caught error = caught([&] { read_table(path, options); });
  EXPECT_EQ(error.kind, ErrorKind::kUsage);
  EXPECT_EQ(error.what, path +
                            ": unknown column: expected one of 'id', 'x', 'late', 'colour', 'when', 'no te', "
                            "'long', 'empty', found 'price'");
}

TEST(CsvRanges, FaultsAreListedInOrderAtEveryRangeSize) {
  Folder folder;
  std::string bytes = "a,b\n";
  for (int i = 0; i < 40; ++i)
    bytes += i % 7 == 3 ? "1\n" : i % 7 == 5 ? "\"x\n\",2\n" : i % 11 == 4 ? "1,\xff\n" : "1,2\n";
  const std::string path = put(folder / "t.csv", bytes);
  Options options;
  options.on_error = OnError::kSkip;
  options.given = {{"a", Type::kInteger}};
  const Table whole = read_table(path, options);
  const std::string truth = text_of(whole);
  EXPECT_EQ(whole.schema.faults.first.size(), 10u);
  EXPECT_EQ(whole.schema.faults.first[0],
            path + ": line 5, column 1: ragged row: expected 2 fields, found 1");
  EXPECT_EQ(whole.schema.faults.first[1],
            path + ": line 6, column 2: wrong encoding: expected UTF-8, found other bytes");
  EXPECT_EQ(whole.schema.faults.first[2],
            path + ": line 7, column 1: bad value in 'a': expected an integer of 64 bits, found 'x '");
  EXPECT_EQ(whole.schema.faults.first[3],
            path + ": line 13, column 1: ragged row: expected 2 fields, found 1");
  EXPECT_EQ(faults_text(whole.schema.faults), faults_text(whole.faults));
  Options failing = options;
  failing.on_error = OnError::kFail;
  for (std::size_t range = 1; range <= 200; ++range) {
    options.range_bytes = failing.range_bytes = range;
    options.threads = failing.threads = 1 + int(range % 3);
    ASSERT_EQ(text_of(read_table(path, options)), truth) << range;
    const Caught error = caught([&] { read_table(path, failing); });
    ASSERT_EQ(error.what, whole.schema.faults.first[0]) << range;
    ASSERT_EQ(error.advice, "--on-error skip leaves such rows out");
  }
}

TEST(CsvRanges, MemoryStaysWithinTheBudget) {
  Folder folder;
  std::mt19937 random(14);
  const std::string path = put(folder / "t.csv", mixed_file(random, 20000, "\n"));
  Options options;
  options.select = {"id", "x", "colour", "when"};
  const Table large = read_table(path, options);
  Options small = options;
  Budget budget(2 << 20, "--memory");
  small.batch_rows = 1000;
  const Schema schema = scan(path, small, budget);
  EXPECT_EQ(schema.rows, large.schema.rows);
  std::int64_t rows = 0;
  read(path, small, schema, budget, [&](const Batch& batch) {
    EXPECT_EQ(batch.first_row, rows);
    rows += batch.rows;
  });
  EXPECT_EQ(rows, schema.rows);
  EXPECT_LE(budget.peak(), std::uint64_t(2 << 20));
  EXPECT_GT(budget.peak(), 0u);
  budget.take(2 << 20, "everything, which was given back");
}

}  // namespace
}  // namespace sluice::csv
