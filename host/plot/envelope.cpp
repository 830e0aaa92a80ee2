#include "host/plot/envelope.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice::plot_detail {

Envelope::Envelope(double low, double high, std::int64_t columns, bool log)
    : low_(log ? std::log10(low) : low), log_(log), columns_(std::size_t(columns)) {
  const double top = log ? std::log10(high) : high;
  per_unit_ = top > low_ ? double(columns) / (top - low_) : 0;
}

Envelope::Column* Envelope::column_at(double x) {
  if (!std::isfinite(x) || (log_ && x <= 0)) return nullptr;
  const double place = ((log_ ? std::log10(x) : x) - low_) * per_unit_;
  if (!(place >= 0)) return &columns_.front();  // NaN too: a range that overflows
  return &columns_[std::size_t(std::clamp(place, 0.0, double(columns_.size() - 1)))];
}

void Envelope::add(double x, double y) {
  Column* column = column_at(x);
  if (column == nullptr) return;
  const Point point{x, y};
  if (!column->any) column->first = column->lowest = column->highest = point;
  if (y < column->lowest.y) column->lowest = point;
  if (y > column->highest.y) column->highest = point;
  column->last = point;
  column->any = true;
}

void Envelope::add_gap(double x) {
  if (Column* column = column_at(x)) column->gap = true;
}

void Envelope::append_to(picture::LineLayer& line) const {
  for (const Column& column : columns_) {
    if (!column.any) {
      if (!column.gap || line.x.empty()) continue;
      line.x.push_back(std::numeric_limits<double>::quiet_NaN());
      line.y.push_back(line.x.back());
      continue;
    }
    Point points[] = {column.first, column.lowest, column.highest, column.last};
    std::stable_sort(points, points + 4, [](const Point& a, const Point& b) { return a.x < b.x; });
    for (int i = 0; i < 4; ++i) {
      if (i > 0 && points[i].x == points[i - 1].x && points[i].y == points[i - 1].y) continue;
      line.x.push_back(points[i].x), line.y.push_back(points[i].y);
    }
  }
}

}  // namespace sluice::plot_detail
