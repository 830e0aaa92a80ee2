// What is written reads back the same, and is written the same again.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "csv_random_files.h"
#include "csv_table.h"
#include "formats_support.h"
#include "host/formats/csv/writer.h"

namespace sluice::csv {
namespace {

using namespace csv_test;
using namespace formats_test;
using Values = std::vector<std::string>;

struct Whole {  // a table of one batch
  Schema schema;
  Batch batch;
};

Column column(const std::string& name, Type type) {
  Column result;
  result.name = name;
  result.type = type;
  return result;
}

void add_text(ColumnData& data, const std::string& text) {
  data.text += text;
  data.text_ends.push_back(std::int64_t(data.text.size()));
  data.missing.push_back(0);
}

std::string written(const std::string& path, const Dialect& dialect, Whole& whole) {
  whole.batch.schema = &whole.schema;
  Writer writer(path, dialect, whole.schema);
  writer.write(whole.batch);
  EXPECT_TRUE(std::filesystem::exists(path + ".partial"));
  writer.finish();
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
  return get(path);
}

Whole by_hand() {
  Whole t;
  t.schema.columns = {column("i", Type::kInteger), column("x,y", Type::kFloat), column("t", Type::kTime),
                      column("c", Type::kCategory), column("", Type::kText)};
  t.schema.columns[2].zoned = true;
  t.schema.columns[3].levels.add("NA");
  t.schema.columns[3].levels.add("b\"c");
  t.batch.rows = 3;
  t.batch.columns.resize(5);
  t.batch.columns[0].integers = {INT64_MIN, 0, INT64_MAX};
  t.batch.columns[1].floats = {0.1, -3, 1e300};
  t.batch.columns[2].integers = {0, 1524421424360499200, 0};
  t.batch.columns[3].codes = {0, 1, -1};
  for (int i = 0; i < 4; ++i) t.batch.columns[std::size_t(i)].missing = {0, 0, 0};
  t.batch.columns[0].missing = {0, 1, 0};
  t.batch.columns[2].missing[2] = t.batch.columns[3].missing[2] = 1;
  for (const char* text : {"", "two\nlines", "plain"}) add_text(t.batch.columns[4], text);
  return t;
}

TEST(CsvWriter, ByHand) {
  Folder folder;
  Whole t = by_hand();
  EXPECT_EQ(written(folder / "t.csv", {}, t),
            "i,\"x,y\",t,c,\"\"\n"
            "-9223372036854775808,0.1,1970-01-01T00:00:00Z,\"NA\",\"\"\n"
            ",-3.0,2018-04-22T18:23:44.3604992Z,\"b\"\"c\",\"two\nlines\"\n"
            "9223372036854775807,1e+300,,,plain\n");
  Dialect dialect;
  dialect.separator = ';';
  dialect.decimal = ',';
  dialect.header = false;
  EXPECT_EQ(written(folder / "t.csv", dialect, t).substr(0, 24), "-9223372036854775808;0,1");
  dialect = {};
  dialect.spaces = true;
  EXPECT_EQ(written(folder / "t.csv", dialect, t).substr(0, 15), "i x,y t c \"\"\n-9");
  EXPECT_NE(get(folder / "t.csv").find("NA -3.0 "), std::string::npos);
  EXPECT_EQ(folder.files(), 1u);
}

TEST(CsvWriter, RandomValuesComeBackInEveryDialect) {
  Folder folder;
  std::mt19937_64 random(21);
  std::mt19937 letters(22);
  for (Dialect dialect : dialects()) {
    if (dialect.quote == 0) continue;
    dialect.quoted_missing = false;
    if (dialect.separator == ';') dialect.decimal = ',';
    Whole t;
    t.schema.columns = {column("a", Type::kInteger), column("b", Type::kFloat), column("c", Type::kTime),
                        column("#d", Type::kText), column("e e", Type::kText)};
    t.batch.columns.resize(5);
    t.batch.rows = 400;
    for (int i = 0; i < 400; ++i) {
      t.batch.columns[0].integers.push_back(std::int64_t(random()));
      const std::uint64_t bits = random();
      double value;
      std::memcpy(&value, &bits, 8);
      t.batch.columns[1].floats.push_back(i % 50 == 0 ? HUGE_VAL : std::isnan(value) ? -0.0 : value);
      t.batch.columns[2].integers.push_back(std::int64_t(random()) % 9'000'000'000'000'000'000);
      for (std::size_t k = 0; k < 3; ++k)
        t.batch.columns[k].missing.push_back(std::uint8_t(random() % 9 == 0));
      add_text(t.batch.columns[3], nasty(letters, random() % 6, alphabets()[random() % alphabets().size()]));
      add_text(t.batch.columns[4], default_missing()[random() % default_missing().size()]);
    }
    const std::string first = written(folder / "t.csv", dialect, t);
    Options options;
    options.dialect = dialect;
    options.given = {{"a", Type::kInteger},
                     {"b", Type::kFloat},
                     {"c", Type::kTime},
                     {"#d", Type::kText},
                     {"e e", Type::kText}};
    options.range_bytes = 100;
    Budget budget(64 << 20, "--memory");
    const Schema schema = scan(folder / "t.csv", options, budget);
    ASSERT_EQ(schema.rows, 400) << first;
    Writer again(folder / "again.csv", dialect, schema);
    std::size_t row = 0;
    read(folder / "t.csv", options, schema, budget, [&](const Batch& batch) {
      again.write(batch);
      for (std::size_t i = 0; i < std::size_t(batch.rows); ++i, ++row)
        for (std::size_t k = 0; k < 5; ++k) {
          ASSERT_EQ(batch.columns[k].missing[i], t.batch.columns[k].missing[row]) << row << " " << k;
          if (batch.columns[k].missing[i] != 0) continue;
          ASSERT_EQ(value_text(schema.columns[k], batch.columns[k], i),
                    value_text(schema.columns[k], t.batch.columns[k], row));
        }
    });
    again.finish();
    EXPECT_EQ(row, 400u);
    EXPECT_EQ(get(folder / "again.csv"), first);
  }
}

TEST(CsvWriter, InferredTypesComeBack) {
  Folder folder;
  const std::string path =
      put(folder / "t.csv", "i,x,w,c,m\n1,2.0,2018-01-01,red,\n2,NA,2018-01-02T03:04,\"b,c\",\n");
  const Table table = read_table(path, {});
  Budget budget(64 << 20, "--memory");
  Writer writer(folder / "u.csv", {}, table.schema);
  read(path, {}, table.schema, budget, [&](const Batch& batch) { writer.write(batch); });
  writer.finish();
  EXPECT_EQ(text_of(read_table(folder / "u.csv", {})), text_of(table));
}

TEST(CsvWriter, OneColumnHasNoBlankLines) {
  Folder folder;
  Whole t;
  t.schema.columns = {column("a", Type::kText)};
  t.batch.columns.resize(1);
  t.batch.rows = 2;
  add_text(t.batch.columns[0], "");
  add_text(t.batch.columns[0], "");
  t.batch.columns[0].missing[1] = 1;
  EXPECT_EQ(written(folder / "t.csv", {}, t), "a\n\"\"\nNA\n");
  Dialect dialect;
  dialect.missing.clear();
  const Caught error = caught([&] { written(folder / "u.csv", dialect, t); });
  EXPECT_EQ(error.what, (folder / "u.csv") +
                            ": missing value in 'a': expected a missing word in the dialect, found none");
}

TEST(CsvWriter, DialectsInWhichNumbersWouldBreakAreRefused) {
  Folder folder;
  Whole t;
  t.schema.columns = {column("a", Type::kInteger), column("b", Type::kFloat)};
  t.batch.columns.resize(2);
  t.batch.rows = 1;
  t.batch.columns[0].integers = {-5};
  t.batch.columns[1].floats = {std::numeric_limits<double>::quiet_NaN()};
  for (ColumnData& data : t.batch.columns) data.missing = {0};
  const auto refused = [&](char separator, char comment) {
    Dialect dialect;
    dialect.separator = separator;
    dialect.comment = comment;
    return caught([&] { written(folder / "t.csv", dialect, t); }).kind == ErrorKind::kUsage;
  };
  for (const char byte : {'-', ':', '.', 'e', 'T', '0', '+'}) {
    EXPECT_TRUE(refused(byte, 0)) << byte;
    EXPECT_TRUE(refused(',', byte)) << byte;
  }
  Dialect dialect;
  dialect.missing = {"#NA"};
  dialect.comment = '#';
  EXPECT_EQ(written(folder / "t.csv", dialect, t), "a,b\n-5,nan\n");
  dialect.missing = {};
  EXPECT_EQ(written(folder / "t.csv", dialect, t), "a,b\n-5,nan\n") << "a value, where nothing is missing";
}

TEST(CsvWriter, AFailureLeavesNothing) {
  Folder folder;
  Whole t = by_hand();
  t.schema.columns[4].name = "note";
  t.schema.columns[1].name = "x";
  Dialect dialect;
  dialect.quote = 0;
  put(folder / "t.csv", "before");
  const Caught error = caught([&] { written(folder / "t.csv", dialect, t); });
  EXPECT_EQ(error.kind, ErrorKind::kOutput);
  EXPECT_EQ(
      error.what,
      (folder / "t.csv") + ": text that needs quotes: expected none as the dialect has no quote, found 'NA'");
  EXPECT_EQ(get(folder / "t.csv"), "before");
  EXPECT_EQ(folder.files(), 1u);
  dialect = {};
  dialect.encoding = Encoding::kLatin1;
  EXPECT_EQ(caught([&] { written(folder / "t.csv", dialect, t); }).kind, ErrorKind::kUsage);
  EXPECT_EQ(caught([&] { written(folder / "no/t.csv", {}, t); }).thrown, true);
}

}  // namespace
}  // namespace sluice::csv
