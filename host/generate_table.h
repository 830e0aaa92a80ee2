// Random tables that any block of rows of can be made alone; the same file at any thread count and backend.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "host/random_columns.h"
#include "host/run.h"

namespace sluice {

struct GenerateTableOptions {
  std::int64_t rows = -1;
  std::vector<RandomColumn> columns;
  std::string formula;       // of one more column, "y ~ a + C(kind)"; empty: none
  std::vector<double> beta;  // of the formula's design, a number a column
  double noise = 0;          // deviation of what is added to it
  double missing = 0;        // share of the values of every column but `row` ones
  std::uint64_t seed = 0;
  std::string output;  // tabs separate where it ends with .tsv or .tab, else commas
  /// Takes the text in order in place of a file, where output is "-"; false: no more is wanted.
  std::function<bool(std::string_view)> sink;
};

struct GenerateTableSummary {
  RunSummary run;
  std::uint64_t bytes = 0;
  std::string open_hint;
};

/// The same with the formula's column among the others. FormulaError and Error{kUsage} for the formula.
GenerateTableOptions with_response(GenerateTableOptions);

/// Error{kUsage} where generate_table() would refuse the options.
void check_generate_table(const GenerateTableOptions&);

/// About how many bytes the file will have, from rows of all its parts.
std::uint64_t estimated_bytes(const GenerateTableOptions&, const RunOptions&);

/// Memory: random numbers and text of a few blocks of rows, within the budget.
GenerateTableSummary generate_table(const GenerateTableOptions&, const RunOptions&);

}  // namespace sluice
