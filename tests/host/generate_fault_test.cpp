// Every call of a small run that generates fails once in turn: one line, nothing wrong under the final name,
// and --resume gives the right bytes. Memory that is too small, and tables of pairs that are in the way.
#include <atomic>
#include <cerrno>

#include "generate_support.h"

namespace sluice {
namespace {

using namespace test;

constexpr int kKinds = 9;
std::atomic<std::int64_t> calls[kKinds], failing{0};
std::atomic<int> failing_kind{0};

int fail_one(sys::Call call, const char*) {
  const std::int64_t turn = ++calls[int(call)];
  return int(call) == failing_kind && turn == failing ? EIO : 0;
}

class GenerateFaults : public ::testing::TestWithParam<GenerateShape> {};

TEST_P(GenerateFaults, EachCallFailsOnce) {
  TempDir folder{TempDir::kQuick};
  const std::string ending = GetParam().output;
  GenerateOptions options = of(GetParam(), folder / ("whole" + ending));
  failing = 0;
  for (auto& count : calls) count = 0;
  sys::set_fault_hook(fail_one);
  generate_matrix(options, often());
  std::vector<std::pair<int, std::int64_t>> faults;
  for (int kind = 0; kind < kKinds; ++kind)
    for (std::int64_t n = 1; n <= calls[kind]; n += kSanitized ? 5 : 1) faults.emplace_back(kind, n);
  const std::string want = element_bytes(options.output);
  options.output = folder / ("x" + ending);
  int errors = 0;
  for (const auto& [kind, n] : faults) {
    clear(folder, "x");
    for (auto& count : calls) count = 0;
    failing_kind = kind, failing = n;
    std::string line;
    try {
      generate_matrix(options, often());
    } catch (const Error& error) {
      line = error.what();
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
      ++errors;
    }
    failing = 0;
    SCOPED_TRACE(::testing::Message() << "call kind " << kind << ", " << n << ": " << line);
    const bool there = std::filesystem::exists(options.output);
    EXPECT_TRUE(there || !line.empty());
    ASSERT_TRUE(!there || element_bytes(options.output) == want) << "a wrong file under the final name";
    RunOptions again = often();
    again.resume = true;
    try {
      generate_matrix(options, again);
    } catch (const Error& error) {
      ADD_FAILURE() << "resume: " << error.what();
      continue;
    }
    ASSERT_TRUE(element_bytes(options.output) == want) << "resumed: other bytes";
    if (options.correlated_pairs > 0) {
      EXPECT_TRUE(std::filesystem::exists(options.output + ".pairs.csv"));
      EXPECT_FALSE(std::filesystem::exists(options.output + ".pairs.csv.partial"));
    }
  }
  sys::set_fault_hook(nullptr);
  EXPECT_GT(errors, kSanitized ? 5 : 20);
}

INSTANTIATE_TEST_SUITE_P(Shapes, GenerateFaults, ::testing::ValuesIn(kGenerateShapes), name_of_shape);

TEST(GenerateMemory, TooSmallNamesWhatWorks) {
  TempDir folder;
  GenerateOptions options = of({"", 3000, 3000, 40, ""}, folder / "x.npy");
  RunOptions run = often();
  run.threads = 64, run.memory = 1 << 20;
  std::string advice;
  try {
    generate_matrix(options, run);
  } catch (const Error& error) {
    EXPECT_EQ(int(error.kind()), int(ErrorKind::kMemory));
    advice = error.advice();
  }
  const std::string before = "give --memory ";
  ASSERT_EQ(advice.rfind(before, 0), 0u) << advice;
  ASSERT_EQ(advice.back(), 'M') << advice;
  run.memory = std::stoull(advice.substr(before.size())) << 20;
  const GenerateSummary summary = generate_matrix(options, run);
  EXPECT_LE(summary.run.memory_peak, run.memory);
}

TEST(GeneratePairs, ATableOfAnotherIsKept) {
  TempDir folder;
  const GenerateOptions options = of({"", 300, 300, 10, ""}, folder / "x.npy");
  for (const bool resume : {false, true}) {
    std::ofstream(options.output + ".pairs.csv") << "mine";
    RunOptions run = often();
    run.resume = resume;
    expect_error([&] { generate_matrix(options, run); }, ErrorKind::kOutput, {"pairs.csv: exists already"});
    EXPECT_EQ(read_file(options.output + ".pairs.csv"), "mine");
    EXPECT_EQ(folder.names().size(), 1u);
  }
  RunOptions run = often();
  run.force = true;
  generate_matrix(options, run);
  const std::string pairs = read_file(options.output + ".pairs.csv");
  EXPECT_EQ(pairs.rfind("row_a,row_b", 0), 0u);
  std::filesystem::remove(options.output + ".pairs.csv");  // as if stopped between the two names
  run.force = false, run.resume = true;
  generate_matrix(options, run);
  EXPECT_EQ(read_file(options.output + ".pairs.csv"), pairs);
}

}  // namespace
}  // namespace sluice
