// The second pass: residuals in the table's order, their moments, and the sums that robust errors take; of
// rows that are written out, or by index (cell_errors.h) where categories have many levels.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "host/fit.h"
#include "host/fit/cell_errors.h"
#include "host/fit/design_rows.h"
#include "host/fit/pass.h"
#include "host/fit/solution.h"

namespace sluice::fit {

class ResidualSums {
 public:
  /// `errors`: classic, HC0 to HC3, cluster (of the source's last category). What is given must live longer.
  /// `cells`: of the same; null: rows are written out. Memory, from the budget: for each cluster as many
  /// numbers as there are columns, and by cells the sums over them.
  ResidualSums(const Source& source, const Design& design,
               const std::vector<std::vector<std::int32_t>>& level_of, const Solution& solution,
               const std::string& errors, std::shared_ptr<const CellWay> cells, Budget& budget);
  ~ResidualSums();
  Pass pass();
  double squares() const;
  ResidualFacts facts() const;
  /// G' X' diag(w) X G, p x p, with the solution's G: of HC0 and HC1 w are squares of residuals, of HC2 and
  /// HC3 divided by 1 - h or its square. Of clusters: the sum of G' s s' G, with s a cluster's sum of x e.
  /// After the pass. By cells with the rounding that they leave; else 0.
  const CellErrors::Meat& meat() const;
  /// How many clusters have rows.
  std::int64_t clusters() const;
  /// Of HC2 and HC3: rows of leverage 1, whose terms w^2 / (1 - h) are 0 by 0 and left out.
  std::int64_t lone() const;

 private:
  class Piece;
  struct Context;
  std::unique_ptr<Context> context_;
};

/// The pass made by `pass`, by the cells where there are some; where they leave robust errors too few digits,
/// once more, row by row.
std::unique_ptr<ResidualSums> read_residuals(const Source& source, const Design& design,
                                             const std::vector<std::vector<std::int32_t>>& level_of,
                                             const Solution& solution, const std::string& errors,
                                             std::shared_ptr<const CellWay> cells, Budget& budget,
                                             const std::function<void(const Pass&)>& pass);

}  // namespace sluice::fit
