// What `sluice fit` takes besides options: any number of tables, and among them the formula.
#pragma once
#include <string>
#include <vector>

#include "apps/frame/option.h"
#include "host/fit.h"

namespace sluice {

struct FitInputs {
  std::vector<std::string> arguments;  // as typed: tables, and the formula where none came from a file
  std::string formula_file, files_from;
};

/// --files-from --formula-file
std::vector<frame::Option> fit_input_options(FitInputs& inputs, const char* group);

/// Fills in the tables and the formula. Error{kUsage}: none, or no formula among what was typed.
void settle(FitInputs& inputs, FitOptions& options);

}  // namespace sluice
