// Regression against the answers of others: patsy's columns, statsmodels' numbers, NIST's certified digits;
// and what must not change them: threads, memory, the cut of the file, the order in which levels appear.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "fit_support.h"
#include "host/error.h"
#include "matrix_files.h"

namespace sluice {
namespace {

using namespace test;
const std::string kData = SLUICE_TEST_DATA "/fit/";

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

class Fit : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path = folder_ / "t.csv";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  TempDir folder_;
};

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

TEST_F(Fit, OffsetsCostNoDigits) {
  std::string plain = "y,x,k\n", moved = plain;
  for (int i = 0; i < 3000; ++i) {
    const int y = i * 37 % 101, x = i * 53 % 97;
    const std::string k = ",level" + std::to_string(i % 4) + "\n";
    plain += std::to_string(y) + "," + std::to_string(x) + k;
    moved += std::to_string(1000000000 + y) + "," + std::to_string(300000000 + x) + k;
  }
  for (const std::string formula : {"y ~ x", "y ~ 0 + k + x", "y ~ x * k", "y ~ 0 + x:k + k"}) {
    const FitResult wanted = fit_table(fit_options(write(plain), formula), fit_run());
    const FitResult found = fit_table(fit_options(write(moved), formula), fit_run());
    EXPECT_EQ(found.solver, "normal");
    EXPECT_NEAR(found.r_squared, wanted.r_squared, 1e-12) << formula;
    for (std::size_t j = 0; j < found.coefficients.size(); ++j) {
      const Coefficient& c = found.coefficients[j];
      if (c.name.find('x') == std::string::npos) continue;  // they take up the offsets
      EXPECT_NEAR(c.estimate, wanted.coefficients[j].estimate, 1e-11) << formula << ": " << c.name;
    }
  }
}

TEST_F(Fit, SameBytesWhateverThreadsAndMemory) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  std::string text = "y,a,k\n";
  for (int i = 0; i < 40000; ++i) {
    const double a = normal(random);
    text += std::to_string(2 * a + normal(random)) + "," + std::to_string(a) + ",level" +
            std::to_string(random() % (i < 20000 ? 5 : 9)) + "\n";
    if (i % 997 == 0) text += "NA,1,level0\n";
  }
  const std::string path = write(text);
  for (const std::string solver : {"normal", "qr"}) {
    FitOptions o = fit_options(path, "y ~ a * k");
    o.solver = solver, o.errors = "HC3";
    const FitResult one = fit_table(o, fit_run(1));
    EXPECT_EQ(one.rows, 40000);
    EXPECT_EQ(one.dropped, 41);
    for (const RunOptions& run : {fit_run(2), fit_run(5, std::uint64_t(1) << 30), fit_run(2, 60 << 20)}) {
      const FitResult other = fit_table(o, run);
      ASSERT_EQ(other.coefficients.size(), one.coefficients.size());
      EXPECT_EQ(other.covariance, one.covariance);
      for (std::size_t j = 0; j < one.coefficients.size(); ++j) {
        EXPECT_EQ(other.coefficients[j].estimate, one.coefficients[j].estimate);
        EXPECT_EQ(other.coefficients[j].error, one.coefficients[j].error);
      }
      EXPECT_EQ(other.residuals->durbin_watson, one.residuals->durbin_watson);
      EXPECT_EQ(other.r_squared, one.r_squared);
    }
    // Other cuts give the same but for rounding; another order of rows another Durbin-Watson.
    o.piece_bytes = 5000;
    const FitResult cut = fit_table(o, fit_run(2));
    EXPECT_NEAR(cut.residuals->durbin_watson, one.residuals->durbin_watson, 1e-12);
    for (std::size_t j = 0; j < one.coefficients.size(); ++j)
      EXPECT_NEAR(cut.coefficients[j].estimate, one.coefficients[j].estimate, 1e-12);
  }
}

/// The message of what is thrown.
std::string message_of(const FitOptions& o) {
  try {
    fit_table(o, fit_run());
  } catch (const fit::FormulaError& error) {
    return std::string(error.what()) + " @" + std::to_string(error.place());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_F(Fit, SeveralFilesAreOneTable) {
  const std::string whole = write("y,a,k\n1,2,u\n4,3,v\n2,5,u\n7,4,w\n6,9,v\n5,5,u\n");
  std::filesystem::create_directory(folder_ / "parts");
  std::ofstream(folder_ / "parts/p2.csv") << "k,a,y\nu,5,2\nw,4,7\n";
  std::ofstream(folder_ / "parts/p1.csv") << "y,a,k\n1,2,u\n4,3,v\n";
  std::ofstream(folder_ / "parts/p10.csv") << "y,k,other,a\n6,v,x,9\n5,u,x,5\n";
  const FitResult wanted = fit_table(fit_options(whole, "y ~ a + k"), fit_run());
  for (const std::string input : {"parts", "parts/p*.csv"}) {
    const FitResult found = fit_table(fit_options(folder_ / input, "y ~ a + k"), fit_run());
    EXPECT_EQ(found.files, 3u);
    for (std::size_t j = 0; j < 4; ++j) {
      EXPECT_EQ(found.coefficients[j].name, wanted.coefficients[j].name);
      EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-12);
    }
    EXPECT_NEAR(found.residuals->durbin_watson, wanted.residuals->durbin_watson, 1e-12);
  }
  std::ofstream(folder_ / "parts/p11.csv") << "y,k\n1,u\n";
  EXPECT_NE(message_of(fit_options(folder_ / "parts", "y ~ a + k")).find("expected a column 'a'"),
            std::string::npos);
}

TEST_F(Fit, DurbinWatsonGoesByTheOrder) {
  const FitResult up = fit_table(fit_options(write("y,x\n1,1\n2,2\n4,3\n4,4\n6,5\n"), "y ~ x"), fit_run());
  const FitResult other = fit_table(fit_options(write("y,x\n4,3\n1,1\n6,5\n2,2\n4,4\n"), "y ~ x"), fit_run());
  // Residuals by hand: 0, -0.2, 0.6, -0.6, 0.2; squares 0.8; steps 0.04 + 0.64 + 1.44 + 0.64.
  EXPECT_NEAR(up.residuals->durbin_watson, 2.76 / 0.8, 1e-12);
  EXPECT_NEAR(up.coefficients[1].estimate, other.coefficients[1].estimate, 1e-14);
  EXPECT_GT(std::fabs(up.residuals->durbin_watson - other.residuals->durbin_watson), 0.1);
}

TEST_F(Fit, LevelsThatAreNumbers) {
  const std::string path = write("y,k\n1,10\n2,9\n3,2\n5,02\n4,9.0\n7,10\n");
  const FitResult fit = fit_table(fit_options(path, "y ~ 0 + C(k)"), fit_run());
  ASSERT_EQ(fit.coefficients.size(), 3u);
  EXPECT_EQ(fit.coefficients[0].name, "C(k)[2.0]") << "a value is written with a point: all are floats";
  EXPECT_EQ(fit.coefficients[2].name, "C(k)[10.0]");
  EXPECT_DOUBLE_EQ(fit.coefficients[0].estimate, 4);
  EXPECT_TRUE(fit.has_constant);
  FitOptions given = fit_options(path, "y ~ 0 + C(k, levels=[9, 10, 2])");
  for (const std::string solver : {"normal", "qr"}) {  // qr has no pass before that finds levels
    given.solver = solver;
    const FitResult found = fit_table(given, fit_run());
    EXPECT_EQ(found.coefficients[0].name, "C(k, levels=[9, 10, 2])[9]");
    EXPECT_DOUBLE_EQ(found.coefficients[0].estimate, 3);
    EXPECT_DOUBLE_EQ(found.coefficients[2].estimate, 4);
  }
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
    EXPECT_THROW(fit_table(o, run), Error) << "a level that the fit has not seen";
    EXPECT_FALSE(std::filesystem::exists(o.output + ".partial"));
  }
}

TEST_F(Fit, BadInputSaysWhatIsWrong) {
  const std::string path = write("y,a,name\n1,2,u\n2,3,v\n4,5,u\n5,7,v\n7,8,u\n9,9,v\n");
  const auto expect = [&](const std::string& formula, const std::string& part) {
    const std::string found = message_of(fit_options(path, formula));
    EXPECT_NE(found.find(part), std::string::npos) << formula << ": " << found;
  };
  expect("y ~ a + ", "found the end @8");
  expect("y ~ (a", "no ')' closes this @4");
  expect("y ~ nmae", "did you mean name? @4");
  expect("y ~ np.lgo(a)", "did you mean np.log? @4");
  expect("y ~ np.log(name)", "holds text: expected numbers @11");
  expect("name ~ a", "holds text: expected numbers @0");
  expect("y ~ a + 2", "numbers besides 0 and 1 belong behind ** alone @8");
  expect("y ~ C(name, Sume)", "did you mean Sum? @12");
  expect("y ~ C(name, levels=ln)", "unknown list of levels ln @19");
  expect("y ~ a + I(2 * a)", "collinear columns: I(2 * a)");
  expect("y ~ C(name, levels=['u'])", "line 3, column 3: bad value in 'name'");
  expect("y ~ 0", "no terms");
  expect("y ~ np.log(a - 2)", "line 2, column 2: np.log(a - 2) is infinite");
  FitOptions weighted = fit_options(path, "y ~ name");
  weighted.weights = "b";
  EXPECT_EQ(message_of(weighted), "--weights: " + path + " has no column 'b'");
  weighted.weights = "name";
  EXPECT_NE(message_of(weighted).find("holds text"), std::string::npos);
  weighted = fit_options(write("y,a,w\n1,2,1\n2,3,0\n2,4,2\n3,5,1.5\n"), "y ~ a");
  weighted.weights = "w";
  EXPECT_EQ(fit_table(weighted, fit_run()).dropped, 1) << "weight 0";
  weighted.repeats.swap(weighted.weights);
  EXPECT_NE(message_of(weighted).find("line 5, column 3: bad weight in 'w'"), std::string::npos);
  EXPECT_NE(message_of(fit_options(write("y,a\n1,2\n"), "y ~ a")).find("fewer rows than columns"),
            std::string::npos);
  EXPECT_NE(message_of(fit_options(write("y,a\n1,2\n3,inf\n"), "y ~ a")).find("line 3, column 2"),
            std::string::npos);
  EXPECT_NE(message_of(fit_options(write("y,a\n1,NA\n"), "y ~ a")).find("no rows to fit"), std::string::npos);
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
  ASSERT_EQ(all.members.size(), 10u);
  for (const auto& [formula, wanted] : all.members) {
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
