// Columns that depend on each other, and sums of scores with fewer directions than coefficients: what is
// refused, and that no number is made of rounding.
#include <cmath>
#include <random>

#include "fit_files.h"
#include "host/fit_model.h"

namespace sluice {
namespace {

using namespace test;

class FitRank : public FitFiles {
 protected:
  /// y, a, b, k and a cluster g; a level of k stands in one row alone.
  std::string table(int rows, int clusters) {
    std::mt19937_64 random(3);
    std::normal_distribution<double> normal;
    std::string text = "y,a,b,k,g\n";
    for (int i = 0; i < rows; ++i) {
      const double a = normal(random), b = normal(random);
      char line[160];
      std::snprintf(line, sizeof line, "%.12g,%.12g,%.12g,%s,g%d\n", 2 * a - b + normal(random), a, b,
                    i == rows / 2 ? "a0" : &"v\0w\0x\0z"[2 * (i % 4)], i % clusters);
      text += line;
    }
    return write(text);
  }
};

TEST_F(FitRank, ALevelOfOneRowWithItsSlopeIsASum) {
  const std::string path = table(kSanitized ? 20000 : 100000, 7);
  for (const std::string solver : {"auto", "normal", "qr"}) {
    FitOptions o = fit_options(path, "y ~ k + k:a + b");
    o.solver = solver;
    EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("collinear columns: k[a0]:a"), std::string::npos)
        << solver;
  }
  FitOptions o = fit_options(path, "y ~ k + k:a + b");
  o.solver = "svd";
  const FitResult all = fit_table(o, fit_run());
  EXPECT_EQ(all.rank + 1, all.coefficients.size());
  for (const Coefficient& c : all.coefficients) EXPECT_LT(std::fabs(c.estimate), 10) << c.name;
}

TEST_F(FitRank, RobustTestsCountColumnsOnce) {
  const std::string path = table(500, 40);
  for (const std::string errors : {"HC0", "HC1", "HC3", "cluster"}) {
    FitOptions o = fit_options(path, "y ~ a + b");
    o.errors = errors, o.cluster = errors == "cluster" ? "g" : "";
    const FitResult wanted = fit_table(o, fit_run());
    o.formula = "y ~ a + I(2 * a) + b", o.solver = "svd";
    const FitResult twice = fit_table(o, fit_run());
    EXPECT_EQ(twice.rank, 3u);
    EXPECT_NEAR(twice.f / wanted.f, 1, 1e-9) << errors;
    EXPECT_NEAR(twice.f_p, wanted.f_p, 1e-9) << errors;
  }
}

TEST_F(FitRank, FewerClustersThanCoefficientsGiveNoF) {
  for (const std::string solver : {"normal", "qr", "svd"}) {
    FitOptions o = fit_options(table(500, 3), "y ~ a * b");
    o.errors = "cluster", o.cluster = "g", o.solver = solver;
    const FitResult r = fit_table(o, fit_run());
    EXPECT_TRUE(std::isnan(r.f) && std::isnan(r.f_p)) << solver;
    ASSERT_EQ(r.warnings.size(), 1u);
    EXPECT_EQ(r.warnings[0],
              "F has no value: the errors' covariance has not as many directions as the 4 coefficients, of 3 "
              "clusters");
  }
}

TEST_F(FitRank, ManyClustersCostLittle) {
  FitOptions o = fit_options(table(40000, 20000), "y ~ a");
  o.errors = "cluster", o.cluster = "g";
  EXPECT_EQ(fit_table(o, fit_run()).clusters, 20000);
}

TEST_F(FitRank, MergedRidgeWithoutAnIntercept) {
  const std::vector<std::string> rows = made_rows(900);
  std::vector<std::string> states;
  for (std::size_t i = 0; i < 3; ++i) {
    FitOptions o = fit_options(part("p.csv", rows, 300 * i, 300 * (i + 1)), "y ~ 0 + k + I(a - 100000)");
    o.state = folder_ / ("s" + std::to_string(i) + ".json");
    states.push_back(o.state);
    fit_table(o, fit_run());
  }
  MergeOptions merge;
  merge.states = states, merge.ridge = 3;
  const FitResult merged = merge_fits(merge, fit_run());
  FitOptions o = fit_options(part("all.csv", rows, 0, 900), "y ~ 0 + k + I(a - 100000)");
  o.ridge = 3;
  const FitResult whole = fit_table(o, fit_run());
  EXPECT_NEAR(merged.residual_squares / whole.residual_squares, 1, 1e-9);
  EXPECT_NEAR(merged.r_squared, whole.r_squared, 1e-9);
  for (std::size_t j = 0; j < whole.coefficients.size(); ++j)
    EXPECT_NEAR(merged.coefficients[j].estimate, whole.coefficients[j].estimate, 1e-9);
}

TEST_F(FitRank, CollinearColumnsHaveAShortestAnswer) {
  const Answer wanted = read_answers(SLUICE_TEST_DATA "/svd/answers.json")["collinear"];
  std::string text = "y,a,b,c,kind\n";
  for (int i = 0; i < 60; ++i) {
    const int a = i * 7 % 13, b = i * 5 % 11;
    text += std::to_string(i * i * 3 % 17) + "," + std::to_string(a) + "," + std::to_string(b) + "," +
            std::to_string(a + 2 * b) + "," + "uvw"[i % 3] + "\n";
  }
  FitOptions o = fit_options(write(text), "y ~ kind + a + b + c");
  EXPECT_THROW(fit_table(o, fit_run()), Error);
  o.solver = "svd", o.store = folder_ / "d.h5";
  FitOptions from;
  from.solver = "svd";
  for (const bool robust : {false, true}) {
    o.errors = from.errors = robust ? "HC1" : "classic";
    const FitResult table = fit_table(o, fit_run());
    from.from = folder_ / "d.h5", o.store.clear();
    for (const FitResult& r : {table, fit_table(from, fit_run())}) {
      EXPECT_EQ(r.rank, 5u);
      EXPECT_EQ(double(r.model_degrees), wanted["df_model"].number);
      EXPECT_EQ(double(r.residual_degrees), wanted["df_residual"].number);
      EXPECT_NEAR(r.r_squared, wanted["r_squared"].number, 1e-13);
      EXPECT_NEAR(r.aic, wanted["aic"].number, 1e-10);
      EXPECT_NEAR(r.bic, wanted["bic"].number, 1e-10);
      if (!robust) {
        EXPECT_NEAR(r.f, wanted["f"].number, 1e-11);
      }
      for (std::size_t j = 0; j < 6; ++j) {
        EXPECT_NEAR(r.coefficients[j].estimate, wanted["estimates"].elements[j].number, 1e-12);
        const double error = wanted[robust ? "hc1" : "errors"].elements[j].number;
        EXPECT_NEAR(r.coefficients[j].error, error, 1e-12 * error + 1e-13);
      }
    }
  }
}

}  // namespace
}  // namespace sluice
