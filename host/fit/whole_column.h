// center(), standardize(), scale() and poly() of a formula: the mean and the deviation of a whole column,
// found in a pass of their own, and of poly() the polynomials orthogonal over its values, in one more (R's
// poly(), from the triangle of the powers). As patsy's they divide by the root of the mean square (ddof 0);
// unlike patsy's, whose mean of a column with a missing value is missing, they go by the rows that the fit
// keeps.
#pragma once
#include "host/fit/pass.h"

namespace sluice::fit {

/// Sets them in the source's formula, and its shifts anew; nothing where it has none. Categories' levels that
/// the pass meets are kept. Error{kInput}: a column that is constant divided by its deviation,
/// or of too few values for a degree.
void measure_whole_columns(Source& source, AllLevels& levels, Budget& budget, const RunOptions& run,
                           RunSummary& summary, std::size_t piece_bytes);

/// How many passes that takes, where values do not lie far apart.
int whole_column_passes(const Source& source);

/// What was found, in the order of the formula; and back into a formula that was read anew. False where there
/// are not as many.
struct WholeColumn {
  double mean = 0, deviation = 1;
  std::vector<double> alphas, betas, mix;  // of a column of poly()
};
std::vector<WholeColumn> whole_columns_of(const Formula& formula);
bool set_whole_columns(Formula& formula, const std::vector<WholeColumn>& found);

}  // namespace sluice::fit
