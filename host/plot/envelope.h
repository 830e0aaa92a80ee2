// A line of any length as what can be seen of it: in each of many narrow columns the first, lowest, highest
// and last point. Points may come in any order; memory is that of the columns.
#pragma once
#include <cstdint>
#include <vector>

#include "host/picture/figure.h"

namespace sluice::plot_detail {

class Envelope {
 public:
  /// Columns of equal width from low to high, on a logarithmic axis of equal ratio.
  Envelope(double low, double high, std::int64_t columns, bool log);
  void add(double x, double y);
  /// A point without a value: the line breaks where a column holds nothing else.
  void add_gap(double x);
  /// Points in the order of x.
  void append_to(picture::LineLayer& line) const;

 private:
  struct Point {
    double x = 0, y = 0;
  };
  struct Column {
    Point first, lowest, highest, last;
    bool any = false, gap = false;
  };
  Column* column_at(double x);

  double low_, per_unit_;
  bool log_;
  std::vector<Column> columns_;
};

}  // namespace sluice::plot_detail
