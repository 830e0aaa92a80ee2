// A column of a random table that follows from the others by a formula, with noise: what a regression should
// find again.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/formats/csv/columns.h"
#include "host/random_columns.h"

namespace sluice {

/// Columns that a formula needs: categories of three levels (or those that it lists) where it codes them,
/// normal numbers otherwise. FormulaError.
std::vector<RandomColumn> columns_of_formula(const std::string& formula);

class TableModel {
 public:
  /// Error{kUsage} where the formula has another number of columns than `beta`, or needs a column that is not
  /// there, of times, or of numbers without levels as a category. FormulaError for the formula.
  TableModel(const std::vector<RandomColumn>& columns, const std::string& formula,
             const std::vector<double>& beta, double noise);
  ~TableModel();
  /// The column to be drawn for the noise, of the response's name; add() makes the response of it.
  const RandomColumn& response() const;
  /// Names of the design's columns, one for each number of beta.
  std::vector<std::string> names() const;
  /// Adds the formula's values to the noise in the last of the columns. Any thread may call it.
  void add(std::vector<csv::ColumnData>& columns, std::size_t rows) const;

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

}  // namespace sluice
