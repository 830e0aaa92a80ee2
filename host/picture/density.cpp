#include "host/picture/density.h"

#include <cmath>

#include "host/error.h"

namespace sluice::picture {

Density::Density(std::vector<double> x_edges, std::vector<double> y_edges)
    : x_(std::move(x_edges)), y_(std::move(y_edges)) {
  constexpr std::int64_t most = std::int64_t(1) << 28;
  if (x_.count() > most / y_.count())
    throw Error(ErrorKind::kUsage, "density: expected at most " + std::to_string(most) + " cells, found " +
                                       std::to_string(x_.count()) + " x " + std::to_string(y_.count()));
  counts_.resize(std::size_t(x_.count() * y_.count()));
}

template <class T>
void Density::add_points(const T* x, const T* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t column = x_.index(double(x[i])), row = y_.index(double(y[i]));
    if (column >= 0 && row >= 0) {
      ++counts_[std::size_t(row * x_.count() + column)];
      ++inside_;
    } else {
      ++(std::isnan(x[i]) || std::isnan(y[i]) ? missing_ : outside_);
    }
  }
}

void Density::add(const double* x, const double* y, std::size_t n) {
  add_points(x, y, n);
}

void Density::add(const float* x, const float* y, std::size_t n) {
  add_points(x, y, n);
}

std::uint64_t Density::count(std::int64_t x_bin, std::int64_t y_bin) const {
  return counts_.at(std::size_t(y_bin * x_.count() + x_bin));
}

ImageLayer Density::layer() const {
  ImageLayer image;
  image.rows = y_.count(), image.columns = x_.count();
  image.cells.assign(counts_.begin(), counts_.end());
  image.x_low = x_.edges().front(), image.x_high = x_.edges().back();
  image.y_low = y_.edges().front(), image.y_high = y_.edges().back();
  image.log_colors = true;
  image.bar_label = "points in a cell";
  return image;
}

}  // namespace sluice::picture
