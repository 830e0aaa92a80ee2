// What robust errors take of rows known by index (cell_rows.h): leverages, and G' X' diag(w) X G from sums
// over cells, where rows written out would take the columns' number squared each. The products are of
// columns from their shifts; how many of their digits G's differences leave is measured, not assumed.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/fit/cell_rows.h"
#include "host/fit/source.h"
#include "host/fit/square.h"
#include "host/fit/system.h"

namespace sluice::fit {

class CellErrors {
 public:
  /// `shifted` and `raw`: of the system that was solved; `root`: G, with G G' the inverse of X'X.
  /// `leverages`: those will be asked for. Memory, from the budget: with them the square of the indicator
  /// columns' number; without them that of the columns.
  CellErrors(const Indicators& z, std::vector<IndicatorColumn> shifted, const Square& raw, const Square& root,
             bool leverages, Budget& budget);
  /// x G G' x' of a row with these numbers in these columns.
  double leverage(const std::int32_t* at, const double* values, std::size_t count) const;
  struct Meat {
    Square values;  // p x p
    /// The largest share of rounding that an entry of the diagonal may have.
    double rounding = 0;
  };
  /// Of sums of rows with weights w.
  Meat of_sums(const Sums& sums) const;
  /// Of clusters: their sums of z e, z.size() numbers each.
  Meat of_scores(const std::vector<double>& scores, std::size_t clusters) const;

 private:
  const Indicators& z_;
  std::vector<IndicatorColumn> shifted_;
  Square root_;                    // raw G: of the shifted columns
  std::vector<double> leverages_;  // of Z's columns, upper triangle
  Share share_;
};

/// Rows by index, and with robust errors what those take.
struct CellWay {
  CellRows rows;
  std::optional<CellErrors> errors;
};

/// Null where the rows written out are as short: few columns, or no categories. `system`: what was solved;
/// its columns are taken. `errors`: as of ResidualSums.
std::unique_ptr<CellWay> cell_way(const Source& source, const CellLayout& layout, const Design& design,
                                  const std::vector<std::vector<std::int32_t>>& level_of, const Sums& sums,
                                  System& system, const Solution& solution, const std::string& errors,
                                  Budget& budget);

}  // namespace sluice::fit
