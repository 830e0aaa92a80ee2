// --memory holds: what a run says it held, and what the process's anonymous memory grew by, at several
// budgets.
#include <atomic>
#include <chrono>
#include <thread>

#include "cov_support.h"

namespace sluice {
namespace {

using namespace test;

/// Anonymous and shared memory of this process in bytes.
std::uint64_t anonymous_bytes() {
  std::ifstream status("/proc/self/status");
  std::uint64_t total = 0;
  for (std::string line; std::getline(status, line);)
    for (const char* key : {"RssAnon:", "RssShmem:"})
      if (line.rfind(key, 0) == 0) total += std::stoull(line.substr(std::strlen(key))) * 1024;
  return total;
}

/// Largest anonymous memory while it lives, above what there was when it was made.
class Watch {
 public:
  Watch()
      : start_(anonymous_bytes()), thread_([this] {
          while (!done_) {
            peak_ = std::max(peak_.load(), anonymous_bytes());
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
          }
        }) {}
  ~Watch() { join(); }
  std::uint64_t stop() {
    join();
    return peak_ > start_ ? peak_ - start_ : 0;
  }

 private:
  void join() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
  }
  const std::uint64_t start_;
  std::atomic<std::uint64_t> peak_{0};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

/// A raw file of float32, written piece by piece so that the test itself holds little.
void write_large(const std::string& path, std::int64_t elements) {
  std::ofstream file(path, std::ios::binary);
  std::vector<float> piece(1 << 16);
  for (std::int64_t at = 0; at < elements; at += std::int64_t(piece.size())) {
    for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = float(uniform(3, std::uint64_t(at) + i));
    const std::int64_t count = std::min<std::int64_t>(elements - at, std::int64_t(piece.size()));
    file.write(reinterpret_cast<const char*>(piece.data()), std::streamsize(count * 4));
  }
}

struct Shape {
  const char* name;
  bool rows;
  std::int64_t variables, observations;
  friend void PrintTo(const Shape& s, std::ostream* out) { *out << s.name; }
};

class CovMemory : public ::testing::TestWithParam<Shape> {};

TEST_P(CovMemory, HoldsTheBudget) {
  const Shape shape = GetParam();
  TempDir folder;
  CovOptions options = cov_of(folder / "x.bin", folder / "c.npy");
  write_large(options.input, shape.variables * shape.observations);
  options.variables_are_rows = shape.rows;
  options.input_options.rows = shape.rows ? shape.variables : shape.observations;
  options.input_options.columns = shape.rows ? shape.observations : shape.variables;
  options.input_options.has_shape = options.input_options.has_type = true;
  for (const char* io : {"mmap", "pread"}) {
    const std::uint64_t least = smallest_memory(options, run_on("cpu"));
    for (const std::uint64_t memory : {least, least * 2, least * 4}) {
      RunOptions run = run_on("cpu", memory);
      run.force = true;
      run.io = io;
      Watch watch;
      const CovSummary summary = cov(options, run);
      const std::uint64_t grown = watch.stop();
      EXPECT_EQ(summary.run.memory_limit, memory);
      EXPECT_GT(summary.run.memory_peak, 0u);
      EXPECT_LE(summary.run.memory_peak, memory) << summary.plan.kind;
      EXPECT_LE(summary.plan.memory, memory);
      // Sanitizers keep freed memory and shadow of their own.
      const std::uint64_t own = std::uint64_t(kSanitized ? 4096 : 100) << 20;
      EXPECT_LE(grown, memory + own) << summary.plan.kind << " " << io;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CovMemory,
                         ::testing::Values(Shape{"wide", true, kSanitized ? 1100 : 3000,
                                                 kSanitized ? 1000 : 4500},
                                           Shape{"columns", false, kSanitized ? 1100 : 3000, 900},
                                           Shape{"tall", false, 64, kSanitized ? 40000 : 600000}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice
