// Where points are too many to be drawn one by one: the mean of a third column in each cell of a grid.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "host/picture/bins.h"
#include "host/picture/figure.h"

namespace sluice::plot_detail {

class CellMeans {
 public:
  CellMeans(std::vector<double> x_edges, std::vector<double> y_edges)
      : x_(std::move(x_edges)), y_(std::move(y_edges)), cells_(std::size_t(x_.count() * y_.count())) {}

  void add(double x, double y, double value) {
    const std::int64_t i = x_.index(x), j = y_.index(y);
    if (i < 0 || j < 0 || !std::isfinite(value)) return;
    Cell& cell = cells_[std::size_t(j * x_.count() + i)];
    ++cell.count;
    cell.mean += (value - cell.mean) / double(cell.count);
  }

  picture::ImageLayer layer() const {
    picture::ImageLayer image;
    image.rows = y_.count(), image.columns = x_.count();
    for (const Cell& cell : cells_)
      image.cells.push_back(cell.count > 0 ? cell.mean : std::numeric_limits<double>::quiet_NaN());
    image.x_low = x_.edges().front(), image.x_high = x_.edges().back();
    image.y_low = y_.edges().front(), image.y_high = y_.edges().back();
    image.blank_missing = true;
    return image;
  }

 private:
  struct Cell {
    double mean = 0;
    std::int64_t count = 0;
  };
  picture::Bins x_, y_;
  std::vector<Cell> cells_;
};

}  // namespace sluice::plot_detail
