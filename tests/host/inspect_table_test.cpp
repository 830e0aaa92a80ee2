// What is said of a table: statistics by hand, first rows, what is left out; whatever the threads.
#include "host/inspect_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "host/error.h"
#include "matrix_files.h"

namespace sluice {
namespace {

using test::TempDir;

class InspectTable : public testing::Test {
 protected:
  InspectTableOptions options(const std::string& text) {
    InspectTableOptions o;
    o.input.path = folder_ / "t.csv";
    std::ofstream(o.input.path, std::ios::binary) << text;
    o.stats = true;
    return o;
  }
  static RunOptions run(int threads = 2, std::uint64_t memory = 64 << 20) {
    RunOptions run;
    run.threads = threads;
    run.memory = memory;
    return run;
  }
  TempDir folder_;
};

TEST_F(InspectTable, StatisticsByHand) {
  const TableFacts facts = inspect_table(options("i,f,t\n1,0.5,x\n,inf,y\n3,nan,x\n8,-0.5,x\n"), run());
  ASSERT_EQ(facts.stats.size(), 3u);
  EXPECT_EQ(facts.stats[0].finite, 3);
  EXPECT_DOUBLE_EQ(facts.stats[0].mean, 4);
  EXPECT_DOUBLE_EQ(facts.stats[0].deviation(), std::sqrt(13.0));
  EXPECT_EQ(facts.stats[1].finite, 2);
  EXPECT_EQ(facts.stats[1].infinite, 1);
  EXPECT_DOUBLE_EQ(facts.stats[1].mean, 0);
  EXPECT_EQ(facts.stats[2].finite, 0) << "text has none";
  EXPECT_TRUE(std::isnan(inspect_table(options("a\n1\n"), run()).stats[0].deviation()));
  EXPECT_EQ(inspect_table(options("a,b\n"), run()).stats[0].finite, 0);
}

TEST_F(InspectTable, OffsetsCostNoDigits) {
  std::string text = "a,b\n";
  for (int i = 0; i < 200000; ++i) text += std::to_string(1000000000000 + i % 2) + ",1\n";
  const TableFacts facts = inspect_table(options(text), run());
  EXPECT_NEAR(facts.stats[0].deviation(), 0.5 * std::sqrt(200000.0 / 199999.0), 1e-12);
}

TEST_F(InspectTable, NumbersThatTheSquareOverflows) {
  EXPECT_EQ(inspect_table(options("a\n1e300\n-1e300\n3e300\n"), run()).stats[0].deviation(), INFINITY);
}

TEST_F(InspectTable, HeadIsTheFirstRowsOrFewer) {
  InspectTableOptions o = options("a,b\n1,x\n2,y\n3,z\n");
  for (const std::int64_t rows : {1, 2, 3, 9}) {
    o.head = rows;
    const TableFacts facts = inspect_table(o, run());
    EXPECT_EQ(facts.head_rows, std::min<std::int64_t>(rows, 3));
    EXPECT_EQ(facts.head[0].integers[0], 1);
  }
  std::string text = "a,b\n";  // longer than the window that it is read by
  for (int i = 0; i < 60000; ++i) text += std::to_string(i) + ",word\n";
  o = options(text);
  o.head = 50000;
  EXPECT_EQ(inspect_table(o, run()).head[0].integers[49999], 49999);
}

TEST_F(InspectTable, RowsLeftOutAreOutOfTheStatisticsToo) {
  InspectTableOptions o = options("a,b,c\n1,2,x\n3,4\n5,6,7\n");
  EXPECT_THROW(inspect_table(o, run()), Error);
  o.input.options.on_error = csv::OnError::kSkip;
  o.input.options.given = {{"c", csv::Type::kInteger}};
  const TableFacts facts = inspect_table(o, run());
  EXPECT_EQ(facts.schema.rows, 1);
  EXPECT_EQ(facts.schema.faults.rows(), 2);
  EXPECT_EQ(facts.stats[0].finite, 1);
  EXPECT_EQ(facts.stats[0].mean, 5);
}

TEST_F(InspectTable, SameAtAnyThreadsAndMemory) {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 150000; ++i)
    text +=
        std::to_string(i * 7919 % 100003) + "," + std::to_string(i) + ".125,l" + std::to_string(i % 5) + "\n";
  const InspectTableOptions o = options(text);
  const TableFacts first = inspect_table(o, run(1));
  for (const auto& [threads, memory] : {std::pair(3, 64 << 20), {2, 8 << 20}, {4, 256 << 20}}) {
    const TableFacts facts = inspect_table(o, run(threads, std::uint64_t(memory)));
    EXPECT_LE(facts.run.memory_peak, std::uint64_t(memory));
    for (const std::size_t i : {0u, 1u}) {
      EXPECT_EQ(facts.stats[i].mean, first.stats[i].mean);
      EXPECT_EQ(facts.stats[i].m2, first.stats[i].m2);
    }
    EXPECT_EQ(facts.schema.columns[2].levels.counts(), first.schema.columns[2].levels.counts());
  }
}

TEST_F(InspectTable, StopsWhenAskedTo) {
  std::atomic<bool> stop{true};
  RunOptions stopped = run();
  stopped.stop = &stop;
  try {
    inspect_table(options("a\n1\n"), stopped);
    FAIL() << "nothing stopped";
  } catch (const Error& error) {
    EXPECT_EQ(int(error.kind()), int(ErrorKind::kInterrupted));
  }
}

TEST_F(InspectTable, ADeviceThatIsNoProcessorIsRefused) {
  RunOptions cuda = run();
  cuda.device = "cuda";
  EXPECT_THROW(inspect_table(options("a\n1\n"), cuda), Error);
}

TEST(InspectRealTable, Census) {
  const char* folder = std::getenv("SLUICE_REAL_DATA");
  if (folder == nullptr) GTEST_SKIP() << "set SLUICE_REAL_DATA to the folder of real data";
  InspectTableOptions o;
  o.input.path = std::string(folder) + "/census/co-est2019-alldata.csv";
  o.head = 1;
  const TableFacts facts = inspect_table(o, {});
  EXPECT_EQ(facts.schema.rows, 3193);
  EXPECT_EQ(facts.schema.columns.size(), 165u);
  const csv::Dictionary& states = facts.schema.columns[5].levels;
  EXPECT_EQ(states.counts()[std::size_t(states.find("Pennsylvania"))], 68);
  EXPECT_EQ(facts.head[5].codes[0], states.find("Alabama"));
}

}  // namespace
}  // namespace sluice
