// Features of all objects of a store or of files, into tables or a file: batches of whole objects are read,
// computed on the device, and written, within the memory budget.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/lc/feature_sink.h"
#include "host/lc/features.h"
#include "host/lc/read.h"
#include "host/run.h"

namespace sluice::lc {

struct FeaturesRunOptions {
  std::string database;  // a store; empty: files
  ReadOptions files;
  std::string set = "train";  // of the store
  std::vector<std::string> bands = {"g", "r", "i", "z"};
  bool bands_given = false;  // each must appear; those of the default need not
  FeatureOptions features;
  std::string output;             // .csv, .tsv, .h5, .npy; empty: tables of the store
  std::optional<double> missing;  // in place of NULL and NaN
};

struct FeaturesRunPlan {
  std::vector<FeatureColumnName> columns;
  std::int64_t objects = -1, rows = -1, other_rows = -1;  // -1: not known before reading
  std::int64_t files = 0;
  std::uint64_t bytes = 0;  // of the input
  std::vector<std::string> tables;
  std::uint64_t memory = 0;
  std::string device;
};

struct FeaturesRunSummary {
  std::vector<FeatureTable> tables;
  std::int64_t objects = 0;
  std::int64_t rows = 0;                                    // of the bands asked for
  std::int64_t other_rows = 0;                              // of other bands, left out
  std::int64_t bad = 0, cut = 0;                            // of `rows`: bad and left out, cut
  std::int64_t undefined = 0;                               // values
  std::vector<std::pair<std::string, std::int64_t>> bands;  // rows by band
  ReadCounts read;                                          // of files
  std::vector<std::string> notes, open_hints;
  RunSummary run;
};

/// True where the file begins as SQLite's do.
bool is_database(const std::string& path);

/// Errors as run_features(), as far as names and heads of files tell.
FeaturesRunPlan plan_features(const FeaturesRunOptions&, const RunOptions&);

/// Error{kUsage}: unknown features or bands, no output for files; {kInput}: no such set, bad files;
/// {kOutput}: the table or file is there, without run.force; {kMemory}; {kInterrupted}: nothing is changed.
FeaturesRunSummary run_features(const FeaturesRunOptions&, const RunOptions&);

}  // namespace sluice::lc
