// Fits from a store on a device: sums and triangles, with weights of both kinds, are those of the processor's
// own passes, at any memory and threads, and bad values are said with their places.
#include <atomic>
#include <cmath>
#include <random>

#include "../sanitized.h"
#include "fit_support.h"
#include "hdf5_by_library.h"
#include "host/design.h"
#include "host/error.h"

#include "formats_hdf5_files.h"  // behind what sets the HDF5 library's version

namespace sluice {
namespace {

using namespace test;

class FitDevice : public Fit {
 protected:
  /// Columns far from 0, of different sizes; a category; weights.
  std::string table(int rows) {
    std::mt19937_64 random(7);
    std::normal_distribution<double> normal;
    std::string text = "y,a,b,k,w,n\n";
    for (int i = 0; i < rows; ++i) {
      const double a = 1000 + normal(random), b = 1e-3 * normal(random);
      text += std::to_string(2 * a - 500 * b + normal(random)) + "," + std::to_string(a) + "," +
              std::to_string(b * 1e3) + "e-3," + std::string(1, "pqr"[random() % 3]) + "," +
              std::to_string(1 + i % 5) + ".25," + std::to_string(1 + i % 3) + "\n";
    }
    return write(text);
  }
  std::string store(const std::string& formula, const std::string& weights = "",
                    const std::string& repeats = "") {
    DesignOptions o;
    o.input.path = folder_ / "t.csv", o.formula = formula, o.output = folder_ / "d.h5";
    o.weights = weights, o.repeats = repeats;
    RunOptions run = fit_run();
    run.force = true;
    write_design(o, run);
    return o.output;
  }
  FitResult on(const std::string& device, const FitOptions& options, RunOptions run = fit_run()) {
    run.device = device;
    return fit_table(options, run);
  }
  std::string refusal(const std::string& device, const FitOptions& options) {
    try {
      on(device, options);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(FitDevice, EverySolverAndWeightsOfBothKinds) {
  table(kSanitized ? 5000 : 12000);
  const std::pair<const char*, const char*> weights[] = {{"", ""}, {"w", ""}, {"", "n"}};
  for (const std::string formula : {"y ~ a*k + b", "y ~ 0 + a + k", "y ~ 0 + a + b"})
    for (const auto& [analytic, repeats] : weights) {
      FitOptions o;
      o.from = store(formula, analytic, repeats);
      for (const std::string solver : {"normal", "qr", "svd"}) {
        o.solver = solver;
        const FitResult wanted = on("cpu", o);
        EXPECT_EQ(wanted.solver, solver);
        for (const std::string device : {"serial", "late", "check"}) {
          SCOPED_TRACE(formula + " " + analytic + repeats + " " + solver + " " + device);
          const FitResult found = on(device, o);
          EXPECT_EQ(found.run.device, device == "check" ? "cpu" : device);
          // Offsets of 1000 within the levels of k: normal equations square that.
          expect_same_fit(found, wanted, solver == "normal" ? 1e-5 : 1e-7);
        }
      }
    }
}

TEST_F(FitDevice, AWholeFitFromTheTableIsTheSame) {
  const std::string path = table(6000);
  FitOptions o = fit_options(path, "y ~ a + b + k"), from;
  o.weights = "w", o.solver = from.solver = "qr";
  from.from = store("y ~ a + b + k", "w");
  expect_same_fit(on("late", from), fit_table(o, fit_run()), 1e-9);
}

TEST_F(FitDevice, AutoReflectsWhereSumsLoseDigits) {
  table(3000);
  FitOptions o;
  o.from = store("y ~ a + I(a + b / 100)");
  for (const std::string device : {"serial", "late"}) {
    const FitResult found = on(device, o);
    EXPECT_EQ(found.solver, "qr");
    expect_same_fit(found, on("cpu", o), 1e-3);
  }
}

TEST_F(FitDevice, RidgeAndCollinearColumns) {
  table(3000);
  FitOptions o;
  o.from = store("y ~ a + b + I(a + b)");
  EXPECT_NE(refusal("late", o).find("I(a + b)"), std::string::npos);
  o.solver = "svd";
  const FitResult wanted = on("cpu", o), found = on("late", o);
  for (std::size_t j = 0; j < wanted.coefficients.size(); ++j)
    EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-6);
  o.from = store("y ~ a + b"), o.ridge = 5;
  for (const std::string solver : {"normal", "qr"}) {
    o.solver = solver;
    const FitResult by = on("late", o), as = on("cpu", o);
    for (std::size_t j = 0; j < as.coefficients.size(); ++j)
      EXPECT_NEAR(by.coefficients[j].estimate / as.coefficients[j].estimate, 1, 1e-9) << solver;
  }
}

TEST_F(FitDevice, SameBytesAtAnyMemoryAndThreads) {
  table(kSanitized ? 9000 : 40000);
  FitOptions o;
  o.from = store("y ~ a*k + b", "w");
  for (const std::string solver : {"normal", "qr"}) {
    o.solver = solver;
    const FitResult wanted = on("late", o, fit_run(1, 48 << 20));
    for (const auto& [threads, memory] :
         std::vector<std::pair<int, std::uint64_t>>{{3, 1 << 30}, {2, 90 << 20}}) {
      const FitResult found = on("late", o, fit_run(threads, memory));
      for (std::size_t j = 0; j < wanted.coefficients.size(); ++j) {
        EXPECT_EQ(found.coefficients[j].estimate, wanted.coefficients[j].estimate) << solver;
        EXPECT_EQ(found.coefficients[j].error, wanted.coefficients[j].error) << solver;
      }
      EXPECT_EQ(found.log_likelihood, wanted.log_likelihood);
    }
  }
}

TEST_F(FitDevice, BadValuesAreSaidWithTheirPlaces) {
  table(3000);
  FitOptions o;
  for (const std::string solver : {"normal", "qr", "svd"})
    for (const std::string device : {"serial", "late"}) {
      o.solver = solver;
      o.from = store("y ~ a + b", "w");
      append_by_library(o.from, "X", 3, 2999, {1, NAN, 2});
      EXPECT_NE(refusal(device, o).find("row 2999, column 1 'a': expected a finite number, found NaN"),
                std::string::npos)
          << solver << device << refusal(device, o);
    }
}

TEST_F(FitDevice, AStoppedRunLeavesNothingBehind) {
  table(kSanitized ? 20000 : 60000);
  struct Stopper : Observer {
    std::atomic<bool> stop{false};
    void progress(double) override { stop = true; }
  };
  FitOptions o;
  o.from = store("y ~ a*k + b", "w");
  for (const std::string solver : {"normal", "qr"}) {
    Stopper stopper;
    RunOptions run = fit_run(2, 40 << 20);
    run.observer = &stopper, run.stop = &stopper.stop;
    o.solver = solver;
    EXPECT_THROW(on("late", o, run), Error) << solver;
  }
}

// Every wait that holds a tile back is needed: left out, work on the late device meets what is not there yet.
TEST_F(FitDevice, LeftOutWaitsShow) {
  const hsize_t rows = kSanitized ? 100000 : 600000;
  FitOptions o;
  o.from = folder_ / "long.h5";
  formats_test::Dataset x, y;
  x.shape = {rows, 8}, x.type = H5T_STD_I8LE;
  y.shape = {rows}, y.append = true;
  formats_test::make(o.from, "X", x);
  formats_test::make(o.from, "Y", y);
  for (const std::string solver : {"normal", "qr"}) {
    o.solver = solver;
    const auto estimate = [&](std::uint64_t seed, std::int64_t skip) {
      RunOptions run = fit_run(2, 64 << 20);
      run.late_seed = seed, run.late_skip_wait = skip, run.io = "pread";
      try {
        return on("late", o, run).coefficients[1].estimate;
      } catch (const Error&) {  // NaN, which was in the memory
        return double(NAN);
      }
    };
    const double wanted = estimate(1, 0);
    for (std::uint64_t seed = 2; seed < 6; ++seed) EXPECT_EQ(estimate(seed, 0), wanted) << solver << seed;
    if (kSanitized) continue;  // what is left out is a race
    // What overtakes what depends on the machine too: one is enough.
    bool shown = false;
    for (std::uint64_t seed = 1; seed <= 10 && !shown; ++seed)
      for (std::int64_t skip = 1; skip <= 20 && !shown; ++skip) shown = estimate(seed, skip) != wanted;
    EXPECT_TRUE(shown) << solver;
  }
}

/// X of a type whose rows are narrower than y's.
struct Narrow {
  hid_t type;
  hsize_t columns;
};

TEST_F(FitDevice, RowsOfXNarrowerThanY) {
  for (const Narrow& narrow : {Narrow{H5T_STD_I8LE, 2}, Narrow{H5T_IEEE_F32LE, 1}, Narrow{H5T_STD_I16BE, 3}})
    for (const bool chunked : {false, true}) {
      const hsize_t rows = 30000;
      const std::string path = folder_ / "narrow.h5";
      formats_test::Dataset x, y;
      x.shape = {rows, narrow.columns}, x.type = narrow.type;
      y.shape = {rows}, y.type = H5T_IEEE_F64LE, y.append = true;
      if (chunked) x.chunk = {512, narrow.columns};
      y.properties = [](hid_t p) { H5Pset_deflate(p, 1); };
      y.chunk = {rows};  // one chunk of all rows
      formats_test::make(path, "X", x);
      formats_test::make(path, "Y", y);
      FitOptions o;
      o.from = path;
      for (const std::string solver : {"normal", "qr"}) {
        o.solver = solver;
        const FitResult wanted = on("cpu", o);
        for (const std::string device : {"serial", "late", "check"})
          expect_same_fit(on(device, o), wanted, 1e-7);
      }
    }
}

TEST_F(FitDevice, PeakOfMemoryIsThatOfTheDeviceToo) {
  table(kSanitized ? 5000 : 30000);
  FitOptions o;
  o.from = store("y ~ a*k + b", "w");
  for (const std::string solver : {"normal", "qr"}) {
    o.solver = solver;
    const FitResult found = on("serial", o, fit_run(2, 64 << 20));
    EXPECT_GT(found.run.memory_peak, 100000u) << solver;
    EXPECT_LE(found.run.memory_peak, 64u << 20) << solver;
  }
}

TEST_F(FitDevice, TablesAreTheProcessorsWork) {
  FitOptions o = fit_options(table(100), "y ~ a");
  EXPECT_EQ(refusal("serial", o), "--device serial: a table is read by the processor: expected auto or cpu");
}

}  // namespace
}  // namespace sluice
