// Designs in HDF5: the library reads what stands there, whatever threads, memory and interruptions; fits from
// them are those of the table.
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "../sanitized.h"
#include "fit_support.h"
#include "hdf5_by_library.h"
#include "host/design.h"
#include "host/error.h"
#include "host/result.h"
#include "killed_run.h"

namespace sluice {
namespace {

using namespace test;
namespace fs = std::filesystem;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Design : public Fit {
 protected:
  std::string path(const std::string& name) const { return (folder_ / name); }
  /// Numbers, a category one of whose levels comes in the last rows alone, weights, some values missing.
  std::string table(int rows) {
    std::mt19937_64 random(11);
    std::normal_distribution<double> normal;
    std::string text = "y,a,b,k,w,n\n";
    for (int i = 0; i < rows; ++i) {
      const double a = normal(random), b = 3 + normal(random);
      const std::string level = i + 30 >= rows ? "late" : std::string(1, "pqr"[random() % 3]);
      text += std::to_string(2 * a - b + normal(random)) + ",";
      text += (i % 701 == 5 ? "NA" : std::to_string(a)) + "," + std::to_string(b) + "," + level + "," +
              std::to_string(1 + i % 5) + ".5," + std::to_string(1 + i % 3) + "\n";
    }
    return write(text);
  }
  DesignOptions options(const std::string& formula, const std::string& output) {
    DesignOptions o;
    o.input.path = path("t.csv"), o.formula = formula, o.output = path(output);
    return o;
  }
};

TEST_F(Design, KilledAndResumedItHasTheSameBytes) {
  table(40000);
  DesignOptions o = options("y ~ a*k + b", "whole.h5");
  write_design(o, fit_run());
  const std::string wanted = bytes_of(o.output);
  CallCounts counts;
  const TempDir quick(TempDir::kQuick);
  o.output = quick / "killed.h5";
  const auto body = [&](bool resume) {
    RunOptions run = fit_run();
    run.checkpoint_seconds = 0, run.resume = resume;
    write_design(o, run);
    return 0;
  };
  ASSERT_EQ(in_child(counts, std::nullopt, [&] { return body(false); }), 0);
  EXPECT_TRUE(bytes_of(o.output) == wanted);
  for (const sys::Call kind : {sys::Call::kWrite, sys::Call::kSync, sys::Call::kRename}) {
    in_child(counts, std::nullopt, [&] { return body(true); });
    fs::remove(o.output);
    ASSERT_EQ(in_child(counts, std::nullopt, [&] { return body(false); }), 0);
    const std::int64_t calls = counts.of(kind);
    int killed = 0;
    const std::int64_t step = std::max<std::int64_t>(1, calls / (kSanitized ? 2 : 4));
    for (std::int64_t call = std::min<std::int64_t>(2, calls); call <= calls; call += step) {
      fs::remove(o.output);
      const int end = in_child(counts, KillAt{kind, call}, [&] { return body(false); });
      if (end == 0) continue;  // chunks that are done together are synced together: fewer calls
      EXPECT_EQ(end, -SIGKILL) << int(kind) << " " << call;
      ++killed;
      ASSERT_EQ(in_child(counts, std::nullopt, [&] { return body(true); }), 0) << int(kind) << " " << call;
      EXPECT_TRUE(bytes_of(o.output) == wanted) << int(kind) << " " << call;
      EXPECT_FALSE(fs::exists(o.output + ".journal"));
    }
    EXPECT_GT(killed, 0) << int(kind);
  }
}

/// A clock by which every tile takes a fifth of a second.
double ticks() {
  static std::atomic<int> calls{0};
  return 0.2 * calls++;
}

struct Notes : Observer {
  void note(const std::string& line) override { all += line + "\n"; }
  std::string all;
};

// With the default interval: what the first half minute made is kept.
TEST_F(Design, AnEarlyKillKeepsBands) {
  table(40000);
  CallCounts counts;
  const TempDir quick(TempDir::kQuick);
  DesignOptions o = options("y ~ a*k + b", "");
  o.output = quick / "early.h5";
  const auto start = [&] {
    set_checkpoint_clock(ticks);
    write_design(o, fit_run());
    return 0;
  };
  ASSERT_EQ(in_child(counts, std::nullopt, start), 0);
  const std::string wanted = bytes_of(o.output);
  const std::int64_t writes = counts.of(sys::Call::kWrite), syncs = counts.of(sys::Call::kSync);
  EXPECT_LT(syncs, 25);  // not one for each of fifty tiles
  fs::remove(o.output);
  ASSERT_EQ(in_child(counts, KillAt{sys::Call::kWrite, writes * 3 / 4}, start), -SIGKILL);
  const auto resume = [&] {
    RunOptions run = fit_run();
    Notes notes;
    run.resume = true, run.observer = &notes;
    write_design(o, run);
    return notes.all.find("rows of the store were there") == std::string::npos ? 7 : 0;
  };
  EXPECT_EQ(in_child(counts, std::nullopt, resume), 0);
  EXPECT_TRUE(bytes_of(o.output) == wanted);
}

std::string refusal(const DesignOptions& o, const RunOptions& run) {
  try {
    write_design(o, run);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_F(Design, WhatIsRefused) {
  table(20000);
  DesignOptions o = options("y ~ a + b", "d.h5");
  const auto says = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  o.output = path("d.npy");
  says(refusal(o, fit_run()), "expected the name of an HDF5 file");
  o.output = path("no/d.h5");
  says(refusal(o, fit_run()), "cannot be written");
  o.output = path("d.h5");
  o.compression = 10;
  says(refusal(o, fit_run()), "expected 0 to 9, found 10");
  o.compression = 1;
  CallCounts counts;
  const auto start = [&] {
    RunOptions run = fit_run();
    run.checkpoint_seconds = 0;
    write_design(o, run);
    return 0;
  };
  ASSERT_EQ(in_child(counts, std::nullopt, start), 0);
  const std::int64_t half = counts.of(sys::Call::kWrite) / 2;
  fs::remove(o.output);
  ASSERT_EQ(in_child(counts, KillAt{sys::Call::kWrite, half}, start), -SIGKILL);
  says(refusal(o, fit_run()), "an unfinished run is there");
  RunOptions resume = fit_run();
  resume.resume = true;
  DesignOptions other = o;
  other.formula = "y ~ a";
  says(refusal(other, resume), "cannot be resumed: the unfinished run differs: formula: expected y ~ a + b");
  other = o;
  other.input.options.dialect.names = {"y", "b", "a", "k", "w", "n"};
  says(refusal(other, resume), "cannot be resumed: the unfinished run differs: places");
  other = o;
  other.output = path("t.csv");
  RunOptions force = fit_run();
  force.force = true;
  says(refusal(other, force), "the output is also the input");
  const auto time = fs::last_write_time(path("t.csv"));
  fs::last_write_time(path("t.csv"), time + std::chrono::hours(1));
  says(refusal(o, resume), "cannot be resumed: the unfinished run differs: input file 1");
  fs::last_write_time(path("t.csv"), time);
  EXPECT_EQ(refusal(o, resume), "");
  says(refusal(o, fit_run()), "exists already");
  FitOptions fit;
  fit.from = o.output, fit.formula = "y ~ b";
  EXPECT_THROW(fit_table(fit, fit_run()), Error);
  fit.formula = "y~a+b";
  EXPECT_EQ(fit_table(fit, fit_run()).coefficients.size(), 3u);
  write("y,a\n1,NA\n");
  o = options("y ~ a", "empty.h5");
  says(refusal(o, fit_run()), "no rows");
  EXPECT_FALSE(fs::exists(o.output + ".partial"));
}

TEST_F(Design, TheStoreHoldsTheMatrixOfTheFormula) {
  table(1200);
  for (const std::string formula : {"y ~ a*k + b", "y ~ 0 + C(k, Sum) + np.exp(a)", "y ~ C(b) + a",
                                    "y ~ C(k, levels=['late', 'r', 'q', 'p'])"}) {
    for (const int compression : {0, 1, 6}) {
      DesignOptions o = options(formula, "d.h5");
      o.compression = compression;
      RunOptions run = fit_run();
      run.force = true;
      const DesignResult r = write_design(o, run);
      EXPECT_EQ(r.passes, formula.find("levels") == std::string::npos ? 2 : 1) << formula;
      const DesignMatrix wanted = design_matrix(path("t.csv"), formula);
      std::vector<hsize_t> shape;
      const std::vector<double> x = by_library(path("d.h5"), "X", &shape);
      ASSERT_EQ(shape, (std::vector<hsize_t>{wanted.rows.size(), wanted.names.size()})) << formula;
      EXPECT_EQ(r.columns, wanted.names);
      for (std::size_t i = 0; i < wanted.rows.size(); ++i)
        for (std::size_t j = 0; j < wanted.names.size(); ++j)
          ASSERT_EQ(x[i * wanted.names.size() + j], wanted.rows[i][j]) << formula << " " << i << " " << j;
      EXPECT_EQ(by_library(path("d.h5"), "Y").size(), wanted.rows.size());
      if (kSanitized) break;
    }
  }
}

TEST_F(Design, SameBytesWhateverThreadsAndMemoryAndByAFit) {
  table(30000);
  const DesignOptions o = options("y ~ a*k + b", "one.h5");
  write_design(o, fit_run(1));
  const std::string wanted = bytes_of(path("one.h5"));
  int turn = 0;
  for (const RunOptions& run : {fit_run(2), fit_run(5, std::uint64_t(1) << 30), fit_run(2, 60 << 20)}) {
    DesignOptions other = o;
    other.output = path("other" + std::to_string(turn++) + ".h5");
    write_design(other, run);
    EXPECT_TRUE(bytes_of(other.output) == wanted) << turn;
  }
  FitOptions fit = fit_options(path("t.csv"), o.formula);
  const FitResult plain = fit_table(fit, fit_run());
  for (const std::string solver : {"normal", "qr"}) {
    fit.solver = solver, fit.store = path(solver + ".h5"), fit.residuals = "no";
    const FitResult r = fit_table(fit, fit_run());
    EXPECT_EQ(r.store->rows, 30000 - 43);
    EXPECT_EQ(r.dropped, 43);
    EXPECT_TRUE(bytes_of(fit.store) == wanted) << solver;
    expect_same_fit(r, plain, 1e-10);
  }
}

TEST_F(Design, FitsFromAStoreAreThoseOfTheTable) {
  table(12000);
  for (const std::string weights : {"", "w", "n"}) {
    DesignOptions o = options("y ~ a*k + b", "d" + weights + ".h5");
    (weights == "n" ? o.repeats : o.weights) = weights;
    write_design(o, fit_run());
    for (const std::string solver : {"normal", "qr", "svd"}) {
      FitOptions table = fit_options(path("t.csv"), o.formula), store;
      store.from = o.output;
      (weights == "n" ? table.repeats : table.weights) = weights;
      table.solver = store.solver = solver;
      table.errors = store.errors = solver == "normal" ? "classic" : "HC3";
      const FitResult wanted = fit_table(table, fit_run());
      const FitResult found = fit_table(store, fit_run());
      expect_same_fit(found, wanted, 1e-12 * 1e3);  // of an error, a thousandth of an estimate here
      EXPECT_NEAR(found.residuals->durbin_watson, wanted.residuals->durbin_watson, 1e-12);
      EXPECT_EQ(found.dropped, wanted.dropped);
      const FitResult again = fit_table(store, fit_run(1));
      EXPECT_EQ(again.covariance, found.covariance);
      for (std::size_t j = 0; j < found.coefficients.size(); ++j)
        EXPECT_EQ(again.coefficients[j].estimate, found.coefficients[j].estimate);
    }
  }
}

TEST_F(Design, AFinishedStoreSaysWhatItDropped) {
  table(5000);
  const std::vector<std::pair<std::string, int>> formulas{{"y ~ a + k", 1}, {"y ~ a + b", 0}};
  for (const auto& [formula, passes] : formulas) {
    const DesignOptions o = options(formula, "d" + std::to_string(passes) + ".h5");
    const DesignResult first = write_design(o, fit_run());
    RunOptions resume = fit_run();
    resume.resume = true;
    const DesignResult again = write_design(o, resume);
    EXPECT_TRUE(again.store.complete);
    EXPECT_GT(first.dropped, 0);
    EXPECT_EQ(again.dropped, first.dropped);
    EXPECT_EQ(again.store.rows, first.store.rows);
    EXPECT_EQ(first.passes, passes + 1);
    EXPECT_EQ(again.passes, passes);
  }
}

TEST_F(Design, SeveralFilesAreOneTable) {
  table(3000);
  const std::string text = bytes_of(path("t.csv"));
  const auto half = text.find('\n', text.size() / 2) + 1;
  std::ofstream(path("one.csv")) << text.substr(0, half);
  std::ofstream(path("two.csv")) << text.substr(0, text.find('\n') + 1) << text.substr(half);
  DesignOptions o = options("y ~ a*k + b", "whole.h5");
  write_design(o, fit_run());
  o.files = {path("one.csv"), path("two.csv")}, o.output = path("parts.h5");
  const DesignResult r = write_design(o, fit_run());
  EXPECT_EQ(r.files, 2u);
  EXPECT_EQ(by_library(path("parts.h5"), "X"), by_library(path("whole.h5"), "X"));
  o.output = path("two.csv");
  RunOptions force = fit_run();
  force.force = true;
  EXPECT_NE(refusal(o, force).find("the output is also the input"), std::string::npos);
}

TEST_F(Design, APlanKnowsWidthAndBytes) {
  table(20000);
  DesignOptions o = options("y ~ a*k + b", "d.h5");
  const DesignPlan plan = plan_design(o, fit_run());
  const DesignResult r = write_design(o, fit_run());
  EXPECT_TRUE(plan.whole);
  EXPECT_EQ(plan.columns, r.columns);
  EXPECT_EQ(plan.rows, double(r.store.rows));
  EXPECT_NEAR(plan.stored_bytes, double(r.store.bytes), 0.1 * double(r.store.bytes));
}

// A store of 61 columns: fewer tiles are read ahead where --memory is small.
TEST_F(Design, AFitFromAStoreTakesTheMemoryThatThereIs) {
  std::mt19937_64 random(3);
  std::string text = "y";
  const int columns = 60, rows = kSanitized ? 5000 : 30000;
  for (int j = 0; j < columns; ++j) text += ",x" + std::to_string(j);
  for (int i = 0; i < rows; ++i) {
    text += "\n" + std::to_string(random() % 1000);
    for (int j = 0; j < columns; ++j) text += "," + std::to_string(random() % 997);
  }
  write(text + "\n");
  write_design(options("y ~ .", "d.h5"), fit_run());
  FitOptions store;
  store.from = path("d.h5"), store.solver = "normal";
  const FitResult wanted = fit_table(store, fit_run(1));
  for (const RunOptions& run : {fit_run(16, 80 << 20), fit_run(3, 56 << 20)}) {
    const FitResult found = fit_table(store, run);
    EXPECT_LE(found.run.memory_peak, run.memory);
    EXPECT_EQ(found.covariance, wanted.covariance);
    for (std::size_t j = 0; j < wanted.coefficients.size(); ++j)
      EXPECT_EQ(found.coefficients[j].estimate, wanted.coefficients[j].estimate);
  }
}

}  // namespace
}  // namespace sluice
