// A factor from what a formula says of it: a column, a function of numbers, or C(...).
#pragma once
#include "host/fit/formula.h"

namespace sluice::fit {

/// Without its name. FormulaError where a function is unknown or takes other arguments.
Factor factor_of(const std::string& formula, const Expression& e, const NamedLevels& levels);

}  // namespace sluice::fit
