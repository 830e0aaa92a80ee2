// numpy's own answers (tests/data/cov, made by tests/reference/make_cov_reference.py) on every backend.
#include <sstream>

#include "cov_support.h"

namespace sluice {
namespace {

using namespace test;

struct Case {
  std::string name, x, y, form, variables, fweights, aweights, expected, ddof;
  bool correlation = false, bias = false;
  double tolerance = 0;
};

std::vector<Case> cases() {
  std::ifstream file(SLUICE_TEST_DATA "/cov/manifest.csv");
  std::string line;
  std::getline(file, line);
  std::vector<Case> all;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    if (cells.size() != 12) throw std::runtime_error("manifest.csv: 12 columns expected in: " + line);
    all.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[8], cells[9], cells[10], cells[6],
                   cells[5] == "1", cells[7] == "1", std::stod(cells[11])});
  }
  return all;
}

std::string data(const std::string& name) {
  return std::string(SLUICE_TEST_DATA "/cov/") + name;
}

CovOptions options_of(const Case& one, const std::string& output) {
  CovOptions options = cov_of(data(one.x), output);
  if (one.y != "-") options.with = data(one.y);
  options.joint = one.form == "joint";
  options.variables_are_rows = one.variables == "rows";
  options.correlation = one.correlation;
  if (one.ddof != "-") options.ddof = std::stoll(one.ddof);
  options.bias = one.bias;
  if (one.fweights != "-") options.fweights = data(one.fweights);
  if (one.aweights != "-") options.aweights = data(one.aweights);
  return options;
}

/// Shapes as numpy gives them; NaN and infinities in the same places; the rest within the scaled tolerance.
void compare(const Case& one, const Matrix& c, const Matrix& expected) {
  const std::int64_t total = expected.columns;
  const bool block = one.form == "block";
  if (block) {
    ASSERT_EQ(c.rows + c.columns, total);
  } else {
    ASSERT_EQ(c.dimensions, expected.dimensions);
    ASSERT_EQ(c.rows, expected.rows);
    ASSERT_EQ(c.columns, expected.columns);
  }
  const std::int64_t first = block ? c.rows : 0;  // variables of X come before those of Y
  for (std::int64_t i = 0; i < c.rows; ++i)
    for (std::int64_t j = 0; j < c.columns; ++j) {
      const std::int64_t k = first + j;
      const double want = expected.at(i, k), have = c.at(i, j);
      if (std::isnan(want)) {
        EXPECT_TRUE(std::isnan(have)) << "(" << i << ", " << j << "): " << have << ", expected NaN";
      } else if (std::isinf(want)) {
        EXPECT_EQ(have, want) << "(" << i << ", " << j << ")";
      } else {
        const double scale =
            one.correlation ? 1
                            : std::sqrt(std::abs(expected.at(i, i))) * std::sqrt(std::abs(expected.at(k, k)));
        EXPECT_LE(std::abs(have - want), one.tolerance * scale)
            << "(" << i << ", " << j << "): " << have << ", expected " << want << ", scale " << scale;
      }
    }
}

class CovReference : public ::testing::TestWithParam<std::string> {};

TEST_P(CovReference, AnswersOfNumpy) {
  const std::vector<Case> all = cases();
  ASSERT_GE(all.size(), 100u);
  for (const Case& one : all) {
    SCOPED_TRACE(one.name);
    TempDir folder{TempDir::kQuick};
    try {
      const CovSummary summary = cov(options_of(one, folder / "c.npy"), run_on(GetParam()));
      DType type;
      const Matrix c = read_npy(folder / "c.npy", &type);
      EXPECT_EQ(summary.rows, c.rows);
      EXPECT_EQ(summary.columns, c.columns);
      EXPECT_EQ(type, one.tolerance > 1e-9 ? DType::kFloat32 : DType::kFloat64);
      compare(one, c, read_npy(data(one.expected)));
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

TEST_P(CovReference, Float64OnRequestIsTight) {
  for (const Case& one : cases()) {
    if (one.tolerance < 1e-9) continue;
    SCOPED_TRACE(one.name);
    TempDir folder{TempDir::kQuick};
    CovOptions options = options_of(one, folder / "c.npy");
    options.precision = Precision::kFloat64;
    options.out_type = DType::kFloat64;
    Case tight = one;
    tight.tolerance = 1e-12;
    try {
      cov(options, run_on(GetParam()));
      compare(tight, read_npy(folder / "c.npy"), read_npy(data(one.expected)));
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, CovReference, ::testing::ValuesIn(devices()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sluice
