// Tables at the edges of what a fit takes: truth values however spelt, columns without a value, magnitudes
// whose squares overflow, too many levels; and states that were damaged or hold no row.
#include <algorithm>
#include <filesystem>

#include "fit_files.h"
#include "host/fit_model.h"
#include "host/fit_plan.h"

namespace sluice {
namespace {

using namespace test;

class FitInputs : public FitFiles {
 protected:
  using Names = std::vector<std::string>;
  static Names names_of(const FitResult& fit) {
    Names names;
    for (const Coefficient& one : fit.coefficients) names.push_back(one.name);
    return names;
  }
  FitResult fit(const std::string& table, const std::string& formula) {
    return fit_table(fit_options(write(table), formula), fit_run());
  }
  std::string refusal(const std::string& table, const std::string& formula,
                      const std::string& solver = "auto") {
    FitOptions o = fit_options(write(table), formula);
    o.solver = solver;
    return thrown([&] { fit_table(o, fit_run()); });
  }
  std::string save(const std::string& name, const std::string& table, const std::string& formula,
                   const std::string& repeats = "") {
    FitOptions o = fit_options(write(table), formula);
    o.state = folder_ / name, o.residuals = "no", o.repeats = repeats;
    fit_table(o, fit_run());
    return o.state;
  }
};

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(FitInputs, TruthValuesAreFalseAndTrueHoweverSpelt) {
  const std::string table = "y,k\n1,true\n2,FALSE\n4,True\n8,false\n5,\n3,TRUE\n";
  const FitResult found = fit(table, "y ~ k");
  EXPECT_EQ(names_of(found), (Names{"Intercept", "k[T.True]"}));
  EXPECT_DOUBLE_EQ(found.coefficients[0].estimate, 5);
  EXPECT_EQ(names_of(fit(table, "y ~ C(k, Treatment(True))")),
            (Names{"Intercept", "C(k, Treatment(True))[T.False]"}));
  EXPECT_EQ(names_of(fit(table, "y ~ 0 + C(k, levels=[True, False])")),
            (Names{"C(k, levels=[True, False])[True]", "C(k, levels=[True, False])[False]"}));
  EXPECT_EQ(names_of(fit("y,k\n1,true\n2,maybe\n4,True\n8,maybe\n9,true\n", "y ~ k")),
            (Names{"Intercept", "k[T.maybe]", "k[T.true]"}))
      << "with another text they are texts";
  FitOptions o = fit_options(write(table), "y ~ k");
  o.model = folder_ / "m.json";
  fit_table(o, fit_run());
  std::ofstream(folder_ / "new.csv") << "k\nTRUE\n";
  PredictOptions p;
  p.input.path = folder_ / "new.csv", p.model = o.model, p.output = folder_ / "out.csv";
  EXPECT_EQ(predict_table(p, fit_run()).facts.missing, 0);
}

TEST_F(FitInputs, InfiniteAndDecimalLevelsAreNumbers) {
  EXPECT_EQ(names_of(fit("y,k\n1,2\n2,inf\n4,10\n8,2\n5,10\n3,inf\n", "y ~ C(k)")),
            (Names{"Intercept", "C(k)[T.10.0]", "C(k)[T.inf]"}));
  FitOptions o = fit_options(write("y;k\n1;2,5\n2;9,5\n4;10,5\n8;2,50\n5;10,5\n3;9,5\n"),
                             "y ~ C(k, Treatment(reference=9.5))");
  o.input.options.dialect.decimal = ',';
  const Names wanted{"Intercept", "C(k, Treatment(reference=9.5))[T.2.5]",
                     "C(k, Treatment(reference=9.5))[T.10.5]"};
  EXPECT_EQ(names_of(fit_table(o, fit_run())), wanted);
  EXPECT_EQ(plan_fit(o, fit_run()).columns, wanted) << "of the first rows too";
}

TEST_F(FitInputs, AnEmptyColumnIsNamed) {
  const std::string table = "y,a,b\n1,,1\n2,,2\n3,NA,5\n";
  for (const std::string formula : {"y ~ a + b", "y ~ b + C(a)", "y ~ a:C(b)"}) {
    try {
      fit(table, formula);
      ADD_FAILURE() << formula;
    } catch (const Error& error) {
      expect_part(error.what(), "no rows to fit");
      expect_part(error.advice(), "column 'a' has no value in ");
    }
  }
}

TEST_F(FitInputs, MagnitudesWithoutSquaresAreRefusedByName) {
  for (const std::string power : {"200", "-200"}) {
    const std::string wide =
        "y,x\n1,1e" + power + "\n2,3e" + power + "\n4,2e" + power + "\n3,5e" + power + "\n";
    const std::string tall =
        "y,x\n1e" + power + ",1\n3e" + power + ",2\n2e" + power + ",4\n7e" + power + ",3\n";
    const std::string kind = power == "200" ? "larger" : "smaller";
    for (const std::string solver : {"auto", "normal", "qr", "svd"}) {
      expect_part(refusal(wide, "y ~ x", solver),
                  "x: expected values between 1e-140 and 1e140, found " + kind);
      expect_part(refusal(tall, "y ~ x", solver),
                  "y: expected values between 1e-140 and 1e140, found " + kind);
    }
    expect_part(refusal(wide, "y ~ 0 + I(y > 2):x", "qr"), "I(y > 2)[False]:x: expected values");
    expect_part(refusal(wide, "y ~ I(y > 2):x"), "x: expected values");
    EXPECT_EQ(refusal(wide, "y ~ I(x * 1e" + std::string(power == "200" ? "-200" : "200") + ")"), "");
  }
  EXPECT_EQ(refusal("y,x\n1,1e100\n2,3e100\n4,2e100\n3,5e100\n", "y ~ x"), "");
  expect_part(refusal("y,x\n1,0\n2,0\n4,0\n3,0\n", "y ~ x"), "collinear columns: x");
}

TEST_F(FitInputs, TooManyLevelsStopThePass) {
  const int rows = 150000 / (kSanitized ? 5 : 1);
  std::string text = "y,id\n";
  for (int i = 0; i < rows; ++i) text += "1," + std::to_string(i) + "\n";
  text += "what is no number,1\n";  // and comes after
  expect_part(refusal(text, "y ~ C(id)"), "formula: C(id) has more than 20000 levels");
}

/// A table that differs from patsy's by its digits alone: patsy's columns lose half of them at 25 levels.
TEST_F(FitInputs, PolynomialsOfManyLevelsAreOrthogonal) {
  std::vector<std::string> levels;
  for (int i = 0; i < 60; ++i) levels.push_back(std::to_string(100 + i));
  fit::ContrastSpec spec;
  spec.kind = fit::ContrastSpec::Kind::kPoly;
  const fit::Contrast c = fit::contrast_of(spec, levels, false);
  ASSERT_EQ(c.columns, 59u);
  for (std::size_t j = 0; j < c.columns; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < c.levels; ++i) sum += c.at(i, j);
    EXPECT_NEAR(sum, 0, 1e-13);
    for (std::size_t k = 0; k <= j; ++k) {
      double along = 0;
      for (std::size_t i = 0; i < c.levels; ++i) along += c.at(i, j) * c.at(i, k);
      EXPECT_NEAR(along, j == k, 1e-13) << j << " " << k;
    }
    // Of degree j + 1 about the middle: even or odd; and of the last, binomials with alternating signs.
    for (std::size_t i = 0; i < c.levels; ++i)
      EXPECT_NEAR(c.at(i, j), (j % 2 == 0 ? -1 : 1) * c.at(59 - i, j), 1e-12) << j;
  }
  double binomial = 1, squares = 0;
  std::vector<double> last;
  for (int i = 0; i < 60; ++i) {
    last.push_back(i % 2 == 0 ? -binomial : binomial);
    squares += binomial * binomial;
    binomial *= (59.0 - i) / (i + 1);
  }
  for (std::size_t i = 0; i < 60; ++i) EXPECT_NEAR(c.at(i, 58), last[i] / std::sqrt(squares), 1e-12) << i;
  spec.scores.assign(60, 1.0);
  expect_part(thrown([&] { fit::contrast_of(spec, levels, false); }), "scores that differ, found 1 twice");
}

TEST_F(FitInputs, DamagedStatesAreRefused) {
  const std::string good =
      save("s", "y,a,k,n\n1,1,u,1\n2,2,v,2\n4,3,u,1\n4,4,v,3\n5,7,u,1\n", "y ~ a + k", "n");
  const std::string text = text_of(good);
  EXPECT_EQ(thrown([&] { merge_fits({{good}, "", ""}, fit_run()); }), "");
  const auto damaged = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    const auto at = other.find(from);
    if (at == std::string::npos) return "no " + from + " in " + text;
    std::ofstream(folder_ / "bad") << other.replace(at, from.size(), to);
    return thrown([&] { merge_fits({{folder_ / "bad"}, "", ""}, fit_run()); });
  };
  for (const std::string name : {"rows", "rows_dropped", "parts"})
    for (const std::string value : {"-5", "null", "1e300", "2.5"}) {
      const std::string key = "\"" + name + "\":", old = name == "rows" ? "5" : name == "parts" ? "1" : "0";
      expect_part(damaged(key + old, key + value), "'" + name + "': expected a whole number of 0 or more");
    }
  expect_part(damaged("\"rows\":5", "\"rows\":9"), "its sums are not those of 9 rows");
  expect_part(damaged("[[\"u\",\"v\"]]", "[[\"u\",\"u\"]]"), "the level 'u' of 'k' is there twice");
  expect_part(damaged("[[\"u\",\"v\"]]", "[[1,2]]"), "expected texts as levels of 'k'");
  expect_part(damaged("[[\"u\",\"v\"]]", "[[\"u\"]]"), "a cell names a level that is not there");
  expect_part(damaged("\"codes\":[0,1]", "\"codes\":[0,0.5]"), "a cell names a level that is not there");
  expect_part(damaged("\"codes\":[0,1],\"sums\":[3", "\"codes\":[0,1],\"sums\":[4"),
              "cells hold other rows than the sums");
  expect_part(damaged("\"log_weights\":", "\"log_weights\":null,\"was\":"), "not finite");
}

TEST_F(FitInputs, APartWithoutTheReferenceLevelIsSaved) {
  const std::string one = "1,u\n2,v\n4,u\n4,v\n", two = "5,w\n7,u\n8,w\n";
  for (const std::string contrast : {"Treatment('w')", "Sum(omit='w')", "Poly([1, 2, 4])"}) {
    const std::string formula = "y ~ C(k, " + contrast + ")";
    FitOptions o = fit_options(write("y,k\n" + one), formula);
    o.state = folder_ / "part";
    RunOptions run = fit_run();
    run.force = true;
    EXPECT_NE(fit_table(o, run).unsolved, "") << contrast;
    FitOptions alone = o;
    alone.state.clear();
    EXPECT_NE(thrown([&] { fit_table(alone, run); }), "") << "without a state it is an error";
    FitOptions other = fit_options(write("y,k\n" + two), formula);
    other.state = folder_ / "other";
    fit_table(other, run);
    const FitResult found = merge_fits({{o.state, other.state}, "", ""}, fit_run());
    const FitResult wanted = fit("y,k\n" + one + two, formula);
    ASSERT_EQ(names_of(found), names_of(wanted));
    for (std::size_t j = 0; j < 3; ++j)
      EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-12);
    std::filesystem::remove(folder_ / "part"), std::filesystem::remove(folder_ / "other");
  }
}

TEST_F(FitInputs, TermsThatAreTakenOutAreNotRead) {
  const std::string table = "y,a,b,t\n1,1,2,u\n2,3,1,v\n4,2,2,u\n3,5,9,v\n";
  const FitResult wanted = fit(table, "y ~ a");
  for (const std::string formula : {"y ~ a - center(b)", "y ~ a + standardize(b) - standardize(b)",
                                    "y ~ a - t", "y ~ a - np.log(t)", "y ~ a + C(b) + 0 + 1 - C(b)"}) {
    const FitResult found = fit(table, formula);
    ASSERT_EQ(names_of(found), names_of(wanted)) << formula;
    EXPECT_DOUBLE_EQ(found.coefficients[1].estimate, wanted.coefficients[1].estimate);
  }
  EXPECT_NE(refusal(table, "y ~ a - nosuch"), "");
}

TEST_F(FitInputs, AllOtherColumnsWithAndWithoutAnIntercept) {
  const int columns = 2500;
  std::string text = "y";
  for (int j = 0; j < columns; ++j) text += ",c" + std::to_string(j);
  for (int i = 0; i < 3; ++i) {
    text += "\n" + std::to_string(i);
    for (int j = 0; j < columns; ++j) text += "," + std::to_string((i * 7 + j) % 5);
  }
  const std::string path = write(text + "\n");
  for (const std::string formula : {"y ~ .", "y ~ 0 + .", "y ~ . - c7 - 1"}) {
    FitOptions o = fit_options(path, formula);
    const FitPlan plan = plan_fit(o, fit_run(2, 128 << 20));
    EXPECT_EQ(plan.columns.size(), std::size_t(columns) + (formula == "y ~ .") - (formula.size() > 9));
    EXPECT_GT(plan.least, 128u << 20);
    expect_part(plan.advice, "--memory 128M is too small: a fit needs at least ");
    expect_part(thrown([&] { fit_table(o, fit_run(2, 128 << 20)); }), plan.advice);
  }
  const std::string many =
      "y ~ (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11 + c12 + c13 + c14)";
  expect_part(thrown([&] { fit::parse_formula(many + "**15", {}); }), "more than 20000 terms");
  const std::string ten = "(a*b*c*d*e*f*g*h*i*j)";
  EXPECT_EQ(fit::parse_formula("y ~ " + ten + "**900", {}).terms.size(), 1024u)
      << "a fixpoint, found at once";
}

TEST_F(FitInputs, APlanHasThePassesOfTheRun) {
  write("y,a,k,c\n1,1,u,p\n2,2,v,q\n4,3,u,p\n4,4,v,q\n5,7,u,r\n");
  FitOptions o = fit_options(folder_ / "t.csv", "y ~ a + k");
  const auto names = [&] {
    Names names;
    for (const FitPlan::Pass& pass : plan_fit(o, fit_run()).passes)
      if (pass.certain) names.push_back(pass.name);
    return names;
  };
  o.solver = "svd", o.residuals = "no", o.store = folder_ / "d.h5", o.predict = folder_ / "t.csv";
  EXPECT_EQ(names(), (Names{"levels", "svd", "predict"}));
  EXPECT_EQ(plan_fit(o, fit_run()).passes[1].what, "the triangle of the design, and the store");
  o.solver = "normal", o.predict.clear();
  EXPECT_EQ(names(), (Names{"sums", "store"}));
  o.store.clear(), o.errors = "cluster", o.cluster = "c", o.picture = folder_ / "p.svg";
  EXPECT_EQ(names(), (Names{"sums", "residuals", "ranges", "counts"}));
  EXPECT_EQ(plan_fit(o, fit_run()).categories, Names{"k (2 levels in the first rows)"});
}

TEST_F(FitInputs, FilesMayDifferInTheirSeparators) {
  FitOptions o = fit_options(write("y,a\n1,1\n2,3\n"), "y ~ a");
  std::ofstream(folder_ / "two.csv") << "a;y\n4;2\n5;7\n";
  o.files = {folder_ / "t.csv", folder_ / "two.csv"};
  const FitResult found = fit_table(o, fit_run());
  EXPECT_EQ(found.rows, 4);
  EXPECT_NEAR(found.coefficients[1].estimate,
              fit("y,a\n1,1\n2,3\n2,4\n7,5\n", "y ~ a").coefficients[1].estimate, 1e-12);
}

TEST_F(FitInputs, OtherFormatsAreNamed) {
  expect_part(refusal(std::string("PK\3\4\0\0y,a\n1,2\n", 14), "y ~ a"), "found a zip archive");
  expect_part(refusal("PAR1y,a\n1,2\n", "y ~ a"), "found a Parquet file");
  expect_part(refusal(std::string("\xff\xfey\0,\0", 6), "y ~ a"), "found text in UTF-16");
}

TEST_F(FitInputs, PartsWithoutRowsAreMerged) {
  const std::string head = "y,a,k,b\n", rows = "1,1,u,2\n2,2,v,3\n4,3,u,9\n4,4,v,1\n5,7,u,4\n7,1,v,2\n";
  const std::string formula = "y ~ a + k + b";
  const std::string whole = save("whole", head + rows, formula), none = save("none", head, formula);
  const std::string gaps = save("gaps", head + "1,,u,2\n2,,v,3\n", formula);
  const std::string empty = save("empty", head + "1,1,,2\n", formula);
  const FitResult wanted = merge_fits({{whole}, "", ""}, fit_run());
  std::vector<std::string> parts{whole, none, gaps, empty};
  std::sort(parts.begin(), parts.end());
  do {
    const FitResult found = merge_fits({parts, "", ""}, fit_run());
    EXPECT_EQ(found.rows, 6);
    EXPECT_EQ(found.dropped, 3);
    ASSERT_EQ(names_of(found), names_of(wanted));
    for (std::size_t j = 0; j < wanted.coefficients.size(); ++j)
      EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-12);
  } while (std::next_permutation(parts.begin(), parts.end()));
  const std::string all = save("all", "y,a\n", "y ~ .");
  expect_part(thrown([&] {
                merge_fits({{save("more", "y,a,b\n", "y ~ ."), all}, "", ""}, fit_run());
              }),
              "the formula's '.' stands for other columns");
  expect_part(thrown([&] { merge_fits({{none, none}, "", ""}, fit_run()); }), "fewer rows than columns");
}

}  // namespace
}  // namespace sluice
