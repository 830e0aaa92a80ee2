// The design matrix of a formula over a table larger than memory, kept compressed in HDF5 (`sluice design`,
// `sluice fit --store`) for whoever goes on with it. One pass where the formula gives the levels of its
// categories, else one more that finds them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/fit/formula.h"
#include "host/formats/csv/detect.h"
#include "host/run.h"

namespace sluice {

struct DesignOptions {
  csv::Input input;  // a file, a folder or a pattern: files in natural order are one table; -: standard input
  std::vector<std::string> files;  // in place of those that input.path stands for; -: standard input
  std::string formula;
  fit::NamedLevels levels;  // lists that the formula names
  std::string weights;      // a column of analytic weights, kept beside X; empty: none
  std::string repeats;      // a column that says how many rows each stands for
  std::string output;       // .h5
  int compression = 1;      // zlib's level; 0: none
};

struct StoreFacts {
  std::string path;
  std::int64_t rows = 0, dropped = 0;  // dropped: for missing values
  std::uint64_t bytes = 0;
  std::int64_t chunk_rows = 0;
  bool resumed = false, complete = false;  // complete: nothing was left to do
};

struct DesignResult {
  csv::Input input;  // with the dialect that was found
  std::size_t files = 0;
  csv::Format format;
  csv::Faults faults;
  std::string response;
  std::vector<std::string> columns;
  std::int64_t dropped = 0;
  int passes = 1;  // over the table: of a store that was complete, those that look for levels alone
  StoreFacts store;
  std::vector<std::string> warnings;
  RunSummary run;
};

/// FormulaError (kUsage); Error{kInput} for bad rows; {kOutput}; {kMemory}.
DesignResult write_design(const DesignOptions&, const RunOptions&);

/// What a store would be, from the formula and the table's first rows.
struct DesignPlan {
  std::vector<std::string> columns;  // with the levels of the sample
  bool levels_sampled = false;       // levels that come later add columns
  std::int64_t sample_rows = 0, sample_dropped = 0;
  bool whole = false;       // the sample is the table
  double rows = 0;          // about; NaN for compressed tables
  double bytes = 0;         // of X and Y as they are
  double stored_bytes = 0;  // as the sample's chunks compress
  std::int64_t chunk_rows = 0;
  int passes = 1;
  std::uint64_t memory = 0;  // that packing takes, besides the reader's
  std::uint64_t disk_free = 0;
};
DesignPlan plan_design(const DesignOptions&, const RunOptions&);

}  // namespace sluice
