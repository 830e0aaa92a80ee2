// The one argument that holds ~ is the formula; a file's name may hold one too.
#include "apps/fit_inputs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "host/error.h"
#include "host/fit/checks.h"
#include "host/fit/files.h"

namespace sluice {
namespace {

bool holds_tilde(const std::string& text) {
  return text.find('~') != std::string::npos;
}

std::string take_formula(std::vector<std::string>& arguments, const std::string& command,
                         const std::string& example) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (holds_tilde(arguments[i])) found.push_back(i);
  std::error_code ignored;
  if (found.size() > 1)
    std::erase_if(found, [&](std::size_t i) { return std::filesystem::exists(arguments[i], ignored); });
  if (found.empty()) {
    const std::string last = arguments.empty() ? "" : arguments.back();
    if (arguments.size() < 2)
      throw Error(ErrorKind::kUsage, "FORMULA is missing: expected a formula such as 'y ~ a + b'",
                  "'sluice " + command + " --help' lists what it takes");
    throw Error(ErrorKind::kUsage, "'" + last + "': expected a formula, found no ~",
                "for example: " + example);
  }
  const std::string formula = arguments[found.back()];
  arguments.erase(arguments.begin() + std::ptrdiff_t(found.back()));
  return formula;
}

/// A file's text; lines that begin with # are comments, and lines continue each other.
std::string formula_from(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Error(ErrorKind::kInput, path + ": cannot be opened: expected a formula");
  std::string text;
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.empty() && line[0] != '#') text += (text.empty() ? "" : " ") + line;
  }
  if (!holds_tilde(text))
    throw Error(ErrorKind::kInput, path + ": expected a formula such as y ~ a + b, found no ~");
  return text;
}

}  // namespace

std::vector<frame::Option> fit_input_options(FitInputs& inputs, const char* group) {
  return {{{"--formula-file"},
           "FILE",
           "the formula from a file, in place of an argument; its lines continue each other, # begins a "
           "comment",
           group,
           [&inputs](const std::string& v) { inputs.formula_file = v; }},
          {{"--files-from"},
           "FILE",
           "tables whose names stand in a file, one a line (-: standard input): all are one table",
           group,
           [&inputs](const std::string& v) { inputs.files_from = v; }}};
}

void settle_tables(const FitInputs& inputs, const std::string& command, const std::string& example,
                   csv::Input& input, std::vector<std::string>& files, std::string& formula) {
  std::vector<std::string> tables = inputs.arguments;
  formula = inputs.formula_file.empty() ? take_formula(tables, command, example)
                                        : formula_from(inputs.formula_file);
  files = fit::input_files(tables, inputs.files_from);
  input.path = tables.size() == 1 && inputs.files_from.empty() ? tables[0] : files[0];
}

void settle(const FitInputs& inputs, FitOptions& options) {
  if (!options.from.empty()) {  // the store is the data; what is typed can be its formula alone
    for (const std::string& argument : inputs.arguments)
      if (holds_tilde(argument) && options.formula.empty())
        options.formula = argument;
      else
        throw Error(ErrorKind::kUsage, "'" + argument + "' with --from: the store is the data");
    if (!inputs.formula_file.empty()) options.formula = formula_from(inputs.formula_file);
    return;
  }
  fit::check_distinct({inputs.formula_file, inputs.files_from}, fit::outputs_of(options));
  settle_tables(inputs, "fit", "sluice fit data.csv 'y ~ a + b'", options.input, options.files,
                options.formula);
}

}  // namespace sluice
