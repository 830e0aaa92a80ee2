// Files of separated values as a series: their numeric columns are the channels, rows the samples. They are
// read once into a file without a name beside the output, from which windows are taken as from any matrix.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/formats/csv/detect.h"
#include "host/run.h"
#include "host/spill.h"
#include "host/window.h"

namespace sluice::window_detail {

/// Whether the input's files are tables: by what was asked for, else by the first one's name.
bool is_table(const WindowOptions& options, const std::vector<std::string>& files);

class Table {
 public:
  /// Looks through the files once, for names, types and rows. Error{kInput}: no numeric column, files of
  /// other columns; {kUsage}: columns that are none, or hold no numbers.
  Table(const WindowOptions& options, std::vector<std::string> files, const RunOptions& run);

  const std::vector<std::string>& channels() const { return channels_; }
  std::int64_t rows() const { return rows_; }
  bool has_time() const { return !time_.empty(); }
  bool iso_times() const { return iso_; }  // else they are numbers, in seconds
  bool zoned() const { return zoned_; }
  const std::vector<sys::Identity>& identities() const { return identities_; }
  bool is_read() const { return values_ != nullptr; }

  /// Reads all values, and the times where there are any: float64 and int64 nanoseconds (times.h).
  /// Error{kInput}: a file that changed meanwhile, times that are missing or not sorted.
  void read(const std::string& beside);
  /// How the files are read, for fingerprints.
  std::string dialect_text() const;
  /// Reads the times alone.
  void read_times();
  /// After read(); before it, a matrix whose header alone may be looked at.
  std::unique_ptr<MatrixSource> matrix() const;
  std::shared_ptr<const Spill> times() const { return times_; }

 private:
  void scan(const WindowOptions& options);
  void go_over(bool values);

  std::vector<csv::Input> inputs_;  // a file each
  std::vector<sys::Identity> identities_;
  std::vector<csv::Schema> schemas_;
  const RunOptions& run_;
  Budget budget_;
  std::vector<std::string> channels_;
  std::string name_, time_;
  std::int64_t rows_ = 0;
  bool iso_ = false, zoned_ = false;
  std::shared_ptr<Spill> values_, times_;
};

}  // namespace sluice::window_detail
