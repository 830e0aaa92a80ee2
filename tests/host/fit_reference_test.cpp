// Regression against the answers of others: patsy's columns, statsmodels' numbers, NIST's certified digits.
#include <cmath>
#include <filesystem>

#include "fit_support.h"
#include "host/error.h"

namespace sluice {
namespace {

using namespace test;

/// Digits that two numbers share.
double digits(double found, double wanted) {
  if (found == wanted) return 17;
  return -std::log10(std::fabs(found - wanted) / std::fabs(wanted));
}

void expect_near(double found, double wanted, double relative, const std::string& what) {
  if (std::isnan(wanted)) return;
  EXPECT_LE(std::fabs(found - wanted), relative * std::max(std::fabs(wanted), 1e-12))
      << what << ": " << found << ", not " << wanted;
}

TEST_F(Fit, ColumnsArePatsys) {
  const Answer all = read_answers(kData + "fit.json");
  // Rows without a missing value: the answers' row is the eighth.
  for (const Answer& one : all["columns"].elements) {
    const std::string formula = "y ~ " + one["formula"].text;
    SCOPED_TRACE(formula);
    // y takes part in which rows are dropped; so do a, b, k, which a formula need not name.
    const DesignMatrix matrix = design_matrix(kData + "whole.csv", formula);
    const auto& names = one["names"].elements;
    ASSERT_EQ(matrix.names.size(), names.size());
    for (std::size_t j = 0; j < names.size(); ++j) {
      EXPECT_EQ(matrix.names[j], names[j].text);
      EXPECT_NEAR(matrix.rows[7][j], one["row"].elements[j].number,
                  1e-12 * (1 + std::fabs(matrix.rows[7][j])))
          << names[j].text;
    }
  }
}

void compare_errors(const FitResult& fit, const Answer& wanted, double relative) {
  for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
    const Coefficient& c = fit.coefficients[j];
    expect_near(c.error, wanted["se"].elements[j].number, relative, c.name + " se");
    expect_near(c.t, wanted["t"].elements[j].number, relative, c.name + " t");
    expect_near(c.p, wanted["p"].elements[j].number, relative, c.name + " p");
    const double width = relative * std::fabs(c.high - c.low) + relative * std::fabs(c.estimate);
    EXPECT_NEAR(c.low, wanted["low"].elements[j].number, width) << c.name;
    EXPECT_NEAR(c.high, wanted["high"].elements[j].number, width) << c.name;
  }
}

void compare_fits(const std::vector<Answer>& answers, const std::string& weights) {
  for (const Answer& wanted : answers)
    for (const std::string solver : {"normal", "qr"}) {
      SCOPED_TRACE(wanted["formula"].text + " by " + solver);
      FitOptions o = fit_options(kData + "fit.csv", wanted["formula"].text);
      o.solver = solver, o.weights = weights;
      if (wanted.has("singular")) {
        EXPECT_THROW(fit_table(o, fit_run()), Error);
        continue;  // a level in one row only: interactions have columns without a row
      }
      const FitResult fit = fit_table(o, fit_run());
      ASSERT_EQ(fit.coefficients.size(), wanted["names"].elements.size());
      const double bound = 1e-7 + 1e-11 * wanted["condition"].number;
      for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
        EXPECT_EQ(fit.coefficients[j].name, wanted["names"].elements[j].text);
        expect_near(fit.coefficients[j].estimate, wanted["estimates"].elements[j].number, 10 * bound,
                    fit.coefficients[j].name);
      }
      compare_errors(fit, wanted["nonrobust"], 10 * bound);
      EXPECT_EQ(double(fit.rows), wanted["rows"].number);
      EXPECT_EQ(fit.rows + fit.dropped, 240);
      EXPECT_EQ(double(fit.model_degrees), wanted["df_model"].number);
      EXPECT_EQ(double(fit.residual_degrees), wanted["df_residual"].number);
      for (const auto& [found, name] : {std::pair(fit.r_squared, "r_squared"),
                                        {fit.adjusted_r_squared, "adjusted_r_squared"},
                                        {fit.f, "f"},
                                        {fit.log_likelihood, "log_likelihood"},
                                        {fit.aic, "aic"},
                                        {fit.bic, "bic"},
                                        {fit.residual_squares, "residual_squares"},
                                        {fit.residuals->durbin_watson, "durbin_watson"},
                                        {fit.residuals->skew, "skew"},
                                        {fit.residuals->kurtosis, "kurtosis"},
                                        {fit.residuals->jarque_bera, "jarque_bera"}}) {
        if (fit.r_squared < 1e-9 && std::string(name).find("r_squared") != std::string::npos) continue;
        expect_near(found, wanted[name].number, bound, name);
      }
      expect_near(fit.f_p, wanted["f_p"].number, 10 * bound, "p of F");
      expect_near(fit.condition, wanted["condition"].number, 1e-3, "condition");
      if (!wanted.has("HC0")) continue;
      for (const std::string errors : {"HC0", "HC1", "HC2", "HC3"}) {
        SCOPED_TRACE(errors);
        o.errors = errors;
        const FitResult robust = fit_table(o, fit_run());
        // statsmodels takes leverages from (X'X)^-1, which squares the condition number.
        const bool leverages = errors == "HC2" || errors == "HC3";
        const double lost = leverages ? std::pow(wanted["condition"].number, 2) * 1e-16 : 0;
        compare_errors(robust, wanted[errors], 10 * bound + lost);
        expect_near(robust.f, wanted[errors]["f"].number, 10 * bound + lost, "F");
      }
    }
}

TEST_F(Fit, NumbersAreStatsmodels) {
  const Answer all = read_answers(kData + "fit.json");
  compare_fits(all["fits"].elements, "");
  compare_fits(all["weighted"].elements, "w");
}

TEST_F(Fit, FrequencyWeightsAreRepeatedRows) {
  std::ifstream file(kData + "whole.csv");
  std::string line, repeated;
  std::getline(file, line);
  repeated = line + "\n";
  while (std::getline(file, line))
    for (int i = 0; i < std::stoi(line.substr(line.rfind(',') + 1)); ++i) repeated += line + "\n";
  for (const std::string solver : {"normal", "qr"})
    for (const std::string errors : {"classic", "HC1", "HC3"}) {
      FitOptions o = fit_options(write(repeated), "y ~ a * C(n, Sum) + b");
      o.solver = solver, o.errors = errors;
      const FitResult wanted = fit_table(o, fit_run());
      o.input.path = kData + "whole.csv", o.repeats = "times";
      const FitResult found = fit_table(o, fit_run());
      EXPECT_EQ(found.rows, wanted.rows);
      EXPECT_GT(found.rows, 300);
      EXPECT_NEAR(found.r_squared, wanted.r_squared, 1e-12);
      EXPECT_NEAR(found.log_likelihood, wanted.log_likelihood, 1e-9);
      EXPECT_NEAR(found.f, wanted.f, 1e-8 * wanted.f);
      EXPECT_NEAR(found.residuals->durbin_watson, wanted.residuals->durbin_watson, 1e-12);
      EXPECT_NEAR(found.residuals->kurtosis, wanted.residuals->kurtosis, 1e-12);
      for (std::size_t j = 0; j < wanted.coefficients.size(); ++j) {
        EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-11);
        EXPECT_NEAR(found.coefficients[j].error, wanted.coefficients[j].error, 1e-11);
      }
    }
}

TEST_F(Fit, ExactPolynomial) {
  std::string formula = "y ~ x";
  for (int k = 2; k < 8; ++k) formula += " + I(x**" + std::to_string(k) + ")";
  const Answer exact = read_answers(kData + "fit.json")["polynomial"];
  for (const std::string solver : {"auto", "normal", "qr"}) {
    FitOptions o = fit_options(kData + "polynomial.csv", formula);
    o.solver = solver;
    for (const std::size_t piece : {std::size_t(0), std::size_t(300)}) {
      o.piece_bytes = piece;
      const FitResult fit = fit_table(o, fit_run());
      for (std::size_t j = 0; j < 8; ++j)
        EXPECT_GT(digits(fit.coefficients[j].estimate, exact["estimates"].elements[j].number),
                  solver == "normal" ? 4 : 9)
            << solver << " " << j;
      EXPECT_GT(digits(fit.residual_squares, exact["residual_squares"].number), 9) << solver;
    }
  }
}

TEST_F(Fit, Ridge) {
  const Answer all = read_answers(kData + "fit.json");
  ASSERT_EQ(all["ridge"].elements.size(), 6u);
  for (const Answer& wanted : all["ridge"].elements)
    for (const std::string solver : {"normal", "qr"}) {
      SCOPED_TRACE(wanted["formula"].text + " " + solver);
      FitOptions o = fit_options(kData + "whole.csv", wanted["formula"].text);
      o.solver = solver, o.ridge = wanted["alpha"].number;
      const FitResult fit = fit_table(o, fit_run());
      for (std::size_t j = 0; j < fit.coefficients.size(); ++j) {
        EXPECT_NEAR(fit.coefficients[j].estimate, wanted["estimates"].elements[j].number, 1e-9);
        EXPECT_TRUE(std::isnan(fit.coefficients[j].error));
      }
      EXPECT_NEAR(fit.residual_squares, wanted["residual_squares"].number, 1e-9 * fit.residual_squares);
      EXPECT_EQ(fit.has_constant, true);
    }
  FitOptions o = fit_options(kData + "whole.csv", "y ~ a + I(2 * a)");
  o.ridge = 1;
  EXPECT_NEAR(fit_table(o, fit_run()).coefficients[2].estimate,
              2 * fit_table(o, fit_run()).coefficients[1].estimate, 1e-9)
      << "columns that depend on each other share";
}

TEST_F(Fit, PredictionsAreStatsmodels) {
  const Answer all = read_answers(kData + "fit.json");
  ASSERT_EQ(all["predictions"].elements.size(), 3u);
  for (const Answer& wanted : all["predictions"].elements) {
    FitOptions o = fit_options(kData + "whole.csv", wanted["formula"].text);
    o.errors = wanted["errors"].text;
    SCOPED_TRACE(o.formula + " " + o.errors);
    o.predict = kData + "new.csv", o.output = folder_ / "out.csv";
    RunOptions run = fit_run();
    run.force = true;
    const FitResult fit = fit_table(o, run);
    ASSERT_TRUE(fit.predictions);
    const auto& rows = wanted["rows"].elements;
    EXPECT_EQ(fit.predictions->rows, std::int64_t(rows.size()));
    EXPECT_EQ(fit.predictions->missing, 2);
    std::ifstream file(o.output);
    std::string line;
    std::getline(file, line);
    EXPECT_EQ(line, "mean,mean_se,mean_ci_lower,mean_ci_upper,obs_ci_lower,obs_ci_upper");
    for (const Answer& row : rows) {
      ASSERT_TRUE(std::getline(file, line));
      std::istringstream cells(line);
      for (const Answer& value : row.elements) {
        std::string cell;
        std::getline(cells, cell, ',');
        if (std::isnan(value.number))
          EXPECT_EQ(cell, "");
        else
          EXPECT_NEAR(std::stod(cell), value.number, 1e-7 * (1 + std::fabs(value.number)));
      }
    }
    EXPECT_FALSE(std::getline(file, line));
    o.predict = write("a,b,k,n,c\n1,2,nowhere,1,3\n");
    if (o.formula.find('k') == std::string::npos) continue;
    EXPECT_TRUE(fit_table(o, run).failed) << "a level that the fit has not seen";
    EXPECT_FALSE(std::filesystem::exists(o.output + ".partial"));
  }
}

class FitRealFiles : public Fit {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("SLUICE_REAL_DATA");
    if (folder == nullptr) GTEST_SKIP() << "set SLUICE_REAL_DATA to the folder of real data";
    data_ = std::string(folder) + "/regression/";
  }
  std::string data_;
};

TEST_F(FitRealFiles, MatricesArePatsys) {
  const Answer all = read_answers(data_ + "patsy_expected.json");
  ASSERT_EQ(all.names.size(), 10u);
  for (const std::string& formula : all.names) {
    const Answer& wanted = all[formula];
    SCOPED_TRACE(formula);
    const DesignMatrix matrix =
        design_matrix(data_ + "patsy_input.csv", "a ~ " + formula, {{"lnames", {"0", "1", "2", "3", "4"}}});
    ASSERT_EQ(matrix.names.size(), wanted["columns"].elements.size());
    for (std::size_t j = 0; j < matrix.names.size(); ++j)
      EXPECT_EQ(matrix.names[j], wanted["columns"].elements[j].text);
    ASSERT_EQ(matrix.rows.size(), wanted["matrix"].elements.size());
    for (std::size_t i = 0; i < matrix.rows.size(); ++i)
      for (std::size_t j = 0; j < matrix.names.size(); ++j) {
        const double number = wanted["matrix"].elements[i].elements[j].number;
        // numpy's logarithm is off by one place where it was made; the C library's is not.
        if (matrix.names[j] == "np.log(c)")
          EXPECT_DOUBLE_EQ(matrix.rows[i][j], number);
        else
          EXPECT_EQ(matrix.rows[i][j], number) << i << ", " << j;
      }
  }
}

TEST_F(FitRealFiles, NistsCertifiedDigits) {
  struct Set {
    std::string name, formula;
    double qr, normal;  // digits at least
  };
  const std::string powers = "y ~ x + I(x**2) + I(x**3) + I(x**4) + I(x**5)";
  for (const Set& set : {Set{"Norris", "y ~ x", 11, 11},
                         {"Pontius", "y ~ x + I(x**2)", 11, 10},
                         {"NoInt1", "y ~ 0 + x", 14, 14},
                         {"NoInt2", "y ~ 0 + x", 14, 14},
                         {"Longley", "y ~ x1 + x2 + x3 + x4 + x5 + x6", 10, 10},
                         {"Wampler3", powers, 8.5, 6}})
    for (const std::string solver : {"qr", "normal"})
      for (const std::size_t piece : {std::size_t(0), std::size_t(256), std::size_t(400)}) {
        FitOptions o = fit_options(data_ + "nist/" + set.name + ".csv", set.formula);
        o.solver = solver, o.piece_bytes = piece;
        const FitResult fit = fit_table(o, fit_run());
        std::ifstream file(data_ + "nist/" + set.name + "_certified.csv");
        std::string line;
        std::getline(file, line);
        double least = 17, least_error = 17;
        for (const Coefficient& c : fit.coefficients) {
          ASSERT_TRUE(std::getline(file, line));
          std::istringstream cells(line);
          std::string cell;
          std::getline(cells, cell, ',');
          std::getline(cells, cell, ',');
          least = std::min(least, digits(c.estimate, std::stod(cell)));
          std::getline(cells, cell, ',');
          least_error = std::min(least_error, digits(c.error, std::stod(cell)));
        }
        RecordProperty(set.name + "_" + solver + std::to_string(piece),
                       std::to_string(least) + " " + std::to_string(least_error));
        EXPECT_GE(least, solver == "qr" ? set.qr : set.normal)
            << set.name << " by " << solver << ", pieces of " << piece;
        EXPECT_GE(least_error, solver == "qr" ? set.qr - 1 : set.normal - 1) << set.name << " by " << solver;
      }
}

}  // namespace
}  // namespace sluice
