// Products of a triangle's columns are those of the matrix, whatever the signs of its rows.
#include "host/fit/device_check.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/fit/device_gram.h"
#include "host/fit/device_triangle.h"

namespace sluice::fit {
namespace {

using i64 = std::int64_t;

/// Products about the means of some columns of rows [first, first + rows), read as files are read without a
/// device. `places`: of X's columns.
Square sums_by_reader(const TallSource& source, const std::vector<std::size_t>& places,
                      const std::vector<double>& means, i64 first, i64 rows) {
  constexpr i64 kBlock = i64(RowBlock::kRows);
  std::vector<double> values(source.columns() * RowBlock::kRows);
  RowReader x(*source.x, std::max(kBlock, chunk_rows(source.columns())), source.names);
  Square sums(places.size());
  for (i64 at = first; at < first + rows; at += kBlock) {
    const i64 count = std::min(kBlock, first + rows - at);
    x.read(at, count, values.data(), RowBlock::kRows);
    for (std::size_t a = 0; a < places.size(); ++a)
      for (std::size_t b = a; b < places.size(); ++b) {
        const double* left = values.data() + places[a] * RowBlock::kRows;
        const double* right = values.data() + places[b] * RowBlock::kRows;
        for (i64 i = 0; i < count; ++i)
          sums.at(a, b) += (left[i] - means[places[a]]) * (right[i] - means[places[b]]);
      }
  }
  return sums;
}

RunOptions quiet(const RunOptions& run) {
  RunOptions options = run;
  options.device = "serial", options.observer = nullptr;
  return options;
}

void compare(const TallSource& source, const Machine& machine, const Gram& found, const Gram& wanted,
             i64 first, i64 rows) {
  constexpr std::size_t kColumns = 24;  // that are summed a third time
  constexpr double kBound = 1e-11, kRounding = 1e-15;
  const auto length = [&](std::size_t j) {  // with what a constant's rounding leaves
    return std::sqrt(wanted.products.at(j, j)) +
           kRounding * std::fabs(wanted.means[j]) * std::sqrt(double(rows));
  };
  const auto compare = [&](std::size_t i, std::size_t j, double value, const char* with) {
    const double scale = length(i) * length(j), off = std::fabs(found.products.at(i, j) - value);
    if (off <= kBound * scale) return;
    throw Error(ErrorKind::kCheck, "check: " + machine.selection.selector + " and " + with +
                                       " differ: product of columns " + std::to_string(i) + " and " +
                                       std::to_string(j) + " is off by " + std::to_string(off / scale) +
                                       " of their lengths");
  };
  for (std::size_t i = 0; i < wanted.means.size(); ++i)
    for (std::size_t j = 0; j < wanted.means.size(); ++j) compare(i, j, wanted.products.at(i, j), "serial");
  std::vector<std::size_t> places;
  const std::size_t p = source.columns(), count = std::min(p, kColumns);
  for (std::size_t k = 0; k < count; ++k) places.push_back(count > 1 ? k * (p - 1) / (count - 1) : 0);
  const Square read = sums_by_reader(source, places, wanted.means, first, rows);
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t b = a; b < count; ++b) compare(places[a], places[b], read.at(a, b), "rows as read");
}

/// R'R, as sums about 0.
Gram products_of(const Square& r, i64 rows) {
  Gram gram;
  gram.rows = gram.weight = double(rows);
  gram.means.assign(r.n, 0.0);
  gram.products = Square(r.n);
  for (std::size_t k = 0; k < r.n; ++k)
    for (std::size_t i = k; i < r.n; ++i)
      for (std::size_t j = k; j < r.n; ++j) gram.products.at(i, j) += r.at(k, i) * r.at(k, j);
  return gram;
}

/// Without weights, whose part is the same in both.
TallSource without_weights(const TallSource& source) {
  TallSource plain = source;
  plain.weights = nullptr;
  return plain;
}

}  // namespace

void check_gram(const TallSource& source, Machine& machine, const RunOptions& run) {
  constexpr i64 kSample = 1 << 15;
  const RunOptions serial = quiet(run);
  Machine other = open_row_machine(serial);
  RunSummary ignored;
  const TallSource plain = without_weights(source);
  const i64 rows = std::min(kSample, source.rows()), first = (source.rows() - rows) / 2;
  const Gram found = device_gram(plain, machine, serial, ignored, first, rows);
  compare(plain, machine, found, device_gram(plain, other, serial, ignored, first, rows), first, rows);
}

void check_triangle(const TallSource& source, Machine& machine, const RunOptions& run) {
  const i64 sample = std::max<i64>(1 << 12, 2 * i64(source.columns()));
  const RunOptions serial = quiet(run);
  Machine other = open_row_machine(serial);
  RunSummary ignored;
  const TallSource plain = without_weights(source);
  const i64 rows = std::min(sample, source.rows()), first = (source.rows() - rows) / 2;
  const Square found = device_triangle(plain, {}, machine, serial, ignored, first, rows);
  const Square wanted = device_triangle(plain, {}, other, serial, ignored, first, rows);
  compare(plain, machine, products_of(found, rows), products_of(wanted, rows), first, rows);
}

}  // namespace sluice::fit
