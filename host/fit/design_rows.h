// Rows of a design as they are: every column, by columns, of rows whose monomials and codes are known.
#pragma once
#include <vector>

#include "host/fit/plan.h"
#include "host/fit/rows.h"

namespace sluice::fit {

class DesignRows {
 public:
  /// `level_of`: of each category, levels of codes. All must live longer.
  DesignRows(const Plan& plan, const Design& design, const std::vector<std::vector<std::int32_t>>& level_of)
      : plan_(plan), design_(design), level_of_(level_of) {}
  /// Column j of row r is to[j * ld + r].
  void fill(const RowBlock& block, double* to, std::size_t ld);

 private:
  const Plan& plan_;
  const Design& design_;
  const std::vector<std::vector<std::int32_t>>& level_of_;
};

}  // namespace sluice::fit
