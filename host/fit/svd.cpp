// A P = Q R by reflections, R' J = W S by rotations: A = Q J S (P W)', so the right vectors are the columns
// of W, and no rotation is accumulated. What the left side is to be applied to is carried along.
#include "host/fit/svd.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "host/lapack.h"

namespace sluice::fit {
namespace {

using Columns = std::vector<std::vector<double>>;
constexpr std::size_t kMostForRotations = 64;

double dot(const std::vector<double>& a, const std::vector<double>& b, std::size_t first, std::size_t end) {
  double sum[4] = {};
  std::size_t i = first;
  for (; i + 4 <= end; i += 4)
    for (std::size_t k = 0; k < 4; ++k) sum[k] += a[i + k] * b[i + k];
  for (; i < end; ++i) sum[0] += a[i] * b[i];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/// Reflections with the longest column first; the columns of `a` become those of R (zeros below), `along`
/// Q'c.
std::vector<std::size_t> pivoted_triangle(Columns& a, std::vector<double>& along) {
  const std::size_t n = a.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::vector<double> v(n);
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t longest = k;
    double most = -1;
    for (std::size_t j = k; j < n; ++j)
      if (const double length = dot(a[j], a[j], k, n); length > most) most = length, longest = j;
    std::swap(a[k], a[longest]);
    std::swap(order[k], order[longest]);
    if (!(most > 0)) break;
    const double head = a[k][k], length = head >= 0 ? -std::sqrt(most) : std::sqrt(most);
    std::copy(a[k].begin() + std::ptrdiff_t(k), a[k].end(), v.begin() + std::ptrdiff_t(k));
    v[k] -= length;
    const double beta = dot(v, v, k, n);
    const auto reflect = [&](std::vector<double>& x) {
      const double share = 2 * dot(v, x, k, n) / beta;
      for (std::size_t i = k; i < n; ++i) x[i] -= share * v[i];
    };
    for (std::size_t j = k + 1; j < n; ++j) reflect(a[j]);
    if (!along.empty()) reflect(along);
    a[k][k] = length;
    std::fill(a[k].begin() + std::ptrdiff_t(k) + 1, a[k].end(), 0.0);
  }
  return order;
}

/// Rotates pairs of columns until all are at right angles; `along` takes part as one more row.
void rotate(Columns& l, std::vector<double>& along) {
  const std::size_t n = l.size();
  const double tolerance =
      2 * std::numeric_limits<double>::epsilon() * std::sqrt(double(std::max<std::size_t>(n, 1)));
  bool turned = true;
  for (int sweep = 0; sweep < 60 && turned; ++sweep) {
    turned = false;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i + 1; j < n; ++j) {
        const double xx = dot(l[i], l[i], 0, n), yy = dot(l[j], l[j], 0, n), xy = dot(l[i], l[j], 0, n);
        if (!(std::fabs(xy) > tolerance * std::sqrt(xx) * std::sqrt(yy))) continue;
        turned = true;
        const double zeta = (yy - xx) / (2 * xy);
        const double t = std::copysign(1.0, zeta) / (std::fabs(zeta) + std::sqrt(1 + zeta * zeta));
        const double c = 1 / std::sqrt(1 + t * t), s = c * t;
        for (std::size_t r = 0; r < n; ++r) {
          const double x = l[i][r], y = l[j][r];
          l[i][r] = c * x - s * y;
          l[j][r] = s * x + c * y;
        }
        if (along.empty()) continue;
        const double x = along[i], y = along[j];
        along[i] = c * x - s * y;
        along[j] = s * x + c * y;
      }
  }
}

/// Rows [have, n) of `right` become unit vectors at right angles to those before.
void complete(Square& right, std::size_t have) {
  const std::size_t n = right.n;
  for (std::size_t k = have; k < n; ++k) {
    std::vector<double> best;
    double most = -1;
    for (std::size_t unit = 0; unit < n && most < 0.5; ++unit) {
      std::vector<double> v(n, 0.0);
      v[unit] = 1;
      for (int twice = 0; twice < 2; ++twice)
        for (std::size_t m = 0; m < k; ++m) {
          double share = 0;
          for (std::size_t i = 0; i < n; ++i) share += v[i] * right.at(m, i);
          for (std::size_t i = 0; i < n; ++i) v[i] -= share * right.at(m, i);
        }
      const double length = std::sqrt(dot(v, v, 0, n));
      if (length <= most) continue;
      most = length;
      for (double& x : v) x /= length;
      best = std::move(v);
    }
    for (std::size_t i = 0; i < n; ++i) right.at(k, i) = best[i];
  }
}

/// Rows as they lie are columns of the transpose, whose left vectors are A's right ones. No result where
/// LAPACK is not there or does not converge.
std::optional<Svd> divided_svd(const Square& a, const std::vector<double>& column) {
  const std::size_t n = a.n;
  if (n <= kMostForRotations || !lapack::takes(n)) return std::nullopt;
  Square copy = a;
  Svd svd{std::vector<double>(n), Square(n), {}};
  std::vector<double> left(n * n);  // of A: a row of numbers for each of its rows
  if (!lapack::singular_values(copy.values.data(), n, svd.values.data(), svd.right.values.data(),
                               left.data()))
    return std::nullopt;
  if (!column.empty()) svd.along.assign(n, 0.0);
  for (std::size_t i = 0; i < column.size(); ++i)
    for (std::size_t k = 0; k < n; ++k) svd.along[k] += left[i * n + k] * column[i];
  for (std::size_t k = 0; k < n; ++k) {
    double* v = &svd.right.values[k * n];
    const double most =
        *std::max_element(v, v + n, [](double x, double y) { return std::fabs(x) < std::fabs(y); });
    if (most >= 0) continue;
    for (std::size_t i = 0; i < n; ++i) v[i] = -v[i];
    if (!column.empty()) svd.along[k] = -svd.along[k];
  }
  return svd;
}

}  // namespace

Svd svd_of(const Square& a, const std::vector<double>& column) {
  if (auto divided = divided_svd(a, column)) return std::move(*divided);
  return rotated_svd(a, column);
}

std::vector<double> values_of(const Square& a) {
  if (a.n <= kMostForRotations || !lapack::takes(a.n)) return rotated_svd(a).values;
  Square copy = a;
  std::vector<double> values(a.n);
  if (lapack::singular_values(copy.values.data(), a.n, values.data(), nullptr, nullptr)) return values;
  return rotated_svd(a).values;
}

std::uint64_t svd_memory(std::size_t columns) {
  return 8 * std::uint64_t(columns) * (8 * std::uint64_t(columns) + 100);
}

Svd rotated_svd(const Square& a, const std::vector<double>& column) {
  const std::size_t n = a.n;
  double largest = 0;
  for (const double value : a.values) largest = std::fmax(largest, std::fabs(value));
  Columns columns(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) columns[j][i] = largest > 0 ? a.at(i, j) / largest : 0;
  std::vector<double> along = column;
  const std::vector<std::size_t> order = pivoted_triangle(columns, along);
  Columns lower(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j) lower[i][j] = columns[j][i];
  rotate(lower, along);
  std::vector<double> lengths(n);
  for (std::size_t k = 0; k < n; ++k) lengths[k] = std::sqrt(dot(lower[k], lower[k], 0, n));
  std::vector<std::size_t> by_length(n);
  std::iota(by_length.begin(), by_length.end(), std::size_t(0));
  std::stable_sort(by_length.begin(), by_length.end(),
                   [&](std::size_t x, std::size_t y) { return lengths[x] > lengths[y]; });
  Svd svd{std::vector<double>(n), Square(n), {}};
  if (!along.empty()) svd.along.resize(n);
  std::size_t there = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t from = by_length[k];
    svd.values[k] = lengths[from] * largest;
    double sign = 1;
    if (lengths[from] > 0) {
      ++there;
      double most = 0;
      for (std::size_t i = 0; i < n; ++i)
        if (const double value = lower[from][i]; std::fabs(value) > std::fabs(most)) most = value;
      sign = most < 0 ? -1 : 1;
      for (std::size_t i = 0; i < n; ++i) svd.right.at(k, order[i]) = sign * lower[from][i] / lengths[from];
    }
    if (!along.empty()) svd.along[k] = sign * along[from];
  }
  complete(svd.right, there);
  return svd;
}

std::vector<double> column_lengths(const Square& upper) {
  std::vector<double> lengths(upper.n);
  for (std::size_t j = 0; j < upper.n; ++j) {
    double largest = 0, sum = 0;
    for (std::size_t i = 0; i < upper.n; ++i) largest = std::fmax(largest, std::fabs(upper.at(i, j)));
    for (std::size_t i = 0; i < upper.n && largest > 0; ++i) sum += std::pow(upper.at(i, j) / largest, 2);
    lengths[j] = largest * std::sqrt(sum);
  }
  return lengths;
}

Square unit_columns(const Square& upper, const std::vector<double>& lengths) {
  Square scaled = upper;
  for (std::size_t i = 0; i < upper.n; ++i)
    for (std::size_t j = 0; j < upper.n; ++j)
      if (lengths[j] > 0) scaled.at(i, j) /= lengths[j];
  return scaled;
}

double rank_share(std::size_t columns) {
  return 8 * std::numeric_limits<double>::epsilon() * double(std::max<std::size_t>(columns, 10));
}

namespace {

/// Orthonormal columns that span D^-1 N, where the rows of `right` behind `rank` span N.
Columns unseen_directions(const Svd& svd, std::size_t rank, const std::vector<double>& lengths) {
  const std::size_t p = lengths.size();
  double largest = 0;
  for (const double length : lengths) largest = std::fmax(largest, length);
  Columns found;
  for (std::size_t k = rank; k < p; ++k) {
    std::vector<double> v(p);
    for (std::size_t i = 0; i < p; ++i)
      v[i] = svd.right.at(k, i) * (lengths[i] > 0 ? largest / lengths[i] : 1);
    // Of very different lengths: the largest entry to 1 first, and twice.
    for (int twice = 0; twice < 2; ++twice) {
      for (const std::vector<double>& u : found) {
        const double share = dot(u, v, 0, p);
        for (std::size_t i = 0; i < p; ++i) v[i] -= share * u[i];
      }
      const double length = std::sqrt(dot(v, v, 0, p));
      for (double& x : v) x /= length;
    }
    found.push_back(std::move(v));
  }
  return found;
}

void take_out(const Columns& directions, std::vector<double>& x) {
  for (const std::vector<double>& u : directions) {
    const double share = dot(u, x, 0, x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= share * u[i];
  }
}

/// Whether the number 1 is in the span of the kept directions: what they leave of its length.
bool holds_constant(const Square& r, const Square& scaled, const Svd& svd, std::size_t rank) {
  const std::size_t p = scaled.n;
  std::vector<double> rest(p);
  double ones = r.at(p, p) * r.at(p, p);
  for (std::size_t i = 0; i < p; ++i) rest[i] = r.at(i, p), ones += rest[i] * rest[i];
  for (std::size_t k = 0; k < rank; ++k) {
    std::vector<double> left(p);
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = i; j < p; ++j) left[i] += scaled.at(i, j) * svd.right.at(k, j) / svd.values[k];
    const double share = dot(left, rest, 0, p);
    for (std::size_t i = 0; i < p; ++i) rest[i] -= share * left[i];
  }
  return dot(rest, rest, 0, p) + r.at(p, p) * r.at(p, p) <= 1e-16 * ones;
}

}  // namespace

Solution solve_svd(const Square& r) {
  const std::size_t p = r.n - 2;
  Square upper(p);
  std::vector<double> response(p);
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = i; j < p; ++j) upper.at(i, j) = r.at(i, j);
    response[i] = r.at(i, p + 1);
  }
  const std::vector<double> lengths = column_lengths(upper);
  const Svd svd = svd_of(unit_columns(upper, lengths), response);
  Solution s;
  while (s.rank < p && svd.values[s.rank] > rank_share(p) * svd.values[0]) ++s.rank;
  const Columns unseen = unseen_directions(svd, s.rank, lengths);
  s.factor = upper;
  s.root = Square(p);
  s.estimates.assign(p, 0.0);
  for (std::size_t k = 0; k < s.rank; ++k) {
    std::vector<double> g(p);
    for (std::size_t i = 0; i < p; ++i)
      g[i] = lengths[i] > 0 ? svd.right.at(k, i) / svd.values[k] / lengths[i] : 0;
    take_out(unseen, g);
    for (std::size_t i = 0; i < p; ++i) {
      s.root.at(i, k) = g[i];
      s.estimates[i] += g[i] * svd.along[k];
    }
  }
  s.condition = s.rank > 0 ? svd.values[0] / svd.values[s.rank - 1] : 1;
  s.residual_squares = r.at(p, p + 1) * r.at(p, p + 1) + r.at(p + 1, p + 1) * r.at(p + 1, p + 1);
  for (std::size_t k = s.rank; k < p; ++k) s.residual_squares += svd.along[k] * svd.along[k];
  s.has_constant = holds_constant(r, unit_columns(upper, lengths), svd, s.rank);
  return s;
}

}  // namespace sluice::fit
