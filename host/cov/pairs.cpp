// The classic exercise's question of a random matrix with planted pairs: is the mean covariance of the listed
// pairs what was planted, and that of as many other pairs nothing?
#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "host/cov/verify.h"
#include "host/error.h"

namespace sluice::cov_detail {
namespace {

using i64 = std::int64_t;

struct Mean {
  double sum = 0, squares = 0;
  i64 count = 0;
  void add(double x) { sum += x, squares += x * x, ++count; }
  double value() const { return count > 0 ? sum / double(count) : NAN; }
  /// Standard error of the mean.
  double error() const {
    if (count < 2) return NAN;
    const double variance = (squares - sum * sum / double(count)) / double(count - 1);
    return std::sqrt(std::max(0.0, variance) / double(count));
  }
};

}  // namespace

Pairs read_pairs(const std::string& path, i64 variables) {
  if (!sys::exists(path)) throw Error(ErrorKind::kInput, path + ": no such file");
  std::ifstream file(path);
  Pairs pairs;
  i64 number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line == "\r" || (number == 1 && line.find_first_of("0123456789") != 0))
      continue;  // header
    char comma = 0, extra = 0;
    i64 a = -1, b = -1;
    std::istringstream fields(line);
    if (!(fields >> a >> comma >> b) || comma != ',' || (fields >> extra && extra != ','))
      throw Error(ErrorKind::kInput,
                  path + ":" + std::to_string(number) + ": expected row_a,row_b, found " + line);
    if (a < 0 || b < 0 || a >= variables || b >= variables)
      throw Error(ErrorKind::kInput, path + ":" + std::to_string(number) + ": expected rows below " +
                                         std::to_string(variables) + ", found " + line);
    pairs.emplace_back(a, b);
  }
  if (pairs.empty()) throw Error(ErrorKind::kInput, path + ": holds no pairs: expected lines row_a,row_b");
  return pairs;
}

PairReport report_pairs(const Pairs& pairs, const MatrixSource& result, std::uint64_t seed) {
  const i64 n = result.info().rows;
  std::set<std::pair<i64, i64>> listed;
  Mean of_pairs, of_others, of_diagonal;
  for (const auto& [a, b] : pairs) {
    listed.insert(std::minmax(a, b));
    of_pairs.add(entry(result, a, b));
  }
  // As many other pairs of distinct rows, where the matrix has that many.
  const double all = double(n) * double(n - 1) / 2;
  const i64 wanted = i64(std::min(double(pairs.size()), all - double(listed.size())));
  std::mt19937_64 random(seed);
  while (of_others.count < wanted) {
    const i64 a = i64(random() % std::uint64_t(n)), b = i64(random() % std::uint64_t(n));
    if (a != b && listed.insert(std::minmax(a, b)).second) of_others.add(entry(result, a, b));
  }
  for (i64 i = 0; i < n; ++i) of_diagonal.add(entry(result, i, i));
  return {i64(pairs.size()), of_pairs.value(),  of_pairs.error(),
          of_others.value(), of_others.error(), of_diagonal.value()};
}

}  // namespace sluice::cov_detail
