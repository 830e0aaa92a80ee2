// One pass to a triangle, of all rows or by way of the Gram matrix; its singular values; one more pass for
// scores.
#include "host/svd.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/clock.h"
#include "host/error.h"
#include "host/fit/cholesky.h"
#include "host/fit/device_gram.h"
#include "host/fit/sums.h"
#include "host/fit/svd.h"
#include "host/fit/triangle.h"
#include "host/svd/output.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace fit;
constexpr std::size_t kMostForTriangle = 400;  // of auto: reflections go a column at a time
constexpr double kGramDigits = 3e-8;           // a product's rounding, 1e-15, is squared values'

/// About the first rows' means, so that offsets cost no digits; zeros where nothing is taken away.
std::vector<double> shifts_of(const TallSource& source, bool center) {
  const std::size_t p = source.columns();
  std::vector<double> shifts(p, 0.0), values(p * RowBlock::kRows);
  if (!center) return shifts;
  const std::int64_t rows = std::min<std::int64_t>(RowBlock::kRows, source.rows());
  RowReader reader(*source.x, RowBlock::kRows, source.names);
  reader.read(0, rows, values.data(), RowBlock::kRows);
  for (std::size_t j = 0; j < p; ++j) {
    double sum = 0;
    for (std::int64_t i = 0; i < rows; ++i) sum += values[j * RowBlock::kRows + std::size_t(i)];
    shifts[j] = std::isfinite(sum) ? double(float(sum / double(rows))) : 0;
    if (!std::isfinite(shifts[j])) shifts[j] = sum / double(rows);
  }
  return shifts;
}

/// The triangle of [1, X - shifts] or of X.
class TrianglePiece : public PassPiece {
 public:
  TrianglePiece(const std::vector<double>& shifts, bool center)
      : shifts_(shifts),
        extra_(center ? 1 : 0),
        triangle_(shifts.size() + extra_),
        x_(triangle_.upper().n * RowBlock::kRows) {}
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

class GramPiece : public PassPiece {
 public:
  GramPiece(const CellLayout& layout, const std::vector<double>& shifts) : sums(layout, shifts) {}
  void restart() override { sums.restart(); }
  void take(const RowBlock& block) override { sums.take(block); }
  PieceSums sums;
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
    const Share share(budget, 8 * 6 * p * p, "matrices of the columns' number squared");
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
    const bool named = run_.device != "auto" && run_.device != "cpu";
    if (o_.method == "tsqr" && named)
      throw Error(ErrorKind::kUsage,
                  "--device " + run_.device + " with --method tsqr: reflections run on the processor",
                  "give --method gram, or no --device");
    if (o_.method != "auto") return;
    r_.method = named || source_.columns() > kMostForTriangle ? "gram" : "tsqr";
    r_.why = named ? "--device " + run_.device
                   : std::to_string(source_.columns()) + " columns: tsqr up to " +
                         std::to_string(kMostForTriangle);
  }

  Square tsqr(Budget& budget) {
    const std::vector<double> shifts = shifts_of(source_, o_.center);
    const std::size_t n = shifts.size() + (o_.center ? 1 : 0);
    Triangle total(n);
    Pass pass;
    pass.stage = "tsqr";
    pass.piece = [&] { return std::make_unique<TrianglePiece>(shifts, o_.center); };
    pass.merge = [&](PassPiece& piece) { total.merge(static_cast<TrianglePiece&>(piece).triangle()); };
    pass.piece_memory = 8 * n * (2 * n + RowBlock::kRows);
    run_tall(pass, source_, budget, run_, r_.run);
    r_.digits = 4 * std::numeric_limits<double>::epsilon();
    if (!o_.center) return total.upper();
    // The first row of the triangle of [1, X] is the means; the rest that of X less its means.
    const Square& all = total.upper();
    Square rest(n - 1);
    for (std::size_t i = 1; i < n; ++i)
      for (std::size_t j = i; j < n; ++j) rest.at(i - 1, j - 1) = all.at(i, j);
    for (std::size_t j = 1; j < n; ++j) r_.means.push_back(shifts[j - 1] + all.at(0, j) / all.at(0, 0));
    return rest;
  }

  Square gram(Budget& budget) {
    r_.digits = kGramDigits;
    const std::size_t p = source_.columns();
    Square products;
    // A panel holds rows: a matrix in Fortran's order is summed by the host.
    const bool fortran = source_.x->info().fortran;
    if (fortran && run_.device != "auto" && run_.device != "cpu")
      throw Error(ErrorKind::kUsage,
                  "--device " + run_.device +
                      ": sums of a matrix in Fortran's order are the processor's: expected auto or cpu",
                  "np.ascontiguousarray() turns it");
    if (wants_device(run_, p) && !fortran) {
      Machine machine = open_machine(run_);
      if (run_.device == "check") check_gram(source_, machine, run_);
      const Gram gram = device_gram(source_, machine, run_, r_.run);
      machine.report(r_.run);
      products = gram.products;
      if (o_.center)
        r_.means = gram.means;
      else
        add_means(products, gram.means, gram.rows);
    } else {
      products = host_gram(budget);
    }
    const CholeskyFactor factor = cholesky(products, 1e-15, p);
    Square triangle(p);
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = i; j < p; ++j)
        if (factor.scale[j] > 0) triangle.at(i, j) = factor.upper.at(i, j) / factor.scale[j];
    return triangle;
  }
  static void add_means(Square& products, const std::vector<double>& means, double rows) {
    for (std::size_t i = 0; i < products.n; ++i)
      for (std::size_t j = 0; j < products.n; ++j) products.at(i, j) += rows * means[i] * means[j];
  }
  Square host_gram(Budget& budget) {
    const std::size_t p = source_.columns();
    std::vector<double> shifts{0};
    for (const double shift : shifts_of(source_, o_.center)) shifts.push_back(shift);
    CellLayout layout;
    layout.monomials = p + 1;
    layout.blocks.push_back({{}, {}});
    for (std::size_t m = 0; m <= p; ++m) layout.blocks[0].monomials.push_back(m);
    Sums total(layout);
    Pass pass;
    pass.stage = "products";
    pass.piece = [&] { return std::make_unique<GramPiece>(layout, shifts); };
    pass.merge = [&](PassPiece& piece) {
      PieceSums& own = static_cast<GramPiece&>(piece).sums;
      total.merge(own.sums(), own.touched());
    };
    pass.piece_memory = 8 * (p + 1) * (p + 1 + 2 * RowBlock::kRows);
    run_tall(pass, source_, budget, run_, r_.run);
    total.settle();
    const std::size_t n = p + 1;
    const double rows = total.dense[0];
    Square products(p);
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = i; j < p; ++j)
        products.at(i, j) = products.at(j, i) = total.dense[(i + 1) * n + j + 1];
    if (!o_.center) return products;
    for (std::size_t j = 0; j < p; ++j) {
      r_.means.push_back(shifts[j + 1] + total.dense[j + 1] / rows);
      for (std::size_t i = 0; i < p; ++i)
        products.at(i, j) -= total.dense[i + 1] * (total.dense[j + 1] / rows);
    }
    return products;
  }

  void decompose(const Square& triangle) {
    const std::size_t p = triangle.n;
    const Svd svd = svd_of(triangle);
    const Svd unit = svd_of(unit_columns(triangle, column_lengths(triangle)));
    r_.share = o_.share > 0 ? o_.share : std::fmax(rank_share(p), r_.method == "gram" ? kGramDigits : 0);
    while (r_.rank < p && unit.values[r_.rank] > r_.share * unit.values[0]) ++r_.rank;
    r_.values = svd.values;
    if (r_.rows < r_.columns) r_.values.resize(std::size_t(r_.rows));
    const auto ratio = [&](const Svd& s) {
      return r_.rank < p ? std::numeric_limits<double>::infinity() : s.values[0] / s.values[p - 1];
    };
    r_.condition = ratio(svd), r_.unit_condition = ratio(unit);
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
    if (least > 0 && least < r_.digits * 10 * r_.values[0])
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
