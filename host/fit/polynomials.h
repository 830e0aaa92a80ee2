// The orthogonal polynomials of poly(x, degree): R's poly(), over the rows that a fit keeps, in a pass over
// the table, and more where values lie so far apart that one leaves too few digits.
#pragma once
#include <vector>

#include "host/fit/pass.h"

namespace sluice::fit {

/// One poly() of a formula.
struct PolynomialsOf {
  std::size_t monomial;            // of the source that is read: what it is a polynomial of
  std::vector<Expression*> nodes;  // its columns, degree 1, 2, ...; mean and deviation are known
};

/// Sets their recurrences. Error{kInput}: too few values for a degree, or too far apart.
void measure_polynomials(const Source& source, const std::vector<PolynomialsOf>& all, AllLevels& levels,
                         Budget& budget, const RunOptions& run, RunSummary& summary, std::size_t piece_bytes);

}  // namespace sluice::fit
