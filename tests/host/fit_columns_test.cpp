// Fits and decompositions of many columns: robust errors by cells against the formulas in long double, row by
// row; LAPACK's ways against our own; tables whose rows are wide. And what guards a merge of states.
#include <algorithm>
#include <cmath>

#include "../sanitized.h"
#include "fit_support.h"
#include "host/error.h"
#include "host/fit/cholesky.h"
#include "host/fit/svd.h"
#include "host/fit_model.h"
#include "host/svd.h"

namespace sluice {
namespace {

using namespace test;
using Real = long double;
using Matrix = std::vector<std::vector<Real>>;

class ManyColumns : public Fit {};

Matrix inverse(Matrix a) {  // of a positive definite one
  const std::size_t n = a.size();
  Matrix b(n, std::vector<Real>(n));
  for (std::size_t i = 0; i < n; ++i) b[i][i] = 1;
  for (std::size_t k = 0; k < n; ++k) {
    const Real pivot = a[k][k];
    for (std::size_t j = 0; j < n; ++j) a[k][j] /= pivot, b[k][j] /= pivot;
    for (std::size_t i = 0; i < n; ++i) {
      const Real by = a[i][k];
      if (i == k || by == 0) continue;
      for (std::size_t j = 0; j < n; ++j) a[i][j] -= by * a[k][j], b[i][j] -= by * b[k][j];
    }
  }
  return b;
}

/// Squared errors of the estimates, as statsmodels defines them. Rows of X and residuals are by the roots of
/// analytic weights; `times`: how many rows each stands for; `cluster`: of each row.
std::vector<Real> squared_errors(const Matrix& x, const std::vector<Real>& e, const std::vector<Real>& times,
                                 const std::string& kind, const std::vector<int>& cluster) {
  const std::size_t n = x.size(), p = x[0].size();
  Matrix products(p, std::vector<Real>(p)), meat = products;
  Real rows = 0;
  for (std::size_t r = 0; r < n; ++r) {
    rows += times[r];
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j) products[i][j] += times[r] * x[r][i] * x[r][j];
  }
  const Matrix bread = inverse(products);
  const int groups = *std::max_element(cluster.begin(), cluster.end()) + 1;
  Matrix scores(static_cast<std::size_t>(groups), std::vector<Real>(p));
  for (std::size_t r = 0; r < n; ++r) {
    Real h = 0;
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j) h += x[r][i] * bread[i][j] * x[r][j];
    const Real rest = 1 - h;  // of a row alone in its cell: left out
    const bool divided = kind == "HC2" || kind == "HC3";
    const Real by = !divided ? 1 : rest < 1e-10 ? 0 : kind == "HC2" ? 1 / rest : 1 / (rest * rest);
    for (std::size_t i = 0; i < p; ++i) {
      scores[std::size_t(cluster[r])][i] += times[r] * e[r] * x[r][i];
      for (std::size_t j = 0; j < p; ++j) meat[i][j] += times[r] * by * e[r] * e[r] * x[r][i] * x[r][j];
    }
  }
  Real factor = kind == "HC1" ? rows / (rows - Real(p)) : 1;
  if (kind == "cluster") {
    factor = Real(groups) / Real(groups - 1) * (rows - 1) / (rows - Real(p));
    for (auto& row : meat) std::fill(row.begin(), row.end(), 0);
    for (const auto& s : scores)
      for (std::size_t i = 0; i < p; ++i)
        for (std::size_t j = 0; j < p; ++j) meat[i][j] += s[i] * s[j];
  }
  std::vector<Real> squares(p);
  for (std::size_t k = 0; k < p; ++k)
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j) squares[k] += factor * bread[k][i] * meat[i][j] * bread[j][k];
  return squares;
}

TEST_F(ManyColumns, RobustErrorsByCellsAreThoseOfRows) {
  constexpr int kRows = kSanitized ? 150 : 400, kLevels = kSanitized ? 20 : 34, kClusters = 60;
  std::uint64_t random = 7;
  const auto next = [&](int n) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return int((random >> 33) % std::uint64_t(n));
  };
  std::string text = "y,a,k,c,w,f,g\n";
  std::vector<Real> y, w, f;
  std::vector<int> cluster;
  for (int i = 0; i < kRows; ++i) {
    const int k = i < 3 * kLevels ? i % kLevels : next(kLevels), a = next(4000), noise = next(2000) - 1000;
    y.push_back(std::round(a * 0.5 + 7 * k + noise * (1 + k % 3)) / 64);
    w.push_back((1 + next(7)) / 4.0), f.push_back(1 + next(4));
    cluster.push_back(i % kClusters);
    char line[160];
    std::snprintf(line, sizeof line, "%.10Lg,%.10g,l%d,%c,%.4Lg,%Lg,%d\n", y.back(), 100 + a / 1024.0, k,
                  "xyz"[i < 3 * kLevels ? i / kLevels : next(3)], w.back(), f.back(), cluster.back());
    text += line;
  }
  const std::string path = write(text);
  for (const std::string formula : {"y ~ a + k + a:c", "y ~ 0 + C(k, Sum) + np.log(a)", "y ~ c*k"}) {
    if (kSanitized && formula != "y ~ a + k + a:c") continue;
    const DesignMatrix design = design_matrix(path, formula);
    for (const std::string weights : {"", "w", "f"})
      for (const std::string kind : {"HC0", "HC1", "HC2", "HC3", "cluster"}) {
        FitOptions o = fit_options(path, formula);
        o.solver = "normal", o.errors = kind;
        (weights == "f" ? o.repeats : o.weights) = weights;
        if (kind == "cluster") o.cluster = "g";
        const FitResult r = fit_table(o, fit_run());
        Matrix x;
        std::vector<Real> e, times;
        for (std::size_t i = 0; i < y.size(); ++i) {
          const Real root = weights == "w" ? std::sqrt(w[i]) : 1;
          Real residual = y[i];
          x.emplace_back();
          for (std::size_t j = 0; j < design.names.size(); ++j) {
            residual -= Real(design.rows[i][j]) * Real(r.coefficients[j].estimate);
            x.back().push_back(root * Real(design.rows[i][j]));
          }
          e.push_back(root * residual), times.push_back(weights == "f" ? f[i] : 1);
        }
        const std::vector<Real> wanted = squared_errors(x, e, times, kind, cluster);
        for (std::size_t j = 0; j < wanted.size(); ++j)
          EXPECT_NEAR(r.coefficients[j].error, double(std::sqrt(wanted[j])),
                      1e-11 * double(std::sqrt(wanted[j])))
              << formula << " " << weights << " " << kind << " " << r.coefficients[j].name;
        EXPECT_EQ(fit_table(o, fit_run(1)).covariance, r.covariance);
      }
  }
}

// Beyond 64 columns LAPACK reflects and divides; rotations say what it must find.
TEST_F(ManyColumns, ConditionsAreTheirSingularValues) {
  constexpr std::size_t kColumns = 90;
  fit::Square upper(kColumns);
  std::uint64_t random = 3;
  for (std::size_t i = 0; i < kColumns; ++i)
    for (std::size_t j = i; j < kColumns; ++j) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      upper.at(i, j) = double(random >> 40) / 1e8 + (i == j ? 3 : 0);
    }
  const std::vector<double> values = fit::rotated_svd(upper).values;
  const double wanted = values.front() / values.back();
  EXPECT_NEAR(fit::condition_number(upper, fit::inverse_of_upper(upper)), wanted, 1e-11 * wanted);
}

// 9000 rows of 500 numbers: only what the formula takes is read and charged.
TEST_F(ManyColumns, WideBinaryRowsTakeLittleMemory) {
  constexpr int kRows = kSanitized ? 2000 : 9000, kWide = 500;
  std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(kRows) + ", " +
                     std::to_string(kWide) + "), }";
  head.append(128 - 10 - 1 - head.size(), ' ');
  const std::string path = folder_ / "wide.npy";
  std::vector<std::vector<float>> x;
  {
    std::ofstream file(path, std::ios::binary);
    file << std::string("\x93NUMPY\x01\x00\x76\x00", 10) << head << '\n';
    for (int i = 0; i < kRows; ++i) {
      x.emplace_back();
      for (int j = 0; j < kWide; ++j) x.back().push_back(float((i * (j + 3) * 37 + i * i * 7) % 1009));
      file.write(reinterpret_cast<const char*>(x.back().data()), 4 * kWide);
    }
  }
  for (const int j : {1, kWide - 1}) {
    const FitResult r = fit_table(fit_options(path, "column1 ~ column" + std::to_string(j + 1)),
                                  fit_run(2, std::uint64_t(64) << 20));
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (const auto& row : x) {
      const double a = double(row[std::size_t(j)]), y = double(row[0]);
      sx += a, sy += y, sxx += a * a, sxy += a * y;
    }
    const double slope = (sxy - sx * sy / kRows) / (sxx - sx * sx / kRows);
    EXPECT_NEAR(r.coefficients[1].estimate, slope, 1e-9 * r.coefficients[1].error + 1e-12);
    EXPECT_EQ(r.rows, kRows);
  }
}

TEST_F(ManyColumns, AMergeTakesNoPartTwiceAndReplacesNone) {
  std::vector<std::string> states;
  for (int part = 0; part < 2; ++part) {
    std::string text = "y,a\n";
    for (int i = 0; i < 30; ++i)
      text += std::to_string((i * i * 7 + part) % 23) + "," + std::to_string(i % 11) + "\n";
    FitOptions o = fit_options(write(text), "y ~ a");
    o.state = states.emplace_back(folder_ / ("s" + std::to_string(part) + ".json"));
    fit_table(o, fit_run());
  }
  const auto text_of = [](const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  };
  MergeOptions o;
  RunOptions force = fit_run();
  force.force = true;
  const std::string first = text_of(states[0]);
  o.states = states, o.output = states[0];
  EXPECT_THROW(merge_fits(o, force), Error);
  EXPECT_EQ(text_of(states[0]), first);
  o.output = o.model = folder_ / "both.json";
  EXPECT_THROW(merge_fits(o, force), Error);
  o.model.clear();
  EXPECT_EQ(merge_fits(o, force).rows, 60);
  const std::string both = o.output;
  o.output.clear();
  for (const std::vector<std::string>& twice :
       {std::vector<std::string>{states[0], states[0]}, {both, states[1]}, {states[1], both}}) {
    o.states = twice;
    EXPECT_THROW(merge_fits(o, force), Error);
  }
}

TEST_F(ManyColumns, DecompositionsAreThoseOfRotations) {
  const int p = kSanitized ? 70 : 130;
  std::uint64_t random = 1;
  std::vector<std::vector<double>> x(static_cast<std::size_t>(3 * p));
  for (auto& row : x)
    for (int j = 0; j < p; ++j) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      row.push_back(double(random >> 40) / 1e6);
    }
  for (auto& row : x) row[5] = 2 * row[3] - row[4];  // of rank p - 1
  SvdOptions options;
  options.input = folder_ / "X.raw", options.method = "tsqr", options.center = true;
  options.raw.rows = 3 * p, options.raw.columns = p, options.raw.type = DType::kFloat64;
  options.raw.has_shape = options.raw.has_type = true;
  {
    std::ofstream file(options.input, std::ios::binary);
    for (const auto& row : x)
      file.write(reinterpret_cast<const char*>(row.data()), std::streamsize(8 * row.size()));
  }
  const SvdResult found = svd(options, fit_run());
  EXPECT_EQ(found.rank, std::size_t(p - 1));
  fit::Square products(static_cast<std::size_t>(p));  // of the columns about their means, in long double
  std::vector<long double> means(static_cast<std::size_t>(p));
  for (const auto& row : x)
    for (std::size_t j = 0; j < row.size(); ++j) means[j] += row[j] / (long double)(x.size());
  for (std::size_t i = 0; i < products.n; ++i)
    for (std::size_t j = 0; j < products.n; ++j) {
      long double sum = 0;
      for (const auto& row : x) sum += (row[i] - means[i]) * (row[j] - means[j]);
      products.at(i, j) = double(sum);
    }
  for (std::size_t k = 0; k < products.n; ++k) {  // X'X v = s^2 v
    for (std::size_t i = 0; i < products.n; ++i) {
      double image = 0;
      for (std::size_t j = 0; j < products.n; ++j) image += products.at(i, j) * found.right[k][j];
      EXPECT_NEAR(image, found.values[k] * found.values[k] * found.right[k][i],
                  1e-13 * found.values[0] * found.values[0]);
    }
    EXPECT_GT(*std::max_element(found.right[k].begin(), found.right[k].end(),
                                [](double a, double b) { return std::fabs(a) < std::fabs(b); }),
              0);
  }
  // The same matrix by both ways, with what the left vectors make of a column.
  fit::Square square(static_cast<std::size_t>(p));
  std::vector<double> column;
  for (std::size_t i = 0; i < square.n; ++i) {
    column.push_back(x[i][0]);
    for (std::size_t j = 0; j < square.n; ++j) square.at(i, j) = x[i][j] - 8;
  }
  const fit::Svd divided = fit::svd_of(square, column), rotated = fit::rotated_svd(square, column);
  const std::vector<double> values = fit::values_of(square);
  for (std::size_t k = 0; k < square.n; ++k) {
    EXPECT_NEAR(divided.values[k], rotated.values[k], 5e-14 * rotated.values[0]);
    EXPECT_NEAR(values[k], rotated.values[k], 5e-14 * rotated.values[0]);
    if (k + 1 < square.n) {
      EXPECT_NEAR(divided.along[k], rotated.along[k], 1e-8 * std::fabs(rotated.along[0])) << k;
    }
  }
}

}  // namespace
}  // namespace sluice
