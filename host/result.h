// The files of a result while it is made, so that a crash, a signal or a full disk loses at most the last
// checkpoint interval and never leaves half a result under the final name:
// data to NAME.partial, then fdatasync, journal record, fdatasync; at the end fsync, rename, journal removed.
#pragma once
#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/clock.h"
#include "host/formats/output.h"
#include "host/journal.h"
#include "host/run.h"

namespace sluice {

/// Seconds since some moment, by which results commit; tests set a clock of their own. Null: the system's.
void set_checkpoint_clock(double (*seconds)()) noexcept;

class Result {
 public:
  /// files[0] is the result itself; the journal lies beside it. `fingerprint` is a text of everything that
  /// the bytes depend on (one "key: value" a line): a resume with another one is refused, naming what
  /// differs. Error{kOutput}: the output exists (and --force was not given), an unfinished run is there (and
  /// neither
  /// --resume nor --force was given), or it cannot be created.
  Result(std::vector<OutputSpec> files, std::string fingerprint, const Provenance& provenance,
         const RunOptions& run);
  /// Files of a run in which no tile was finished are removed; otherwise they stay for --resume.
  ~Result();

  bool complete() const { return complete_; }  // --resume found nothing left to do
  bool resumed() const { return resumed_; }
  const std::vector<TileRecord>& found() const { return found_; }  // tiles that were there already

  /// Where a page of the file begins before byte `at` of its data: a buffer that lies at the same place in
  /// its page is copied to the page cache two to three times as fast as one shortly before it (the processor
  /// takes a load for one of a store whose address ends in the same 12 bits).
  std::int64_t place_in_page(int file, std::uint64_t at) const {
    return std::int64_t((offsets_[std::size_t(file)] + at) % 4096);
  }
  /// Positioned writes; thread-safe. `element_byte` counts from element (0, 0) of the file.
  void write(int file, std::uint64_t element_byte, const void* from, std::size_t bytes);
  /// The file's data end here; what an earlier run left behind that goes. Before finish().
  void cut(int file, std::uint64_t bytes);
  /// The first commit after so many seconds, the next ones after as many as have passed, up to the
  /// checkpoint interval (2, 4, 8, 16, 32, 62, ... of 30): of what is worth keeping however young it is.
  void commit_early(double first_seconds = 2) { first_ = std::min(first_seconds, interval_); }
  /// Everything of this tile has been written. Commits when the checkpoint interval is over.
  void completed(const TileRecord& tile);
  void commit();
  /// Sync, names, journal, state. After this the result is there.
  void finish();
  /// The input was at fault: what was made of it is worth nothing, and is removed.
  void discard() noexcept;
  /// The largest off-diagonal entry of all tiles, by absolute value; row -1 where there is none.
  TileRecord largest() const { return largest_; }

  std::string working(int file = 0) const { return files_[std::size_t(file)].path + ".partial"; }
  std::string state_path(int turn) const { return files_[0].path + ".state" + std::to_string(turn); }
  std::uint64_t bytes_written() const { return bytes_written_; }
  double sync_seconds() const { return sync_seconds_; }

 private:
  std::string journal_path() const { return files_[0].path + ".journal"; }
  void start(const Provenance& provenance);
  void resume();
  bool all_there() const;
  void remove_all() noexcept;
  void rename_all();
  void note_largest(const TileRecord& tile);
  double age() const;

  std::vector<OutputSpec> files_;
  Provenance provenance_;
  std::string fingerprint_;
  Observer* observer_ = nullptr;
  std::vector<sys::File> handles_;
  std::vector<std::uint64_t> offsets_;
  std::optional<Journal> journal_;
  std::vector<TileRecord> found_;
  bool complete_ = false, resumed_ = false, finished_ = false, any_tile_ = false, keep_ = false;
  bool sync_failed_ = false;

  std::mutex mutex_, commit_mutex_;
  std::vector<TileRecord> pending_;
  TileRecord largest_;
  Clock since_start_;
  double started_ = 0;  // by a test's clock
  double last_commit_ = 0, interval_ = 30, sync_seconds_ = 0;
  double first_ = -1;  // seconds to the first commit; below 0: the interval
  std::atomic<std::uint64_t> bytes_written_{0};
};

}  // namespace sluice
