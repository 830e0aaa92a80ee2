// kill -9 with checkpoints after every tile: each run is a process of its own that dies at a random moment,
// then one goes on with --resume. This process never computes, so that its children start without threads.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "cov_support.h"

namespace sluice {
namespace {

using namespace test;
using Seconds = std::chrono::duration<double>;

struct Shape {
  const char* name;
  bool rows;
  std::int64_t variables, observations;
  friend void PrintTo(const Shape& s, std::ostream* out) { *out << s.name; }
};

/// Runs in a child; its exit code: 0 done, 10 done with tiles or sums of an earlier run, 1 failed.
pid_t start(const CovOptions& options, const RunOptions& run) {
  const pid_t child = fork();
  if (child != 0) return child;
  try {
    const CovSummary summary = cov(options, run);
    _exit(summary.run.resumed ? 10 : 0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    _exit(1);
  }
}

/// The smallest budget, found by a child: planning starts threads too.
std::uint64_t smallest_in_child(const CovOptions& options, const RunOptions& run) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    const std::uint64_t found = smallest_memory(options, run);
    _exit(write(ends[1], &found, sizeof found) == sizeof found ? 0 : 1);
  }
  close(ends[1]);
  std::uint64_t found = 0;
  const bool whole = read(ends[0], &found, sizeof found) == sizeof found;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  if (!whole) throw std::runtime_error("the child that plans has failed");
  return found;
}

int end_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

class CovKill : public ::testing::TestWithParam<Shape> {};

TEST_P(CovKill, TenTimesThenResumed) {
  const Shape shape = GetParam();
  TempDir folder;
  Matrix x = random_matrix(shape.variables, shape.observations, 61, 3);
  if (!shape.rows) x = transposed(x);
  CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "whole.npy");
  options.variables_are_rows = shape.rows;
  RunOptions run = run_on("cpu");
  run.checkpoint_seconds = 0;
  run.memory = smallest_in_child(options, run);
  double unbroken = 0;
  for (int turn = 0; turn < 2; ++turn) {  // the first one warms up
    run.force = true;
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_EQ(end_of(start(options, run)), 0);
    const double seconds = Seconds(std::chrono::steady_clock::now() - begun).count();
    unbroken = turn == 0 ? seconds : std::min(unbroken, seconds);
  }
  const std::string want = read_file(options.output);
  run.force = false;
  run.resume = true;
  options.output = folder / "c.npy";
  const auto seed = std::uint64_t(getpid());
  RecordProperty("seed", std::to_string(seed));
  int killed = 0, resumed = 0;
  // More than ten only where a busy machine let none of them hit the middle.
  for (std::uint64_t turn = 0; turn < 10 || (resumed == 0 && turn < 40); ++turn) {
    SCOPED_TRACE(::testing::Message() << "turn " << turn << " of seed " << seed);
    for (const std::string& name : folder.names())
      if (name.rfind("c.npy", 0) == 0) std::filesystem::remove(folder / name);
    const pid_t child = start(options, run);
    std::this_thread::sleep_for(Seconds(unbroken * (0.05 + 0.9 * uniform(seed, turn))));
    kill(child, SIGKILL);
    if (end_of(child) == -SIGKILL) {
      ++killed;
      // After the rename the whole result may be there already; never a part of it.
      ASSERT_TRUE(!std::filesystem::exists(options.output) || read_file(options.output) == want);
    }
    const int code = end_of(start(options, run));
    ASSERT_TRUE(code == 0 || code == 10) << code;
    resumed += code == 10;
    ASSERT_TRUE(read_file(options.output) == want) << "resumed: other bytes";
  }
  EXPECT_GT(killed, 2);
  EXPECT_GT(resumed, 0) << "no kill left anything to resume";
}

INSTANTIATE_TEST_SUITE_P(Plans, CovKill,
                         ::testing::Values(Shape{"wide", true, kSanitized ? 1100 : 2600,
                                                 kSanitized ? 300 : 1500},
                                           Shape{"tall", false, 60, kSanitized ? 60000 : 300000}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice
