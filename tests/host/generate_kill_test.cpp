// kill -9 of a run that generates, at a chosen call: each run is a process of its own, since this one must
// not have threads. --resume then gives the bytes of an unbroken run, at other threads and memory too.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "generate_support.h"

namespace sluice {
namespace {

using namespace test;

/// generate_matrix() in a process of its own that kills itself at its `at`-th call of a kind; 0: not at all.
/// The signal that ended it, negative; else its exit code.
int in_child(const GenerateOptions& options, const RunOptions& run, sys::Call kind, int at) {
  const pid_t child = fork();
  if (child == 0) {
    static std::atomic<int> left;
    static sys::Call fatal;
    left = at, fatal = kind;
    sys::set_fault_hook([](sys::Call call, const char*) {
      if (call == fatal && --left == 0) raise(SIGKILL);
      return 0;
    });
    try {
      generate_matrix(options, run);
      _exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

class GenerateKill : public ::testing::TestWithParam<GenerateShape> {};

TEST_P(GenerateKill, GoesOnAtOtherThreadsAndMemory) {
  TempDir folder;
  const std::string ending = GetParam().output;
  GenerateOptions options = of(GetParam(), folder / ("whole" + ending));
  ASSERT_EQ(in_child(options, often(), sys::Call::kOpen, 0), 0);
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
    const int end = in_child(options, often(), kind, at);
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
    ASSERT_EQ(in_child(options, again, sys::Call::kOpen, 0), 0);
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
