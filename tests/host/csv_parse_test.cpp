// Values by hand: numbers, times, missing words, quotes.
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "host/formats/csv/parse.h"

namespace sluice::csv {
namespace {

std::string integer(const std::string& text) {
  std::int64_t value = 0;
  const IntegerResult result = parse_integer(text, value);
  return result == IntegerResult::kValue     ? std::to_string(value)
         : result == IntegerResult::kTooLong ? "long"
                                             : "none";
}

TEST(CsvParse, Integers) {
  EXPECT_EQ(integer("0"), "0");
  EXPECT_EQ(integer(" -007\t"), "-7");
  EXPECT_EQ(integer("+12"), "12");
  EXPECT_EQ(integer("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(integer("9223372036854775808"), "long");
  EXPECT_EQ(integer("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(integer("-9223372036854775809"), "long");
  EXPECT_EQ(integer("0000000000000000000000000000001"), "1");
  EXPECT_EQ(integer("99999999999999999999999999"), "long");
  for (const char* text : {"", " ", "-", "+", "+-1", "1.0", "1e3", "0x10", "1 2", "1_000", "one"})
    EXPECT_EQ(integer(text), "none") << text;
}

TEST(CsvParse, Floats) {
  const auto read = [](const std::string& text, char decimal = '.') {
    double value = 0;
    EXPECT_TRUE(parse_float(text, decimal, value)) << text;
    return value;
  };
  EXPECT_EQ(read("0.1"), 0.1);
  EXPECT_EQ(read(" 1. "), 1.0);
  EXPECT_EQ(read("+.5"), 0.5);
  EXPECT_EQ(read("-1E-3"), -0.001);
  EXPECT_EQ(read("1,5", ','), 1.5);
  EXPECT_EQ(read("-inf"), -HUGE_VAL);
  EXPECT_EQ(read("Infinity"), HUGE_VAL);
  EXPECT_EQ(read("1e999"), HUGE_VAL);
  EXPECT_TRUE(std::signbit(read("-0.0")));
  EXPECT_TRUE(std::isnan(read("NAN")));
  EXPECT_EQ(read("9007199254740993"), 9007199254740992.0) << "ties to even";
  EXPECT_EQ(read("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(read("4.9e-324"), 4.9e-324);
  double value = 0;
  for (const char* text : {"", ".", "+", "+-1", "1e", "1e+", "1,5", "0x1p3", "1.2.3", "1 2", "nan(1)", "1f"})
    EXPECT_FALSE(parse_float(text, '.', value)) << text;
  EXPECT_FALSE(parse_float("1.5", ',', value));
}

TEST(CsvParse, EveryDoubleComesBackFromItsShortestText) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t bits = random();
    double value, again = 0;
    std::memcpy(&value, &bits, 8);
    if (std::isnan(value)) continue;
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    ASSERT_TRUE(parse_float({text, std::size_t(end - text)}, '.', again));
    ASSERT_EQ(std::memcmp(&value, &again, 8), 0) << std::string(text, end);
  }
}

TEST(CsvParse, Times) {
  const auto ns = [](const std::string& text) {
    Time time;
    EXPECT_TRUE(parse_time(text, time)) << text;
    return time.ns;
  };
  constexpr std::int64_t second = 1'000'000'000, day = 86400 * second;
  EXPECT_EQ(ns("1970-01-01"), 0);
  EXPECT_EQ(ns("1969-12-31"), -day);
  EXPECT_EQ(ns("2000-02-29"), 11016 * day);
  EXPECT_EQ(ns("2018-04-22T19:23:44.3604992+01:00"), 1524421424 * second + 360499200);
  EXPECT_EQ(ns("2018-04-22 18:23:44.3604992"), 1524421424 * second + 360499200);
  EXPECT_EQ(ns("20160525 13:30:00.023"), 1464183000 * second + 23000000);
  EXPECT_EQ(ns("1970-01-01T00:00Z"), 0);
  EXPECT_EQ(ns("1970-01-01T00:00:00.000000001000-0130"), 5400 * second + 1);
  EXPECT_EQ(ns("1970-01-01T00:00:00+02"), -7200 * second);
  EXPECT_EQ(ns("1678-01-01T00:00:00"), -106650 * day);
  EXPECT_EQ(ns("2261-12-31T23:59:59.999999999"), 106650 * day + day - 1);
  EXPECT_EQ(ns("2262-04-11T23:47:16.854775807"), INT64_MAX);
  EXPECT_EQ(ns("1677-09-21T00:12:43.145224192"), INT64_MIN);
  EXPECT_EQ(ns("2262-04-12T00:47:16.854775807+01:00"), INT64_MAX);
  Time time;
  for (const char* text : {"",
                           "2018",
                           "20180422",
                           "2018-4-22",
                           "2018-13-01",
                           "2018-00-01",
                           "2018-02-29",
                           "1900-02-29",
                           "2018-04-31",
                           "2018-04-22T",
                           "2018-04-22T24:00",
                           "2018-04-22T23:60",
                           "2018-04-22T23:59:60",
                           "2018-04-22T10",
                           "2018-04-22T10:00:00.",
                           "2018-04-22T10:00:00.1234567891",
                           "2018-04-22T10:00+1",
                           "2018-04-22T10:00+01:",
                           "2018-04-22T10:00 Z",
                           "2018-04-22Z",
                           "1677-09-21",
                           "2262-04-12",
                           "1677-09-21T00:12:43.145224191",
                           "2262-04-11T23:47:16.854775808",
                           "2262-04-11T23:47:16-00:01",
                           "2018-04-22x10:00",
                           "2018-0422"})
    EXPECT_FALSE(parse_time(text, time)) << text;
  parse_time("2018-04-22T19:23:44Z", time);
  EXPECT_TRUE(time.zoned);
  parse_time("2018-04-22T19:23:44", time);
  EXPECT_FALSE(time.zoned);
}

TEST(CsvParse, TimesComeBackFromTheirText) {
  EXPECT_EQ(time_text({0, false}), "1970-01-01T00:00:00");
  EXPECT_EQ(time_text({1524421424360499200, true}), "2018-04-22T18:23:44.3604992Z");
  EXPECT_EQ(time_text({-1, false}), "1969-12-31T23:59:59.999999999");
  std::mt19937_64 random(5);
  for (int i = 0; i < 100000; ++i) {
    const Time time{i < 2 ? (i == 0 ? INT64_MIN : INT64_MAX) : std::int64_t(random()), (i & 1) != 0};
    Time again;
    ASSERT_TRUE(parse_time(time_text(time), again)) << time_text(time);
    ASSERT_EQ(again.ns, time.ns);
    ASSERT_EQ(again.zoned, time.zoned);
  }
}

TEST(CsvParse, Quotes) {
  const Dialect dialect;
  const auto text = [&](const std::string& field) {
    std::string scratch;
    return std::string(decode(field, dialect, scratch).text);
  };
  EXPECT_EQ(text("a"), "a");
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("\"\""), "");
  EXPECT_EQ(text("\"a\""), "a");
  EXPECT_EQ(text("\"ha \"\"ha\"\" ha\""), "ha \"ha\" ha");
  EXPECT_EQ(text("\"\"\"\""), "\"");
  EXPECT_EQ(text("\"\"\"\"\"\""), "\"\"");
  EXPECT_EQ(text("a\"b"), "a\"b");
  EXPECT_EQ(text("\"a\"b\"c"), "ab\"c");
  EXPECT_EQ(text("\"a\"b\"\"c"), "ab\"\"c");
}

TEST(CsvParse, Encodings) {
  Dialect dialect;
  std::string scratch;
  dialect.encoding = Encoding::kLatin1;
  EXPECT_EQ(decode("Do\xf1"
                   "a",
                   dialect, scratch)
                .text,
            "Do\xc3\xb1"
            "a");
  EXPECT_EQ(decode("\"\"\"\xff\"", dialect, scratch).text, "\"\xc3\xbf");
  for (const char* text :
       {"", "plain ASCII text", "\xca\xa4", "\xef\xbf\xbd", "\xf0\x9f\x98\x80", "long enough \xc3\xb1"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"Do\xf1"
                           "a",
                           "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80", "\x80", "\xe2\x82"})
    EXPECT_FALSE(is_utf8(text)) << text;
}

TEST(CsvParse, MissingWords) {
  Dialect dialect;
  const MissingWords pandas(dialect);
  for (const std::string& word : default_missing()) EXPECT_TRUE(pandas.contains({word, false})) << word;
  EXPECT_TRUE(pandas.contains({"NA", true}));
  for (const char* word : {"na", "Na", "-", " ", "NAN", "nul", "nulls", "#N/A N/B"})
    EXPECT_FALSE(pandas.contains({word, false})) << word;
  dialect.missing = {"-999", "a word longer than fifteen"};
  dialect.quoted_missing = false;
  const MissingWords own(dialect);
  EXPECT_TRUE(own.contains({"-999", false}));
  EXPECT_TRUE(own.contains({"a word longer than fifteen", false}));
  EXPECT_FALSE(own.contains({"-999", true}));
  EXPECT_FALSE(own.contains({"", false}));
}

}  // namespace
}  // namespace sluice::csv
