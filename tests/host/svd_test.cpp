// Singular values against numpy's, exact ones of a matrix of condition 1e10, shapes at the edge, and what is
// said of bad input. Matrices are whole numbers by a rule (tests/reference/make_svd_reference.py).
#include "host/svd.h"

#include <atomic>
#include <cmath>
#include <filesystem>

#include "../sanitized.h"
#include "fit_support.h"
#include "host/error.h"
#include "host/formats/hdf5_growing.h"
#include "host/io/sys.h"

#include <fcntl.h>

namespace sluice {
namespace {

using namespace test;

using Rows = std::vector<std::vector<double>>;

Rows integers(int rows, int columns) {
  Rows x(static_cast<std::size_t>(rows));
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j)
      x[std::size_t(i)].push_back(((i * 37 + j * j * 11 + i * j * 7) % 101 - 50) / 16.0);
  return x;
}

Rows vandermonde(int columns) {
  Rows x(21);
  for (int i = 0; i < 21; ++i)
    for (int k = 0; k < columns; ++k) x[std::size_t(i)].push_back(std::pow(i / 8.0, k));
  return x;
}

class SvdTest : public testing::Test {
 protected:
  std::string write(const Rows& x, bool single = false) {
    const std::string path = folder_ / "X.raw";
    std::ofstream file(path, std::ios::binary);
    for (const auto& row : x)
      for (const double value : row) {
        const float narrow = float(value);
        file.write(single ? reinterpret_cast<const char*>(&narrow) : reinterpret_cast<const char*>(&value),
                   single ? 4 : 8);
      }
    options_.input = path;
    options_.raw.rows = std::int64_t(x.size()), options_.raw.columns = std::int64_t(x[0].size());
    options_.raw.has_shape = options_.raw.has_type = true;
    options_.raw.type = single ? DType::kFloat32 : DType::kFloat64;
    return path;
  }
  SvdResult run(const RunOptions& run = fit_run()) { return svd(options_, run); }
  std::string refusal() {
    try {
      run();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  void expect_answer(const SvdResult& r, const Answer& wanted, double bound) {
    const auto& values = wanted["values"].elements;
    ASSERT_EQ(r.values.size(), values.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (values[k].number < 1e-10 * values[0].number) continue;
      EXPECT_NEAR(r.values[k], values[k].number, bound * values[k].number) << k;
      for (std::size_t j = 0; j < r.right[k].size(); ++j)
        EXPECT_NEAR(r.right[k][j], wanted["right"].elements[k].elements[j].number, 100 * bound) << k;
    }
  }
  TempDir folder_;
  SvdOptions options_;
  const Answer answers_ = read_answers(SLUICE_TEST_DATA "/svd/answers.json");
};

TEST_F(SvdTest, ValuesAndVectorsAreNumpys) {
  for (const bool single : {false, true}) {  // sixteenths: floats hold them
    write(integers(700, 7), single);
    for (const std::string method : {"tsqr", "gram"}) {
      options_.method = method;
      options_.center = false;
      expect_answer(run(), answers_["tall"], 1e-12);
      options_.center = true;
      expect_answer(run(), answers_["centred"], 1e-12);
    }
  }
  options_ = {};
  write(integers(4, 9));
  const SvdResult wide = run();
  expect_answer(wide, answers_["wide"], 1e-12);
  EXPECT_EQ(wide.rank, 4u);
  EXPECT_TRUE(std::isinf(wide.condition));
}

TEST_F(SvdTest, DevicesGiveTheSameValues) {
  write(integers(9000, 7));
  for (const std::string method : {"gram", "tsqr"})
    for (const bool center : {false, true}) {
      options_.method = method, options_.center = center;
      const SvdResult wanted = run();
      for (const std::string device : {"serial", "late", "check"}) {
        RunOptions o = fit_run();
        o.device = device;
        const SvdResult found = run(o);
        for (std::size_t k = 0; k < 7; ++k)
          EXPECT_NEAR(found.values[k], wanted.values[k], 1e-12 * wanted.values[k]) << device << method;
        for (std::size_t j = 0; j < wanted.means.size(); ++j)
          EXPECT_NEAR(found.means[j], wanted.means[j], 1e-12) << device;
      }
    }
}

TEST_F(SvdTest, ChecksTakeValuesOfAnySize) {
  Rows x = integers(3000, 3);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = {1e160 * (x[i][0] + double(i % 7)), 1e-170 * (x[i][1] + double(i % 11)), x[i][2] + 1};
  write(x);
  options_.method = "tsqr";
  for (const bool center : {false, true}) {
    options_.center = center;
    const SvdResult wanted = run();
    RunOptions check = fit_run();
    check.device = "check";
    const SvdResult found = run(check);
    for (std::size_t k = 0; k < 2; ++k) EXPECT_NEAR(found.values[k] / wanted.values[k], 1, 1e-10) << k;
  }
}

Rows random_rows(int rows, int columns) {
  Rows x(static_cast<std::size_t>(rows), std::vector<double>(static_cast<std::size_t>(columns)));
  std::uint64_t random = 1;
  for (auto& row : x)
    for (double& value : row)
      random = random * 6364136223846793005u + 1442695040888963407u, value = double(random >> 40) / 1e6;
  return x;
}

// Above 48 columns sums go through panels, above 400 `auto` takes them: rows or columns of the file.
TEST_F(SvdTest, OrderOfTheFileDoesNotMatter) {
  for (const int columns : {7, 60, 420}) {
    if (kSanitized && columns > 60) continue;
    const int rows = 2 * columns + 5000 / columns;
    const Rows x = random_rows(rows, columns);
    write(x);
    const SvdOptions by_rows = options_;
    const std::string path = folder_ / "F.npy";
    {
      std::string head = "{'descr': '<f8', 'fortran_order': True, 'shape': (" + std::to_string(rows) + ", " +
                         std::to_string(columns) + "), }";
      head.append(128 - 10 - 1 - head.size(), ' ');
      std::ofstream file(path, std::ios::binary);
      file << std::string("\x93NUMPY\x01\x00\x76\x00", 10) << head << '\n';
      for (std::size_t j = 0; j < std::size_t(columns); ++j)
        for (const auto& row : x) file.write(reinterpret_cast<const char*>(&row[j]), 8);
    }
    for (const bool center : {false, true}) {
      options_ = by_rows;
      options_.center = center, options_.method = "tsqr";
      const SvdResult wanted = run();
      for (const std::string method : {"tsqr", "auto", "gram"})
        for (const std::string device : {"auto", "serial", "late"}) {
          if (device != "auto" && columns > 60) continue;
          options_.input = path, options_.raw = {}, options_.method = method;
          RunOptions o = fit_run();
          o.device = device;
          const SvdResult found = run(o);
          ASSERT_EQ(found.values.size(), std::size_t(columns));
          EXPECT_EQ(found.rank, std::size_t(columns));
          for (std::size_t k = 0; k < std::size_t(columns); ++k)
            EXPECT_NEAR(found.values[k], wanted.values[k], 1e-12 * wanted.values[0])
                << columns << " " << method << " " << device << " " << k;
          for (std::size_t j = 0; center && j < std::size_t(columns); ++j)
            EXPECT_NEAR(found.means[j], wanted.means[j], 1e-12 * wanted.means[j]);
        }
    }
  }
}

// What is enqueued when a run is stopped is waited for before the tiles' memory goes.
TEST_F(SvdTest, AStoppedSumLeavesNothingBehind) {
  write(random_rows(kSanitized ? 70000 : 200000, 7), true);
  struct Stopper : Observer {
    std::atomic<bool> stop{false};
    void progress(double) override { stop = true; }
  } stopper;
  RunOptions o = fit_run();
  o.device = "late", o.observer = &stopper, o.stop = &stopper.stop, o.io = "pread";
  for (const std::string method : {"gram", "tsqr"}) {
    options_.method = method, stopper.stop = false;
    EXPECT_THROW(run(o), Error) << method;
  }
}

TEST_F(SvdTest, ProductsLoseNothingUnsaid) {
  Rows x = random_rows(3000, 4);
  for (auto& row : x)
    for (double& value : row) value = value / 1e6 + 1e8;  // spread 5, far from 0
  write(x);
  options_.method = "tsqr";
  const SvdResult wanted = run();
  options_.method = "gram";
  for (const std::string device : {"auto", "serial"}) {
    RunOptions o = fit_run();
    o.device = device;
    const SvdResult found = run(o);
    EXPECT_EQ(found.rank, 4u);
    EXPECT_TRUE(found.warnings.empty());
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_NEAR(found.values[k], wanted.values[k], 1e-15 * wanted.values[0]) << device << k;
  }
  // What squares cannot hold is refused, and reflections take it.
  for (const double unit : {1e200, 1e-200}) {
    Rows scaled = integers(300, 4);
    for (auto& row : scaled)
      for (double& value : row) value *= unit;
    write(scaled);
    options_.method = "gram";
    for (const std::string device : {"auto", "serial"}) {
      RunOptions o = fit_run();
      o.device = device;
      EXPECT_THROW(run(o), Error) << unit << device;
      options_.center = !options_.center;
    }
    options_.method = "tsqr";
    EXPECT_EQ(run().rank, 4u);
  }
  // A small value that the products' rounding hides.
  x = integers(300, 4);
  for (std::size_t i = 0; i < x.size(); ++i) x[i][3] = x[i][0] - x[i][1] + (i % 7 == 0 ? 1e-10 : 0);
  write(x);
  EXPECT_EQ(run().rank, 4u);
  options_.method = "gram";
  const SvdResult hidden = run();
  EXPECT_EQ(hidden.rank, 3u);
  ASSERT_FALSE(hidden.warnings.empty());
  EXPECT_NE(hidden.warnings[0].find("are rounding"), std::string::npos);
}

TEST_F(SvdTest, HighConditionsAgainstExactValues) {
  write(vandermonde(13));
  const auto& exact = answers_["vandermonde"]["values"].elements;
  options_.method = "tsqr";
  const SvdResult r = run();
  // Rounding of the largest: relative to the smallest that is 1e-16 by the condition, 1.3e10.
  for (std::size_t k = 0; k < 13; ++k)
    EXPECT_NEAR(r.values[k], exact[k].number, 4e-16 * exact[0].number) << k;
  EXPECT_NEAR(r.condition, exact[0].number / exact[12].number, 1e-6 * r.condition);
  EXPECT_EQ(r.rank, 13u);
  options_.method = "gram";
  const SvdResult half = run();
  for (std::size_t k = 0; k < 13; ++k)
    EXPECT_NEAR(half.values[k], exact[k].number, half.digits * exact[0].number) << k;
  EXPECT_FALSE(half.warnings.empty());
}

/// A store with X of these rows, and Y.
void write_store(const std::string& path, const Rows& x, const std::vector<double>& y) {
  GrowingFile file;
  const auto rows = std::int64_t(x.size()), columns = std::int64_t(x[0].size());
  file.datasets = {{"X", columns, rows, columns, 0}, {"Y", 0, rows, 1, 0}};
  std::vector<double> all;
  for (const auto& row : x) all.insert(all.end(), row.begin(), row.end());
  const std::uint64_t at = growing_head(file, path);
  const sys::File made(path, O_RDWR | O_CREAT | O_TRUNC);
  sys::write_at(made, all.data(), 8 * all.size(), at);
  sys::write_at(made, y.data(), 8 * y.size(), at + 8 * all.size());
  finish_growing(
      file, path, std::int64_t(x.size()), {{{at, 8 * all.size()}}, {{at + 8 * all.size(), 8 * y.size()}}},
      at + 8 * (all.size() + y.size()),
      [&](std::uint64_t to, const void* from, std::size_t bytes) { sys::write_at(made, from, bytes, to); });
}

TEST_F(SvdTest, LeastSquaresAgainstExactAnswers) {
  // Digits of coefficients: conditions (of columns of one length) are 20, 3e4 and 7e8.
  for (const auto& [columns, digits] : {std::pair(4, 13.0), std::pair(8, 10.0), std::pair(13, 6.5)}) {
    std::vector<double> y;
    for (int i = 0; i < 21; ++i) y.push_back(i * i * 7 % 23 - 11);
    const std::string path = folder_ / ("v" + std::to_string(columns) + ".h5");
    write_store(path, vandermonde(columns), y);
    const auto& exact = answers_["least_squares"][std::to_string(columns)].elements;
    for (const std::string solver : {"qr", "svd"}) {
      FitOptions o;
      o.from = path, o.solver = solver;
      const FitResult r = fit_table(o, fit_run());
      EXPECT_EQ(r.rank, std::size_t(columns));
      EXPECT_TRUE(r.has_constant);
      for (std::size_t j = 0; j < exact.size(); ++j)
        EXPECT_NEAR(r.coefficients[j].estimate, exact[j].number,
                    std::pow(10, -digits) * std::fabs(exact[j].number))
            << solver << " " << columns << ": " << j;
    }
  }
}

TEST_F(SvdTest, EdgesOfShape) {
  write({{3, 0, 4}});
  SvdResult r = run();
  EXPECT_NEAR(r.values[0], 5, 1e-15);
  EXPECT_EQ(r.values.size(), 1u);
  EXPECT_NEAR(r.right[0][2], 0.8, 1e-15);
  write({{3}, {-4}, {0}});
  r = run();
  EXPECT_NEAR(r.values[0], 5, 1e-15);
  EXPECT_EQ(r.rank, 1u);
  options_.center = true;  // a constant column has no length about its mean
  write({{1, 2}, {1, 4}, {1, 7}});
  for (const std::string method : {"tsqr", "gram"}) {
    options_.method = method;
    r = run();
    EXPECT_EQ(r.rank, 1u) << method;
    EXPECT_NEAR(r.values[1], 0, 1e-15);
    EXPECT_NEAR(r.means[1], 13.0 / 3, 1e-15);
  }
  options_.center = false;
  write({{0, 0}, {0, 0}});
  EXPECT_EQ(run().rank, 0u);
  // Columns of very different length are independent all the same.
  Rows x = integers(50, 3);
  for (auto& row : x) row[1] *= 1e12, row[2] *= 1e-12;
  write(x);
  options_.method = "tsqr";
  EXPECT_EQ(run().rank, 3u);
  for (auto& row : x) row[2] = row[0] + 1e-12 * row[1];
  write(x);
  EXPECT_EQ(run().rank, 2u);
}

TEST_F(SvdTest, SameBytesWhateverThreadsAndMemoryAndScores) {
  write(integers(kSanitized ? 30000 : 100000, 11));
  options_.center = options_.scores = true;
  options_.keep = 3;
  std::string first;
  for (const RunOptions& o : {fit_run(1), fit_run(2), fit_run(5, 64 << 20)}) {
    options_.output = folder_ / "s.h5";
    RunOptions over = o;
    over.force = true;
    run(over);
    std::ifstream file(options_.output, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (first.empty()) first = bytes;
    EXPECT_TRUE(bytes == first);
  }
  const SvdResult r = run([] {
    RunOptions o = fit_run();
    o.force = true;
    return o;
  }());
  // Scores: uncorrelated, of the values' length.
  const auto scores = open_matrix(options_.output + ":/scores");
  const std::size_t n = std::size_t(scores->info().rows);
  std::vector<double> values(3 * n);
  scores->read({0, 0, std::int64_t(n), 3}, values.data(), 24);
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = a; b < 3; ++b) {
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += values[3 * i + a] * values[3 * i + b];
      const double scale = r.values[a] * r.values[b];
      EXPECT_NEAR(sum, a == b ? scale : 0, 1e-11 * scale);
    }
}

TEST_F(SvdTest, WhatIsRefused) {
  const auto says = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  Rows x = integers(3000, 4);
  x[2777][2] = NAN;
  write(x);
  for (const std::string method : {"tsqr", "gram"}) {
    options_.method = method;
    says(refusal(), "row 2777, column 2: expected a finite number, found NaN");
    RunOptions late = fit_run();
    late.device = "late";
    try {
      run(late);
      ADD_FAILURE() << method;
    } catch (const Error& error) {
      says(error.what(), "row 2777, column 2: expected a finite number, found NaN");
    }
  }
  x[2777][2] = INFINITY;
  write(x);
  says(refusal(), "row 2777, column 2: expected a finite number, found inf");
  write(integers(30, 4));
  options_.scores = true;
  says(refusal(), "--scores: needs an output");
  options_.output = folder_ / "s.npy";
  says(refusal(), "expected the name of an HDF5 file");
  options_ = {};
  write(integers(3, 3000));
  RunOptions small = fit_run(2, 32 << 20);
  EXPECT_THROW(run(small), Error);
}

}  // namespace
}  // namespace sluice
