// Every open, read, write, sync, rename, reservation, mapping and allocation of a small run is made to fail
// once in turn: a clear error, nothing under the final name, and --resume gives the right bytes.
#include <atomic>
#include <cerrno>
#include <mutex>

#include "cov_support.h"

namespace sluice {
namespace {

using namespace test;

constexpr int kKinds = 9;
std::atomic<std::int64_t> calls[kKinds], failing{0};  // the failing-th call of failing_kind fails
std::atomic<int> failing_kind{0}, fault{0}, failed_call{-1};
std::mutex failed_guard;
std::string failed_path;

int fail_one(sys::Call call, const char* path) {
  const std::int64_t turn = ++calls[int(call)];
  if (int(call) != failing_kind || turn != failing) return 0;
  failed_call = int(call);
  const std::lock_guard lock(failed_guard);
  failed_path = path ? path : "";
  return fault;
}

void count_from_zero() {
  for (auto& count : calls) count = 0;
}

const char* name_of_call(int call) {
  static const char* const names[] = {"open",    "read", "write",  "sync",    "rename",
                                      "reserve", "map",  "unlink", "allocate"};
  return call < 0 ? "none" : names[call];
}

struct Shape {
  const char* name;
  bool rows;
  std::int64_t variables, observations;
  const char* io;
  const char* output;
  friend void PrintTo(const Shape& s, std::ostream* out) { *out << s.name; }
};

class CovFaults : public ::testing::TestWithParam<Shape> {};

TEST_P(CovFaults, EachCallFailsOnce) {
  const Shape shape = GetParam();
  TempDir folder{TempDir::kQuick};
  Matrix x = random_matrix(shape.variables, shape.observations, 31, 5);
  if (!shape.rows) x = transposed(x);
  CovOptions options =
      cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / (std::string("whole") + shape.output));
  options.variables_are_rows = shape.rows;
  options.means = folder / "means.npy";
  RunOptions run = run_on("cpu");
  run.io = shape.io;
  run.checkpoint_seconds = 0;
  run.memory = smallest_memory(options, run);
  failing = 0;
  count_from_zero();
  sys::set_fault_hook(fail_one);
  cov(options, run);
  // Every call of every kind; under sanitizers the first and last and some between.
  std::vector<std::pair<int, std::int64_t>> faults;
  for (int kind = 0; kind < kKinds; ++kind) {
    const std::int64_t total = calls[kind], most = kSanitized ? 10 : total;
    for (std::int64_t k = 0; k < std::min(total, most); ++k)
      faults.emplace_back(kind, 1 + (total <= most ? k : k * (total - 1) / (most - 1)));
  }
  const std::string want = element_bytes(options.output), means = read_file(options.means);

  options.output = folder / (std::string("c") + shape.output);
  int errors = 0, renames = 0, writes = 0, syncs = 0, reads = 0, allocations = 0;
  for (const auto& [kind, n] : faults)
    for (const int code : {EIO, ENOSPC}) {
      if (code == ENOSPC && n % 3) continue;
      for (const std::string& name : folder.names())
        if (name.rfind("c.", 0) == 0 || name.rfind("means", 0) == 0) std::filesystem::remove(folder / name);
      failed_call = -1;
      count_from_zero();
      fault = code, failing_kind = kind, failing = n;
      std::string error_line;
      try {
        cov(options, run);
      } catch (const Error& error) {
        error_line = error.what();
        EXPECT_NE(int(error.kind()), int(ErrorKind::kInterrupted));
        EXPECT_EQ(error_line.find('\n'), std::string::npos) << error_line;
      }
      failing = 0;
      SCOPED_TRACE(::testing::Message() << name_of_call(kind) << " " << n << " of " << failed_path
                                        << ", errno " << code << ": " << error_line);
      const bool there = std::filesystem::exists(options.output);
      if (error_line.empty()) {
        EXPECT_TRUE(there);  // a call that the run can do without
      } else {
        ++errors;
        // Only what follows the rename may fail with the result there: it is whole then.
        const bool after_rename = failed_call == int(sys::Call::kSync) ||
                                  failed_call == int(sys::Call::kUnlink) || failed_path == folder.path() ||
                                  failed_path == options.output ||
                                  failed_path.find("means") != std::string::npos ||
                                  failed_path.find("meta.json") != std::string::npos;
        EXPECT_TRUE(!there || after_rename);
        renames += failed_call == int(sys::Call::kRename);
        writes += failed_call == int(sys::Call::kWrite);
        syncs += failed_call == int(sys::Call::kSync);
        reads += failed_call == int(sys::Call::kRead) || failed_call == int(sys::Call::kMap);
        allocations += failed_call == int(sys::Call::kAllocate);
      }
      ASSERT_TRUE(!there || element_bytes(options.output) == want) << "a wrong file under the final name";
      RunOptions again = run;
      again.resume = true;
      try {
        cov(options, again);
      } catch (const Error& error) {
        ADD_FAILURE() << "resume: " << error.what();
        continue;
      }
      ASSERT_TRUE(element_bytes(options.output) == want) << "resumed: other bytes";
      ASSERT_TRUE(read_file(options.means) == means) << "resumed: other means";
    }
  sys::set_fault_hook(nullptr);
  EXPECT_GT(errors, 5);
  EXPECT_GT(renames, 0);
  EXPECT_GT(writes, 0);
  EXPECT_GT(syncs, 0);
  EXPECT_GT(reads, 0);
  EXPECT_GT(allocations, 0);
}

INSTANTIATE_TEST_SUITE_P(Runs, CovFaults,
                         ::testing::Values(Shape{"streamed_mmap", true, 530, 100, "mmap", ".npy"},
                                           Shape{"streamed_pread", true, 530, 100, "pread", ".npy"},
                                           Shape{"tall", false, 20, 9000, "pread", ".npy"},
                                           Shape{"hdf5", true, 600, 90, "auto", ".h5"}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice
