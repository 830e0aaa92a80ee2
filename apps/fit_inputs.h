// What `sluice fit` and `sluice design` take besides options: any number of tables, and among them the
// formula.
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

/// Fills in the tables and the formula of a command ("fit"). Error{kUsage}: none, or no formula among what
/// was typed; then `example` is one.
void settle_tables(const FitInputs& inputs, const std::string& command, const std::string& example,
                   csv::Input& input, std::vector<std::string>& files, std::string& formula);

/// The same of a fit, whose data may be a store.
void settle(const FitInputs& inputs, FitOptions& options);

}  // namespace sluice
