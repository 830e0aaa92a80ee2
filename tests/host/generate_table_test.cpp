// Random tables: the same bytes whatever makes them, the distributions that were asked for, restarts.
#include "host/generate_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <fstream>
#include <sstream>

#include "cov_support.h"
#include "host/inspect_table.h"

namespace sluice {
namespace {

using namespace test;

const char* const kColumns =
    "id:row,n:normal(10:2),u:uniform(-1:3),i:integer(-2:2),k:category(12),c:category(x:y),t:time(2024-01-01:"
    "100ns)";

GenerateTableOptions table(const std::string& output, std::int64_t rows = 30011) {
  GenerateTableOptions o;
  o.rows = rows;
  o.columns = parse_random_columns(kColumns);
  o.missing = 0.02;
  o.seed = 7;
  o.output = output;
  return o;
}

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(GenerateTable, SameFileOnAnyBackendThreadsAndMemory) {
  TempDir folder;
  const GenerateTableOptions o = table(folder / "t.csv");
  std::string want;
  for (const std::string& device : devices())
    for (const int threads : {1, 3})
      for (const std::uint64_t memory : {std::uint64_t(12) << 20, std::uint64_t(256) << 20}) {
        RunOptions run = run_on(device, memory);
        run.threads = threads;
        run.force = true;
        const GenerateTableSummary s = generate_table(o, run);
        EXPECT_LE(s.run.memory_peak, memory);
        const std::string found = contents(o.output);
        EXPECT_EQ(s.bytes, found.size());
        if (want.empty()) want = found;
        ASSERT_EQ(found == want, true) << device << ", " << threads << " threads";
      }
  GenerateTableOptions other = o;
  other.seed = 8;
  RunOptions run = run_on("cpu");
  run.force = true;
  generate_table(other, run);
  EXPECT_NE(contents(o.output), want);
}

TEST(GenerateTable, RowsDoNotDependOnHowManyThereAre) {
  TempDir folder;
  generate_table(table(folder / "a.csv", 100), run_on("cpu"));
  generate_table(table(folder / "b.csv", 5000), run_on("cpu"));
  const std::string a = contents(folder / "a.csv");
  EXPECT_EQ(contents(folder / "b.csv").substr(0, a.size()), a);
}

TEST(GenerateTable, HoldsWhatWasAskedFor) {
  TempDir folder;
  const GenerateTableOptions o = table(folder / "t.csv");
  generate_table(o, run_on("cpu"));
  InspectTableOptions look;
  look.input.path = o.output;
  look.stats = true;
  const TableFacts facts = inspect_table(look, run_on("cpu"));
  const auto& columns = facts.schema.columns;
  ASSERT_EQ(facts.schema.rows, o.rows);
  EXPECT_EQ(columns[0].missing, 0);
  EXPECT_EQ(columns[0].greatest, o.rows - 1);
  for (std::size_t i = 1; i < columns.size(); ++i)
    EXPECT_NEAR(double(columns[i].missing), 0.02 * double(o.rows), 6 * std::sqrt(0.02 * double(o.rows)));
  const double root = std::sqrt(double(o.rows));
  EXPECT_NEAR(facts.stats[1].mean, 10, 6 * 2 / root);
  EXPECT_NEAR(facts.stats[1].deviation(), 2, 6 * 2 / root);
  EXPECT_NEAR(facts.stats[2].mean, 1, 6 * 1.16 / root);
  EXPECT_NEAR(facts.stats[2].deviation(), 4 / std::sqrt(12.0), 6 / root);
  EXPECT_TRUE(columns[2].low >= -1 && columns[2].high < 3);
  EXPECT_EQ(columns[3].least, -2);
  EXPECT_EQ(columns[3].greatest, 2);
  EXPECT_EQ(columns[4].levels.size(), 12u);
  EXPECT_GE(columns[4].levels.find("level01"), 0);
  for (const std::int64_t count : columns[4].levels.counts())
    EXPECT_NEAR(double(count), double(o.rows) * 0.98 / 12, 6 * std::sqrt(double(o.rows) / 12));
  EXPECT_EQ(columns[6].type, csv::Type::kTime);
  EXPECT_EQ((columns[6].greatest - columns[6].least) % 100, 0);
}

TEST(GenerateTable, TabsAndNoRows) {
  TempDir folder;
  GenerateTableOptions o = table(folder / "t.tsv", 0);
  generate_table(o, run_on("cpu"));
  EXPECT_EQ(contents(o.output), "id\tn\tu\ti\tk\tc\tt\n");
}

/// Stops a run when a block more was made.
struct Stopper : Observer {
  std::atomic<bool> stop{false};
  int left = 0;
  void progress(double) override {
    if (--left < 0) stop = true;
  }
};

TEST(GenerateTable, ResumesToTheSameBytes) {
  TempDir folder;
  const GenerateTableOptions o = table(folder / "t.csv", kSanitized ? 60000 : 300000),
                             whole = table(folder / "whole.csv", o.rows);
  RunOptions run = run_on("cpu", 12 << 20);
  run.checkpoint_seconds = 0;
  generate_table(whole, run);
  for (const int blocks : {0, 1, 3}) {
    Stopper stopper;
    stopper.left = blocks;
    run.observer = &stopper;
    run.stop = &stopper.stop;
    run.resume = false;
    EXPECT_THROW(generate_table(o, run), Error);
    EXPECT_FALSE(sys::exists(o.output));
    EXPECT_THROW(generate_table(o, run_on("cpu")), Error) << "an unfinished run is there";
    run.observer = nullptr;
    run.stop = nullptr;
    run.resume = true;
    run.threads = 3;
    GenerateTableOptions other = o;
    other.seed = 9;
    EXPECT_THROW(generate_table(other, run), Error) << "another table";
    EXPECT_TRUE(generate_table(o, run).run.resumed);
    EXPECT_EQ(contents(o.output) == contents(whole.output), true);
    EXPECT_EQ(generate_table(o, run).run.bytes_written, 0u) << "nothing was left to do";
    std::ofstream(o.output, std::ios::app) << "more";
    EXPECT_THROW(generate_table(o, run), Error) << "not the file that was written";
    sys::unlink(o.output);
  }
}

std::atomic<int> writes{0};
int full_disk(sys::Call call, const char* path) {
  const bool data = call == sys::Call::kWrite && std::string(path).ends_with("t.csv.partial");
  return data && ++writes > 3 ? ENOSPC : 0;
}

TEST(GenerateTable, AFullDiskIsOneError) {
  TempDir folder;
  const GenerateTableOptions o = table(folder / "t.csv", 200000);
  RunOptions run = run_on("cpu", 12 << 20);
  writes = 0;
  sys::set_fault_hook(full_disk);
  try {
    generate_table(o, run);
    ADD_FAILURE() << "nothing failed";
  } catch (const Error& error) {
    EXPECT_EQ(int(error.kind()), int(ErrorKind::kOutput));
  }
  sys::set_fault_hook(nullptr);
  EXPECT_FALSE(sys::exists(o.output));
  run.resume = true;
  generate_table(o, run);
  EXPECT_EQ(std::size_t(std::count_if(std::istreambuf_iterator<char>(std::ifstream(o.output).rdbuf()), {},
                                      [](char c) { return c == '\n'; })),
            200001u);
}

TEST(RandomColumns, Spelling) {
  EXPECT_EQ(text_of(parse_random_columns(kColumns)),
            "id:row,n:normal(10:2),u:uniform(-1:3),i:integer(-2:2),k:category(12),c:category(x:y),"
            "t:time(2024-01-01T00:00:00:100ns)");
  EXPECT_EQ(text_of(parse_random_columns("a:normal,b:uniform")), "a:normal(0:1),b:uniform(0:1)");
  for (const char* wrong : {"",
                            "a",
                            ":normal",
                            "a:",
                            "a:norm",
                            "a:normal(1)",
                            "a:normal(0:-1)",
                            "a:uniform(2:1)",
                            "a:integer",
                            "a:integer(5:1)",
                            "a:integer(0:9223372036854775807)",
                            "a:category",
                            "a:category(0)",
                            "a:category(x:x)",
                            "a:normal(1:2",
                            "a:row(3)",
                            "a:time(2024-01-01)",
                            "a:time(x:1s)",
                            "a:time(2024-01-01:0s)",
                            "a:time(2024-01-01:1y)",
                            "a:normal,a:normal",
                            "a:normal,,b:row",
                            "a:uniform(-1e308:1e308)"})
    EXPECT_THROW(parse_random_columns(wrong), Error) << wrong;
  EXPECT_THROW(check_rows(parse_random_columns("t:time(2024-01-01:365d)"), 1000), Error);
  EXPECT_NO_THROW(check_rows(parse_random_columns("t:time(2024-01-01:365d)"), 100));
}

}  // namespace
}  // namespace sluice
