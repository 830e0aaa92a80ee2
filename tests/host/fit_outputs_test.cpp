// What a fit may write where, and what it says before it reads: outputs beside inputs, predictions row by
// row, requests that cannot be met.
#include <filesystem>

#include "fit_files.h"
#include "host/error.h"
#include "host/fit/checks.h"
#include "host/fit/files.h"
#include "host/fit_model.h"

namespace sluice {
namespace {

using namespace test;
namespace fs = std::filesystem;

/// Counts the passes that begin.
struct Passes : Observer {
  void begin(const char*, double, const char*, double) override { ++count; }
  int count = 0;
};

class FitOutputs : public FitRecords {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::vector<std::string> lines_of(const std::string& path) {
    std::istringstream text(text_of(path));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
  static void says(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
};

TEST_F(FitOutputs, BadRowsKeepTheirPlacesInPredictions) {
  const int rows = 40000 / (kSanitized ? 8 : 1);
  std::string good = "a,k\n", bad = good;
  std::vector<bool> is_bad;
  for (int i = 0; i < rows; ++i) {
    const std::string number = std::to_string(i % 1000), level = i % 3 == 0 ? "u" : "v";
    good += number + "," + level + "\n";
    is_bad.push_back(true);
    if (i % 701 == 3)
      bad += "x," + level + "\n";  // no number
    else if (i % 499 == 5)
      bad += number + "," + level + ",9\n";  // ragged
    else if (i % 997 == 8)
      bad += number + ",nowhere\n";  // a level that the fit has not seen
    else if (i % 1501 == 9)
      bad += "inf," + level + "\n";
    else
      bad += number + "," + level + "\n", is_bad.back() = false;
  }
  FitOptions o = fit_options(write("y,a,k\n1,2,u\n4,3,v\n3,7,u\n9,8,v\n5,5,v\n"), "y ~ a + k");
  o.model = folder_ / "m.json";
  fit_table(o, fit_run());
  const auto predicted = [&](const std::string& table) {
    PredictOptions p;
    p.input.path = table, p.model = o.model, p.output = table + ".out.csv";
    p.input.options.on_error = csv::OnError::kSkip;
    const PredictResult result = predict_table(p, fit_run(3));
    EXPECT_EQ(result.facts.rows, rows);
    EXPECT_EQ(result.facts.missing, 0) << "bad rows are counted apart";
    EXPECT_EQ(result.facts.faults.rows(), p.input.path.find("good") != std::string::npos
                                              ? 0
                                              : std::count(is_bad.begin(), is_bad.end(), true));
    return lines_of(p.output);
  };
  const auto wanted = predicted(file("good.csv", good)), found = predicted(file("bad.csv", bad));
  ASSERT_EQ(found.size(), std::size_t(rows) + 1);
  for (int i = 0; i < rows; ++i)
    ASSERT_EQ(found[std::size_t(i) + 1], is_bad[std::size_t(i)] ? ",,,,," : wanted[std::size_t(i) + 1]) << i;
}

TEST_F(FitOutputs, NoOutputReplacesAnInput) {
  RunOptions run = fit_run();
  run.force = true;
  const std::string store = folder_ / "t.h5", before = text_of(store);
  FitOptions fit = fit_options(store + ":/records", "y ~ a");
  for (std::string* output : {&fit.store, &fit.model, &fit.state}) {
    *output = store;
    says(thrown([&] { fit_table(fit, run); }), "the output is also the input");
    output->clear();
  }
  DesignOptions design;
  design.input.path = store + ":/columns", design.formula = "y ~ a", design.output = store;
  says(thrown([&] { write_design(design, run); }), "the output is also the input");
  fs::create_directory(folder_ / "parts");
  fs::copy(store, folder_ / "parts/a1.h5"), fs::copy(store, folder_ / "parts/a2.h5");
  design.input.path = folder_ / "parts/a*.h5", design.output = folder_ / "parts/a2.h5";
  says(thrown([&] { write_design(design, run); }), "a2.h5: the output is also the input");
  design.input.path = folder_ / "parts";
  says(thrown([&] { write_design(design, run); }), "a2.h5: the output is also the input");
  EXPECT_EQ(text_of(folder_ / "parts/a2.h5"), before);
  EXPECT_EQ(text_of(store), before);
  fit.model = folder_ / "new.json", fit.output = csv_, fit.predict = folder_ / "*.csv";
  says(thrown([&] { fit_table(fit, run); }), "t.csv: the output is also the input");
}

TEST_F(FitOutputs, WhatCannotBeIsSaidBeforeAPass) {
  Passes passes;
  RunOptions run = fit_run();
  run.observer = &passes;
  const FitOptions plain = fit_options(csv_, "y ~ a");
  const auto refused = [&](const FitOptions& o, const std::string& part) {
    says(thrown([&] { fit_table(o, run); }), part);
  };
  for (const auto output :
       {&FitOptions::model, &FitOptions::state, &FitOptions::picture, &FitOptions::profile}) {
    FitOptions o = plain;
    o.*output = folder_ / "nodir/m" + (output == &FitOptions::picture   ? ".png"
                                       : output == &FitOptions::profile ? ".html"
                                                                        : ".json");
    refused(o, "cannot be written");
    EXPECT_EQ(o.*output == o.profile, output == &FitOptions::profile);
  }
  FitOptions o = plain;
  o.predict = csv_, o.output = folder_ / "nodir/p.csv";
  refused(o, "cannot be written");
  for (const std::string name : {"p.h5", "p.npy", "p.parquet", "p.csv.gz"}) {
    o.output = folder_ / name;
    refused(o, "predictions are separated values");
  }
  o.output = "-";
  refused(o, "predictions go to a file");
  o.output = folder_ / "p.csv", o.predict = folder_ / "nofile.csv";
  refused(o, "nofile.csv");
  o.predict = file("other.csv", "b\n1\n");
  refused(o, "other.csv: expected a column 'a'");
  o = plain;
  o.state = folder_ / "s.json", o.formula = "y ~ center(a)";
  refused(o, "--save-state: center()");
  EXPECT_EQ(passes.count, 0);
}

TEST_F(FitOutputs, CoefficientsStayWherePredictionsFail) {
  FitOptions o = fit_options(csv_, "y ~ a + k");
  o.predict = file("new.csv", "a,k\n1,u\n2,zzz\n"), o.output = folder_ / "p.csv";
  const FitResult fit = fit_table(o, fit_run());
  EXPECT_EQ(fit.coefficients.size(), 4u);
  ASSERT_TRUE(fit.failed);
  says(fit.failed->what(), "new.csv: line 3, column 2: bad value in 'k'");
  EXPECT_FALSE(fs::exists(o.output));
}

TEST_F(FitOutputs, ThePredictedTableHasAnEncodingOfItsOwn) {
  const std::string utf8 = "y,a,k\n1,2,caf\xc3\xa9\n4,3,th\xc3\xa9\n3,7,caf\xc3\xa9\n9,8,th\xc3\xa9\n",
                    latin = "y,a,k\n1,2,caf\xe9\n4,3,th\xe9\n3,7,caf\xe9\n9,8,th\xe9\n";
  const std::string tables[] = {file("utf8.csv", utf8), file("latin.csv", latin)};
  std::vector<std::string> found;
  for (const std::string& table : tables)
    for (const std::string& other : tables) {
      FitOptions o = fit_options(table, "y ~ a + k");
      o.predict = other, o.output = folder_ / ("p" + std::to_string(found.size()));
      const FitResult fit = fit_table(o, fit_run());
      EXPECT_FALSE(fit.failed) << fit.failed->what();
      EXPECT_EQ(fit.coefficients[1].name, "k[T.th\xc3\xa9]");
      found.push_back(text_of(o.output));
      EXPECT_EQ(found.back(), found.front());
    }
}

TEST_F(FitOutputs, FoldersAndTablesTwice) {
  const std::string folder = folder_ / "spark";
  fs::create_directory(folder);
  const std::string rows = "y,a\n1,2\n2,3\n5,4\n";
  file("spark/part-00000.csv", rows), file("spark/part-00001.csv", ""), file("spark/_SUCCESS", "");
  file("spark/_metadata", "x");
  EXPECT_EQ(fit_table(fit_options(folder, "y ~ a"), fit_run()).rows, 3);
  const std::string part = folder + "/part-00000.csv";
  EXPECT_EQ(fit::input_files({folder}, ""), std::vector<std::string>{part});
  says(thrown([&] { fit::input_files({part, folder}, ""); }), "the same table as");
  says(thrown([&] { fit::input_files({part, folder + "/../spark/part-00000.csv"}, ""); }), "each once");
  const std::string store = folder_ / "t.h5";
  EXPECT_EQ(fit::input_files({store + ":/records", store + ":/columns"}, "").size(), 2u);
  fs::remove(part);
  says(thrown([&] { fit::input_files({folder}, ""); }), "a folder without tables");
}

TEST_F(FitOutputs, FunctionsOfWholeColumns) {
  // Means are those of all rows, also where the function around has no value at 0 or below the mean.
  std::string text = "y,x,r,i\n";
  double mean = 0;
  const int rows = 300;
  for (int i = 0; i < rows; ++i) mean += (-20 + 10.0 * i / rows) / rows;
  int below = 0;
  for (int i = 0; i < rows; ++i) {
    const double x = -20 + 10.0 * i / rows, about = x - mean, y = std::sin(i) + i * 0.01;
    below += about + 2 < 0;
    char line[160];
    std::snprintf(line, sizeof line, "%.17g,%.17g,%.17g,%.17g\n", y, x, std::sqrt(about + 14), 1 / about);
    text += line;
  }
  const std::string path = write(text);
  const auto fitted = [&](const std::string& formula) {
    return fit_table(fit_options(path, formula), fit_run());
  };
  const auto same = [&](const std::string& formula, const std::string& column) {
    const FitResult found = fitted(formula), wanted = fitted(column);
    EXPECT_EQ(found.rows, rows) << formula;
    for (int j = 0; j < 2; ++j)
      EXPECT_NEAR(found.coefficients[std::size_t(j)].estimate, wanted.coefficients[std::size_t(j)].estimate,
                  1e-9)
          << formula;
  };
  same("y ~ np.sqrt(center(x) + 14)", "y ~ r");
  same("y ~ I(1 / center(x))", "y ~ i");
  const FitResult some = fitted("y ~ np.sqrt(center(x) + 2)");
  EXPECT_EQ(some.rows, rows - below);
  EXPECT_EQ(some.dropped, below);
}

TEST_F(FitOutputs, IntegersOfLevelsKeepTheirDigits) {
  std::string text = "y,id\n";
  for (int i = 0; i < 12; ++i)
    text += std::to_string(i * i % 7) + ",900719925474099" + std::to_string(2 + i % 4) + "\n";
  const std::string path = write(text);
  const std::vector<std::string> names{"Intercept",
                                       "C(id, Treatment(reference=9007199254740993))[T.9007199254740992]",
                                       "C(id, Treatment(reference=9007199254740993))[T.9007199254740994]",
                                       "C(id, Treatment(reference=9007199254740993))[T.9007199254740995]"};
  EXPECT_EQ(design_matrix(path, "y ~ C(id, Treatment(reference=9007199254740993))").names, names);
  const std::string levels = "9007199254740995, 9007199254740993, 9007199254740992, 9007199254740994";
  EXPECT_EQ(design_matrix(path, "y ~ C(id, levels=[" + levels + "])").names.size(), 4u);
  says(thrown([&] { design_matrix(path, "y ~ C(id, Treatment(9007199254740991))"); }), "unknown level");
  const std::string small = write("y,n\n1,007\n2,-1\n3,2.50\n4,-1\n");
  EXPECT_EQ(design_matrix(small, "y ~ C(n, Treatment(7))").names[1], "C(n, Treatment(7))[T.-1.0]");
  EXPECT_EQ(design_matrix(small, "y ~ C(n, levels=[-01, 7, 2.5])").names[2],
            "C(n, levels=[-01, 7, 2.5])[T.2.5]");
}

TEST_F(FitOutputs, ALevelOfDroppedRowsAlone) {
  const std::string path = write("y,a,k\n1,2,u\n4,3,v\n3,7,u\n9,8,v\n5,5,v\n6,1,u\n8,2,v\n5,,zz\n");
  for (const std::string solver : {"auto", "qr"}) {
    FitOptions o = fit_options(path, "y ~ a + k");
    o.solver = solver;
    says(thrown([&] { fit_table(o, fit_run()); }), "no row is left of level 'zz' of k: 1 row was dropped");
    o.formula = "y ~ a + C(k, levels=['u', 'v'])", o.input.options.on_error = csv::OnError::kSkip;
    EXPECT_EQ(fit_table(o, fit_run()).coefficients.size(), 3u);
    o.formula = "y ~ k + a:k";  // the column of numbers by the level is 0 too
    says(thrown([&] { fit_table(o, fit_run()); }), "no row is left of level 'zz' of k");
  }
}

TEST_F(FitOutputs, ClustersThatAreTheFormulasLevels) {
  std::string text = "y,x,g,c\n";
  for (int i = 0; i < 200; ++i)
    text += std::to_string(std::sin(i) + i % 4) + "," + std::to_string(i * 7 % 31) + ",l" +
            std::to_string(i % 4) + "," + std::to_string(i / 8) + "\n";
  FitOptions o = fit_options(write(text), "y ~ x * g");
  o.errors = "cluster", o.cluster = "g";
  const FitResult rounding = fit_table(o, fit_run());
  ASSERT_FALSE(rounding.warnings.empty());
  says(rounding.warnings.back(), "within each cluster of 'g' its scores sum to 0");
  o.cluster = "c";
  for (const std::string& warning : fit_table(o, fit_run()).warnings)
    EXPECT_EQ(warning.find("is rounding"), std::string::npos);
}

TEST_F(FitOutputs, PicturesOfAFewRows) {
  for (const int rows : {1, 2, 3}) {
    std::string text = "y,a\n";
    for (int i = 0; i < rows; ++i) text += std::to_string(i * i + 1) + "," + std::to_string(i) + "\n";
    FitOptions o = fit_options(write(text), "y ~ 1");
    o.picture = folder_ / (std::to_string(rows) + ".svg");
    const FitResult fit = fit_table(o, fit_run());
    EXPECT_FALSE(fit.failed);
    const std::string svg = text_of(o.picture);
    says(svg, "Quantiles of residuals");
    EXPECT_EQ(svg.find("nan"), std::string::npos);
  }
  // Text is drawn as shapes: 11 names of levels that are 4 letters longer are 44 shapes more.
  std::vector<std::ptrdiff_t> shapes;
  for (const std::string level : {"l", "level"}) {
    std::string text = "y,k\n";
    for (int i = 0; i < 60; ++i)
      text += std::to_string(i * i % 11) + "," + level + std::to_string(i % 12) + "\n";
    FitOptions o = fit_options(write(text), "y ~ k");
    o.picture = folder_ / (level + ".svg");
    fit_table(o, fit_run());
    shapes.push_back(0);
    const std::string svg = text_of(o.picture);
    for (std::size_t at = 0; (at = svg.find("<use ", at)) != std::string::npos; ++at) ++shapes.back();
  }
  EXPECT_EQ(shapes[1] - shapes[0], 4 * 11);
}

}  // namespace
}  // namespace sluice
