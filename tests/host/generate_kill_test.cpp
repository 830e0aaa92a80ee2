// kill -9 of a run that generates, at a chosen call: each run is a process of its own, since this one must
// not have threads. --resume then gives the bytes of an unbroken run, at other threads and memory too.
#include "generate_support.h"
#include "killed_run.h"

namespace sluice {
namespace {

using namespace test;

int generate_once(const GenerateOptions& options, const RunOptions& run) {
  generate_matrix(options, run);
  return 0;
}

class GenerateKill : public ::testing::TestWithParam<GenerateShape> {};

TEST_P(GenerateKill, GoesOnAtOtherThreadsAndMemory) {
  TempDir folder;
  const std::string ending = GetParam().output;
  GenerateOptions options = of(GetParam(), folder / ("whole" + ending));
  CallCounts counts;
  ASSERT_EQ(in_child(counts, std::nullopt, [&] { return generate_once(options, often()); }), 0);
  const std::string whole = options.output;
  options.output = folder / ("x" + ending);
  int killed = 0, resumed = 0;
  for (const auto& [kind, at] : {std::pair{sys::Call::kWrite, 2},
                                 {sys::Call::kWrite, 9},
                                 {sys::Call::kWrite, 23},
                                 {sys::Call::kSync, 3},
                                 {sys::Call::kSync, 6},
                                 {sys::Call::kRename, 1},
                                 {sys::Call::kRename, 2},
                                 {sys::Call::kUnlink, 4}}) {
    SCOPED_TRACE(::testing::Message() << "call kind " << int(kind) << ", " << at);
    const int end = in_child(counts, KillAt{kind, at}, [&] { return generate_once(options, often()); });
    ASSERT_TRUE(end == -SIGKILL || end == 0) << end;
    killed += end == -SIGKILL;
    if (std::filesystem::exists(options.output)) {
      EXPECT_TRUE(element_bytes(options.output) == element_bytes(whole)) << "not whole under the final name";
    }
    RunOptions again = often();
    again.resume = true;
    again.threads = 1 + at % 4;
    again.memory = std::uint64_t(8 + 8 * (at % 3)) << 20;
    resumed += std::filesystem::exists(options.output + ".journal");
    ASSERT_EQ(in_child(counts, std::nullopt, [&] { return generate_once(options, again); }), 0);
    ASSERT_TRUE(element_bytes(options.output) == element_bytes(whole));
    if (options.correlated_pairs > 0) {
      EXPECT_TRUE(read_file(options.output + ".pairs.csv") == read_file(whole + ".pairs.csv"));
    }
    clear(folder, "x");
  }
  EXPECT_GE(killed, 5);
  EXPECT_GE(resumed, 3);
}

INSTANTIATE_TEST_SUITE_P(Shapes, GenerateKill, ::testing::ValuesIn(kGenerateShapes), name_of_shape);

}  // namespace
}  // namespace sluice
