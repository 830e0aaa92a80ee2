// The sums of a fit as a file (`--save-state`), and parts' sums merged to those of the whole: rows that were
// fitted apart, or come later, need no second reading. A state holds no coefficients: levels that one part
// lacks change what columns there are.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/fit/layout.h"
#include "host/fit/model.h"
#include "host/fit/sums.h"

namespace sluice::fit {

struct State {
  Meaning meaning;
  std::string weights;
  bool repeats = false;
  std::int64_t parts = 1;
  std::vector<std::string> prints;              // of the sums of each part, so that no part comes twice
  std::vector<std::vector<std::string>> found;  // of each category, texts of codes
  std::vector<double> shifts;                   // of each monomial
  Formula formula;                              // these follow from the meaning
  Plan plan;
  std::unique_ptr<CellLayout> layout;  // that the sums are of
  std::unique_ptr<Sums> sums;
};

/// The factors of each term, for looking whether two formulas mean the same.
std::vector<std::string> design_terms(const Plan& plan, const Formula& formula);

/// Error{kOutput}.
void write_state(const State& state, const CellLayout& layout, const Sums& sums, const std::string& path);
/// Error{kInput}: not a state, or one whose numbers cannot be sums of rows; {kMemory}. `share` holds its
/// memory.
State read_state(const std::string& path, Budget& budget, Share& share);

/// Adds a part. Both are taken from the mean of all first, so that parts of other offsets cost no digits; the
/// result does not depend on who came first but for rounding. A part without rows adds what it dropped.
/// Error{kInput} naming `path` where the part, or one of its parts, is there already, is of another formula,
/// other weights, or reads a column as text that the others read as numbers.
void merge_state(State& total, State part, const std::string& path);

}  // namespace sluice::fit
