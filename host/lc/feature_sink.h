// Where tables of features go: tables of a store, or one file. Parts come in the order of their objects.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/lc/features.h"
#include "host/lc/store.h"

namespace sluice::lc {

/// A table that was written.
struct FeatureTable {
  std::string name;                     // of the table, or the file
  std::vector<std::string> columns;     // as written, without objId
  std::vector<std::int64_t> undefined;  // rows without a value, of each column
};

class FeatureSink {
 public:
  virtual ~FeatureSink() = default;
  virtual void add(const Features& part) = 0;
  /// Everything on disk, under its name. Without it nothing is there.
  virtual void finish() = 0;
  virtual std::vector<std::string> notes() const { return {}; }
  virtual std::uint64_t bytes_written() const { return 0; }
  std::vector<FeatureTable> tables;
  std::vector<std::string> open_hints;
};

/// Base features to the set's table of them, field ones to another: lcFeats, lcFieldFeats. Error{kOutput}:
/// one is there, without `force`.
std::unique_ptr<FeatureSink> store_sink(Store& store, const std::string& set,
                                        const std::vector<FeatureColumnName>& columns,
                                        std::optional<double> missing, bool force);

/// By the extension: .csv and .tsv have the columns objId and those of features, empty where undefined;
/// .h5 a dataset of each; .npy is one matrix of float64 whose first column is objId, its columns' names in
/// FILE.meta.json. Error{kUsage}: another extension; {kOutput}: the file exists, without run.force.
std::unique_ptr<FeatureSink> file_sink(const std::string& path, const std::vector<FeatureColumnName>& columns,
                                       std::optional<double> missing, const RunOptions& run);
/// What file_sink() would refuse of a name, before anything is read.
void check_feature_file(const std::string& path, const RunOptions& run);

}  // namespace sluice::lc
