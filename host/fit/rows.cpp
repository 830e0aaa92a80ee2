// Text to monomials. Where no row of a few hundred lacks a value, which is mostly so, nothing is copied.
#include "host/fit/rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/formats/csv/faults.h"
#include "host/formats/csv/parse.h"

namespace sluice::fit {
namespace {

class TextPlaces : public RowPlaces {
 public:
  explicit TextPlaces(const csv::Block& block) : block_(block) {}
  std::size_t rows() const override { return block_.rows.size(); }
  std::size_t offset(std::size_t row, std::size_t column) const override {
    return block_.begin_of(row, column);
  }
  std::string shown(std::size_t row, std::size_t column) const override {
    return csv::shown(block_.field(row, column));
  }

 private:
  const csv::Block& block_;
};

class RecordPlaces : public RowPlaces {
 public:
  RecordPlaces(const Source& source, const RecordRows& block) : source_(source), block_(block) {}
  std::size_t rows() const override { return block_.rows; }
  std::size_t offset(std::size_t row, std::size_t) const override { return row; }
  std::string shown(std::size_t row, std::size_t column) const override {
    const auto& numbers = source_.numbers.columns;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (std::size_t(numbers[i].index) == column) return level_text(block_.values[i].numbers[row]);
    return "";
  }

 private:
  const Source& source_;
  const RecordRows& block_;
};

}  // namespace

std::string_view with_point(std::string_view text, char decimal, std::string& scratch) {
  double value = 0;
  const auto comma = text.find(',');
  if (decimal == '.' || comma == std::string_view::npos || !csv::parse_float(text, decimal, value))
    return text;
  scratch = std::string(text);
  scratch[comma] = '.';
  return scratch;
}

/// What expressions see: the columns of the rows that were kept.
class RowMaker::Columns : public NumberColumns {
 public:
  explicit Columns(const RowMaker& maker) : maker_(maker) {}
  const double* column(const std::string& name) const override {
    const auto& columns = maker_.source_.numbers.columns;
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const csv::Column& c) { return c.name == name; });
    return maker_.number_at_.at(std::size_t(found - columns.begin()));
  }

 private:
  const RowMaker& maker_;
};

RowMaker::RowMaker(const Source& source, AllLevels& levels)
    : source_(source),
      ways_(best_dense()),
      parser_(source.input.options.dialect, source.numbers),
      columns_(source.numbers.columns.size()),
      caches_(levels.size()),
      codes_(levels.size()),
      missing_(source.input.options.dialect),
      kept_numbers_(columns_.size(), std::vector<double>(RowBlock::kRows)),
      number_at_(columns_.size()),
      kept_codes_(levels.size(), std::vector<std::int32_t>(RowBlock::kRows)),
      factors_(source.formula.factors.size()),
      products_(source.plan.monomials.size(), std::vector<double>(RowBlock::kRows)),
      ones_(RowBlock::kRows, 1.0),
      factor_at_(source.formula.factors.size(), nullptr) {
  for (Levels& one : levels) level_codes_.emplace_back(one);
  for (const auto& monomial : source.plan.monomials)
    for (const std::size_t f : monomial) factors_[f].resize(RowBlock::kRows);
  rows_.monomials.resize(source.plan.monomials.size());
  rows_.codes.resize(levels.size());
}

int column_of(const Expression& e, const csv::Schema& schema) {
  std::vector<std::string> names;
  add_columns(e, names);
  for (const csv::Column& column : schema.columns)
    if (!names.empty() && column.name == names[0]) return column.index + 1;
  return 1;
}

bool RowMaker::read_numbers(csv::Block& block, csv::FaultLog& faults) {
  for (csv::ColumnData& column : columns_) column.clear();
  const bool fail = source_.input.options.on_error == csv::OnError::kFail;
  const std::size_t rows = block.rows.size();
  const std::size_t made = parser_.append(block, fail, columns_, faults);
  bad_.assign(rows, 0);
  if (made == rows) return true;
  if (fail) return false;
  // Which rows were left out: one at a time, what is wrong with them has been logged.
  for (csv::ColumnData& column : columns_) column.clear();
  csv::FaultLog again;
  csv::Block one{block.data, block.ends, {}, block.spaces};
  std::vector<csv::Block::Place> kept;
  bad_.clear();
  for (const csv::Block::Place& place : block.rows) {
    one.rows = {place};
    const bool good = parser_.append(one, false, columns_, again) == 1;
    if (!good && !source_.every_row) continue;
    for (csv::ColumnData& column : columns_)
      column.floats.resize(kept.size() + 1, NAN), column.missing.resize(kept.size() + 1, 1);
    kept.push_back(place);
    bad_.push_back(good ? 0 : 1);
  }
  block.rows = std::move(kept);
  return true;
}

bool RowMaker::read_codes(csv::Block& block, csv::FaultLog& faults) {
  std::int32_t all = 0;
  for (std::size_t k = 0; k < codes_.size(); ++k) {
    codes_[k].resize(block.rows.size());
    if (source_.category_columns[k] < 0) {  // a comparison's: made of numbers, later
      std::fill(codes_[k].begin(), codes_[k].end(), 0);
      continue;
    }
    const auto index = std::size_t(source_.category_columns[k]);
    for (std::size_t row = 0; row < block.rows.size(); ++row) {
      const std::string_view field = block.field(row, index);
      codes_[k][row] = caches_[k].code(field, [&] {
        const csv::Decoded value = csv::decode(field, source_.input.options.dialect, scratch_);
        if (missing_.contains(value)) return -1;
        return level_codes_[k].code(with_point(value.text, source_.input.options.dialect.decimal, scratch_));
      });
      all |= codes_[k][row];
      if (codes_[k][row] != Levels::kUnknown || bad_[row] != 0) continue;
      bad_[row] = 1;
      const Factor& factor = source_.formula.factors[source_.plan.categories[k]];
      faults.add(csv::Fault::Kind::kBadValue, block.begin_of(row, index), int(index) + 1, [&] {
        return csv::bad_value(factor.column(), csv::Type::kCategory,
                              csv::decode(field, source_.input.options.dialect, scratch_).text);
      });
    }
  }
  return all < 0;
}

bool RowMaker::check_finite(const RowPlaces& places, csv::FaultLog& faults) {
  bool gaps = false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::vector<double>& values = columns_[i].floats;
    if (ways_.all_finite(values.data(), values.size())) continue;
    gaps = true;
    const csv::Column& column = source_.numbers.columns[i];
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (!std::isinf(values[row]) || bad_[row] != 0) continue;
      bad_[row] = 1;
      const auto index = std::size_t(column.index);
      faults.add(csv::Fault::Kind::kBadValue, places.offset(row, index), column.index + 1, [&] {
        return "bad value in '" + column.name + "': expected a finite number, found '" +
               places.shown(row, index) + "'";
      });
    }
  }
  return gaps;
}

bool RowMaker::check_weights(const RowPlaces& places, csv::FaultLog& faults) {
  if (source_.weight_column < 0) return false;
  const csv::Column& column = source_.numbers.columns[std::size_t(source_.weight_column)];
  std::vector<double>& weights = columns_[std::size_t(source_.weight_column)].floats;
  bool gaps = false;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    const double w = weights[row];
    if (w > 0 && (!source_.repeats || w == std::floor(w))) continue;
    gaps = true;
    if (std::isnan(w) || bad_[row] != 0) continue;
    if (w == 0) {  // counts as a row without a value
      weights[row] = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    bad_[row] = 1;
    const auto index = std::size_t(column.index);
    faults.add(csv::Fault::Kind::kBadValue, places.offset(row, index), column.index + 1, [&] {
      return "bad weight in '" + column.name + "': expected " +
             (source_.repeats ? "a whole number of 0 or more" : "0 or more") + ", found '" +
             places.shown(row, index) + "'";
    });
  }
  return gaps;
}

void RowMaker::make(csv::Block& block, csv::FaultLog& faults, RowTaker& taker) {
  if (!read_numbers(block, faults)) return;
  gaps_ = read_codes(block, faults);
  make_all(TextPlaces(block), faults, taker);
}

void RowMaker::make(const RecordRows& block, csv::FaultLog& faults, RowTaker& taker) {
  const RecordPlaces places(source_, block);
  bad_.assign(block.rows, 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].floats = block.values[i].numbers;
  std::int32_t all = 0;
  for (std::size_t k = 0; k < codes_.size(); ++k) {
    codes_[k].assign(block.rows, 0);
    if (source_.category_columns[k] < 0) continue;
    const auto index = std::size_t(source_.category_columns[k]);
    std::string last;  // what the row before held: mostly this one's too
    for (std::size_t row = 0; row < block.rows; ++row) {
      const std::string text =
          record_text(block.values[columns_.size() + k], source_.records->columns()[index].kind, row);
      const bool same = row > 0 && text == last && codes_[k][row - 1] != Levels::kUnknown;
      codes_[k][row] = same                               ? codes_[k][row - 1]
                       : missing_.contains({text, false}) ? -1
                                                          : level_codes_[k].code(text);
      last = text;
      all |= codes_[k][row];
      if (codes_[k][row] != Levels::kUnknown) continue;
      bad_[row] = 1;
      const Factor& factor = source_.formula.factors[source_.plan.categories[k]];
      faults.add(csv::Fault::Kind::kBadValue, row, int(index) + 1,
                 [&] { return csv::bad_value(factor.column(), csv::Type::kCategory, text); });
    }
  }
  gaps_ = all < 0;
  make_all(places, faults, taker);
}

void RowMaker::make_all(const RowPlaces& places, csv::FaultLog& faults, RowTaker& taker) {
  gaps_ |= check_finite(places, faults);
  gaps_ |= check_weights(places, faults);
  if (!faults.first().empty() && source_.input.options.on_error == csv::OnError::kFail) return;
  for (std::size_t first = 0; first < places.rows(); first += RowBlock::kRows) {
    const std::size_t count = std::min(RowBlock::kRows, places.rows() - first);
    make_rows(places, first, count, faults, taker);
    taker.finish(count);
  }
}

void RowMaker::make_rows(const RowPlaces& places, std::size_t first, std::size_t count, csv::FaultLog& faults,
                         RowTaker& taker) {
  kept_.resize(count);
  if (!gaps_)
    std::iota(kept_.begin(), kept_.end(), first);
  else
    kept_.clear();
  for (std::size_t row = first; gaps_ && row < first + count; ++row) {
    bool there = bad_[row] == 0;
    bool whole = there;
    for (const csv::ColumnData& column : columns_) whole &= column.floats[row] == column.floats[row];
    for (const auto& codes : codes_) whole &= codes[row] >= 0;
    if (whole)
      kept_.push_back(row);
    else if (there)
      ++dropped_;
  }
  if (kept_.empty()) return;
  const bool all = kept_.size() == count;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    number_at_[i] = all ? columns_[i].floats.data() + first : kept_numbers_[i].data();
    for (std::size_t k = 0; !all && k < kept_.size(); ++k) kept_numbers_[i][k] = columns_[i].floats[kept_[k]];
  }
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    rows_.codes[i] = all ? codes_[i].data() + first : kept_codes_[i].data();
    for (std::size_t k = 0; !all && k < kept_.size(); ++k) kept_codes_[i][k] = codes_[i][kept_[k]];
  }
  const Columns seen(*this);
  for (std::size_t f = 0; f < factors_.size(); ++f) {
    if (factors_[f].empty()) continue;
    const Factor& factor = source_.formula.factors[f];
    if (factor.bare) {
      factor_at_[f] = seen.column(factor.expression.text);
    } else {
      evaluate(factor.expression, seen, kept_.size(), factors_[f].data());
      factor_at_[f] = factors_[f].data();
    }
  }
  for (std::size_t k = 0; k < codes_.size(); ++k) {
    if (source_.category_columns[k] >= 0) continue;
    double truth[RowBlock::kRows];
    evaluate(source_.formula.factors[source_.plan.categories[k]].expression, seen, kept_.size(), truth);
    for (std::size_t i = 0; i < kept_.size(); ++i) kept_codes_[k][i] = truth[i] > 0;
    rows_.codes[k] = kept_codes_[k].data();
  }
  if (!keep(places, faults)) return;
  rows_.rows = kept_.size();
  rows_.group = count;
  rows_.places.resize(kept_.size());
  for (std::size_t k = 0; k < kept_.size(); ++k) rows_.places[k] = kept_[k] - first;
  if (source_.weight_column >= 0) rows_.weights = number_at_[std::size_t(source_.weight_column)];
  rows_.monomials[0] = ones_.data();
  for (std::size_t m = 1; m < products_.size(); ++m) {
    const auto& monomial = source_.plan.monomials[m];
    rows_.monomials[m] = monomial.empty() ? ones_.data() : factor_at_[monomial[0]];
    if (monomial.size() <= 1) continue;
    double* to = products_[m].data();
    for (std::size_t k = 1; k < monomial.size(); ++k) {
      const double* left = k == 1 ? factor_at_[monomial[0]] : to;
      const double* right = factor_at_[monomial[k]];
      ways_.multiply(left, right, rows_.rows, to);
    }
    rows_.monomials[m] = to;
  }
  taker.take(rows_);
}

/// Takes out rows for which a function has no value; false where none is left. A function that is infinite is
/// a fault of its row.
bool RowMaker::keep(const RowPlaces& places, csv::FaultLog& faults) {
  std::vector<std::uint8_t> out;
  for (std::size_t f = 0; f < factors_.size(); ++f) {
    if (factors_[f].empty() || source_.formula.factors[f].bare) continue;
    const double* values = factor_at_[f];
    for (std::size_t k = 0; k < kept_.size(); ++k) {
      if (std::isfinite(values[k])) continue;
      out.resize(kept_.size());
      if (out[k] != 0) continue;
      out[k] = 1;
      const Factor& factor = source_.formula.factors[f];
      if (std::isnan(values[k])) {
        ++dropped_;
        continue;
      }
      const int column = column_of(factor.expression, source_.numbers);
      faults.add(csv::Fault::Kind::kBadValue, places.offset(kept_[k], std::size_t(column - 1)), column,
                 [&] { return factor.name + " is infinite: expected a finite number"; });
    }
  }
  if (out.empty()) return true;
  if (!faults.first().empty() && source_.input.options.on_error == csv::OnError::kFail) return false;
  // Row by row again, without those: rare enough to be simple.
  std::vector<std::size_t> rest;
  for (std::size_t k = 0; k < kept_.size(); ++k)
    if (out[k] == 0) rest.push_back(k);
  for (std::size_t f = 0; f < factors_.size(); ++f) {
    if (factors_[f].empty()) continue;
    for (std::size_t k = 0; k < rest.size(); ++k) factors_[f][k] = factor_at_[f][rest[k]];
    factor_at_[f] = factors_[f].data();
  }
  if (source_.weight_column >= 0) {
    const auto w = std::size_t(source_.weight_column);
    for (std::size_t k = 0; k < rest.size(); ++k) kept_numbers_[w][k] = number_at_[w][rest[k]];
    number_at_[w] = kept_numbers_[w].data();
  }
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    for (std::size_t k = 0; k < rest.size(); ++k) kept_codes_[i][k] = rows_.codes[i][rest[k]];
    rows_.codes[i] = kept_codes_[i].data();
  }
  for (std::size_t& k : rest) k = kept_[k];
  kept_ = rest;
  return !kept_.empty();
}

}  // namespace sluice::fit
