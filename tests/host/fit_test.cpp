// Regression: what must not change its numbers (threads, memory, the cut of the file, offsets, the order in
// which levels appear), several files, and what is said of bad input.
#include <atomic>
#include <cmath>
#include <filesystem>
#include <random>

#include "fit_support.h"
#include "host/error.h"

namespace sluice {
namespace {

using namespace test;

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

TEST_F(Fit, HundredsOfLevels) {
  std::string text = "y,k,x\n";
  std::vector<double> sums(700), counts(700);
  for (int i = 0; i < 7000; ++i) {
    const int level = i * 337 % 700, y = i * 41 % 103;
    sums[std::size_t(level)] += y, counts[std::size_t(level)] += 1;
    text += std::to_string(y) + ",l" + std::to_string(1000 + level) + ",1\n";
  }
  const FitResult fit = fit_table(fit_options(write(text), "y ~ 0 + k"), fit_run());
  ASSERT_EQ(fit.coefficients.size(), 700u);
  for (std::size_t j = 0; j < 700; ++j) EXPECT_NEAR(fit.coefficients[j].estimate, sums[j] / counts[j], 1e-10);
  EXPECT_NEAR(fit.condition, 1, 1e-9) << "columns of one length, at right angles";
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

TEST_F(Fit, LevelsThatAreNumbersByTheirValue) {
  const std::string path = write("y,k\n1,1.0\n2,2.0\n4,3.0\n5,1.0\n4,2.0\n7,3.0\n");
  const FitResult treated = fit_table(fit_options(path, "y ~ C(k, Treatment(reference=2))"), fit_run());
  EXPECT_EQ(treated.coefficients[1].name, "C(k, Treatment(reference=2))[T.1.0]") << "2 is 2.0, not a place";
  EXPECT_EQ(treated.coefficients[2].name, "C(k, Treatment(reference=2))[T.3.0]");
  const FitResult named = fit_table(fit_options(path, "y ~ C(k, levels=[1.0, 2.0, 3.0])"), fit_run());
  EXPECT_EQ(named.coefficients[1].name, "C(k, levels=[1.0, 2.0, 3.0])[T.2.0]");
  // Doubles would make one level of the first two.
  const std::string ids = write(
      "y,id\n1,9007199254740993\n2,9007199254740992\n3,-5\n4,9007199254740993\n6,09007199254740992\n5,-5\n");
  const FitResult far = fit_table(fit_options(ids, "y ~ 0 + C(id)"), fit_run());
  ASSERT_EQ(far.coefficients.size(), 3u);
  EXPECT_EQ(far.coefficients[0].name, "C(id)[-5]");
  EXPECT_EQ(far.coefficients[1].name, "C(id)[9007199254740992]");
  EXPECT_DOUBLE_EQ(far.coefficients[1].estimate, 4);
  EXPECT_EQ(far.coefficients[2].name, "C(id)[9007199254740993]");
}

TEST_F(Fit, WholeParts) {
  const auto matrix = test::design_matrix(write("y,z\n1,1\n2,-1\n3,0.35\n4,7\n"), "y ~ I(z // 0.1)");
  const double wanted[] = {9, -10, 3, 69};  // Python's, where floor(1 / 0.1) is 10
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(matrix.rows[i][1], wanted[i]);
}

TEST_F(Fit, NumbersThatComeLate) {
  std::string text = "y,a,k\n";
  for (int i = 0; i < 6000; ++i)
    text += std::to_string(i % 7 + i % 4) + "," + (i < 5000 ? "" : std::to_string(i % 4)) + "," +
            (i < 5000     ? ""
             : i % 3 == 0 ? "u"
                          : "v") +
            "\n";
  const FitResult fit = fit_table(fit_options(write(text), "y ~ a + k"), fit_run());
  ASSERT_EQ(fit.coefficients.size(), 3u);
  EXPECT_EQ(fit.coefficients[1].name, "k[T.v]");
  EXPECT_EQ(fit.coefficients[2].name, "a") << "numbers, though the first rows hold none";
  EXPECT_EQ(fit.rows, 1000);
}

TEST_F(Fit, ReplacedBetweenPasses) {
  struct Replace : Observer {
    std::string path, stage, text;
    void begin(const char* at, double, const char*, double) override {
      if (at == stage) std::ofstream(path, std::ios::binary) << text;
    }
  } replace;
  const std::string text = "y,x\n1,1\n2,2\n4,3\n4,4\n6,5\n";
  for (const std::string stage : {"sums", "residuals"}) {
    replace.path = write(text), replace.stage = stage, replace.text = text + "60,6\n";
    RunOptions run = fit_run();
    run.observer = &replace;
    try {
      fit_table(fit_options(replace.path, "y ~ x"), run);
      ADD_FAILURE() << stage << ": not noticed";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("the file changed"), std::string::npos) << error.what();
    }
  }
}

TEST_F(Fit, ConstantsMadeByNumbers) {
  std::string text = "y,p,q,a,Intercept\n";
  std::mt19937_64 random(5);
  for (int i = 0; i < 200; ++i) {
    const double p = double(random() % 1000) / 1000;
    text += std::to_string(double(random() % 100) / 10 + p) + "," + std::to_string(p) + "," +
            std::to_string(1 - p) + "," + std::to_string(random() % 50) + "," + std::to_string(random() % 9) +
            "\n";
  }
  const std::string path = write(text);
  const FitResult plain = fit_table(fit_options(path, "y ~ p"), fit_run());
  for (const std::string solver : {"normal", "qr"}) {
    FitOptions o = fit_options(path, "y ~ 0 + p + q");
    o.solver = solver;
    const FitResult fit = fit_table(o, fit_run());
    EXPECT_TRUE(fit.has_constant) << solver;
    EXPECT_NEAR(fit.r_squared, plain.r_squared, 1e-10);
    EXPECT_NEAR(fit.f, plain.f, 1e-8 * plain.f);
    o.errors = "HC1";
    EXPECT_TRUE(std::isnan(fit_table(o, fit_run()).f)) << "no coefficient is the constant's";
    o.formula = "y ~ 0 + p + a", o.errors = "classic";
    EXPECT_FALSE(fit_table(o, fit_run()).has_constant) << solver;
    o.formula = "y ~ 0 + Intercept", o.errors = "HC0";
    EXPECT_GT(fit_table(o, fit_run()).f, 0) << "a column of that name";
    o.formula = "y ~ a + I((p + 1) / 0.3 * 0.3 / (p + 1))", o.errors = "classic";
    EXPECT_NE(message_of(o).find("collinear"), std::string::npos) << solver << ": 1 but for rounding";
  }
}

TEST_F(Fit, ResidualsBeyondTheSumsDigits) {
  std::string text = "y,x,c,k\n";
  for (int i = 0; i < 300; ++i)
    text += std::to_string(i) + (i % 2 == 0 ? ".0000001" : ".0000003") + "," + std::to_string(i) + ",0.1," +
            (i == 77      ? "rare"
             : i % 3 == 0 ? "u"
                          : "v") +
            "\n";
  const std::string path = write(text);
  FitOptions o = fit_options(path, "y ~ x");
  o.solver = "normal", o.residuals = "no";
  const FitResult once = fit_table(o, fit_run());
  ASSERT_EQ(once.warnings.size(), 1u);
  EXPECT_NE(once.warnings[0].find("--residuals yes"), std::string::npos);
  o.residuals = "auto";
  EXPECT_NEAR(fit_table(o, fit_run()).residual_squares, 3e-12, 1e-14);
  o = fit_options(path, "c ~ x");
  const FitResult constant = fit_table(o, fit_run());
  EXPECT_TRUE(std::isnan(constant.r_squared) && std::isnan(constant.f));
  ASSERT_FALSE(constant.warnings.empty());
  EXPECT_NE(constant.warnings[0].find("constant"), std::string::npos);
  double error = 0;
  for (const std::string solver : {"normal", "qr"}) {
    o = fit_options(path, "x ~ k + y");
    o.solver = solver, o.errors = "HC3", o.formula = "x ~ k";
    const FitResult lone = fit_table(o, fit_run());
    ASSERT_FALSE(lone.warnings.empty());
    EXPECT_EQ(lone.warnings[0].find("1 row has leverage 1"), 0u) << lone.warnings[0];
    EXPECT_TRUE(std::isfinite(lone.coefficients[2].error));
    if (error != 0) {
      EXPECT_NEAR(lone.coefficients[2].error, error, 1e-9 * error);
    }
    error = lone.coefficients[2].error;
  }
}

TEST_F(Fit, StopsBetweenStages) {
  std::atomic<bool> stop{false};
  struct Stopper : Observer {
    std::atomic<bool>* stop = nullptr;
    void end() override { *stop = true; }
  } stopper;
  stopper.stop = &stop;
  RunOptions run = fit_run();
  run.observer = &stopper, run.stop = &stop;
  FitOptions o = fit_options(write("y,x\n1,1\n2,2\n4,3\n4,4\n6,5\n"), "y ~ x");
  o.residuals = "no";
  EXPECT_THROW(fit_table(o, run), Error);
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
  expect("y ~ np.log(x=a)", "found an argument with a name @11");
  expect("y ~ C(name, Treatment('z'))", "unknown level 'z' of a contrast: expected one of 'u', 'v' @4");
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

TEST_F(Fit, MomentsOfResidualsFarFromZero) {
  // Without a constant the residuals are y - 1e6 x about 1e6; their spread is that of 0, 0, 1, 5 (skew 4 / 3
  // ...).
  std::string text = "y,x\n";
  const double steps[] = {0, 0, 1, 5};
  for (int i = 0; i < 4000; ++i) {
    char line[60];
    std::snprintf(line, sizeof line, "%.17g,%d\n", 1e6 + steps[i % 4], i % 8 < 4 ? 1 : -1);
    text += line;
  }
  const FitResult fit = fit_table(fit_options(write(text), "y ~ 0 + x"), fit_run());
  EXPECT_NEAR(fit.coefficients[0].estimate, 0, 1e-9);
  EXPECT_NEAR(fit.residuals->skew, 9.0 / std::pow(4.25, 1.5), 1e-9);  // moments 1.5, 4.25, 9, 40.0625 by hand
  EXPECT_NEAR(fit.residuals->kurtosis, 40.0625 / (4.25 * 4.25), 1e-9);
}

TEST_F(Fit, LevelsWithADecimalComma) {
  FitOptions o = fit_options(write("y;k\n1,5;2,5\n2;10\n4;2,50\n3;10,0\n"), "y ~ 0 + C(k)");
  o.input.options.dialect.decimal = ',';
  o.input.options.dialect.separator = ';', o.input.find_separator = false;
  const FitResult fit = fit_table(o, fit_run());
  ASSERT_EQ(fit.coefficients.size(), 2u);
  EXPECT_EQ(fit.coefficients[0].name, "C(k)[2.5]");
  EXPECT_EQ(fit.coefficients[1].name, "C(k)[10.0]");
  EXPECT_DOUBLE_EQ(fit.coefficients[0].estimate, 2.75);
}

}  // namespace
}  // namespace sluice
