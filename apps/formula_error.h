// A formula's fault as commands show it: what is wrong, the formula, and a caret under the place.
#pragma once
#include <string>

#include "host/fit/tokens.h"

namespace sluice {

/// Returns the exit code.
int show_formula_error(const std::string& command, const fit::FormulaError& error);

}  // namespace sluice
