// What tables hold that people write by hand and programs write badly, one case a trap.
#include <gtest/gtest.h>

#include <zlib.h>
#include <zstd.h>

#include <cmath>

#include "csv_table.h"
#include "formats_support.h"

namespace sluice::csv {
namespace {

using namespace csv_test;
using namespace formats_test;
using Values = std::vector<std::string>;

class CsvReader : public testing::Test {
 protected:
  Table table(const std::string& bytes) { return read_table(put(path_, bytes), options_); }
  Caught error(const std::string& bytes) {
    return caught([&] { table(bytes); });
  }
  Values names(const Table& table) {
    Values result;
    for (const Column& column : table.schema.columns) result.push_back(column.name);
    return result;
  }
  Type type(const std::string& values) { return table("x,y\n" + rows(values)).schema.columns[0].type; }
  // "1 2 3" as rows of a first column, with a second one.
  std::string rows(const std::string& values) {
    std::string result, value;
    for (const char c : values + " ") {
      if (c != ' ')
        value += c;
      else
        result += value + ",0\n", value.clear();
    }
    return result;
  }

  Folder folder_;
  std::string path_ = folder_ / "t.csv";
  Options options_;
};

TEST_F(CsvReader, LineEndsAndBlankLines) {
  for (const char* bytes : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r", "a,b\n1,2\n3,4",
                            "\n\na,b\r\n\r\n1,2\n\r3,4\r\r\n",
                            "\xef\xbb\xbf"
                            "a,b\n1,2\n3,4\n"}) {
    const Table t = table(bytes);
    EXPECT_EQ(names(t), (Values{"a", "b"})) << bytes;
    EXPECT_EQ(t.values, (std::vector<Values>{{"1", "3"}, {"2", "4"}})) << bytes;
  }
}

TEST_F(CsvReader, QuotedBytes) {
  const Table t = table("\"a,\"\"1\"\"\",b\r\n\"x\r\ny\",\"1\"\n\"\"\"\",2\n5\" pipe,\"3\"\n");
  EXPECT_EQ(names(t), (Values{"a,\"1\"", "b"}));
  EXPECT_EQ(t.values[0], (Values{"x\r\ny", "\"", "5\" pipe"}));
  EXPECT_EQ(t.schema.columns[1].type, Type::kInteger) << "numbers may stand in quotes";
}

TEST_F(CsvReader, SeparatorsAndComments) {
  options_.dialect.comment = '#';
  for (const char separator : {',', '\t', ';', '|'}) {
    options_.dialect.separator = separator;
    const std::string s(1, separator);
    const Table t = table("# don't \"worry\na" + s + "b\n#\n1" + s + "\"x" + s + "#\"\n2" + s + "#\n# end");
    EXPECT_EQ(t.values, (std::vector<Values>{{"1", "2"}, {"x" + s + "#", "#"}})) << separator;
  }
  options_.dialect.spaces = true;
  const Table t = table("#ID:\"\n     t   pb\tflux \n  56210.5   g  5.0  \n\t56210.75 \"r r\" 21 \n   \n");
  EXPECT_EQ(names(t), (Values{"t", "pb", "flux"}));
  EXPECT_EQ(t.values, (std::vector<Values>{{"56210.5", "56210.75"}, {"g", "r r"}, {"5", "21"}}));
}

TEST_F(CsvReader, Names) {
  const Table t = table("a,,a,a.1,a,\n1,2,3,4,5,6\n");
  EXPECT_EQ(names(t), (Values{"a", "Unnamed: 1", "a.2", "a.1", "a.3", "Unnamed: 5"}));
  EXPECT_EQ(t.schema.renamed, (Values{"column 2: '' is 'Unnamed: 1'", "column 3: 'a' is 'a.2'",
                                      "column 5: 'a' is 'a.3'", "column 6: '' is 'Unnamed: 5'"}));
  options_.dialect.names = {"x", "y"};
  EXPECT_EQ(names(table("a,b\n1,2\n")), (Values{"x", "y"}));
  EXPECT_EQ(error("a,b,c\n").what,
            path_ + ": wrong number of columns: expected 2 as names were given, found 3");
  options_.dialect.header = false;
  EXPECT_EQ(table("1,2\n3,4\n").schema.rows, 2);
  options_.dialect.names = {};
  const Table without = table("1,2\n3,4\n");
  EXPECT_EQ(names(without), (Values{"column1", "column2"}));
  EXPECT_EQ(without.schema.rows, 2);
  EXPECT_TRUE(without.schema.renamed.empty());
}

TEST_F(CsvReader, TypesAreInferred) {
  EXPECT_EQ(type("1 -2 +3 007"), Type::kInteger);
  EXPECT_EQ(type("1 2.0"), Type::kFloat);
  EXPECT_EQ(type("1 inf"), Type::kFloat);
  EXPECT_EQ(type("1 NA 2"), Type::kInteger);
  EXPECT_EQ(type("NA NA"), Type::kFloat);
  EXPECT_EQ(type("1 x"), Type::kCategory);
  EXPECT_EQ(type("2018-01-01 2018-01-02T10:00"), Type::kTime);
  EXPECT_EQ(type("2018-01-01T00:00Z 2018-01-02"), Type::kCategory) << "with a zone and without";
  EXPECT_EQ(type("2018-01-01 2018-02-30"), Type::kCategory);
  EXPECT_EQ(type("1 2018-01-01"), Type::kCategory);
  EXPECT_EQ(type("True False"), Type::kCategory);
}

TEST_F(CsvReader, IntegersLoseNothing) {
  const Table t = table(
      "a,b,c,d\n9223372036854775807,9223372036854775808,9007199254740993,9007199254740992\n"
      "-9223372036854775808,1,0.5,0.5\n");
  EXPECT_EQ(t.values[0], (Values{"9223372036854775807", "-9223372036854775808"}));
  EXPECT_EQ(t.schema.columns[0].least, INT64_MIN);
  EXPECT_EQ(t.schema.columns[1].type, Type::kFloat);
  EXPECT_TRUE(t.schema.columns[1].inexact);
  EXPECT_TRUE(t.schema.columns[2].inexact);
  EXPECT_FALSE(t.schema.columns[3].inexact);
  options_.given = {{"b", Type::kText}};
  EXPECT_EQ(table("a,b\n1,9223372036854775808\n").values[1], (Values{"9223372036854775808"}));
}

TEST_F(CsvReader, MissingWords) {
  const Table t = table("a,b,c\n1,,x\nNA,\"\",\"NA\"\n,nan,null\n3,2.5,x\n");
  EXPECT_EQ(t.values[0], (Values{"1", "<missing>", "<missing>", "3"}));
  EXPECT_EQ(t.values[1], (Values{"<missing>", "<missing>", "<missing>", "2.5"}));
  EXPECT_EQ(t.values[2], (Values{"x", "<missing>", "<missing>", "x"}));
  EXPECT_EQ(t.schema.columns[0].missing, 2);
  options_.dialect.quoted_missing = false;
  EXPECT_EQ(table("a,b\n1,\"NA\"\n2,\n3,\"\"\n").values[1], (Values{"NA", "<missing>", ""}));
  options_.dialect.missing = {"-999"};
  EXPECT_EQ(table("a,b\n-999,1\n4,-999.0\n").values,
            (std::vector<Values>{{"<missing>", "4"}, {"1", "-999"}}));
}

TEST_F(CsvReader, DecimalCommas) {
  options_.dialect.separator = ';';
  options_.dialect.decimal = ',';
  const Table t = table("a;b\n1,5;1.5\n2;2\n");
  EXPECT_EQ(t.schema.columns[0].type, Type::kFloat);
  EXPECT_EQ(t.values[0], (Values{"1.5", "2"}));
  EXPECT_EQ(t.schema.columns[1].type, Type::kCategory);
}

TEST_F(CsvReader, TimesKeepTheirNanoseconds) {
  const Table t = table("t\n2018-04-22T19:23:44.3604992+01:00\n2018-04-22T18:23:44.123456789Z\n");
  EXPECT_EQ(t.values[0], (Values{"2018-04-22T18:23:44.3604992Z", "2018-04-22T18:23:44.123456789Z"}));
  EXPECT_TRUE(t.schema.columns[0].zoned);
  EXPECT_EQ(t.schema.columns[0].greatest, 1524421424360499200);
}

TEST_F(CsvReader, CategoriesAndText) {
  const Table t = table("a\nred\nblue\nred\n");
  EXPECT_EQ(t.schema.columns[0].levels.levels(), (Values{"red", "blue"}));
  EXPECT_EQ(t.schema.columns[0].levels.counts(), (std::vector<std::int64_t>{2, 1}));
  options_.max_levels = 1;
  EXPECT_EQ(table("a\nred\nblue\nred\n").schema.columns[0].type, Type::kText);
  options_.max_levels = 1024;
  std::string many = "a\n";
  for (int i = 0; i < 17; ++i) many += "x" + std::to_string(i) + "\n";
  EXPECT_EQ(table(many).schema.columns[0].type, Type::kText) << "17 levels of 17 values";
  EXPECT_EQ(table(many + many.substr(2)).schema.columns[0].type, Type::kCategory) << "17 levels of 34 values";
  options_.given = {{"a", Type::kCategory}};
  EXPECT_EQ(table("a\n2\n1\n2\n").schema.columns[0].levels.levels(), (Values{"2", "1"}))
      << "it looks like a number";
}

TEST_F(CsvReader, LevelsGivenAndLevelsOfAnotherFile) {
  options_.given = {{"a", Type::kCategory, {"low", "high"}}};
  const Table t = table("a\nhigh\nlow\nhigh\n");
  EXPECT_EQ(t.schema.columns[0].levels.levels(), (Values{"low", "high"}));
  EXPECT_EQ(t.schema.columns[0].levels.counts(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(error("a\nlow\nmiddle\n").what,
            path_ + ": line 3, column 1: bad value in 'a': expected a known level, found 'middle'");
  options_.given = {};
  Budget budget(64 << 20, "--memory");
  const Schema schema = scan(put(path_, "a,b\nx,1\ny,2\n"), options_, budget);
  const std::string other = put(folder_ / "other.csv", "b,a\n7,y\n8,z\n");
  const Caught unseen = caught([&] { read(other, options_, schema, budget, [](const Batch&) {}); });
  EXPECT_EQ(unseen.what, other + ": line 3, column 2: bad value in 'a': expected a known level, found 'z'");
  options_.on_error = OnError::kSkip;
  std::vector<std::int64_t> b;
  const Faults faults = read(other, options_, schema, budget, [&](const Batch& batch) {
    b = batch.columns[1].integers;
    EXPECT_EQ(batch.columns[0].codes, std::vector<std::int32_t>{1});
  });
  EXPECT_EQ(b, std::vector<std::int64_t>{7});
  EXPECT_EQ(faults.bad_value, 1);
  const std::string third = put(folder_ / "third.csv", "b\n7\n");
  EXPECT_EQ(caught([&] { read(third, options_, schema, budget, [](const Batch&) {}); }).what,
            third + ": missing column: expected 'a', found none of that name");
}

TEST_F(CsvReader, Encodings) {
  options_.dialect.encoding = Encoding::kLatin1;
  EXPECT_EQ(table("Se\xf1or\n\xfc\n").schema.columns[0].name, "Se\xc3\xb1or");
  EXPECT_EQ(table("a\n\"\xfc\"\n").values[0], (Values{"\xc3\xbc"}));
  options_.dialect.encoding = Encoding::kUtf8;
  const Caught value = error("a,b\n1,2\n\"3\",\"\xfc\"\n");
  EXPECT_EQ(value.what, path_ + ": line 3, column 2: wrong encoding: expected UTF-8, found other bytes");
  EXPECT_EQ(value.advice, "it may be Latin-1; or --on-error skip leaves such rows out");
  EXPECT_EQ(error("a,\xfc\n1,2\n").what,
            path_ + ": line 1, column 2: wrong encoding of the name: expected UTF-8, found other bytes");
  EXPECT_EQ(error(std::string("\xff\xfe"
                              "a\0",
                              4))
                .what,
            path_ + ": wrong encoding: expected UTF-8 or Latin-1, found UTF-16");
}

TEST_F(CsvReader, BadRows) {
  EXPECT_EQ(error("a,b\n1,2\n\n\"x\ny\"\n").what,
            path_ + ": line 4, column 1: ragged row: expected 2 fields, found 1");
  EXPECT_EQ(error("a,b\n1,2,3\n").what, path_ + ": line 2, column 3: ragged row: expected 2 fields, found 3");
  EXPECT_EQ(error("a,b\n1,2,\n").what, path_ + ": line 2, column 3: ragged row: expected 2 fields, found 3");
  EXPECT_EQ(error("a,b\n1,2\r\n3,\"x\ny\n").what,
            path_ + ": line 3, column 2: open quote: expected a closing quote, found the end of the file");
  EXPECT_EQ(error("a,\"b\n1,2").what,
            path_ + ": line 1, column 2: open quote: expected a closing quote, found the end of the file");
  options_.given = {{"b", Type::kFloat}};
  EXPECT_EQ(error("a,b\r1,2\r3,1e5x\r").what,
            path_ + ": line 3, column 2: bad value in 'b': expected a number, found '1e5x'");
  const std::string cut(39, 'x');
  EXPECT_EQ(error("a,b\n1," + cut + "\xc3\xb1\n").what,
            path_ + ": line 2, column 2: bad value in 'b': expected a number, found '" + cut + "...'");
  options_.on_error = OnError::kSkip;
  const Table t = table("a,b\n1,2\n1\n3,x\n4,5,6\n7,8\n9,\"");
  EXPECT_EQ(t.values, (std::vector<Values>{{"1", "7"}, {"2", "8"}}));
  EXPECT_EQ(faults_text(t.faults), faults_text(t.schema.faults));
  EXPECT_EQ(faults_text(t.faults),
            "ragged 2, bad 1, not UTF-8 0, open 1\n" + path_ +
                ": line 3, column 1: ragged row: expected 2 fields, found 1\n" + path_ +
                ": line 4, column 2: bad value in 'b': expected a number, found 'x'\n" + path_ +
                ": line 5, column 3: ragged row: expected 2 fields, found 3\n" + path_ +
                ": line 7, column 2: open quote: expected a closing quote, found the end of the file\n");
}

TEST_F(CsvReader, EmptyTables) {
  EXPECT_EQ(error("").what, path_ + ": empty table: expected a header or rows, found neither");
  EXPECT_EQ(error("\r\n\n\xef").kind, ErrorKind::kInput);
  const Table t = table("a,b");
  EXPECT_EQ(t.schema.rows, 0);
  EXPECT_TRUE(t.batches.empty());
  EXPECT_TRUE(std::isnan(t.schema.columns[0].low));
  EXPECT_EQ(error("a").thrown, false);
  options_.dialect.names = {"x"};
  options_.dialect.header = false;
  EXPECT_EQ(table("").schema.rows, 0);
  EXPECT_EQ(caught([&] { read_table(folder_ / "none.csv", options_); }).kind, ErrorKind::kInput);
}

TEST_F(CsvReader, DialectsThatCannotBe) {
  const auto what = [&](const auto& change) {
    options_.dialect = {};
    change(options_.dialect);
    const Caught refused = error("a\n");
    return refused.kind == ErrorKind::kUsage ? refused.what : "";
  };
  EXPECT_EQ(what([](Dialect& d) { d.quote = ','; }),
            "wrong dialect: expected separator and quote to differ, found ',' twice");
  EXPECT_EQ(what([](Dialect& d) { d.separator = '\n'; }),
            "wrong dialect: expected an ASCII character as separator, found none or a line end");
  EXPECT_EQ(what([](Dialect& d) { d.decimal = ','; }),
            "wrong dialect: expected separator and decimal point to differ, found ',' twice");
  EXPECT_EQ(what([](Dialect& d) { d.separator = ';', d.decimal = '-'; }),
            "wrong dialect: expected '.' or ',' as decimal point, found '-'");
  EXPECT_EQ(what([](Dialect& d) { d.spaces = true, d.comment = '\t'; }),
            "wrong dialect: expected a visible comment, found white space");
}

TEST_F(CsvReader, RowsLongerThanAWindow) {
  options_.range_bytes = 16;
  const std::string value(5000, 'x'), bytes = "a,b\n1,2\n\"" + value + "\",3\n4,5\n";
  options_.given = {{"a", Type::kText}};
  EXPECT_EQ(table(bytes).values, (std::vector<Values>{{"1", value, "4"}, {"2", "3", "5"}}));
  Budget budget(10000, "--memory");
  const Caught error = caught([&] { scan(path_, options_, budget); });
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_EQ(error.what, path_ +
                            ": line 3, column 1: row too long: expected its end within 625 B, a sixteenth of "
                            "--memory, found none");
}

std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string result(bytes.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  stream.avail_in = unsigned(bytes.size());
  stream.next_out = reinterpret_cast<unsigned char*>(result.data());
  stream.avail_out = unsigned(result.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

TEST_F(CsvReader, CompressedFiles) {
  std::string bytes = "a,b\n";
  for (int i = 0; i < 20000; ++i) bytes += std::to_string(i) + "," + std::to_string(i * 7919 % 1000) + "\n";
  const std::string truth = text_of(table(bytes));
  EXPECT_EQ(text_of(table(gzipped(bytes))), truth);
  EXPECT_EQ(text_of(table(gzipped(bytes.substr(0, 1000)) + gzipped("") + gzipped(bytes.substr(1000)))),
            truth);
  const std::string zeros(200000, '\0');  // as tapes have behind the last member
  EXPECT_EQ(text_of(table(gzipped(bytes) + zeros)), truth);
  EXPECT_EQ(text_of(table(gzipped(bytes.substr(0, 1000)) + zeros + gzipped(bytes.substr(1000)) + zeros)),
            truth);
  const std::string whole = gzipped(bytes);
  EXPECT_EQ(error(whole.substr(0, whole.size() / 2)).what,
            path_ + ": truncated gzip file: expected the end of its stream, found the file's");
  std::string damaged = whole;
  damaged[whole.size() / 2] = char(damaged[whole.size() / 2] ^ 0x55);
  EXPECT_EQ(error(damaged).what.rfind(path_ + ": damaged gzip file: ", 0), 0u);
}

std::string zstd(const std::string& bytes) {
  std::string result(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress(result.data(), result.size(), bytes.data(), bytes.size(), 3);
  EXPECT_FALSE(ZSTD_isError(size));
  return result.substr(0, size);
}

TEST_F(CsvReader, FilesCompressedByZstd) {
  std::string bytes = "a,b\n";
  for (int i = 0; i < 200000; ++i) bytes += std::to_string(i) + "," + std::to_string(i * 7919 % 1000) + "\n";
  const std::string truth = text_of(table(bytes)), whole = zstd(bytes);
  EXPECT_EQ(text_of(table(whole)), truth);
  for (const int threads : {1, 3}) {
    options_.threads = threads;
    options_.range_bytes = 100000;
    EXPECT_EQ(text_of(table(zstd(bytes.substr(0, 1000)) + zstd("") + zstd(bytes.substr(1000)))), truth);
    const std::string skipped("\x51\x2a\x4d\x18\x03\0\0\0any", 11);
    EXPECT_EQ(text_of(table(skipped + whole)), truth);
  }
  for (const std::size_t size : {std::size_t(6), whole.size() / 2, whole.size() - 1})
    EXPECT_EQ(error(whole.substr(0, size)).what,
              path_ + ": truncated zstd file: expected the end of its frame, found the file's")
        << size;
  EXPECT_EQ(error(whole + "rest of something").what.rfind(path_ + ": damaged zstd file: ", 0), 0u);
  EXPECT_EQ(error("\x28\xb5\x2f\xfd....").kind, ErrorKind::kInput);
}

}  // namespace
}  // namespace sluice::csv
