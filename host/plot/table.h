// Columns of any file as doubles, in batches of rows: what the drawing code sees of CSV, .npy, HDF5 and raw
// data. Every call of read() goes over the rows from the first to the last.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/machine.h"
#include "host/plot.h"

namespace sluice::plot_detail {

enum class ColumnKind { kNumber, kTime, kCategory };

struct TableColumn {
  std::string name;  // as axes say it
  ColumnKind kind = ColumnKind::kNumber;
  bool whole = false;               // integers
  bool utc = true;                  // of times: false where they had no zone
  std::int64_t origin = 0;          // of times: values are seconds after it, it is in seconds since 1970
  std::vector<std::string> levels;  // of categories: values are their places here
};

struct Rows {
  std::int64_t first = 0, rows = 0;
  std::vector<const double*> columns;  // NaN: missing
};

class Table {
 public:
  virtual ~Table() = default;
  const std::vector<TableColumn>& columns() const { return columns_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t faulty() const { return faulty_; }
  virtual void read(const std::function<void(const Rows&)>& take) = 0;

 protected:
  std::vector<TableColumn> columns_;
  std::int64_t rows_ = 0, faulty_ = 0;
};

/// The names of all columns of a file of separated values; finds its separator.
std::vector<std::string> csv_names(csv::Input& input, Budget& budget);
/// Columns of a file of separated values by name. Looks through the file once for their types.
std::unique_ptr<Table> open_csv(csv::Input input, const std::vector<std::string>& names,
                                const RunOptions& run, Budget& budget);

/// Columns of a matrix by number; one-dimensional data are one column. Without numbers: all entries of the
/// matrix as one column. The matrix, machine and options outlive the table.
std::unique_ptr<Table> open_columns(const MatrixSource& matrix, const std::vector<std::int64_t>& numbers,
                                    Machine& machine, const RunOptions& run);

/// The same table, read once and kept, where it fits a quarter of the budget.
std::unique_ptr<Table> kept_table(std::unique_ptr<Table> table, Budget& budget);

}  // namespace sluice::plot_detail
