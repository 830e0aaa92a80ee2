// Tables that others made: csv-spectrum, csvdiff, the census; and whole ones from SLUICE_REAL_DATA.
#include <gtest/gtest.h>

#include <cstdlib>

#include "csv_table.h"

namespace sluice::csv {
namespace {

using namespace csv_test;
using Values = std::vector<std::string>;

const std::string kData = SLUICE_TEST_DATA "/csv/";

// Rows of text with the names first, and no word missing.
std::vector<Values> texts(const std::string& path, Options options = {}) {
  options.dialect.missing.clear();
  Budget budget(64 << 20, "--memory");
  for (const Column& column : scan(path, options, budget).columns)
    options.given.push_back({column.name, Type::kText});
  const Table table = read_table(path, options);
  std::vector<Values> rows(std::size_t(table.schema.rows) + 1);
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    rows[0].push_back(table.schema.columns[i].name);
    for (std::size_t row = 0; row < table.values[i].size(); ++row)
      rows[row + 1].push_back(table.values[i][row]);
  }
  return rows;
}

TEST(CsvFiles, Spectrum) {
  using Rows = std::vector<Values>;
  const auto spectrum = [](const std::string& name) { return texts(kData + "spectrum/" + name + ".csv"); };
  EXPECT_EQ(spectrum("comma_in_quotes"), (Rows{{"first", "last", "address", "city", "zip"},
                                               {"John", "Doe", "120 any st.", "Anytown, WW", "08123"}}));
  const Rows empty{{"a", "b", "c"}, {"1", "", ""}, {"2", "3", "4"}};
  EXPECT_EQ(spectrum("empty"), empty);
  EXPECT_EQ(spectrum("empty_crlf"), empty);
  EXPECT_EQ(spectrum("escaped_quotes"), (Rows{{"a", "b"}, {"1", "ha \"ha\" ha"}, {"3", "4"}}));
  EXPECT_EQ(spectrum("json"),
            (Rows{{"key", "val"}, {"1", "{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}"}}));
  EXPECT_EQ(spectrum("location_coordinates"),
            (Rows{{"Contact Phone Number", "Location Coordinates", "Cities", "Counties"},
                  {"2095257564",
                   "37\xef\xbf\xbd"
                   "36'37.8\"N 121\xef\xbf\xbd"
                   "2'17.9\"W",
                   "Modesto", "Stanislaus"}}));
  EXPECT_EQ(spectrum("newlines"),
            (Rows{{"a", "b", "c"}, {"1", "2", "3"}, {"Once upon \na time", "5", "6"}, {"7", "8", "9"}}));
  EXPECT_EQ(spectrum("newlines_crlf"),
            (Rows{{"a", "b", "c"}, {"1", "2", "3"}, {"Once upon \r\na time", "5", "6"}, {"7", "8", "9"}}));
  EXPECT_EQ(spectrum("quotes_and_newlines"), (Rows{{"a", "b"}, {"1", "ha \n\"ha\" \nha"}, {"3", "4"}}));
  EXPECT_EQ(spectrum("simple"), (Rows{{"a", "b", "c"}, {"1", "2", "3"}}));
  EXPECT_EQ(spectrum("simple_crlf"), (Rows{{"a", "b", "c"}, {"1", "2", "3"}}));
  EXPECT_EQ(spectrum("utf8"), (Rows{{"a", "b", "c"}, {"1", "2", "3"}, {"4", "5", "\xca\xa4"}}));
}

TEST(CsvFiles, CsvdiffWithCommasAndTabs) {
  Options tabs;
  tabs.dialect.separator = '\t';
  for (const char* name : {"a", "b"}) {
    const std::string start = kData + "csvdiff_" + name;
    const Table comma = read_table(start + ".csv", {});
    EXPECT_EQ(comma.values, read_table(start + ".tsv", tabs).values);
    EXPECT_EQ(comma.schema.columns[2].type, Type::kInteger);
  }
  EXPECT_EQ(read_table(kData + "csvdiff_b.csv", {}).values[1],
            (Values{"bob", "sarah", "jeff", "mira", "fred"}));
}

TEST(CsvFiles, Census) {
  Options options;
  options.dialect.encoding = Encoding::kLatin1;
  const Table table = read_table(kData + "census.csv", options);
  EXPECT_EQ(table.schema.columns.size(), 165u);
  EXPECT_EQ(table.values[6], (Values{"Alabama", "Autauga County", "Baldwin County",
                                     "Do\xc3\xb1"
                                     "a Ana County"}));
  EXPECT_EQ(table.values[7], (Values{"4779736", "54571", "182265", "209233"}));
}

TEST(CsvFiles, TimesOfQuotes) {
  const Table table = read_table(kData + "quotes.csv", {});
  EXPECT_EQ(table.schema.columns[0].type, Type::kTime);
  EXPECT_EQ(table.schema.columns[1].levels[0], "GOOG");
  EXPECT_EQ(table.values[0][0], "2016-05-25T13:30:00.023");
  EXPECT_EQ(table.values[2][0], "720.5");
}

class CsvRealFiles : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("SLUICE_REAL_DATA");
    if (folder == nullptr) GTEST_SKIP() << "set SLUICE_REAL_DATA to the folder of real data";
    folder_ = folder;
  }
  std::string folder_;
  Options options_;
};

TEST_F(CsvRealFiles, Census) {
  options_.dialect.encoding = Encoding::kLatin1;
  const Table table = read_table(folder_ + "/census/co-est2019-alldata.csv", options_);
  EXPECT_EQ(table.schema.rows, 3193);
  const Column& state = table.schema.columns[5];
  EXPECT_EQ(state.type, Type::kCategory);
  EXPECT_EQ(state.levels.counts()[std::size_t(state.levels.find("Pennsylvania"))], 68);
}

TEST_F(CsvRealFiles, EventsAndFrames) {
  options_.dialect.spaces = true;
  options_.dialect.header = false;
  const Table events = read_table(folder_ + "/events_video/Events.csv", options_);
  EXPECT_EQ(events.schema.rows, 7000);
  EXPECT_EQ(events.values[0][0], "2018-04-22T18:23:44.3604992Z");
  EXPECT_EQ(events.values[2][0], "(0.1522342,");
  const Table frames = read_table(folder_ + "/events_video/Video.csv", options_);
  EXPECT_EQ(frames.schema.rows, 21999);
  EXPECT_EQ(frames.schema.columns[0].type, Type::kTime);
  EXPECT_EQ(frames.schema.columns[1].type, Type::kInteger);
}

TEST_F(CsvRealFiles, IssuesOfSignals) {
  const Table table = read_table(folder_ + "/covidcast/archive_cases_dv_subset.csv", options_);
  EXPECT_EQ(table.schema.rows, 129638);
  std::int64_t missing = 0;
  for (const Column& column : table.schema.columns) missing += column.missing;
  EXPECT_EQ(missing, 2792);
  EXPECT_EQ(table.schema.columns[0].levels.size(), 4u);
  EXPECT_EQ(table.schema.columns[2].type, Type::kTime);
}

}  // namespace
}  // namespace sluice::csv
