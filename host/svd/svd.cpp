// One pass to a triangle, of all rows or by way of the Gram matrix; its singular values; one more pass for
// scores.
#include "host/svd.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/clock.h"
#include "host/error.h"
#include "host/fit/on_device.h"
#include "host/fit/svd.h"
#include "host/fit/tall.h"
#include "host/fit/triangle.h"
#include "host/parallel.h"
#include "host/svd/gram.h"
#include "host/svd/output.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace fit;
constexpr std::size_t kMostForTriangle = 400;  // of auto: reflections take twice the arithmetic of products
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

/// The triangle of [1, X - shifts] or of X.
class TrianglePiece : public PassPiece {
 public:
  TrianglePiece(const std::vector<double>& shifts, bool center)
      : shifts_(shifts),
        extra_(center ? 1 : 0),
        triangle_(shifts.size() + extra_),
        x_((shifts.size() + extra_) * RowBlock::kRows) {}
  void restart() override { triangle_.clear(); }
  void take(const RowBlock& block) override {
    constexpr std::size_t ld = RowBlock::kRows;
    if (extra_ > 0) std::fill_n(x_.data(), block.rows, 1.0);
    for (std::size_t j = 0; j < shifts_.size(); ++j)
      for (std::size_t i = 0; i < block.rows; ++i)
        x_[(j + extra_) * ld + i] = block.monomials[j + 1][i] - shifts_[j];
    triangle_.add(x_.data(), block.rows, ld);
  }
  const Triangle& triangle() const { return triangle_; }

 private:
  const std::vector<double>& shifts_;
  std::size_t extra_;
  Triangle triangle_;
  std::vector<double> x_;
};

class Decomposition {
 public:
  Decomposition(const SvdOptions& options, const RunOptions& run, SvdResult& result)
      : o_(options), run_(run), r_(result) {}

  void run(Budget& budget, const MatrixSource& matrix) {
    source_.x = &matrix;
    r_.matrix = matrix.info();
    r_.rows = source_.rows(), r_.columns = std::int64_t(source_.columns());
    if (r_.rows == 0 || r_.columns == 0)
      throw Error(ErrorKind::kInput,
                  matrix.info().path + ": no values: expected at least one row and column");
    const std::uint64_t p = source_.columns();
    const Share share(budget, 8 * 7 * p * p + svd_memory(p), "matrices of the columns' number squared");
    choose();
    const Square triangle = r_.method == "tsqr" ? tsqr(budget) : gram(budget);
    const Clock clock;
    decompose(triangle);
    r_.run.stages.push_back({"decompose", clock.seconds(), 0, 0});
  }
  const TallSource& source() const { return source_; }

 private:
  void choose() {
    r_.method = o_.method;
    if (o_.method != "auto") return;
    r_.method = source_.columns() > kMostForTriangle ? "gram" : "tsqr";
    r_.why = std::to_string(source_.columns()) + " columns: tsqr up to " + std::to_string(kMostForTriangle);
  }

  Square tsqr(Budget& budget) {
    const std::vector<double> shifts =
        o_.center ? svd_detail::shifts_of(source_) : std::vector<double>(source_.columns());
    const std::size_t n = shifts.size() + (o_.center ? 1 : 0);
    const Square all = reflect(shifts, n, budget);
    if (!o_.center) return all;
    // The first row of the triangle of [1, X] is the means; the rest that of X less its means.
    Square rest(n - 1);
    for (std::size_t i = 1; i < n; ++i)
      for (std::size_t j = i; j < n; ++j) rest.at(i - 1, j - 1) = all.at(i, j);
    for (std::size_t j = 1; j < n; ++j) r_.means.push_back(shifts[j - 1] + all.at(0, j) / all.at(0, 0));
    return rest;
  }

  /// Of n columns: [1, X - shifts] or X.
  Square reflect(const std::vector<double>& shifts, std::size_t n, Budget& budget) {
    const TriangleColumns columns{o_.center, false, shifts};
    if (auto upper = triangle_on_device(source_, columns, budget, run_, r_.run)) return std::move(*upper);
    Triangle total(n);
    Pass pass;
    pass.stage = "tsqr";
    pass.piece = [&] { return std::make_unique<TrianglePiece>(shifts, o_.center); };
    pass.merge = [&](PassPiece& piece) { total.merge(static_cast<TrianglePiece&>(piece).triangle()); };
    pass.piece_memory = Triangle::memory(n) + 8 * n * RowBlock::kRows;
    run_tall(pass, source_, budget, run_, r_.run);
    return total.upper();
  }

  Square gram(Budget& budget) {
    svd_detail::GramTriangle found = svd_detail::gram_triangle(source_, o_.center, budget, run_, r_.run);
    if (o_.center) r_.means = found.means;
    summed_ = std::move(found.summed), lost_ = found.lost;
    return std::move(found.triangle);
  }
  /// What products leave of digits, as a share of the largest value: of columns far from 0 those about the
  /// means are small beside it. `lengths`: that columns were divided by; empty: as they are.
  double gram_share(double largest, const std::vector<double>& lengths) const {
    if (summed_.empty()) return 0;
    double squares = 0;
    for (std::size_t j = 0; j < summed_.size(); ++j) {
      const double length = lengths.empty() ? 1 : lengths[j];
      if (length > 0) squares += std::pow(summed_[j] / length, 2);
    }
    return svd_detail::kGramDigits * (largest > 0 ? std::fmin(1, std::sqrt(squares) / largest) : 1);
  }

  void decompose(const Square& triangle) {
    const std::size_t p = triangle.n;
    const std::vector<double> lengths = column_lengths(triangle);
    Svd svd;
    std::vector<double> unit;  // values of columns of unit length
    in_parallel(run_.threads == 1 ? 1 : 2, 2, [&](std::size_t turn) {
      if (turn == 0)
        svd = svd_of(triangle);
      else
        unit = values_of(unit_columns(triangle, lengths));
    });
    r_.digits = std::fmax(4 * kEpsilon, gram_share(svd.values[0], {}));
    r_.share = o_.share > 0 ? o_.share : std::fmax(rank_share(p), gram_share(unit[0], lengths));
    while (r_.rank < p && unit[r_.rank] > r_.share * unit[0]) ++r_.rank;
    r_.values = svd.values;
    if (r_.rows < r_.columns) r_.values.resize(std::size_t(r_.rows));
    const auto ratio = [&](const std::vector<double>& values) {
      return r_.rank < p ? std::numeric_limits<double>::infinity() : values[0] / values[p - 1];
    };
    r_.condition = ratio(svd.values), r_.unit_condition = ratio(unit);
    const std::size_t keep =
        o_.keep == 0 ? r_.values.size() : std::min(std::size_t(o_.keep), r_.values.size());
    for (std::size_t k = 0; k < keep; ++k) {
      r_.right.emplace_back();
      for (std::size_t j = 0; j < p; ++j) r_.right[k].push_back(svd.right.at(k, j));
    }
    if (std::size_t(o_.keep) > r_.values.size())
      r_.warnings.push_back("there are " + std::to_string(r_.values.size()) + " singular values: -k " +
                            std::to_string(o_.keep) + " takes them all");
    double least = 0;
    for (const double value : r_.values)
      if (value > 0) least = value;
    if (lost_ || (least > 0 && least < r_.digits * 10 * r_.values[0]))
      r_.warnings.push_back(
          "singular values below " + number(r_.digits * 10 * r_.values[0]) + " are rounding" +
          (r_.method == "gram" ? ": products of columns square the condition; --method tsqr "
                                 "keeps them to 1e-15 of the largest"
                               : " of the largest"));
  }

  const SvdOptions& o_;
  const RunOptions& run_;
  SvdResult& r_;
  TallSource source_;
  std::vector<double> summed_;  // of gram: columns' lengths as they were summed
  bool lost_ = false;           // of gram: some value came out as 0
};

void check(const SvdOptions& o) {
  if (o.method != "auto" && o.method != "tsqr" && o.method != "gram")
    throw Error(ErrorKind::kUsage, "--method " + o.method + ": expected auto, tsqr or gram");
  if (o.keep < 0) throw Error(ErrorKind::kUsage, "-k: expected 1 or more, found " + std::to_string(o.keep));
  if (!(o.share >= 0 && o.share < 1))
    throw Error(ErrorKind::kUsage, "--rcond: expected a share below 1, found " + number(o.share));
  if (o.scores && o.output.empty()) throw Error(ErrorKind::kUsage, "--scores: needs an output: -o FILE");
}

}  // namespace

SvdResult svd(const SvdOptions& options, const RunOptions& run) {
  const Clock total;
  check(options);
  SvdResult result;
  const auto matrix = open_matrix(options.input, options.raw);
  if (!options.output.empty()) svd_detail::check_output(options.output, *matrix, run);
  RunSummary& summary = result.run;
  summary.device = "cpu";
  summary.threads = run.threads > 0 ? run.threads : available_cores();
  summary.memory_limit = run.memory > 0 ? run.memory : available_memory() / 2;
  Budget budget(summary.memory_limit, "--memory");
  Decomposition work(options, run, result);
  work.run(budget, *matrix);
  if (!options.output.empty()) svd_detail::write_output(options, work.source(), budget, run, result);
  summary.memory_peak = std::max(summary.memory_peak, budget.peak());
  summary.seconds = total.seconds();
  summary.compute_seconds = summary.seconds - summary.sync_seconds;
  return result;
}

}  // namespace sluice
