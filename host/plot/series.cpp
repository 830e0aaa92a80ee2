#include "host/plot/series.h"

#include <cmath>
#include <numeric>

namespace sluice::plot_detail {

Series::Series(std::unique_ptr<Table> table, Parts parts)
    : table_(std::move(table)), parts_(std::move(parts)) {}

TableColumn Series::x() const {
  if (parts_.x >= 0) return table_->columns()[std::size_t(parts_.x)];
  TableColumn rows;
  rows.name = "row", rows.whole = true;
  return rows;
}

void Series::read(const std::function<void(const Slice&)>& take) const {
  std::vector<double> numbers;
  Slice slice;
  table_->read([&](const Rows& rows) {
    const auto column = [&](int part) { return part < 0 ? nullptr : rows.columns[std::size_t(part)]; };
    slice.first = rows.first, slice.rows = rows.rows;
    slice.x = column(parts_.x), slice.color = column(parts_.color), slice.error = column(parts_.error);
    slice.y.clear();
    for (const int part : parts_.y) slice.y.push_back(column(part));
    if (parts_.x < 0) {
      numbers.resize(std::size_t(rows.rows));
      std::iota(numbers.begin(), numbers.end(), double(rows.first));
      slice.x = numbers.data();
    }
    take(slice);
  });
}

void Survey::add(const double* values, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const double value = values[i];
    range.add(value);
    if (!std::isfinite(value)) continue;
    ascending = ascending && value >= last_;
    last_ = value;
    const double off = value - mean;
    mean += off / double(range.finite);
    m2 += off * (value - mean);
  }
}

double Survey::deviation() const {
  return range.finite < 2 ? 0 : std::sqrt(m2 / double(range.finite - 1));
}

Surveys survey(const Series& series) {
  Surveys found;
  found.y.resize(series.y_count());
  series.read([&](const Slice& slice) {
    found.x.add(slice.x, slice.rows);
    for (std::size_t k = 0; k < slice.y.size(); ++k) found.y[k].add(slice.y[k], slice.rows);
  });
  return found;
}

bool Places::has(double x, double y) {
  if (!std::isfinite(x) || !std::isfinite(y)) return ++missing, false;
  if ((log_x && x <= 0) || (log_y && y <= 0)) return ++not_positive, false;
  return ++points, true;
}

}  // namespace sluice::plot_detail
