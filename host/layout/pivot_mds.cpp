// The doubly centred squared distances C (vertices x pivots), the greatest eigenvectors of C'C by power
// iteration, and C times them.
#include "host/layout/pivot_mds.h"

#include <algorithm>
#include <cmath>

#include "host/layout/hash.h"
#include "host/layout/pivots.h"
#include "host/layout/split.h"
#include "host/parallel.h"

namespace sluice::layout {
namespace {

using i64 = std::int64_t;
constexpr i64 kRows = 1024;  // vertices summed at once: absolute, so sums do not depend on threads

/// C of a connected graph, a row at a time.
class Centred {
 public:
  Centred(const Pivots& pivots, i64 vertices)
      : pivots_(pivots), n_(vertices), column_(std::size_t(pivots.count())) {
    for (i64 p = 0; p < pivots.count(); ++p) {
      double sum = 0;
      for (i64 v = 0; v < n_; ++v) sum += squared(p, v);
      column_[std::size_t(p)] = sum / double(n_);
      all_ += column_[std::size_t(p)] / double(pivots.count());
    }
  }
  i64 pivots() const { return pivots_.count(); }
  i64 vertices() const { return n_; }
  void row(i64 v, double* to) const {
    double mean = 0;
    for (i64 p = 0; p < pivots(); ++p) mean += squared(p, v) / double(pivots());
    for (i64 p = 0; p < pivots(); ++p) to[p] = -0.5 * (squared(p, v) - mean - column_[std::size_t(p)] + all_);
  }

 private:
  double squared(i64 p, i64 v) const {
    const double d = double(pivots_.from(p)[v]);
    return d * d;
  }
  const Pivots& pivots_;
  i64 n_;
  std::vector<double> column_;
  double all_ = 0;
};

/// C'C, k x k: partial sums of blocks of rows, a group of blocks at a time, added in their order.
std::vector<double> gram(const Centred& centred, int threads) {
  const i64 k = centred.pivots(), blocks = (centred.vertices() + kRows - 1) / kRows;
  std::vector<double> sum(std::size_t(k * k));
  constexpr i64 kGroup = 32;
  std::vector<std::vector<double>> partial(std::size_t(std::min(blocks, kGroup)));
  for (i64 group = 0; group < blocks; group += kGroup) {
    const i64 count = std::min(kGroup, blocks - group);
    in_parallel(std::size_t(std::max(1, threads)), std::size_t(count), [&](std::size_t b) {
      std::vector<double>& to = partial[b];
      to.assign(std::size_t(k * k), 0);
      std::vector<double> row(static_cast<std::size_t>(k));
      const i64 from = (group + i64(b)) * kRows, end = std::min(centred.vertices(), from + kRows);
      for (i64 v = from; v < end; ++v) {
        centred.row(v, row.data());
        for (i64 i = 0; i < k; ++i)
          for (i64 j = 0; j < k; ++j) to[std::size_t(i * k + j)] += row[std::size_t(i)] * row[std::size_t(j)];
      }
    });
    for (i64 b = 0; b < count; ++b)
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += partial[std::size_t(b)][i];
  }
  return sum;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Takes what lies along `others` out of x and makes it of length 1; false where next to nothing is left.
bool orthonormal(std::vector<double>& x, const std::vector<std::vector<double>>& others) {
  const double before = std::sqrt(dot(x, x));
  for (const auto& other : others) {
    const double along = dot(x, other);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= along * other[i];
  }
  const double length = std::sqrt(dot(x, x));
  if (!(length > 1e-12 * before) || !(length > 0)) return false;
  for (double& value : x) value /= length;
  return true;
}

/// Up to `count` eigenvectors of the greatest eigenvalues; fewer where the others are nothing beside the
/// first.
std::vector<std::vector<double>> eigenvectors(const std::vector<double>& matrix, i64 k, int count) {
  std::vector<std::vector<double>> found;
  std::vector<double> roots;
  double greatest = 0;
  while (int(found.size()) < count && i64(found.size()) < k) {
    std::vector<double> x(static_cast<std::size_t>(k)), y(static_cast<std::size_t>(k));
    for (i64 i = 0; i < k; ++i)
      x[std::size_t(i)] = double(signed_unit(scatter(found.size() + 1, std::uint64_t(i))));
    if (!orthonormal(x, found)) break;
    double value = 0;
    for (int turn = 0; turn < 500; ++turn) {
      for (i64 i = 0; i < k; ++i) {
        double sum = 0;
        for (i64 j = 0; j < k; ++j) sum += matrix[std::size_t(i * k + j)] * x[std::size_t(j)];
        y[std::size_t(i)] = sum;
      }
      value = dot(x, y);
      if (!orthonormal(y, found)) {
        value = 0;
        break;
      }
      const double turned = 1 - std::fabs(dot(x, y));
      x.swap(y);
      if (turned < 1e-14) break;
    }
    greatest = std::max(greatest, value);
    if (!(value > 1e-12 * greatest) || !(value > 0)) break;
    found.push_back(x);
    roots.push_back(std::sqrt(std::sqrt(value)));
  }
  for (std::size_t e = 0; e < found.size(); ++e)
    for (double& one : found[e]) one /= roots[e];
  return found;
}

void place(const Piece& piece, const PivotMdsOptions& options, int threads, const std::atomic<bool>* stop,
           Counted* found, graph::Positions& to) {
  const i64 n = piece.graph.vertices();
  const double unit = mean_length(piece.graph, options.lengths);
  const i64 most = std::max<i64>(options.pivots, options.dimensions + 1);
  PivotOptions choosing;
  choosing.most = most, choosing.choice = PivotChoice::kFarthest;
  choosing.lengths = options.lengths, choosing.unit = unit;
  choosing.seed = options.seed, choosing.threads = threads, choosing.stop = stop;
  double before = 0;
  if (found != nullptr)
    choosing.told = [&](double share) { found->add((share - before) * double(n)), before = share; };
  const Pivots pivots = choose_pivots(piece.graph, choosing);
  const Centred centred(pivots, n);
  const i64 k = pivots.count();
  const auto vectors = eigenvectors(gram(centred, threads), k, options.dimensions);
  const i64 blocks = (n + kRows - 1) / kRows;
  std::vector<double> first(static_cast<std::size_t>(blocks)), second(static_cast<std::size_t>(blocks));
  in_parallel(std::size_t(std::max(1, threads)), std::size_t(blocks), [&](std::size_t block) {
    std::vector<double> row(static_cast<std::size_t>(k));
    for (i64 v = i64(block) * kRows; v < std::min(n, (i64(block) + 1) * kRows); ++v) {
      centred.row(v, row.data());
      double* at = to.of(piece.vertex(v));
      for (std::size_t c = 0; c < std::size_t(options.dimensions); ++c)
        at[c] = c < vectors.size() ? dot(row, vectors[c]) : 0;
    }
  });
  // To the size at which distances to pivots fit best: the s that makes sum (s |x - p| / d - 1)^2 least.
  in_parallel(std::size_t(std::max(1, threads)), std::size_t(blocks), [&](std::size_t block) {
    for (i64 v = i64(block) * kRows; v < std::min(n, (i64(block) + 1) * kRows); ++v)
      for (i64 p = 0; p < k; ++p) {
        const double d = double(pivots.from(p)[v]);
        if (!(d > 0)) continue;
        const double *a = to.of(piece.vertex(v)), *b = to.of(piece.vertex(pivots.at[std::size_t(p)]));
        double squared = 0;
        for (int c = 0; c < options.dimensions; ++c) squared += (a[c] - b[c]) * (a[c] - b[c]);
        first[block] += std::sqrt(squared) / d;
        second[block] += squared / (d * d);
      }
  });
  double sum = 0, squares = 0;
  for (i64 b = 0; b < blocks; ++b) sum += first[std::size_t(b)], squares += second[std::size_t(b)];
  const double scale = squares > 0 ? sum / squares : 1;
  for (i64 v = 0; v < n; ++v) {
    const graph::Vertex whole = piece.vertex(v);
    for (int c = 0; c < options.dimensions; ++c) {
      const double noise =
          double(signed_unit(scatter(scatter(options.seed, std::uint64_t(whole)), std::uint64_t(c))));
      to.of(whole)[c] = (to.of(whole)[c] * scale + 1e-3 * noise) * unit;
    }
  }
}

}  // namespace

std::uint64_t pivot_mds_bytes(std::int64_t vertices, int dimensions) {
  const std::uint64_t n = std::uint64_t(vertices);
  const i64 pivots = std::min(vertices, std::max<i64>(PivotMdsOptions{}.pivots, dimensions + 1));
  return n * (4 * std::uint64_t(pivots) + 32);
}

graph::Positions pivot_mds(const graph::Graph& graph, const PivotMdsOptions& options, int threads,
                           const std::atomic<bool>* stop, Counted* found) {
  graph::Positions positions;
  positions.dimensions = options.dimensions;
  positions.at.resize(std::size_t(graph.vertices()) * std::size_t(options.dimensions));
  const auto pieces = split(graph, options.lengths);
  // Large ones one after the other with all threads, small ones side by side.
  std::vector<const Piece*> small;
  for (const auto& piece : pieces)
    if (piece->graph.vertices() >= 4 * kRows)
      place(*piece, options, threads, stop, found, positions);
    else
      small.push_back(piece.get());
  in_parallel(std::size_t(std::max(1, threads)), small.size(),
              [&](std::size_t i) { place(*small[i], options, 1, stop, found, positions); });
  return positions;
}

}  // namespace sluice::layout
