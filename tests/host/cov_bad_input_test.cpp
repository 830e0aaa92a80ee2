// Bad input: one clear line that names the file, what was expected and what was found; nothing lost, nothing
// under the final name.
#include <unistd.h>

#include <regex>

#include "cov_support.h"

namespace sluice {
namespace {

using namespace test;

class CovBadInput : public ::testing::Test {
 protected:
  CovBadInput() {
    good = write_npy(folder / "x.npy", random_matrix(4, 12, 1), DType::kFloat64);
    options = cov_of(good, folder / "c.npy");
  }
  /// The run fails as said and leaves the folder as it was.
  void fails(ErrorKind kind, const std::vector<std::string>& parts) {
    const auto before = folder.names();
    const std::string input = read_file(good);
    expect_error([&] { cov(options, run); }, kind, parts);
    EXPECT_EQ(folder.names(), before);
    EXPECT_TRUE(read_file(good) == input);
    expect_error([&] { plan_cov(options, run); }, kind, parts);  // --dry-run says the same
  }
  /// As fails(), where a plan cannot see what is wrong: in the data, in where the output should go.
  void fails_reading(ErrorKind kind, const std::vector<std::string>& parts) {
    expect_error([&] { cov(options, run); }, kind, parts);
    EXPECT_FALSE(std::filesystem::exists(options.output));
  }
  std::string npy(const std::string& name, const std::string& dictionary, const std::string& data) {
    write_file(folder / name, npy_header(dictionary) + data);
    options.input = folder / name;
    return options.input;
  }
  TempDir folder;
  std::string good;
  CovOptions options;
  RunOptions run = run_on("cpu");
};

TEST_F(CovBadInput, Missing) {
  options.input = folder / "absent.npy";
  fails(ErrorKind::kInput, {"absent.npy"});
}

TEST_F(CovBadInput, Empty) {
  options.input = folder / "empty.npy";
  write_file(options.input, "");
  fails(ErrorKind::kInput, {"empty.npy", "empty"});
}

TEST_F(CovBadInput, Folder) {
  options.input = folder.path();
  fails(ErrorKind::kInput, {folder.path()});
}

TEST_F(CovBadInput, TruncatedData) {
  const std::string bytes = read_file(good);
  options.input = folder / "short.npy";
  write_file(options.input, bytes.substr(0, bytes.size() - 9));
  fails(ErrorKind::kInput, {"short.npy", "expected", "found"});
}

TEST_F(CovBadInput, TruncatedHeader) {
  const std::string bytes = read_file(good);
  for (const std::size_t length : {7, 9, 40}) {
    options.input = folder / "head.npy";
    write_file(options.input, bytes.substr(0, length));
    fails(ErrorKind::kInput, {"head.npy"});
  }
}

TEST_F(CovBadInput, LyingAndOverflowingHeaders) {
  const std::string data(96, 'x');
  for (const std::string shape : {"(4000, 12)", "(4611686018427387904, 8)", "(3037000500, 3037000500)",
                                  "(-4, 3)", "(99999999999999999999999, 2)"}) {
    SCOPED_TRACE(shape);
    npy("lie.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }", data);
    fails(ErrorKind::kInput, {"lie.npy"});
  }
}

TEST_F(CovBadInput, HeadersThatAreNone) {
  for (const std::string text :
       {"{'descr': '<f8'}", "[1, 2]", "{'descr': '<f8', 'fortran_order': False, 'shape': (4, ",
        "{'descr': 7, 'fortran_order': False, 'shape': (2, 2), }", ""}) {
    SCOPED_TRACE(text);
    npy("odd.npy", text, std::string(32, '\0'));
    fails(ErrorKind::kInput, {"odd.npy"});
  }
}

TEST_F(CovBadInput, TypesThatAreNotNumbers) {
  for (const std::string descr :
       {"'|O'", "'<c16'", "'<c8'", "'<U4'", "'<f2'", "'|V8'", "'<M8[ns]'", "[('a', '<f8')]"}) {
    SCOPED_TRACE(descr);
    npy("type.npy", "{'descr': " + descr + ", 'fortran_order': False, 'shape': (2, 2), }",
        std::string(64, '\0'));
    fails(ErrorKind::kInput, {"type.npy", "expected", "found"});
  }
}

TEST_F(CovBadInput, ThreeDimensions) {
  npy("cube.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2, 2), }", std::string(64, '\0'));
  fails(ErrorKind::kInput, {"cube.npy", "expected", "found"});
}

TEST_F(CovBadInput, RawNeedsShapeAndTypeThatFit) {
  options.input = folder / "x.bin";
  write_file(options.input, std::string(96, '\0'));
  fails(ErrorKind::kUsage, {"x.bin"});
  options.input_options.rows = 5, options.input_options.columns = 5;
  options.input_options.has_shape = options.input_options.has_type = true;
  fails(ErrorKind::kInput, {"x.bin", "expected", "found"});
}

TEST_F(CovBadInput, Hdf5WithoutThatDataset) {
  const std::string layouts = SLUICE_TEST_DATA "/cov/layouts.h5";
  options.input = layouts + ":/chunkd";
  fails(ErrorKind::kInput, {"layouts.h5", "chunkd"});
  options.input = layouts;  // it has several: which one is meant?
  EXPECT_THROW(cov(options, run), Error);
  const std::string bytes = read_file(layouts);
  write_file(folder / "cut.h5", bytes.substr(0, bytes.size() / 3));
  options.input = folder / "cut.h5:/chunked";
  fails(ErrorKind::kInput, {"cut.h5"});
}

TEST_F(CovBadInput, SecondMatrixOfOtherLength) {
  options.with = write_npy(folder / "y.npy", random_matrix(4, 13, 2), DType::kFloat64);
  fails(ErrorKind::kInput, {"y.npy", "expected", "12", "found", "13"});
  options.joint = true;
  fails(ErrorKind::kInput, {"y.npy", "expected", "12", "found", "13"});
  options.with.clear();
  fails(ErrorKind::kUsage, {});  // --joint without a second matrix
}

TEST_F(CovBadInput, Weights) {
  std::vector<double> w(12, 1.0);
  for (std::string CovOptions::*which : {&CovOptions::fweights, &CovOptions::aweights}) {
    options.fweights.clear(), options.aweights.clear();
    options.*which = write_vector(folder / "w.npy", std::vector<double>(11, 1.0), DType::kFloat64);
    fails_reading(ErrorKind::kInput, {"w.npy", "expected", "12", "found", "11"});
    w[7] = -1;
    options.*which = write_vector(folder / "w.npy", w, DType::kFloat64);
    fails_reading(ErrorKind::kInput, {"w.npy", "-1"});
    w[7] = std::nan("");
    options.*which = write_vector(folder / "w.npy", w, DType::kFloat64);
    fails_reading(ErrorKind::kInput, {"w.npy"});
    options.*which = write_npy(folder / "w.npy", random_matrix(3, 12, 3, 9), DType::kFloat64);
    fails_reading(ErrorKind::kInput, {"w.npy", "expected", "found"});
    w[7] = 1;
  }
  options.aweights.clear();
  w[3] = 2.5;
  options.fweights = write_vector(folder / "w.npy", w, DType::kFloat64);
  fails_reading(ErrorKind::kInput, {"w.npy", "integer", "2.5"});
}

TEST_F(CovBadInput, OutputIsAnInput) {
  run.force = true;
  options.output = good;
  fails(ErrorKind::kUsage, {"x.npy"});
  std::filesystem::create_symlink(good, folder / "link.npy");
  options.output = folder / "link.npy";
  fails(ErrorKind::kUsage, {"link.npy"});
  std::filesystem::create_hard_link(good, folder / "hard.npy");
  options.output = folder / "hard.npy";
  fails(ErrorKind::kUsage, {"hard.npy"});
  options.output = folder / "c.npy";
  options.means = good;
  fails(ErrorKind::kUsage, {"x.npy"});
  options.means = folder / "c.npy";
  fails(ErrorKind::kUsage, {"c.npy"});
}

TEST_F(CovBadInput, ExistingOutputIsKept) {
  write_file(options.output, "precious");
  expect_error([&] { cov(options, run); }, ErrorKind::kOutput, {"c.npy", "exists"});
  EXPECT_EQ(read_file(options.output), "precious");
  run.force = true;
  cov(options, run);
  EXPECT_EQ(read_npy(options.output).rows, 4);
}

TEST_F(CovBadInput, OutputThatCannotBe) {
  options.output = folder / "absent/c.npy";
  fails_reading(ErrorKind::kOutput, {"absent"});
  options.output = good + "/c.npy";  // a file is no folder
  fails_reading(ErrorKind::kOutput, {"x.npy"});
  if (geteuid() == 0) GTEST_SKIP() << "root writes into read-only folders: that part is left out";
  std::filesystem::create_directory(folder / "locked");
  std::filesystem::permissions(folder / "locked",
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  options.output = folder / "locked/c.npy";
  fails_reading(ErrorKind::kOutput, {"locked"});
}

TEST_F(CovBadInput, NoSpace) {
  // 3 million variables: a result of 72 TB.
  Matrix wide(1, 1);
  write_file(folder / "wide.bin", std::string(3000000, '\1'));
  options.input = folder / "wide.bin";
  options.input_options.rows = 3000000, options.input_options.columns = 1;
  options.input_options.has_shape = options.input_options.has_type = true;
  options.input_options.type = DType::kInt8;
  expect_error([&] { cov(options, run); }, ErrorKind::kOutput, {"c.npy", "space"});
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"wide.bin", "x.npy"}));
  EXPECT_FALSE(plan_cov(options, run).advice.empty());  // did you mean --variables columns?
}

/// The size that the advice names, "give --memory 29M", in bytes; 0 where there is none.
std::uint64_t advised(const std::string& advice) {
  std::smatch found;
  if (!std::regex_search(advice, found, std::regex(R"(--memory (\d+)([KMG]))"))) return 0;
  return std::stoull(found[1]) << (found[2] == "K" ? 10 : found[2] == "M" ? 20 : 30);
}

TEST_F(CovBadInput, MemoryTooSmallNamesWhatWorks) {
  for (const bool rows : {true, false})
    for (const std::int64_t observations : {300, 4500, 20000})
      for (const char* io : {"mmap", "pread"}) {
        SCOPED_TRACE(::testing::Message() << rows << ", " << observations << " observations, " << io);
        Matrix x = random_matrix(600, observations, 1);
        options.input = write_npy(folder / "big.npy", rows ? x : transposed(x), DType::kFloat32);
        options.variables_are_rows = rows;
        run.memory = 1000;
        run.io = io;
        std::uint64_t enough = 0;
        try {
          plan_cov(options, run);
          FAIL() << "1,000 bytes were enough";
        } catch (const Error& error) {
          EXPECT_EQ(int(error.kind()), int(ErrorKind::kMemory));
          enough = advised(error.advice());
          ASSERT_GT(enough, 0u) << error.advice();
        }
        fails(ErrorKind::kMemory, {"--memory", "expected at least", "found"});
        run.memory = enough;
        EXPECT_NO_THROW(plan_cov(options, run)) << "the advice does not help: " << enough << " bytes";
        run.memory = enough / 4 * 3;
        EXPECT_THROW(plan_cov(options, run), Error)
            << "three quarters of it work too: " << enough << " bytes";
      }
}

TEST_F(CovBadInput, Devices) {
  run.device = "quantum";
  fails(ErrorKind::kUsage, {"quantum"});
  if (devices().size() == 3) {
    run.device = "cuda";
    fails(ErrorKind::kDevice, {"cuda"});
  }
}

TEST_F(CovBadInput, PairsThatAreNoRows) {
  options.report_pairs = folder / "pairs.csv";
  write_file(options.report_pairs, "row_a,row_b\n0,9\n");
  fails_reading(ErrorKind::kInput, {"pairs.csv"});
  write_file(options.report_pairs, "row_a,row_b\n0,zero\n");
  fails_reading(ErrorKind::kInput, {"pairs.csv"});
}

/// Products in float32 would be 0 or infinite where correlations are ordinary numbers.
TEST_F(CovBadInput, ScalesThatFloat32ProductsCannotHold) {
  TempDir folder;
  for (const double scale : {1e-26, 1e-17, 1e19, 1e25}) {
    SCOPED_TRACE(scale);
    Matrix x = random_matrix(5, 300, 71, 0);
    for (double& v : x.values) v = double(float(v * scale));
    CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "c.npy");
    options.correlation = true;
    expect_error([&] { cov(options, run_on("cpu")); }, ErrorKind::kInput,
                 {"variable 0 has deviation", "float32"});
    EXPECT_FALSE(std::filesystem::exists(options.output));
    options.precision = Precision::kFloat64;
    cov(options, run_on("cpu"));
    const Matrix c = read_npy(options.output);
    for (double& v : x.values) v /= scale;
    CovOptions plain = cov_of(write_npy(folder / "y.npy", x, DType::kFloat64), folder / "d.npy");
    plain.correlation = true;
    cov(plain, run_on("cpu"));
    const Matrix d = read_npy(plain.output);
    for (std::size_t i = 0; i < c.values.size(); ++i) EXPECT_NEAR(c.values[i], d.values[i], 2e-7);
    for (const std::string& name : folder.names()) std::filesystem::remove(folder / name);
  }
  // Just inside, the products hold what was promised; a constant variable has no scale.
  for (const double scale : {2e-15, 1e17}) {
    Matrix x = random_matrix(5, 300, 72, 0);
    for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = i < 300 ? 1e-30 : x.values[i] * scale;
    CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "c.npy");
    options.correlation = true;
    options.verify = 25;
    RunOptions run = run_on("cpu");
    run.force = true;
    EXPECT_TRUE(cov(options, run).verification->passed) << scale;
  }
}

}  // namespace
}  // namespace sluice
