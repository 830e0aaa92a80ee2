// poly(x, n) of a formula: R's orthogonal polynomials over the rows that are kept, by hand values and by what
// they are; powers as they are; predictions by a model; what is refused.
#include <cmath>
#include <filesystem>
#include <random>

#include "fit_support.h"
#include "hdf5_by_library.h"
#include "host/design.h"
#include "host/error.h"
#include "host/fit_model.h"

namespace sluice {
namespace {

using namespace test;

class FitPoly : public Fit {
 protected:
  /// Columns of the design, the intercept left out.
  std::vector<std::vector<double>> columns(const std::string& path, const std::string& formula,
                                           RunOptions run = fit_run()) {
    DesignOptions o;
    o.input.path = path, o.formula = formula, o.output = folder_ / "d.h5";
    run.force = true;
    const DesignResult r = write_design(o, run);
    names_ = r.columns;
    const std::vector<double> x = by_library(o.output, "X");
    const std::size_t p = r.columns.size();
    std::vector<std::vector<double>> columns(p - 1);
    for (std::size_t i = 0; i < x.size(); ++i)
      if (i % p > 0) columns[i % p - 1].push_back(x[i]);
    return columns;
  }
  std::string refusal(const std::string& path, const std::string& formula) {
    try {
      fit_table(fit_options(path, formula), fit_run());
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  std::string numbers(const std::vector<double>& x) {
    std::string text = "y,x\n";
    char line[64];
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::snprintf(line, sizeof line, "%d,%.17g\n", int(i * i % 7), x[i]);
      text += line;
    }
    return write(text);
  }
  std::vector<std::string> names_;
};

TEST_F(FitPoly, HandValues) {
  // poly(1:5, 2) of R: (-2, -1, 0, 1, 2) / sqrt(10) and (2, -1, -2, -1, 2) / sqrt(14); a row without a value
  // is none of them, an offset changes nothing.
  for (const double offset : {0.0, 1e6}) {
    const std::string path =
        write("y,x\n1," + std::to_string(offset + 1) + "\n2," + std::to_string(offset + 2) + "\n9,NA\n4," +
              std::to_string(offset + 3) + "\n3," + std::to_string(offset + 4) + "\n7," +
              std::to_string(offset + 5) + "\n");
    const auto found = columns(path, "y ~ poly(x, 2)");
    EXPECT_EQ(names_, (std::vector<std::string>{"Intercept", "poly(x, 2)[1]", "poly(x, 2)[2]"}));
    const double first[] = {-2, -1, 0, 1, 2}, second[] = {2, -1, -2, -1, 2};
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(found[0][i], first[i] / std::sqrt(10.0), 1e-14);
      EXPECT_NEAR(found[1][i], second[i] / std::sqrt(14.0), 1e-14);
    }
  }
}

TEST_F(FitPoly, OrthonormalAtAnyThreadsAndMemory) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal;
  std::vector<double> x(20000);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = 1e5 + double(i) + normal(random);  // sorted: the first rows say little
  const std::string path = numbers(x);
  const auto wanted = columns(path, "y ~ poly(x, 6)");
  for (std::size_t a = 0; a < 6; ++a) {
    double sum = 0;
    for (const double value : wanted[a]) sum += value;
    EXPECT_NEAR(sum, 0, 1e-11) << a;
    EXPECT_GT(wanted[a].back(), 0) << a;  // behind all zeros it grows with x, as R's does
    for (std::size_t b = 0; b <= a; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < x.size(); ++i) product += wanted[a][i] * wanted[b][i];
      EXPECT_NEAR(product, a == b, 1e-11) << a << " " << b;
    }
  }
  EXPECT_EQ(columns(path, "y ~ poly(x, 6)", fit_run(1, 128 << 20)), wanted);
  EXPECT_EQ(columns(path, "y ~ poly(x, degree=6)", fit_run(4)), wanted);
}

// A power of values that lie far apart has few digits beside the lower ones: more passes.
TEST_F(FitPoly, OrthonormalBesideAnOutlier) {
  std::mt19937_64 random(9);
  std::normal_distribution<double> normal;
  for (const double outlier : {100.0, 1000.0}) {
    std::vector<double> x(3000);
    for (double& one : x) one = normal(random);
    x[1234] = outlier;
    const auto found = columns(numbers(x), "y ~ poly(x, 4)");
    for (std::size_t a = 0; a < 4; ++a)
      for (std::size_t b = 0; b <= a; ++b) {
        double product = 0;
        for (std::size_t i = 0; i < x.size(); ++i) product += found[a][i] * found[b][i];
        EXPECT_NEAR(product, a == b, 1e-12) << outlier << " " << a << " " << b;
      }
  }
}

TEST_F(FitPoly, PlansKnowItsPasses) {
  std::vector<double> x;
  for (int i = 0; i < 3000; ++i) x.push_back(std::sqrt(double(i * 7919 % 3000)));
  DesignOptions o;
  o.input.path = numbers(x), o.formula = "y ~ poly(x, 3)", o.output = folder_ / "p.h5";
  const DesignPlan plan = plan_design(o, fit_run());
  const DesignResult r = write_design(o, fit_run());
  EXPECT_EQ(plan.passes, 3);
  EXPECT_EQ(r.passes, 3);
  EXPECT_GT(plan.stored_bytes, 0.5 * double(std::filesystem::file_size(o.output)));
}

TEST_F(FitPoly, DamagedModelsAreRefused) {
  std::vector<double> x;
  for (int i = 0; i < 50; ++i) x.push_back(i);
  FitOptions o = fit_options(numbers(x), "y ~ poly(x, 2)");
  o.model = folder_ / "m.json";
  fit_table(o, fit_run());
  std::ifstream file(o.model);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  const auto predicted = [&](const std::string& name, const std::string& from, const std::string& to) {
    std::string text = whole;
    const std::size_t at = text.find("\"" + name + "\""), place = text.find(from, at);
    EXPECT_NE(place, std::string::npos) << name;
    std::ofstream(o.model) << text.replace(place, from.size(), to);
    PredictOptions p;
    p.model = o.model, p.input.path = folder_ / "t.csv", p.output = folder_ / "p.csv";
    RunOptions run = fit_run();
    run.force = true;
    predict_table(p, run);
  };
  EXPECT_NO_THROW(predicted("poly_betas", "[", "["));
  EXPECT_THROW(predicted("poly_betas", "[", "[1,"), Error);
  EXPECT_THROW(predicted("poly_betas", "[", "[-"), Error);
  EXPECT_THROW(predicted("poly_alphas", "[", "[1e999,"), Error);
  EXPECT_THROW(predicted("poly_degrees", "1", "1.5"), Error);
  EXPECT_THROW(predicted("poly_degrees", "2", "3"), Error);
}

TEST_F(FitPoly, RepeatsAreRows) {
  std::string once = "y,x,n\n", often = "y,x\n";
  for (int i = 0; i < 40; ++i) {
    const std::string row = std::to_string(i * i % 11) + "," + std::to_string(i * 7 % 40);
    once += row + "," + std::to_string(1 + i % 3) + "\n";
    for (int k = 0; k < 1 + i % 3; ++k) often += row + "\n";
  }
  FitOptions o = fit_options(write(once), "y ~ poly(x, 3)");
  o.repeats = "n";
  const FitResult by = fit_table(o, fit_run());
  const FitResult rows = fit_table(fit_options(write(often), "y ~ poly(x, 3)"), fit_run());
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(by.coefficients[j].estimate, rows.coefficients[j].estimate, 1e-11) << j;
    EXPECT_NEAR(by.coefficients[j].error, rows.coefficients[j].error, 1e-11) << j;
  }
}

TEST_F(FitPoly, InteractsAsOneFactor) {
  std::string text = "y,x,z,k\n";
  for (int i = 0; i < 60; ++i)
    text += std::to_string(i * i % 13) + "," + std::to_string(i * 7 % 31) + "," + std::to_string(i * 3 % 17) +
            "," + "pq"[i % 2] + "\n";
  const std::string path = write(text);
  columns(path, "y ~ (poly(x, 2) + z)**2");
  EXPECT_EQ(names_, (std::vector<std::string>{"Intercept", "poly(x, 2)[1]", "poly(x, 2)[2]", "z",
                                              "poly(x, 2)[1]:z", "poly(x, 2)[2]:z"}));
  columns(path, "y ~ poly(x, 2)*k - poly(x, 2)");
  EXPECT_EQ(names_,
            (std::vector<std::string>{"Intercept", "k[T.q]", "poly(x, 2)[1]:k[p]", "poly(x, 2)[1]:k[q]",
                                      "poly(x, 2)[2]:k[p]", "poly(x, 2)[2]:k[q]"}));
  const auto both = columns(path, "y ~ poly(x, 2):poly(z, 2)");
  EXPECT_EQ(names_, (std::vector<std::string>{"Intercept", "poly(x, 2)[1]:poly(z, 2)[1]",
                                              "poly(x, 2)[2]:poly(z, 2)[1]", "poly(x, 2)[1]:poly(z, 2)[2]",
                                              "poly(x, 2)[2]:poly(z, 2)[2]"}));
  const auto single = columns(path, "y ~ poly(x, 2) + poly(z, 2)");
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(both[1][i], single[1][i] * single[2][i]);
}

TEST_F(FitPoly, PowersAsTheyAre) {
  const std::string path = numbers({1, 2, 3, 5, 8, 13});
  const auto found = columns(path, "y ~ poly(x, 3, raw=True)");
  EXPECT_EQ(names_[3], "poly(x, 3, raw=True)[3]");
  EXPECT_EQ(found[1], (std::vector<double>{1, 4, 9, 25, 64, 169}));
  EXPECT_EQ(found[2], (std::vector<double>{1, 8, 27, 125, 512, 2197}));
}

TEST_F(FitPoly, AModelPredictsWithItsPolynomials) {
  std::vector<double> x;
  for (int i = 0; i < 200; ++i) x.push_back(100 + i * 37 % 200);
  FitOptions o = fit_options(numbers(x), "y ~ poly(log(x), 2)"), raw = o;
  o.model = folder_ / "m.json";
  fit_table(o, fit_run());
  raw.formula = "y ~ log(x) + I(log(x)**2)", raw.solver = "qr", raw.model = folder_ / "r.json";
  fit_table(raw, fit_run());
  const std::string fresh = folder_ / "new.csv";
  std::ofstream(fresh) << "x\n50\n111.5\nNA\n400\n";
  std::vector<std::vector<double>> means;
  for (const std::string& model : {o.model, raw.model}) {
    PredictOptions p;
    p.model = model, p.input.path = fresh, p.output = folder_ / "p.csv";
    RunOptions run = fit_run();
    run.force = true;
    predict_table(p, run);
    std::ifstream file(p.output);
    std::string line;
    means.emplace_back();
    for (std::getline(file, line); std::getline(file, line);)
      means.back().push_back(line[0] == ',' || line[0] == 'N' ? NAN : std::stod(line));
  }
  ASSERT_EQ(means[0].size(), 4u);
  for (const std::size_t i : {0u, 1u, 3u})
    EXPECT_NEAR(means[0][i], means[1][i], 1e-8 * std::fabs(means[1][i]));
  EXPECT_TRUE(std::isnan(means[0][2]));
}

TEST_F(FitPoly, WhatIsRefused) {
  const std::string path = numbers({1, 2, 1, 2, 1, 2, 1});
  const auto says = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  says(refusal(path, "y ~ poly(x, 2)"), "nothing is left of 'x' to the power 2");
  says(refusal(numbers({4, 4, 4}), "y ~ poly(x, 2)"), "constant");
  says(refusal(path, "y ~ poly(x, 0)"), "expected a degree from 1 to 20");
  says(refusal(path, "y ~ poly(x, 2.5)"), "expected a degree from 1 to 20");
  says(refusal(path, "y ~ poly()"), "expected a column and a degree");
  says(refusal(path, "y ~ poly(x, raw=2)"), "raw is True or False");
  says(refusal(path, "y ~ poly(x, 2, 3)"), "raw is True or False");
  says(refusal(path, "y ~ poly(x, 2, degree=1)"), "given twice");
  says(refusal(path, "y ~ poly(x, raw=True, raw=False)"), "given twice");
  says(refusal(path, "y ~ poly(x, 2, False, 1)"), "unknown argument");
  says(refusal(write("y,x\n1,NA\n"), "y ~ poly(x, 1)"), "no rows to fit");
  numbers({1, 2, 1, 2, 1, 2, 1});
  says(refusal(path, "y ~ poly(center(x), 2)"), "center within poly");
  says(refusal(path, "y ~ poly(x > 1, 2)"), "found a comparison");
  says(refusal(path, "y ~ log(poly(x, 2))"), "several columns");
  says(refusal(path, "poly(y, 2) ~ x"), "the response has several columns");
  FitOptions o = fit_options(path, "y ~ poly(x, 1)");
  o.state = folder_ / "s.json";
  EXPECT_THROW(fit_table(o, fit_run()), Error);
}

}  // namespace
}  // namespace sluice
