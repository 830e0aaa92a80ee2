// The frame's parts by hand values: values, suggestions, JSON, units, progress texts.
#include <gtest/gtest.h>

#include <cmath>

#include "apps/frame/json.h"
#include "apps/frame/parser.h"
#include "apps/frame/progress.h"
#include "apps/frame/suggest.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"

namespace sluice::frame {
namespace {

TEST(Values, SizesAreIn1024) {
  EXPECT_EQ(parse_bytes("--memory", "4096"), 4096u);
  EXPECT_EQ(parse_bytes("--memory", "128M"), 134217728u);
  EXPECT_EQ(parse_bytes("--memory", "1.5g"), 1610612736u);
  EXPECT_EQ(parse_bytes("--memory", "2T"), 2199023255552u);
  for (const char* wrong : {"", "G", "-1", "4X", "4 G", "nan", "inf", "1e30", "0"})
    EXPECT_THROW(parse_bytes("--memory", wrong), Error) << wrong;
}

TEST(Values, ShapesTakeExponents) {
  EXPECT_EQ(parse_shape("--shape", "1e5x200"), (std::pair<std::int64_t, std::int64_t>(100000, 200)));
  for (const char* wrong : {"", "5", "x", "5x", "x5", "5x6x7", "1.5x2", "-1x2", "5X6"})
    EXPECT_THROW(parse_shape("--shape", wrong), Error) << wrong;
}

TEST(Values, ListsTakeQuotes) {
  using List = std::vector<std::string>;
  EXPECT_EQ(parse_list("--columns", "a,b c,\u00f1"), (List{"a", "b c", "\u00f1"}));
  EXPECT_EQ(parse_list("--columns", "\"a,b\",\"say \"\"hi\"\"\",c\"d"), (List{"a,b", "say \"hi\"", "c\"d"}));
  EXPECT_EQ(parse_list("--missing", ""), (List{""}));
  EXPECT_EQ(parse_list("--missing", "NA,"), (List{"NA", ""}));
  EXPECT_THROW(parse_list("--columns", ""), Error);
  EXPECT_THROW(parse_list("--columns", "\"a,b"), Error);
}

TEST(Text, PlacesOfATerminal) {
  EXPECT_EQ(width_of("Do\u00f1a"), 4u);
  EXPECT_EQ(width_of("\u65e5\u672c"), 4u) << "wide characters";
  EXPECT_EQ(width_of("e\u0301"), 1u) << "a mark that combines";
  EXPECT_EQ(width_of("\xff\xf1"), 2u) << "bytes that are not UTF-8";
  EXPECT_EQ(cut_to("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to("abcdefg", 6), "abc...");
  EXPECT_EQ(cut_to("\u65e5\u672c\u65e5\u672c", 6), "\u65e5...") << "no half of a wide character";
  EXPECT_EQ(printable("a\n\x1b[31m\t"), "a\\n\\x1b[31m\\t");
}

TEST(Values, SeedsAreAllOf64Bits) {
  EXPECT_EQ(parse_seed("--seed", "18446744073709551615"), 18446744073709551615ull);
  EXPECT_THROW(parse_seed("--seed", "-1"), Error);
  EXPECT_EQ(parse_range("--strength", "0.8:0.9"), (std::pair<double, double>(0.8, 0.9)));
  EXPECT_TRUE(parse_dtype("--dtype", ">f4").swapped);
  EXPECT_THROW(parse_dtype("--dtype", "complex64"), Error);
}

TEST(Suggest, FindsNearNamesAndNoFarOnes) {
  const std::vector<std::string> names = {"--memory", "--means", "--threads", "-o"};
  EXPECT_EQ(nearest("--memroy", names), "--memory");
  EXPECT_EQ(nearest("--thread", names), "--threads");
  EXPECT_EQ(nearest("--thr", names), "--threads");
  EXPECT_EQ(nearest("--colour", names), "");
  EXPECT_EQ(nearest("-x", names), "");
  EXPECT_EQ(did_you_mean("kov", {"cov", "info"}), "; did you mean cov?");
}

TEST(Json, EscapesAndRoundTrips) {
  Json json = Json::object();
  json.add("a\"\\\n\x01", 0.1).add("b", NAN).add("c", true).add("d", std::int64_t(-9007199254740993));
  json.add("e", Json::array().push(1).push("x")).add("f", Json());
  EXPECT_EQ(
      json.line(),
      R"({"a\"\\\n\u0001": 0.1, "b": null, "c": true, "d": -9007199254740993, "e": [1, "x"], "f": null})");
  for (const double x : {1e300 / 3, 0.1 + 0.2, 2.5e-300}) EXPECT_EQ(std::stod(Json(x).line()), x);
  EXPECT_EQ(Json("\xC3\xA4\xFF\xED\xA0\x80").line(), "\"\xC3\xA4\\ufffd\\ufffd\\ufffd\\ufffd\"");
  EXPECT_EQ(Json::object().add("a", 1).text(), "{\n  \"a\": 1\n}");
  EXPECT_EQ(Json::object().text(), "{}");
}

TEST(Text, CountsRatesQuotes) {
  EXPECT_EQ(count(1234567), "1,234,567");
  EXPECT_EQ(count(-123), "-123");
  EXPECT_EQ(counted(1, "tile"), "1 tile");
  EXPECT_EQ(counted(2, "entry"), "2 entries");
  EXPECT_EQ(rate(5e9, "flop", 2), "2.50 GFLOP/s");
  EXPECT_EQ(rate(2048, "bytes", 2), "1.0 KiB/s");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("C.npy"), "C.npy");
  EXPECT_EQ(wrapped("aa bb cc", 1, 6), " aa bb\n cc\n");
  EXPECT_EQ(table({{"a", "1"}, {"bb", "22"}}, {false, true}), "a    1\nbb  22\n");
}

TEST(Progress, TextsFitAndTellTheTimeLeft) {
  Moment m{"covariance", "flop", 100e9, 0, 25e9, 10};
  EXPECT_EQ(progress_text(m), "covariance: 25 %, 2.50 GFLOP/s, 30.0 s left");
  for (int width : {10, 20, 40, 80, 200}) EXPECT_LT(int(progress_bar(m, width, false).size()), width);
  EXPECT_NE(progress_bar(m, 80, false).find("=---"), std::string::npos);
  m.start = 20e9;  // resumed: the rate is that of this run
  EXPECT_EQ(progress_text(m), "covariance: 25 %, 500 MFLOP/s, 2 min 30 s left");
  m.total = m.done = 0;
  EXPECT_TRUE(std::isnan(m.seconds_left()));
}

TEST(Parser, EnvironmentFillsWhatFlagsLeave) {
  std::string value, text;
  bool on = false;
  Command c;
  c.name = "try";
  c.options = {{{"--level"}, "N", "", "G", [&](const std::string& v) { value = v; }, {}, "SLUICE_TRY_LEVEL"},
               {{"-x", "--extra"}, "", "", "G", [&](const std::string&) { on = true; }}};
  c.positionals = {{"FILE", "a file", [&](const std::string& v) { text = v; }}};
  setenv("SLUICE_TRY_LEVEL", "7", 1);
  parse(c, {"f"});
  EXPECT_EQ(value + text, "7f");
  parse(c, {"--level=-8", "-x", "-"});
  EXPECT_EQ(value + text, "-8-");
  EXPECT_TRUE(on);
  parse(c, {"--level", "1", "--level", "2", "--", "-f"});
  EXPECT_EQ(value + text, "2-f");
  unsetenv("SLUICE_TRY_LEVEL");
  EXPECT_THROW(parse(c, {}), Error);
  EXPECT_THROW(parse(c, {"f", "--extra=3"}), Error);
  EXPECT_THROW(parse(c, {"f", "--level"}), Error);
}

}  // namespace
}  // namespace sluice::frame
