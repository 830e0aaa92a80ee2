// What a fit leaves behind and goes on with: model files and predictions by them, states and their merge.
#include <cmath>
#include <filesystem>
#include <random>

#include "fit_files.h"
#include "host/error.h"
#include "host/fit_model.h"
#include "host/fit_plan.h"

namespace sluice {
namespace {

using namespace test;

TEST_F(FitFiles, MergeOfThreePartsIsTheWhole) {
  const auto rows = made_rows(3000);
  const std::string whole = part("whole.csv", rows, 0, 3000);
  struct Case {
    std::string formula, weights, repeats;
    double ridge;
  };
  for (const Case& c : {Case{"y ~ a * k", "", "", 0}, Case{"y ~ 0 + a:k + C(k, Sum)", "w", "", 0},
                        Case{"y ~ np.log(a) + C(n)", "", "n", 0}, Case{"y ~ a + k", "", "", 2.5}}) {
    const auto options = [&](const std::string& path) {
      FitOptions o = fit_options(path, c.formula);
      o.weights = c.weights, o.repeats = c.repeats, o.residuals = "no", o.solver = "normal",
      o.ridge = c.ridge;
      return o;
    };
    const FitResult wanted = fit_table(options(whole), fit_run());
    RunOptions run = fit_run();
    run.force = true;
    MergeOptions merge;
    const std::size_t borders[] = {0, 700, 1600, 3000};
    for (int i = 0; i < 3; ++i) {
      FitOptions o = options(part("part.csv", rows, borders[i], borders[i + 1]));
      o.state = folder_ / ("s" + std::to_string(i));
      const FitResult alone = fit_table(o, run);  // a level may be in dropped rows alone: no fit, but a state
      EXPECT_EQ(alone.coefficients.empty(), !alone.unsolved.empty());
      merge.states.push_back(o.state);
    }
    merge.ridge = c.ridge;
    const auto check = [&](const FitResult& found) {
      ASSERT_EQ(found.coefficients.size(), wanted.coefficients.size());
      EXPECT_EQ(found.rows, wanted.rows);
      EXPECT_EQ(found.dropped, wanted.dropped);
      for (std::size_t j = 0; j < wanted.coefficients.size(); ++j) {
        const Coefficient &f = found.coefficients[j], &w = wanted.coefficients[j];
        EXPECT_EQ(f.name, w.name);
        EXPECT_NEAR(f.estimate, w.estimate, 1e-7 * (std::fabs(w.estimate) + 0.1)) << f.name;
        if (c.ridge == 0) {
          EXPECT_NEAR(f.error, w.error, 1e-8 * w.error) << f.name;
        }
      }
      EXPECT_NEAR(found.r_squared, wanted.r_squared, 1e-10);
      EXPECT_FALSE(found.residuals) << "residuals are not in a state";
    };
    check(merge_fits(merge, run));
    // In another order and in two steps.
    MergeOptions first{{merge.states[2], merge.states[0]}, folder_ / "two", "", c.ridge};
    merge_fits(first, run);
    check(merge_fits({{folder_ / "two", merge.states[1]}, "", "", c.ridge}, run));
  }
}

TEST_F(FitFiles, PartsThatLackLevelsAlsoInCodes) {
  // The first part meets v, then u; the second 07 where the first has 7.
  std::ofstream(folder_ / "a.csv") << "y,k,c\n1,7,v\n2,9,u\n4,7,u\n3,9,v\n";
  std::ofstream(folder_ / "b.csv") << "y,k,c\n6,3,w\n2,07,u\n5,3,u\n9,11,w\n7,11,u\n";
  std::ofstream(folder_ / "ab.csv")
      << "y,k,c\n1,7,v\n2,9,u\n4,7,u\n3,9,v\n6,3,w\n2,07,u\n5,3,u\n9,11,w\n7,11,u\n";
  const std::string formula = "y ~ C(k) + C(c, Treatment('u'))";
  for (const std::string name : {"a", "b"}) {
    FitOptions o = fit_options(folder_ / (name + ".csv"), formula);
    o.state = folder_ / (name + ".json"), o.residuals = "no";
    fit_table(o, fit_run());
  }
  const FitResult wanted = fit_table(fit_options(folder_ / "ab.csv", formula), fit_run());
  const FitResult found =
      merge_fits({{folder_ / "a.json", folder_ / "b.json"}, "", folder_ / "m.json"}, fit_run());
  ASSERT_EQ(found.coefficients.size(), 6u);
  EXPECT_EQ(found.coefficients[1].name, "C(k)[T.7]");
  for (std::size_t j = 0; j < 6; ++j) {
    EXPECT_EQ(found.coefficients[j].name, wanted.coefficients[j].name);
    EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-12);
  }
  EXPECT_NE(text_of(folder_ / "m.json").find("\"rows\":9"), std::string::npos);
}

TEST_F(FitFiles, StatesThatDoNotFit) {
  const auto save = [&](const std::string& name, const std::string& table, const std::string& formula) {
    FitOptions o = fit_options(write(table), formula);
    o.state = folder_ / name, o.residuals = "no";
    fit_table(o, fit_run());
    return o.state;
  };
  const std::string numbers = "y,a\n1,1\n2,2\n4,3\n4,4\n", one = save("one", numbers, "y ~ a");
  const auto message = [&](const std::string& other) {
    return thrown([&] { merge_fits({{one, other}, "", ""}, fit_run()); });
  };
  EXPECT_NE(
      message(save("two", numbers, "y ~ 0 + a")).find("two: a state of another formula: expected 'y ~ a'"),
      std::string::npos);
  EXPECT_NE(message(save("text", "y,a\n1,u\n2,v\n4,u\n5,v\n", "y ~ a")).find("column 'a' holds text"),
            std::string::npos);
  std::string text = text_of(one);
  std::ofstream(folder_ / "later") << text.replace(text.find("\"schema\":1"), 10, "\"schema\":9");
  EXPECT_NE(message(folder_ / "later").find("expected \"schema\": 1, found 9"), std::string::npos);
  text = text_of(one);
  std::ofstream(folder_ / "cut") << text.substr(0, text.size() / 2);
  EXPECT_NE(message(folder_ / "cut").find("cut: not JSON"), std::string::npos);
  std::ofstream(folder_ / "less") << text.replace(text.find("\"sums\":["), 8, "\"sums\":[0,");
  EXPECT_NE(message(folder_ / "less").find("its sums are not those of its formula"), std::string::npos);
  EXPECT_NE(message(write(numbers)).find("not JSON"), std::string::npos);
  FitOptions qr = fit_options(write(numbers), "y ~ a");
  qr.state = folder_ / "qr", qr.solver = "qr";
  EXPECT_NE(thrown([&] { fit_table(qr, fit_run()); }).find("--save-state with --solver qr"),
            std::string::npos);
}

TEST_F(FitFiles, PredictionsByAModelAreThoseOfTheFit) {
  const auto rows = made_rows(400);
  const std::string table = part("t.csv", rows, 0, 400);
  std::ofstream(folder_ / "new.csv") << "k,extra,a\nl0,1,100001.5\nl3,1,100019\n,2,3\nl1,NA,100010\n";
  struct Case {
    std::string formula, errors;
    double ridge;
  };
  for (const Case& c : {Case{"y ~ a * k", "classic", 0}, Case{"y ~ a + C(k, Sum)", "HC1", 0},
                        Case{"y ~ C(k) + I(a ** 2)", "HC3", 0}, Case{"y ~ a + k", "classic", 3}}) {
    FitOptions o = fit_options(table, c.formula);
    o.errors = c.errors, o.ridge = c.ridge;
    o.predict = folder_ / "new.csv", o.output = folder_ / "by_fit.csv", o.model = folder_ / "m.json";
    RunOptions run = fit_run();
    run.force = true;
    const FitResult fit = fit_table(o, run);
    PredictOptions p;
    p.input.path = folder_ / "new.csv", p.model = o.model, p.output = folder_ / "by_model.csv";
    const PredictResult result = predict_table(p, run);
    EXPECT_EQ(result.facts.rows, 4);
    EXPECT_EQ(result.facts.missing, 1);
    EXPECT_EQ(text_of(folder_ / "by_model.csv"), text_of(folder_ / "by_fit.csv")) << c.formula;
    // By hand: the first row's mean and its error from the covariance.
    if (c.formula != "y ~ a * k") continue;
    std::vector<double> x;
    for (const Coefficient& one : fit.coefficients)
      x.push_back(one.name == "Intercept" ? 1 : one.name == "a" ? 100001.5 : 0);
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      mean += x[i] * fit.coefficients[i].estimate;
      for (std::size_t j = 0; j < x.size(); ++j) variance += x[i] * x[j] * fit.covariance[i * x.size() + j];
    }
    std::stringstream text(text_of(folder_ / "by_model.csv"));
    std::string line;
    std::getline(text, line), std::getline(text, line);
    double found = 0, error = 0;
    ASSERT_EQ(std::sscanf(line.c_str(), "%lf,%lf", &found, &error), 2);
    EXPECT_NEAR(found, mean, 1e-9 * mean);
    EXPECT_NEAR(error, std::sqrt(variance), 1e-3 * error) << "the covariance's products cancel";
  }
}

TEST_F(FitFiles, WhatAModelRefuses) {
  FitOptions o = fit_options(write("y,a,k\n1,1,u\n2,2,v\n4,3,u\n4,4,v\n9,5,u\n"), "y ~ . + np.log(a)");
  o.model = folder_ / "m.json";
  fit_table(o, fit_run());
  const auto message = [&](const std::string& table) {
    std::ofstream(folder_ / "new.csv") << table;
    PredictOptions p;
    p.input.path = folder_ / "new.csv", p.model = o.model, p.output = folder_ / "out.csv";
    return thrown([&] { predict_table(p, fit_run()); });
  };
  EXPECT_NE(message("a,k\n1,u\n2,w\n").find("new.csv: line 3, column 2: bad value in 'k'"),
            std::string::npos);
  EXPECT_NE(message("a\n1\n").find("new.csv: expected a column 'k'"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.csv"));
  EXPECT_EQ(message("z,k,a\n7,u,1\n"), "") << "other columns do not matter, though the formula says '.'";
  EXPECT_NE(message("a,k\n1,u\n").find("out.csv: the output exists"), std::string::npos);
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("m.json: the output exists"), std::string::npos);
}

TEST_F(FitRecords, BinaryTablesGiveWhatTextGives) {
  FitOptions o = fit_options(csv_, "y ~ a * k + C(n) + flag");
  o.errors = "HC1";
  const FitResult wanted = fit_table(o, fit_run());
  ASSERT_EQ(wanted.coefficients.size(), 9u);
  for (const std::string name : {"t.npy", "t.h5:/records", "t.h5:/columns"}) {
    o.input.path = folder_ / name;
    for (const int threads : {1, 3}) {
      const FitResult found = fit_table(o, fit_run(threads));
      ASSERT_EQ(found.coefficients.size(), 9u) << name;
      EXPECT_EQ(found.rows, wanted.rows);
      EXPECT_EQ(found.dropped, wanted.dropped);
      for (std::size_t j = 0; j < 9; ++j) {
        EXPECT_EQ(found.coefficients[j].name, wanted.coefficients[j].name) << name;
        EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-11);
        EXPECT_NEAR(found.coefficients[j].error, wanted.coefficients[j].error, 1e-11);
      }
      EXPECT_NEAR(found.residuals->durbin_watson, wanted.residuals->durbin_watson, 1e-11);
    }
    FitOptions given = fit_options(folder_ / name, "y ~ C(k, levels=['u', 'vv'])");
    EXPECT_NE(thrown([&] { fit_table(given, fit_run()); })
                  .find("bad value in 'k': expected a known level, found "
                        "'www'"),
              std::string::npos);
    given.formula = "y ~ log(k)";
    EXPECT_NE(thrown([&] { fit_table(given, fit_run()); }).find("holds text"), std::string::npos);
  }
  std::filesystem::resize_file(folder_ / "t.npy", 4000);
  o.input.path = folder_ / "t.npy";
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("t.npy: truncated"), std::string::npos);
}

TEST_F(FitFiles, MatricesWithNames) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }";
  header.resize(117, ' ');
  header += '\n';
  std::ofstream file(folder_ / "m.npy", std::ios::binary);
  file << std::string("\x93NUMPY\1\0", 8) << char(header.size()) << '\0' << header;
  const double values[] = {1, 1, 2, 2, 4, 3, 4, 4};
  file.write(reinterpret_cast<const char*>(values), sizeof values);
  file.close();
  FitOptions o = fit_options(folder_ / "m.npy", "column1 ~ column2");
  const double slope = fit_table(o, fit_run()).coefficients[1].estimate;
  EXPECT_NEAR(slope, 1.1, 1e-14);
  o.formula = "y ~ x", o.input.options.dialect.names = {"y", "x"};
  EXPECT_EQ(fit_table(o, fit_run()).coefficients[1].estimate, slope);
  o.input.options.dialect.names = {"y"};
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("expected names of 2 columns, found 1"),
            std::string::npos);
}

TEST_F(FitFiles, WholeColumnsAreCentredAndScaled) {
  const std::string path = part("t.csv", made_rows(2000), 0, 2000);
  const FitResult plain = fit_table(fit_options(path, "y ~ a + k"), fit_run());
  double sum = 0, squares = 0, rows = 0;
  for (const std::string& line : made_rows(2000)) {
    double y = 0, a = 0;
    if (std::sscanf(line.c_str(), "%lf,%lf", &y, &a) != 2) continue;
    sum += a - 1e5, squares += (a - 1e5) * (a - 1e5), rows += 1;
  }
  const double mean = 1e5 + sum / rows, deviation = std::sqrt(squares / rows - sum / rows * (sum / rows));
  const double at_mean = plain.coefficients[0].estimate + mean * plain.coefficients.back().estimate;
  for (const std::string solver : {"normal", "qr"}) {
    FitOptions o = fit_options(path, "y ~ center(a) + k");
    o.solver = solver;
    const FitResult centred = fit_table(o, fit_run());
    EXPECT_EQ(centred.coefficients.back().name, "center(a)");
    EXPECT_NEAR(centred.coefficients.back().estimate, plain.coefficients.back().estimate, 1e-9);
    EXPECT_NEAR(centred.coefficients[0].estimate, at_mean, 1e-6) << "rows without a value do not count";
    o.formula = "y ~ standardize(a) + k";
    o.model = folder_ / ("m" + solver);
    const FitResult scaled = fit_table(o, fit_run());
    EXPECT_NEAR(scaled.coefficients.back().estimate, plain.coefficients.back().estimate * deviation, 1e-7);
    // The model has the fit's mean and deviation, not those of the new rows.
    std::ofstream(folder_ / "new.csv") << "k,a\nl0,100000\n";
    RunOptions run = fit_run();
    run.force = true;
    PredictOptions p;
    p.input.path = folder_ / "new.csv", p.model = o.model, p.output = folder_ / "out.csv";
    predict_table(p, run);
    double found = 0;
    ASSERT_EQ(std::sscanf(text_of(p.output).c_str(), "%*[^\n]\n%lf", &found), 1);
    EXPECT_NEAR(found, plain.coefficients[0].estimate + 1e5 * plain.coefficients.back().estimate, 1e-6);
  }
  // A whole row counts as often as it stands for.
  const std::string counted = write("y,x,n\n1,1,2\n2,4,1\n5,3,3\n"), repeated = folder_ / "repeated.csv";
  std::ofstream(repeated) << "y,x\n1,1\n1,1\n2,4\n5,3\n5,3\n5,3\n";
  FitOptions o = fit_options(counted, "y ~ standardize(x)");
  o.repeats = "n";
  EXPECT_NEAR(fit_table(o, fit_run()).coefficients[1].estimate,
              fit_table(fit_options(repeated, "y ~ standardize(x)"), fit_run()).coefficients[1].estimate,
              1e-12);
  EXPECT_NE(thrown([&] {
              fit_table(fit_options(counted, "y ~ center(center(x))"), fit_run());
            }).find("center within center"),
            std::string::npos);
  EXPECT_NE(thrown([&] {
              fit_table(fit_options(write("y,x\n1,2\n2,2\n4,2\n"), "y ~ standardize(x)"), fit_run());
            }).find("constant"),
            std::string::npos);
  FitOptions state = fit_options(path, "y ~ center(x)");
  write("y,x\n1,2\n2,3\n4,2\n");
  state.state = folder_ / "s";
  EXPECT_NE(thrown([&] { fit_table(state, fit_run()); }).find("--save-state: center()"), std::string::npos);
}

TEST_F(FitFiles, ComparisonsAreCategories) {
  const std::string path = write("y,x,n\n1,1,3\n4,5,1\n2,2,3\n8,7,2\n6,,1\n3,3,2\n");
  const FitResult two = fit_table(fit_options(path, "y ~ I(x > 2.5)"), fit_run());
  ASSERT_EQ(two.coefficients.size(), 2u);
  EXPECT_EQ(two.coefficients[1].name, "I(x > 2.5)[T.True]");
  EXPECT_DOUBLE_EQ(two.coefficients[0].estimate, 1.5);
  EXPECT_DOUBLE_EQ(two.coefficients[1].estimate, 5 - 1.5);
  EXPECT_EQ(two.rows, 5) << "a row without x is dropped";
  const FitResult number = fit_table(fit_options(path, "y ~ I((n!=3) * 2 + (x<=1))"), fit_run());
  EXPECT_EQ(number.coefficients[1].name, "I((n != 3) * 2 + (x <= 1))");
  const test::DesignMatrix matrix = test::design_matrix(path, "y ~ 0 + I(n == 3):x");
  EXPECT_EQ(matrix.names, (std::vector<std::string>{"I(n == 3)[False]:x", "I(n == 3)[True]:x"}));
  EXPECT_EQ(matrix.rows[1], (std::vector<double>{5, 0}));
  EXPECT_EQ(matrix.rows[2], (std::vector<double>{0, 2}));
  EXPECT_NE(thrown([&] { fit_table(fit_options(path, "y ~ x > 2"), fit_run()); }).find("found '>'"),
            std::string::npos);
}

TEST_F(FitFiles, ErrorsByClustersAreThoseOfTheirSums) {
  std::mt19937_64 random(9);
  std::normal_distribution<double> normal;
  const int rows = 900, groups = 23;
  std::string text = "y,x,g,n\n";
  std::vector<double> x, y, n;
  std::vector<int> g;
  for (int i = 0; i < rows; ++i) {
    g.push_back(i * 31 % groups), n.push_back(1 + i % 3);
    x.push_back(normal(random) + g.back() % 3), y.push_back(2 * x.back() + g.back() % 5 + normal(random));
    char line[120];
    std::snprintf(line, sizeof line, "%.17g,%.17g,%s%d,%g\n", y.back(), x.back(), i % 2 ? "0" : "", g.back(),
                  n.back());
    text += line;
  }
  for (const bool repeats : {false, true}) {
    FitOptions o = fit_options(write(text), "y ~ x");
    o.errors = "cluster", o.cluster = "g";
    if (repeats) o.repeats = "n";
    const FitResult one = fit_table(o, fit_run(1)), two = fit_table(o, fit_run(3));
    EXPECT_EQ(one.covariance, two.covariance);
    EXPECT_EQ(one.clusters, groups) << "07 and 7 are one level";
    // By hand: (X'X)^-1 (sum of s s') (X'X)^-1 G/(G-1) (N-1)/(N-2).
    double a = 0, b = 0, c = 0, total = 0;
    std::vector<double> s0(groups), s1(groups);
    for (int i = 0; i < rows; ++i) {
      const auto at = std::size_t(i);
      const double w = repeats ? n[at] : 1;
      const double e = y[at] - one.coefficients[0].estimate - one.coefficients[1].estimate * x[at];
      a += w, b += w * x[at], c += w * x[at] * x[at], total += w;
      s0[std::size_t(g[at])] += w * e, s1[std::size_t(g[at])] += w * e * x[at];
    }
    const double det = a * c - b * b;
    double v = 0;
    for (int k = 0; k < groups; ++k)
      v += std::pow((-b * s0[std::size_t(k)] + a * s1[std::size_t(k)]) / det, 2);
    v *= groups / (groups - 1.0) * (total - 1) / (total - 2);
    EXPECT_NEAR(one.coefficients[1].error, std::sqrt(v), 1e-10);
    EXPECT_NEAR((one.coefficients[1].high - one.coefficients[1].estimate) / one.coefficients[1].error,
                2.0738730679040147, 1e-9)
        << "scipy.stats.t.ppf(0.975, 22)";
  }
  FitOptions o = fit_options(write(text), "y ~ x");
  o.errors = "cluster";
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("--se cluster without --cluster"),
            std::string::npos);
}

TEST_F(FitFiles, LevelsCountAgainstTheMemory) {
  std::string text = "y,id\n";
  for (int i = 0; i < 400000 / (kSanitized ? 4 : 1); ++i)
    text += "1,identifier" + std::to_string(1000000 + i) + "\n";
  FitOptions o = fit_options(write(text), "y ~ 1");
  o.errors = "cluster", o.cluster = "id";  // of clusters there may be any number
  EXPECT_NE(thrown([&] { fit_table(o, fit_run(2, 60 << 20)); }).find("levels of the formula's categories"),
            std::string::npos);
}

TEST_F(FitFiles, PicturesPlansAndProfiles) {
  const std::string path = part("t.csv", made_rows(3000), 0, 3000);
  FitOptions o = fit_options(path, "y ~ a * k");
  o.picture = folder_ / "fit.svg", o.profile = folder_ / "run.html";
  fit_table(o, fit_run());
  const std::string svg = text_of(o.picture), page = text_of(o.profile);
  EXPECT_NE(svg.find("Residuals against fitted values"), std::string::npos);
  EXPECT_NE(svg.find("Coefficients"), std::string::npos);
  EXPECT_NE(page.find("cores busy"), std::string::npos);
  EXPECT_NE(page.find("residuals"), std::string::npos);
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("the output exists"), std::string::npos);
  o.profile = "run.txt", o.picture.clear();
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("--profile: expected a name that ends in .html"),
            std::string::npos);
  o.profile.clear(), o.picture = folder_ / "plan.svg", o.errors = "HC3";
  const FitPlan plan = plan_fit(o, fit_run());
  EXPECT_EQ(plan.columns, (std::vector<std::string>{"Intercept", "k[T.l1]", "k[T.l2]", "k[T.l3]", "a",
                                                    "a:k[T.l1]", "a:k[T.l2]", "a:k[T.l3]"}));
  EXPECT_EQ(plan.categories, std::vector<std::string>{"k (4 levels in the first rows)"});
  ASSERT_EQ(plan.passes.size(), 5u);  // two of the picture
  EXPECT_FALSE(plan.passes[1].certain) << "QR only where the sums ask for it";
  draw_plan(plan, o, fit_run());
  EXPECT_NE(text_of(o.picture).find("merge in order"), std::string::npos);
}

}  // namespace
}  // namespace sluice
