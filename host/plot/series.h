// The columns of a table by the part that each plays in a picture, and what a first look at them finds.
#pragma once
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "host/picture/data_range.h"
#include "host/plot/table.h"

namespace sluice::plot_detail {

/// A batch of rows. Pointers are null where nothing plays the part.
struct Slice {
  std::int64_t first = 0, rows = 0;
  const double* x = nullptr;
  std::vector<const double*> y;
  const double* color = nullptr;
  const double* error = nullptr;
};

class Series {
 public:
  /// Places among the table's columns; -1: none. Without an x column x is the number of the row.
  struct Parts {
    int x = -1;
    std::vector<int> y;
    int color = -1, error = -1;
  };
  Series(std::unique_ptr<Table> table, Parts parts);

  const Table& table() const { return *table_; }
  TableColumn x() const;  // "row" where there is no column
  const TableColumn& y(std::size_t i) const { return table_->columns()[std::size_t(parts_.y[i])]; }
  std::size_t y_count() const { return parts_.y.size(); }
  const TableColumn* color() const {
    return parts_.color < 0 ? nullptr : &table_->columns()[std::size_t(parts_.color)];
  }
  bool has_error() const { return parts_.error >= 0; }
  bool by_category() const { return color() != nullptr && color()->kind == ColumnKind::kCategory; }
  void read(const std::function<void(const Slice&)>& take) const;

 private:
  std::unique_ptr<Table> table_;
  Parts parts_;
};

/// Of one column: extent, order, mean and spread of the finite values (Welford).
struct Survey {
  picture::DataRange range;
  bool ascending = true;
  double mean = 0, m2 = 0;
  void add(const double* values, std::int64_t n);
  double deviation() const;  // sample deviation; 0 for fewer than two

 private:
  double last_ = -std::numeric_limits<double>::infinity();
};

struct Surveys {
  Survey x;
  std::vector<Survey> y;
};
Surveys survey(const Series& series);

/// Whether points have a place, counted as they stream by.
struct Places {
  bool log_x = false, log_y = false;
  std::int64_t points = 0, missing = 0, not_positive = 0;
  bool has(double x, double y);
};

}  // namespace sluice::plot_detail
