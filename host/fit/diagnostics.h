// What a picture of a fit shows of its rows: where residuals lie beside fitted values, and how they are
// spread. Counts alone are kept, so that a table of any size takes the same memory. It is a pass of its own,
// because cells need their range first.
#pragma once
#include <cstdint>
#include <limits>
#include <vector>

#include "host/fit/design_rows.h"
#include "host/fit/pass.h"
#include "host/fit/solution.h"
#include "host/picture/density.h"

namespace sluice::fit {

/// Residuals (of analytic weights: by their roots) and fitted values.
class Diagnostics {
 public:
  /// `scale`: a residual's error, more than 0. What is given must live longer.
  Diagnostics(const Source& source, const Design& design,
              const std::vector<std::vector<std::int32_t>>& level_of, const Solution& solution, double scale);
  /// First the range of fitted values and residuals, then what lies where.
  Pass ranges();
  Pass counts();

  struct Point {
    double fitted = 0, residual = 0;
  };
  static constexpr std::size_t kMostPoints = 2000;  // of fewer rows each is there
  const std::vector<Point>& points() const { return points_; }
  bool all_points() const { return rows_ <= double(kMostPoints); }
  /// Valid after counts().
  const picture::Density& density() const { return *density_; }
  double rows() const { return rows_; }
  /// The residual below which a share of the rows lies, in units of `scale`; from bins a 500th apart near 0,
  /// wider far out.
  double quantile(double share) const;
  /// Counts of bins of residuals in units of `scale`, between these edges.
  void histogram(std::vector<double>& edges, std::vector<double>& heights) const;

 private:
  class Piece;
  static constexpr double kFine = 500, kReach = 40;
  const Source& source_;
  const Design& design_;
  const std::vector<std::vector<std::int32_t>>& level_of_;
  const Solution& solution_;
  double scale_, rows_ = 0;
  double least_[2] = {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  double greatest_[2] = {-least_[0], -least_[1]};
  std::vector<Point> points_;
  std::unique_ptr<picture::Density> density_;
  std::vector<double> bins_;  // of asinh(residual / scale)
};

}  // namespace sluice::fit
