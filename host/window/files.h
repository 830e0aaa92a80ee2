// The files of a result: a dataset a statistic in one HDF5 file, one matrix, or lines of text.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/formats/csv/writer.h"
#include "host/formats/output.h"
#include "host/window/problem.h"

namespace sluice::window_detail {

/// HDF5 and matrices: what host/result.h makes. Also /start (first sample of each window, int64) and, where
/// the rate is known, /time (seconds, float64).
OutputSpec output_spec(const Problem& problem);

/// Byte offset of the first element of one of the HDF5 file's datasets.
std::uint64_t dataset_offset(const std::string& working, const std::string& name);

/// Byte offsets of the statistics' first elements, counted from where the file's writes count from.
std::vector<std::uint64_t> dataset_offsets(const Problem& problem, const std::string& working);

std::vector<std::string> open_hints(const Problem& problem);

/// Windows as lines: window, start, time where the rate is known, then STATISTIC_CHANNEL.
class CsvFile {
 public:
  /// Error{kOutput}: the file exists (and no --force), or cannot be made.
  CsvFile(const Problem& problem, const RunOptions& run);
  /// values: (windows, channels) of each dataset, for windows [first, first + windows). bounds: where times
  /// cut the windows, first sample and one beyond the last of each; else null.
  void write(std::int64_t first, std::int64_t windows, const std::vector<const double*>& values,
             const std::int64_t* bounds);
  void finish() { writer_->finish(); }

 private:
  const Problem* problem_;
  csv::Schema schema_;
  std::unique_ptr<csv::Writer> writer_;
};

}  // namespace sluice::window_detail
