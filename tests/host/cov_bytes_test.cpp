// Same bytes: for one backend the result does not depend on --threads, --memory, plan, byte order, element
// order or container of the input. Sizes straddle the 512 sub-tiles and the 4096 slabs.
#include <set>

#include "cov_oracle.h"

namespace sluice {
namespace {

using namespace test;

constexpr std::int64_t kVariables = kSanitized ? 515 : 700;
constexpr std::int64_t kObservations = kSanitized ? 4100 : 8500;

struct Shape {
  const char* name;
  bool rows;  // --variables rows
  std::int64_t variables, observations;
  friend void PrintTo(const Shape& s, std::ostream* out) { *out << s.name; }
};

class CovBytes : public ::testing::TestWithParam<Shape> {
 protected:
  std::string reference(const CovOptions& options) {
    cov(options, run_on("cpu"));
    return read_file(options.output);
  }
};

/// Budgets from the smallest that plans to plenty.
std::vector<std::uint64_t> budgets(const CovOptions& options) {
  const std::uint64_t least = smallest_memory(options, run_on("cpu", 1));
  return {least, least + least / 7, least * 3 / 2, least * 3, std::uint64_t(2) << 30};
}

TEST_P(CovBytes, AnyThreadsAndMemory) {
  const Shape shape = GetParam();
  TempDir folder;
  Matrix x = random_matrix(shape.variables, shape.observations, 7, 100);
  const Oracle oracle(x, DType::kFloat32);
  if (!shape.rows) x = transposed(x);
  CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "c.npy");
  options.variables_are_rows = shape.rows;
  const std::string want = reference(options);
  expect_covariance(read_npy(folder / "c.npy"), oracle, 2e-6, kSanitized ? 50 : 300);

  std::set<std::string> kinds;
  for (const std::uint64_t memory : budgets(options))
    for (const int threads : {1, 2, 3}) {
      if (kSanitized && threads != 2 && memory > (std::uint64_t(1) << 30)) continue;
      RunOptions run = run_on("cpu", memory);
      run.threads = threads;
      run.force = true;
      const CovSummary summary = cov(options, run);
      kinds.insert(summary.plan.kind);
      EXPECT_LE(summary.run.memory_peak, memory);
      ASSERT_TRUE(read_file(options.output) == want)
          << "other bytes with " << threads << " threads, " << memory << " bytes, a " << summary.plan.kind
          << " plan";
    }
  EXPECT_EQ(kinds.count("streamed"), 1u);
  if (shape.variables > 2 * shape.observations) {
    EXPECT_EQ(kinds.count("resident"), 1u);
  }
}

TEST_P(CovBytes, AnyOrderAndContainer) {
  const Shape shape = GetParam();
  TempDir folder;
  Matrix x = random_matrix(shape.variables, shape.observations, 11, -20);
  if (!shape.rows) x = transposed(x);
  CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "c.npy");
  options.variables_are_rows = shape.rows;
  const std::string want = reference(options);

  struct Variant {
    std::string name, path;
    OpenOptions open;
  };
  OpenOptions raw;
  raw.rows = x.rows, raw.columns = x.columns, raw.has_shape = true, raw.has_type = true;
  OpenOptions headed = raw, big = raw, fortran = raw;
  headed.header_bytes = 13;
  big.swapped = true;
  fortran.fortran = true;
  write_npy(folder / "f.npy", x, DType::kFloat32, true);
  write_npy(folder / "b.npy", x, DType::kFloat32, false, true);
  write_npy(folder / "fb.npy", x, DType::kFloat32, true, true);
  write_file(folder / "x.bin", raw_bytes(x, DType::kFloat32));
  write_file(folder / "h.bin", std::string(13, '#') + raw_bytes(x, DType::kFloat32));
  write_file(folder / "b.bin", raw_bytes(x, DType::kFloat32, false, true));
  write_file(folder / "f.bin", raw_bytes(x, DType::kFloat32, true));
  const std::vector<Variant> variants{
      {"Fortran", folder / "f.npy", {}},         {"big", folder / "b.npy", {}},
      {"Fortran big", folder / "fb.npy", {}},    {"raw", folder / "x.bin", raw},
      {"raw header", folder / "h.bin", headed},  {"raw big", folder / "b.bin", big},
      {"raw Fortran", folder / "f.bin", fortran}};
  for (const Variant& variant : variants) {
    SCOPED_TRACE(variant.name);
    options.input = variant.path;
    options.input_options = variant.open;
    for (const std::string io : {"auto", "mmap", "pread", "direct"}) {
      if (io != "auto" && variant.name != "raw header" && variant.name != "Fortran big") continue;
      RunOptions run = run_on("cpu", smallest_memory(options, run_on("cpu", 1)) * 5 / 4);
      run.force = true;
      run.io = io;
      cov(options, run);
      ASSERT_TRUE(read_file(options.output) == want) << "other bytes with --io " << io;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CovBytes,
                         ::testing::Values(Shape{"rows", true, kVariables, kObservations},
                                           Shape{"columns", false, kVariables, kObservations},
                                           Shape{"tall", false, 37, kSanitized ? 9000 : 40000},
                                           Shape{"short", true, kSanitized ? 1030 : 2600, 150},
                                           Shape{"slab", true, 13, 4096},
                                           Shape{"slab_and_one", false, 13, 4097}),
                         [](const auto& info) { return info.param.name; });

TEST(CovBytesOfOutputs, FormatsHoldTheSameElements) {
  TempDir folder;
  const Matrix x = random_matrix(530, 200, 3);
  for (const DType type : {DType::kFloat32, DType::kFloat64}) {
    CovOptions options = cov_of(write_npy(folder / "x.npy", x, type), folder / "c.npy");
    RunOptions run = run_on("cpu");
    run.force = true;
    cov(options, run);
    const std::string npy = read_file(options.output);
    const std::size_t bytes = 530 * 530 * size_of(type);
    ASSERT_EQ(npy.size(), 4096 + bytes);
    options.output = folder / "c.raw";
    cov(options, run);
    EXPECT_TRUE(read_file(options.output) == npy.substr(4096));
    for (const std::string name : {"c.h5", "d.hdf5:/a/b"}) {
      options.output = folder / name;
      cov(options, run);
      const std::string path =
          name.find(':') == std::string::npos ? options.output + ":/cov" : options.output;
      EXPECT_TRUE(element_bytes(path) == npy.substr(4096)) << name;
    }
    const std::string once = read_file(folder / "c.h5");
    options.output = folder / "c.h5";
    cov(options, run);
    EXPECT_TRUE(read_file(folder / "c.h5") == once)
        << "an HDF5 result holds something that changes from run to run";
  }
}

TEST(CovBytesOfOutputs, NothingElseIsLeft) {
  TempDir folder;
  CovOptions options =
      cov_of(write_npy(folder / "x.npy", random_matrix(5, 9, 1), DType::kFloat64), folder / "c.npy");
  options.means = folder / "m.npy";
  options.variances = folder / "v.npy";
  cov(options, run_on("cpu"));
  for (const std::string& name : folder.names())
    EXPECT_TRUE(name.ends_with(".npy") || name.ends_with(".npy.meta.json")) << name;
}

}  // namespace
}  // namespace sluice
