// Products of a triangle's columns are those of the matrix, whatever the signs of its rows. All are compared
// as of columns of length 1, so that no square is too large or too small for a double.
#include "host/fit/device_check.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/error.h"
#include "host/fit/device_gram.h"
#include "host/fit/svd.h"
#include "host/units.h"

namespace sluice::fit {
namespace {

using i64 = std::int64_t;
constexpr std::size_t kMostForSerial = 1000;
constexpr std::size_t kColumns = 24;  // that are summed as they are read
constexpr double kBound = 1e-11;

/// What is taken from X's columns, and what is left divided by; rows count by their weights.
struct Scale {
  std::vector<double> from, length;
};

std::vector<std::size_t> chosen(std::size_t columns) {
  std::vector<std::size_t> places;
  const std::size_t count = std::min(columns, kColumns);
  for (std::size_t k = 0; k < count; ++k) places.push_back(count > 1 ? k * (columns - 1) / (count - 1) : 0);
  return places;
}

/// Products of some of X's columns over rows [first, first + rows), read as files are read without a device.
Square sums_by_reader(const TallSource& source, const std::vector<std::size_t>& places, const Scale& scale,
                      i64 first, i64 rows) {
  constexpr i64 kBlock = i64(RowBlock::kRows);
  const std::vector<std::string> none;
  std::vector<double> values(source.columns() * RowBlock::kRows), weights(RowBlock::kRows, 1.0);
  RowReader x(*source.x, std::max(kBlock, chunk_rows(source.columns())), source.names);
  std::optional<RowReader> w;
  if (source.weights != nullptr) w.emplace(*source.weights, kBlock, none);
  Square sums(places.size());
  for (i64 at = first; at < first + rows; at += kBlock) {
    const i64 count = std::min(kBlock, first + rows - at);
    x.read(at, count, values.data(), RowBlock::kRows);
    if (w) w->read(at, count, weights.data(), RowBlock::kRows);
    for (std::size_t j : places)
      for (i64 i = 0; i < count; ++i) {
        double& value = values[j * RowBlock::kRows + std::size_t(i)];
        value = scale.length[j] > 0 ? (value - scale.from[j]) / scale.length[j] : 0;
      }
    for (std::size_t a = 0; a < places.size(); ++a)
      for (std::size_t b = a; b < places.size(); ++b) {
        const double* left = values.data() + places[a] * RowBlock::kRows;
        const double* right = values.data() + places[b] * RowBlock::kRows;
        for (i64 i = 0; i < count; ++i) sums.at(a, b) += weights[std::size_t(i)] * left[i] * right[i];
      }
  }
  return sums;
}

RunOptions quiet(const RunOptions& run) {
  RunOptions options = run;
  options.device = "serial", options.observer = nullptr;
  return options;
}

class Comparison {
 public:
  /// `slack`: what rounding leaves of a product, by column.
  Comparison(const Machine& machine, std::vector<double> slack)
      : machine_(machine), slack_(std::move(slack)) {}
  void operator()(std::size_t i, std::size_t j, double found, double wanted, const char* with) const {
    const double off = std::fabs(found - wanted);
    if (off <= kBound * (1 + slack_[i]) * (1 + slack_[j])) return;
    throw Error(ErrorKind::kCheck, "check: " + machine_.selection.selector + " and " + with +
                                       " differ: product of columns " + std::to_string(i) + " and " +
                                       std::to_string(j) + " is off by " + number(off) + " of their lengths");
  }

 private:
  const Machine& machine_;
  std::vector<double> slack_;
};

/// R'R of columns divided by `length`.
Square products_of(const Square& r, const std::vector<double>& length) {
  const Square unit = unit_columns(r, length);
  Square products(r.n);
  for (std::size_t k = 0; k < r.n; ++k)
    for (std::size_t i = k; i < r.n; ++i)
      for (std::size_t j = i; j < r.n; ++j) products.at(i, j) += unit.at(k, i) * unit.at(k, j);
  return products;
}

struct Sample {
  i64 first, rows;
};
Sample sample_of(const TallSource& source, i64 most) {
  const i64 rows = std::min(most, source.rows());
  return {(source.rows() - rows) / 2, rows};
}

}  // namespace

void check_gram(const TallSource& source, Machine& machine, const RunOptions& run) {
  constexpr double kRounding = 1e-15;
  const RunOptions serial = quiet(run);
  RunSummary ignored;
  const auto [first, rows] = sample_of(source, i64(1) << 15);
  const Gram found = device_gram(source, machine, serial, ignored, first, rows);
  const std::size_t n = found.means.size(), p = source.columns();
  Scale scale;
  std::vector<double> slack;
  for (std::size_t j = 0; j < n; ++j) {
    const double own = std::sqrt(std::fmax(0, found.products.at(j, j)));
    // What a constant's rounding leaves is length enough.
    const double rounding = kRounding * std::fabs(found.means[j]) * std::sqrt(found.weight);
    scale.from.push_back(found.means[j]), scale.length.push_back(std::fmax(own, rounding));
    slack.push_back(own > 0 ? rounding / own : 1);
  }
  const auto unit = [&](double product, std::size_t i, std::size_t j) {
    return scale.length[i] > 0 && scale.length[j] > 0 ? product / scale.length[i] / scale.length[j] : product;
  };
  const Comparison compare(machine, slack);
  if (p <= kMostForSerial) {
    Machine other = open_row_machine(serial);
    const Gram wanted = device_gram(source, other, serial, ignored, first, rows);
    for (std::size_t j = 0; j < n; ++j) {
      const double deviation = std::sqrt(std::fmax(0, wanted.products.at(j, j)) / wanted.weight);
      const double off = std::fabs(found.means[j] - wanted.means[j]);
      if (!(off <= kBound * deviation + kRounding * std::fabs(wanted.means[j])))
        throw Error(ErrorKind::kCheck, "check: " + machine.selection.selector +
                                           " and serial differ: mean of column " + std::to_string(j) +
                                           " is off by " + number(off));
    }
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        compare(i, j, unit(found.products.at(i, j), i, j), unit(wanted.products.at(i, j), i, j), "serial");
  }
  const std::vector<std::size_t> places = chosen(p);
  const Square read = sums_by_reader(source, places, scale, first, rows);
  for (std::size_t a = 0; a < places.size(); ++a)
    for (std::size_t b = a; b < places.size(); ++b)
      compare(places[a], places[b], unit(found.products.at(places[a], places[b]), places[a], places[b]),
              read.at(a, b), "rows as read");
}

void check_triangle(const TallSource& source, const TriangleColumns& columns, Machine& machine,
                    const RunOptions& run) {
  const RunOptions serial = quiet(run);
  RunSummary ignored;
  const std::size_t p = source.columns(), ahead = columns.one_first ? 1 : 0;
  const auto [first, rows] = sample_of(source, std::max<i64>(1 << 12, i64(p) + 256));
  // A few times, so that rows come under a triangle that is there.
  const i64 together = std::max<i64>(64, rows / 4 / 64 * 64);
  const Square found = device_triangle(source, columns, machine, serial, ignored, first, rows, together);
  const std::vector<double> lengths = column_lengths(found);
  const Square products = products_of(found, lengths);
  const Comparison compare(machine, std::vector<double>(found.n, 0.0));
  if (p <= kMostForSerial) {
    Machine other = open_row_machine(serial);
    const Square wanted =
        products_of(device_triangle(source, columns, other, serial, ignored, first, rows), lengths);
    for (std::size_t i = 0; i < found.n; ++i)
      for (std::size_t j = i; j < found.n; ++j) compare(i, j, products.at(i, j), wanted.at(i, j), "serial");
  }
  Scale scale;
  for (std::size_t j = 0; j < p; ++j) {
    scale.from.push_back(columns.shifts.empty() ? 0 : columns.shifts[j]);
    scale.length.push_back(lengths[j + ahead]);
  }
  const std::vector<std::size_t> places = chosen(p);
  const Square read = sums_by_reader(source, places, scale, first, rows);
  for (std::size_t a = 0; a < places.size(); ++a)
    for (std::size_t b = a; b < places.size(); ++b)
      compare(places[a] + ahead, places[b] + ahead, products.at(places[a] + ahead, places[b] + ahead),
              read.at(a, b), "rows as read");
}

}  // namespace sluice::fit
