// What is in a table (`sluice info table.csv`): its dialect, its columns, its first rows.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/formats/csv/columns.h"
#include "host/formats/csv/detect.h"
#include "host/formats/output.h"
#include "host/run.h"

namespace sluice {

/// Of a column of numbers: what is neither missing nor infinite.
struct NumberStats {
  std::int64_t finite = 0, infinite = 0;
  double mean = 0, m2 = 0;   // m2: the sum of squared distances from the mean
  double deviation() const;  // divides by finite - 1; NaN below two
};

struct InspectTableOptions {
  csv::Input input;
  bool stats = false;
  std::int64_t head = 0;  // rows
};

struct TableFacts {
  csv::Input input;  // with the dialect that was found
  csv::Format format;
  csv::Schema schema;
  std::uint64_t file_bytes = 0;
  Provenance provenance;  // of a table that sluice made
  std::int64_t head_rows = 0;
  std::vector<csv::ColumnData> head;  // by column; empty without `head`
  std::vector<NumberStats> stats;     // by column, of the integer and float ones; empty without `stats`
  RunSummary run;
};

/// One pass over the table; with `stats` a second over its numbers. Error{kUsage} for a device that is no
/// processor, else as csv::scan.
TableFacts inspect_table(const InspectTableOptions&, const RunOptions&);

}  // namespace sluice
