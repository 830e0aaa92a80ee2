// Regression: what must not change its numbers (threads, memory, the cut of the file, offsets, the order in
// which levels appear), several files, and what is said of bad input.
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

}  // namespace
}  // namespace sluice
