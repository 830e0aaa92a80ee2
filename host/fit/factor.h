// A factor from what a formula says of it: a column, a function of numbers, C(...) or poly(...).
#pragma once
#include "host/fit/formula.h"

namespace sluice::fit {

/// Without its name. FormulaError where a function is unknown or takes other arguments.
Factor factor_of(const std::string& formula, const Expression& e, const NamedLevels& levels);

/// The column of one degree of a factor that is poly(...).
Factor part_of(const Factor& poly, int degree);

}  // namespace sluice::fit
