// Any text as a formula: it is refused with a place within it, or it has terms, columns and names.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "host/fit/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::fit;
  if (size > 300) return 0;  // longer ones have nothing new, but take long
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> columns{"y", "a", "b", "k", "g"};
  try {
    Formula formula = parse_formula(text, columns, {{"names", {"x", "z"}}});
    resolve(formula, {"k", "g"});
    const std::vector<std::string> used = formula.columns();
    for (const Factor& factor : formula.factors) {  // nobody reads columns of factors that are in no term
      std::vector<std::string> names;
      add_columns(factor.expression, names);
      for (const std::string& name : names)
        if (std::find(used.begin(), used.end(), name) == used.end()) std::abort();
    }
    const Plan plan = plan_of(formula);
    std::vector<std::vector<std::string>> levels;
    for (const std::size_t f : plan.categories)
      levels.push_back(formula.factors[f].levels.value_or(std::vector<std::string>{"1", "2", "10"}));
    const Design design = design_of(formula, plan, levels);
    for (const DesignColumn& column : design.columns)
      if (column.name.empty()) std::abort();
  } catch (const FormulaError& error) {
    if (error.place() > text.size() || error.caret().empty()) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
