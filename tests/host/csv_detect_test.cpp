// The dialect that first rows show, and what is said of it.
#include <gtest/gtest.h>

#include <fstream>

#include "host/error.h"
#include "host/formats/csv/detect.h"
#include "matrix_files.h"

namespace sluice::csv {
namespace {

using test::TempDir;

class CsvDetect : public testing::Test {
 protected:
  Input input(const std::string& name, const std::string& text) {
    Input input;
    input.path = folder_ / name;
    std::ofstream(input.path, std::ios::binary) << text;
    return input;
  }
  std::string separator(const std::string& name, const std::string& text) {
    Input table = input(name, text);
    detect(table);
    return name_of_separator(table.options.dialect);
  }
  std::vector<std::string> notes(const std::string& name, const std::string& text) {
    Input table = input(name, text);
    return detect(table).notes;
  }
  TempDir folder_;
};

TEST_F(CsvDetect, Separators) {
  EXPECT_EQ(separator("a.csv", "a,b\n1,2\n"), "comma");
  EXPECT_EQ(separator("a.csv", "a;b\n1,5;2,5\n"), "semicolon");
  EXPECT_EQ(separator("a.csv", "a\tb c\n1,5\t2\n"), "tab");
  EXPECT_EQ(separator("a.txt", "a|b\n1|2 3\n"), "pipe");
  EXPECT_EQ(separator("a.txt", " 1   2\n 3 \t 4 \n"), "spaces");
  EXPECT_EQ(separator("a.dat", "a b\n1 2\n"), "spaces");
  EXPECT_EQ(separator("a.tsv", "a\tb;c\n1\t2;3\n"), "tab");
  EXPECT_EQ(separator("a.csv", "\"a;b\",c\n\"1;2\",3\n"), "comma") << "semicolons in quotes";
  EXPECT_EQ(separator("a.csv", "a,b\n1,2\n3\n4,5\n"), "comma") << "a ragged row";
  EXPECT_EQ(separator("a.csv", "name\nJohn Smith\n"), "comma") << "one column of text";
  EXPECT_EQ(separator("a.csv", "full name\nJohn Smith\n"), "comma") << "blanks within text";
  EXPECT_EQ(separator("a.csv", "x y\n1 2\n3 4\n"), "spaces") << "blanks between numbers";
  EXPECT_EQ(separator("a.csv", ""), "comma");
  EXPECT_EQ(separator("a.csv", "a,b"), "comma") << "no line end at all";
}

TEST_F(CsvDetect, WhatIsGivenStays) {
  Input table = input("a.csv", "a;b\n1;2\n");
  table.find_separator = false;
  detect(table);
  EXPECT_EQ(table.options.dialect.separator, ',');
}

TEST_F(CsvDetect, Format) {
  Input plain = input("a.csv", "a,\"b\"\n1,2\n"), marked = input("b.csv",
                                                                 "\xef\xbb\xbf"
                                                                 "a,b\r\n1,2\r\n");
  const Format one = detect(plain), other = detect(marked);
  EXPECT_EQ(one.line_end + one.compression, "LF");
  EXPECT_TRUE(one.quoted && !one.byte_order_mark);
  EXPECT_EQ(other.line_end, "CRLF");
  EXPECT_TRUE(!other.quoted && other.byte_order_mark);
  Input old = input("c.csv", "a,b\r1,2\r");
  EXPECT_EQ(detect(old).line_end, "CR");
}

TEST_F(CsvDetect, Notes) {
  EXPECT_EQ(notes("a.csv", "1,2\n3,4\n").size(), 1u);
  EXPECT_EQ(notes("a.csv", "2018-04-22T19:23:44+01:00,ball\n2018-04-22T19:23:45+01:00,ball\n").size(), 1u);
  EXPECT_EQ(notes("a.csv", "name,2010,2011\nx,1,2\n").size(), 0u) << "years may be names";
  EXPECT_EQ(notes("a.csv", "a;b\n1,5;x\n").size(), 1u);
  EXPECT_EQ(notes("a.csv", "a,b\n\"1,5\",x\n").size(), 0u);
  EXPECT_EQ(notes("a.csv", "a,b\n1,2\n").size(), 0u);
}

TEST_F(CsvDetect, Latin1WhereTheTableIsNotUtf8) {
  const std::string rows =
      "county,n\nDo\xf1"
      "a Ana,1\nTaos,2\n";
  for (const OnError policy : {OnError::kFail, OnError::kSkip}) {
    Input table = input("a.csv", rows);
    table.options.on_error = policy;
    Budget budget(64 << 20, "--memory");
    Format format;
    const Schema schema = scan_as_found(table, budget, format);
    EXPECT_EQ(schema.rows, 2);
    EXPECT_EQ(schema.columns[0].levels[0],
              "Do\xc3\xb1"
              "a Ana");
    EXPECT_EQ(format.notes.size(), 1u);
    EXPECT_EQ(int(table.options.dialect.encoding), int(Encoding::kLatin1));
  }
  Input strict = input("a.csv", rows);
  strict.find_encoding = false;
  Budget budget(64 << 20, "--memory");
  Format format;
  EXPECT_THROW(scan_as_found(strict, budget, format), NotUtf8);
  Input named = input("b.csv", "co\xf1,n\na,1\n");
  EXPECT_EQ(scan_as_found(named, budget, format).columns[0].name, "co\xc3\xb1");
}

TEST(CsvNames, OfTables) {
  for (const char* name : {"a.csv", "A.CSV", "x/a.tsv", "a.txt", "a.csv.gz", "a.tsv.zst", "a.dat.gz", "b.gz"})
    EXPECT_TRUE(has_table_name(name)) << name;
  for (const char* name : {"a.npy", "a.h5", "a", "csv", "a.csv.npy", "a.bin", ".csv"})
    EXPECT_FALSE(has_table_name(name)) << name;
}

}  // namespace
}  // namespace sluice::csv
