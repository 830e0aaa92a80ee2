// A table that a formula is to be fitted on, after a look at its first rows: its dialect, which columns are
// numbers and which are text, and numbers near each monomial's mean that sums are taken from.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/fit/plan.h"
#include "host/formats/csv/detect.h"
#include "host/formats/csv/schema.h"
#include "host/formats/records.h"
#include "host/io/sys.h"

namespace sluice::fit {

struct SourceOptions {
  csv::Input input;  // a file, a folder or a pattern: files in natural order are one table
  std::string formula;
  NamedLevels levels;
  std::string weights = {};             // a column that rows are weighted by; empty: none
  bool repeats = false;                 // the weights are whole numbers: how many rows each stands for
  std::vector<std::string> files = {};  // in place of those that input.path stands for
  std::string cluster = {};             // a column whose values are groups of rows; empty: none
};

struct Source {
  csv::Input input;                       // of the first file, with the dialect that was found
  std::vector<std::string> files;         // one table, part after part
  std::vector<sys::Identity> identities;  // of the files, from before the first look at them
  csv::Format format;
  Formula formula;
  std::vector<std::string> formula_columns;  // that it needs, in the first file's order
  Plan plan;
  csv::Schema numbers;                // columns of numbers, as kFloat
  std::vector<int> category_columns;  // of each category, its place in the file; -1: of a comparison, none
  std::vector<std::vector<std::string>> sample_levels;  // of each category, those of the first rows
  std::vector<double> shifts;   // of each monomial, about its mean; 0 for the number 1
  std::vector<double> spreads;  // of each monomial, the largest distance from its shift in the first rows
  std::vector<std::string> empty_columns;  // that the formula needs, without a value in the first file
  int file_columns = 0;
  bool every_row = false;  // of predictions: a bad row that is skipped keeps its place, without a value
  int weight_column = -1;  // of `numbers`; -1: none
  bool repeats = false;
  bool cluster = false;  // the plan's last category is that of clusters, in no column of the design
  /// Whether whole columns (center(), standardize()) are measured; run_pass() refuses others.
  bool measured = true;
  std::shared_ptr<const RecordTable>
      records;  // of the first file, where it is binary; null: separated values
};

/// The names of a table's columns, whatever its format.
class TableColumns {
 public:
  TableColumns(const csv::Input& input, const RecordTable* records, Budget& budget);
  const std::vector<std::string>& names() const { return names_; }
  /// Its number in the file, or -1.
  int index_of(const std::string& name) const;

 private:
  std::vector<std::string> names_;
};

/// Reads the first rows. FormulaError; Error as csv::read.
Source open_source(const SourceOptions& options, Budget& budget);

/// The same for one of the files, whose columns may stand in another order. Error{kInput} where one is
/// missing.
Source of_file(const Source& source, const std::string& file, Budget& budget);

/// Anew for a formula whose whole columns are measured.
void set_shifts(Source& source, Budget& budget);

/// The columns of numbers that a plan needs, without their places.
void set_number_columns(Source& source);

/// Without the response, weights and clusters: what predictions need.
void keep_for_predictions(Source& source);

/// What each of the files is now, for passes to compare with.
std::vector<sys::Identity> identities_of(const std::vector<std::string>& files);

/// Why no row is left where `dropped` rows lack a value; empty where none does.
std::string why_no_rows(const Source& source, std::int64_t dropped);

/// Of all files.
std::uint64_t bytes_of(const Source& source);

}  // namespace sluice::fit
