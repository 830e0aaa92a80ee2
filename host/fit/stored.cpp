// The store as a plan: a monomial for each column but the intercept, which is the number 1.
#include "host/fit/stored.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/formats/hdf5_attributes.h"
#include "host/formats/names.h"

namespace sluice::fit {
namespace {

std::int64_t length(const MatrixSource& source) {
  return source.info().dimensions == 1 ? source.info().columns : source.info().rows;
}

std::unique_ptr<MatrixSource> open_column(const std::string& file, const std::string& name,
                                          std::int64_t rows) {
  auto source = open_matrix(file + ":/" + name);
  const MatrixInfo& info = source->info();
  if (info.dimensions != 1 && info.columns != 1)
    throw Error(ErrorKind::kInput,
                info.path + ": expected one column, found " + std::to_string(info.columns));
  if (length(*source) != rows)
    throw Error(ErrorKind::kInput, info.path + ": expected as many rows as X, " + std::to_string(rows) +
                                       ", found " + std::to_string(length(*source)));
  return source;
}

std::vector<std::string> names_of(const std::string& file, std::size_t columns) {
  auto names = Hdf5Attributes(file, "/X").texts("columns");
  if (!names) names = read_hdf5_texts(file, "/columns");
  if (!names) {
    names.emplace();
    for (std::size_t j = 0; j < columns; ++j) names->push_back("x" + std::to_string(j + 1));
  }
  if (names->size() != columns)
    throw Error(ErrorKind::kInput, file + ":/X: expected " + std::to_string(columns) +
                                       " names in its attribute `columns`, found " +
                                       std::to_string(names->size()));
  return *names;
}

/// Spaces mean nothing.
std::string squeezed(std::string text) {
  std::erase(text, ' ');
  return text;
}

/// About the means of the first rows, few digits, as those of a table (source.cpp).
std::vector<double> shifts_of(const Stored& s) {
  constexpr std::int64_t kSampleRows = 4096, kBlock = std::int64_t(RowBlock::kRows);
  const std::size_t p = s.tall.columns();
  const std::int64_t rows = std::min(kSampleRows, s.tall.rows());
  std::vector<double> sums(p + 1), values((p + 1) * RowBlock::kRows);
  const std::vector<std::string> none;
  RowReader x(*s.x, kBlock, s.tall.names), y(*s.y, kBlock, none);
  for (std::int64_t at = 0; at < rows; at += kBlock) {
    const std::int64_t count = std::min(kBlock, rows - at);
    x.read(at, count, values.data(), RowBlock::kRows);
    y.read(at, count, values.data() + p * RowBlock::kRows, RowBlock::kRows);
    for (std::size_t j = 0; j <= p; ++j)
      for (std::int64_t i = 0; i < count; ++i) sums[j] += values[j * RowBlock::kRows + std::size_t(i)];
  }
  std::vector<double> shifts{0};
  for (std::size_t j = 0; j <= p; ++j) {
    if (int(j) == s.tall.skipped) continue;
    const double mean = rows > 0 && std::isfinite(sums[j]) ? sums[j] / double(rows) : 0;
    const bool fits = std::fabs(mean) < 1e38 && std::fabs(mean) > 1e-30;
    shifts.push_back(fits ? double(float(mean)) : mean);
  }
  return shifts;
}

void set_plan(Stored& s, const std::string& response) {
  Source& source = s.source;
  const std::size_t p = s.tall.columns();
  for (std::size_t j = 0; j <= p; ++j) {
    Factor factor;
    factor.name = j < p ? s.tall.names[j] : response;
    factor.expression.kind = Expression::Kind::kName;
    factor.expression.text = factor.name;
    factor.bare = true;
    source.formula.factors.push_back(std::move(factor));
  }
  source.formula.response = p;
  source.plan.monomials.push_back({});
  for (std::size_t j = 0; j < p; ++j) {
    const bool one = int(j) == s.tall.skipped;
    Subterm subterm;
    subterm.term = j, subterm.monomial = one ? 0 : source.plan.monomials.size();
    if (!one) {
      source.plan.monomials.push_back({j});
      subterm.factors = {j};
    }
    source.plan.terms.push_back({one ? std::vector<std::size_t>() : std::vector<std::size_t>{j}});
    source.plan.subterms.push_back(std::move(subterm));
    s.design.columns.push_back({s.tall.names[j], j, {}});
  }
  source.plan.monomials.push_back({p});
  s.design.contrasts.resize(p);
  s.design.intercept = s.tall.skipped;
}

}  // namespace

Stored open_stored(const std::string& path, const std::string& formula, Budget& budget) {
  const FileName name = split_input(path);
  if (!name.dataset.empty())
    throw Error(ErrorKind::kUsage, path + ": expected a file with the datasets X and Y, found one dataset");
  const Hdf5Attributes root(path, "/");
  Stored s;
  const std::string stored = root.text("formula").value_or("");
  if (!formula.empty() && !stored.empty() && squeezed(stored) != squeezed(formula))
    throw Error(ErrorKind::kUsage,
                path + ": is the store of another formula: expected " + formula + ", found " + stored,
                "leave the formula out, or make the store anew: sluice design DATA FORMULA -o " + path);
  s.x = open_matrix(path + ":/X");
  const MatrixInfo& info = s.x->info();
  s.tall.x = s.x.get();
  if (s.tall.rows() == 0 || info.columns == 0)
    throw Error(ErrorKind::kInput, info.path + ": no rows to fit: expected at least one, found none");
  s.tall.names = names_of(path, s.tall.columns());
  s.y = open_column(path, "Y", s.tall.rows());
  s.tall.y = s.y.get();
  const std::string kind = root.text("weights_kind").value_or("");
  if (!kind.empty()) {
    s.weights = open_column(path, "weights", s.tall.rows());
    s.tall.weights = s.weights.get();
    s.weights_name = root.text("weights").value_or("weights");
    s.source.repeats = kind == "repeats";
  }
  const std::int64_t intercept = root.number("intercept").value_or(-1);
  s.tall.skipped = intercept >= 0 && intercept < std::int64_t(s.tall.columns()) ? int(intercept) : -1;
  s.dropped = root.number("rows_dropped").value_or(0);
  s.source.input.path = path;
  s.source.files = {path};
  s.source.formula.text = stored.empty() ? formula : stored;
  set_plan(s, root.text("response").value_or("Y"));
  s.source.identities = s.x->identities();
  const Share share(budget,
                    s.x->cache_bytes() + s.y->cache_bytes() + (s.weights ? s.weights->cache_bytes() : 0),
                    "decoded chunks of the matrix");
  s.source.shifts = shifts_of(s);
  return s;
}

System system_of(const Stored& stored, const Gram& gram) {
  const std::size_t p = stored.tall.columns();
  const double n = gram.weight;
  const int one = stored.tall.skipped;
  System system;
  system.columns = p, system.rows = n;
  system.products = Square(p + 1), system.raw = Square(p);
  system.response.assign(p, 0.0);
  const double y_mean = gram.means[p];
  std::vector<double> sums(p);
  for (std::size_t i = 0; i <= p; ++i)
    for (std::size_t j = 0; j <= p; ++j) {
      // With an intercept all other columns count from their means, which it takes up.
      double value = gram.products.at(i, j);
      if (one < 0 || int(i) == one || int(j) == one) {
        const bool both = one < 0 || (int(i) == one && int(j) == one);
        value = both ? value + n * gram.means[i] * gram.means[j] : 0;
      }
      system.products.at(i, j) = value;
    }
  for (std::size_t j = 0; j < p; ++j) {
    system.raw.at(j, j) = 1;
    if (one >= 0 && int(j) != one) system.raw.at(std::size_t(one), j) = gram.means[j];
    system.sums.push_back(n * gram.means[j]);
    system.squares.push_back(gram.products.at(j, j) + n * gram.means[j] * gram.means[j]);
    sums[j] = one < 0 || int(j) == one ? n * gram.means[j] : 0;
  }
  if (one >= 0) system.response[std::size_t(one)] = y_mean;
  system.has_constant = one >= 0 || spans_constant(system, sums);
  system.response_sum = 0, system.response_shift = y_mean;
  system.response_squares = gram.products.at(p, p);
  return system;
}

}  // namespace sluice::fit
