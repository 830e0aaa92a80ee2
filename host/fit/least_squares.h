// The passes that coefficients come from: sums for the normal equations, a triangle for QR.
#pragma once
#include <optional>
#include <vector>

#include "host/fit/design_rows.h"
#include "host/fit/layout.h"
#include "host/fit/pass.h"
#include "host/fit/sums.h"
#include "host/fit/triangle.h"

namespace sluice::fit {

/// Bytes that the sums of one piece take, about.
std::uint64_t sums_memory(const CellLayout& layout);

/// Sums over all rows of a table.
class SumsPass {
 public:
  SumsPass(const CellLayout& layout, const Source& source, Budget& budget);
  Pass pass(const char* stage);
  Sums& total() { return total_; }

 private:
  class Piece;
  const CellLayout& layout_;
  const Source& source_;
  Budget& budget_;
  Share share_;
  std::uint64_t held_ = 0;
  Sums total_;
};

/// The triangle of [X, 1, y], and sums of y from its shift.
struct TriangleSums {
  Triangle triangle;
  double rows = 0, weight = 0, log_weights = 0;
  double response = 0, response_squares = 0;
};

class TrianglePass {
 public:
  TrianglePass(const Source& source, const Design& design,
               const std::vector<std::vector<std::int32_t>>& level_of)
      : source_(source), design_(design), level_of_(level_of), total_{Triangle(design.columns.size() + 2)} {}
  Pass pass();
  TriangleSums& total() { return total_; }

 private:
  class Piece;
  const Source& source_;
  const Design& design_;
  const std::vector<std::vector<std::int32_t>>& level_of_;
  TriangleSums total_;
};

}  // namespace sluice::fit
