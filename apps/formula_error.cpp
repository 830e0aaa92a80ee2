// Three lines on standard error, and the advice where there is one.
#include "apps/formula_error.h"

#include "apps/frame/messages.h"
#include "apps/frame/text.h"

namespace sluice {

using namespace frame;

int show_formula_error(const std::string& command, const fit::FormulaError& error) {
  complain(command, Error(error.kind(), error.what()));
  tell("  " + printable(error.formula()));
  tell("  " + error.caret());
  if (!error.advice().empty()) tell("  " + error.advice());
  return exit_code_of(error.kind());
}

}  // namespace sluice
