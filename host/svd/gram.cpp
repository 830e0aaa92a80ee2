// Means go back in as one more row of the triangle, not into the products, which would lose what is small
// beside them.
#include "host/svd/gram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/error.h"
#include "host/fit/cholesky.h"
#include "host/fit/on_device.h"
#include "host/fit/sums.h"
#include "host/fit/triangle.h"
#include "host/units.h"

namespace sluice::svd_detail {
namespace {

using namespace fit;
constexpr std::size_t kRows = RowBlock::kRows;
constexpr double kLeastSquare = 1e-285;  // below, squares have lost digits, or are 0

class GramPiece : public PassPiece {
 public:
  GramPiece(const CellLayout& layout, const std::vector<double>& shifts) : sums(layout, shifts) {}
  void restart() override { sums.restart(); }
  void take(const RowBlock& block) override { sums.take(block); }
  PieceSums sums;
};

/// By the host's threads; sets what each column's squares were summed to.
Gram host_gram(const TallSource& source, Budget& budget, const RunOptions& run, RunSummary& summary,
               std::vector<double>& summed) {
  const std::size_t p = source.columns(), n = p + 1;
  std::vector<double> shifts{0};
  for (const double shift : shifts_of(source)) shifts.push_back(shift);
  CellLayout layout;
  layout.monomials = n;
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
  pass.piece_memory = 8 * n * (n + 2 * kRows);
  run_tall(pass, source, budget, run, summary);
  total.settle();
  Gram gram{total.dense[0], total.dense[0], 0, std::vector<double>(p), Square(p)};
  for (std::size_t j = 0; j < p; ++j) {
    gram.means[j] = shifts[j + 1] + total.dense[j + 1] / gram.rows;
    summed[j] = std::sqrt(total.dense[(j + 1) * n + j + 1]);
    for (std::size_t i = 0; i <= j; ++i)
      gram.products.at(i, j) = gram.products.at(j, i) =
          total.dense[(i + 1) * n + j + 1] - total.dense[i + 1] * (total.dense[j + 1] / gram.rows);
  }
  return gram;
}

/// Reads the matrix once more where squares are too small to say whether a column is constant.
void refuse_small(const TallSource& source, const Gram& gram) {
  const std::size_t p = source.columns();
  const auto doubtful = [&](std::size_t j) {  // what is beside a larger mean is its rounding
    return gram.products.at(j, j) < kLeastSquare && std::fabs(gram.means[j]) < 1e-120;
  };
  bool any = false;
  for (std::size_t j = 0; j < p; ++j) any |= doubtful(j);
  if (!any) return;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> least(p, kInfinity), most(p, -kInfinity), values(p * kRows);
  RowReader x(*source.x, std::max<std::int64_t>(kRows, chunk_rows(p)), source.names);
  for (std::int64_t at = 0; at < source.rows(); at += kRows) {
    const std::int64_t count = std::min<std::int64_t>(kRows, source.rows() - at);
    x.read(at, count, values.data(), kRows);
    for (std::size_t j = 0; j < p; ++j)
      for (std::size_t i = 0; i < std::size_t(count); ++i) {
        const double value = values[j * kRows + i];
        least[j] = std::fmin(least[j], value), most[j] = std::fmax(most[j], value);
      }
  }
  for (std::size_t j = 0; j < p; ++j) {
    const double size = std::fmax(std::fabs(least[j]), std::fabs(most[j]));
    if (doubtful(j) && most[j] - least[j] > 1e-12 * size)
      throw Error(ErrorKind::kInput,
                  source.x->info().path + ": column " + std::to_string(j) +
                      ": squares are below the least number: expected values above 1e-140, found " +
                      number(size) + " at most",
                  "--method tsqr takes them, or choose another unit");
  }
}

}  // namespace

std::vector<double> shifts_of(const TallSource& source) {
  const std::size_t p = source.columns();
  std::vector<double> shifts(p, 0.0), values(p * kRows);
  const std::int64_t rows = std::min<std::int64_t>(kRows, source.rows());
  RowReader reader(*source.x, kRows, source.names);
  reader.read(0, rows, values.data(), kRows);
  for (std::size_t j = 0; j < p; ++j) {
    double sum = 0;
    for (std::int64_t i = 0; i < rows; ++i) sum += values[j * kRows + std::size_t(i)];
    shifts[j] = std::isfinite(sum) ? double(float(sum / double(rows))) : 0;
    if (!std::isfinite(shifts[j])) shifts[j] = sum / double(rows);
  }
  return shifts;
}

GramTriangle gram_triangle(const TallSource& source, bool center, Budget& budget, const RunOptions& run,
                           RunSummary& summary) {
  const std::size_t p = source.columns();
  GramTriangle found;
  Gram gram;
  if (wants_device(run, p, source.bytes())) {
    gram = gram_on_device(source, budget, run, summary);
    for (std::size_t j = 0; j < p; ++j) found.summed.push_back(std::sqrt(gram.products.at(j, j)));
  } else {
    found.summed.resize(p);
    gram = host_gram(source, budget, run, summary, found.summed);
  }
  for (const double value : gram.products.values)
    if (!std::isfinite(value))
      throw Error(ErrorKind::kInput,
                  source.x->info().path + ": sums of products are not finite: values beyond 1e150",
                  "--method tsqr takes them, or choose another unit");
  refuse_small(source, gram);
  const CholeskyFactor factor = cholesky(gram.products, 1e-15, p);
  for (const std::size_t j : factor.dependent)
    found.lost |= factor.scale[j] > 0 && gram.rows > double(p);  // of fewer rows some are sums of others
  found.means = gram.means;
  found.triangle = Square(p);
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = i; j < p; ++j)
      if (factor.scale[j] > 0) found.triangle.at(i, j) = factor.upper.at(i, j) / factor.scale[j];
  if (center) return found;
  Triangle all(p);  // of the means by the root of the rows, and of what is left about them
  std::vector<double> rows(p * (p + 1), 0.0);
  for (std::size_t j = 0; j < p; ++j) {
    rows[j * (p + 1)] = std::sqrt(gram.rows) * gram.means[j];
    for (std::size_t i = 0; i <= j; ++i) rows[j * (p + 1) + i + 1] = found.triangle.at(i, j);
  }
  all.add(rows.data(), p + 1, p + 1);
  found.triangle = all.upper();
  return found;
}

}  // namespace sluice::svd_detail
