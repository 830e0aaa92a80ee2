// What a formula asks of each row, before levels are known: monomials (products of factors of numbers) and
// subterms (a monomial by coded categories), in patsy's order, with patsy's choice of full or reduced codes.
// With the levels, the columns of the design and their names.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/fit/contrast.h"
#include "host/fit/formula.h"

namespace sluice::fit {

struct Subterm {
  std::size_t term = 0;                 // of the ordered terms
  std::size_t monomial = 0;             // 0: the number 1
  std::vector<std::size_t> factors;     // as written, of both kinds
  std::vector<std::size_t> categories;  // places in Plan::categories
  std::vector<bool> full;               // of each category: its code spans the intercept
};

struct Plan {
  std::vector<std::vector<std::size_t>> monomials;  // factors; the first has none, the last is the response
  std::vector<std::size_t> categories;              // factors that are categories
  std::vector<Term> terms;                          // in patsy's final order
  std::vector<Subterm> subterms;
  std::size_t response() const { return monomials.size() - 1; }
};

/// Of a formula whose bare names are resolved.
Plan plan_of(const Formula& formula);

struct DesignColumn {
  std::string name;
  std::size_t subterm = 0;
  std::vector<std::size_t> picks;  // a column of each category's contrast
};

/// The columns of a design whose categories have these levels.
struct Design {
  std::vector<std::vector<std::string>> levels;  // of each category
  std::vector<std::vector<Contrast>> contrasts;  // of each subterm's categories
  std::vector<DesignColumn> columns;
  std::vector<std::string> names() const;
  int intercept = -1;  // its place; -1: none
};

/// FormulaError where a contrast names a level that is not there; Error{kMemory} beyond a million columns.
Design design_of(const Formula& formula, const Plan& plan, std::vector<std::vector<std::string>> levels);

}  // namespace sluice::fit
