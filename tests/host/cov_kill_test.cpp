// kill -9 with checkpoints after every tile: each run is a process of its own that dies at a call drawn at
// random from those that an unbroken run makes, then one goes on with --resume. This process never computes,
// so that its children start without threads.
#include <algorithm>

#include "cov_support.h"
#include "killed_run.h"

namespace sluice {
namespace {

using namespace test;

struct Shape {
  const char* name;
  bool rows;
  std::int64_t variables, observations;
  friend void PrintTo(const Shape& s, std::ostream* out) { *out << s.name; }
};

/// Exit code of a run in a child: 0 done, 10 done with tiles or sums of an earlier run.
int run_once(const CovOptions& options, const RunOptions& run) {
  return cov(options, run).run.resumed ? 10 : 0;
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
  CallCounts counts;
  ASSERT_EQ(in_child(counts, std::nullopt, [&] { return run_once(options, run); }), 0);
  const std::string want = read_file(options.output);
  // Writes and syncs are spread over the whole run; the others stand near its ends. Threads may share a sync,
  // so the last ones may not come.
  const std::int64_t writes = counts.of(sys::Call::kWrite) * 9 / 10,
                     syncs = counts.of(sys::Call::kSync) * 9 / 10;
  ASSERT_GT(writes, 10);
  ASSERT_GT(syncs, 4);
  run.resume = true;
  options.output = folder / "c.npy";
  const auto seed = std::uint64_t(getpid());
  RecordProperty("seed", std::to_string(seed));
  std::vector<KillAt> places = {{sys::Call::kRename, 1}, {sys::Call::kUnlink, 1}};
  for (std::uint64_t turn = 0; turn < 4; ++turn) {
    places.push_back({sys::Call::kWrite, 1 + std::int64_t(double(writes) * uniform(seed, turn))});
    places.push_back(
        {sys::Call::kSync, 1 + std::int64_t(double(syncs) * (double(turn) + uniform(seed, 9 + turn)) / 4)});
  }
  int killed = 0, resumed = 0;
  for (const KillAt& at : places) {
    SCOPED_TRACE(::testing::Message()
                 << "call kind " << int(at.kind) << ", " << at.call << ", seed " << seed);
    for (const std::string& name : folder.names())
      if (name.rfind("c.npy", 0) == 0) std::filesystem::remove(folder / name);
    const int end = in_child(counts, at, [&] { return run_once(options, run); });
    ASSERT_TRUE(end == -SIGKILL || end == 0) << end;
    killed += end == -SIGKILL;
    // After the rename the whole result may be there already; never a part of it.
    ASSERT_TRUE(!std::filesystem::exists(options.output) || read_file(options.output) == want);
    const int code = in_child(counts, std::nullopt, [&] { return run_once(options, run); });
    ASSERT_TRUE(code == 0 || code == 10) << code;
    resumed += code == 10;
    ASSERT_TRUE(read_file(options.output) == want) << "resumed: other bytes";
  }
  EXPECT_GE(killed, 8);
  EXPECT_GE(resumed, 2) << "hardly a kill left anything to resume";
}

INSTANTIATE_TEST_SUITE_P(Plans, CovKill,
                         ::testing::Values(Shape{"wide", true, kSanitized ? 1100 : 2600,
                                                 kSanitized ? 300 : 1500},
                                           Shape{"tall", false, 60, kSanitized ? 60000 : 300000}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice
