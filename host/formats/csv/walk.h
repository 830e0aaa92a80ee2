// One walk over a table: windows cut into ranges, each range's rows handed to a job in parallel, the results
// merged in the file's order. A range's first true row start follows from the states behind all ranges before
// it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/formats/csv/rows.h"
#include "host/formats/csv/schema.h"
#include "host/formats/csv/window.h"

namespace sluice::csv {

struct Fault {
  enum class Kind { kRagged, kBadValue, kNotUtf8, kOpenQuote };
  Kind kind = Kind::kRagged;
  std::size_t offset = 0;  // in the window
  int column = 0;          // from 1
  std::string what;
};

class FaultLog {  // of one range
 public:
  void clear() { faults_ = {}, first_.clear(); }
  void add(Fault fault);
  const Faults& counts() const { return faults_; }
  const std::vector<Fault>& first() const { return first_; }

 private:
  Faults faults_;
  std::vector<Fault> first_;
};

class Job {
 public:
  virtual ~Job() = default;
  /// Called once, with the number of ranges that a window has at most.
  virtual void slots(std::size_t count) = 0;
  /// In parallel, one thread a slot. Stops at the first fault where the policy is to fail.
  virtual void process(std::size_t slot, Rows& rows, FaultLog& faults) = 0;
  /// One after the other, in the file's order.
  virtual void merge(std::size_t slot) = 0;
};

class Walk {
 public:
  /// Opens the table and reads its header. Error{kInput} where it has neither header nor rows.
  Walk(const std::string& path, const Options& options, Budget& budget);
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<std::string>& renamed() const { return renamed_; }
  /// All rows. Returns what was left out; Error{kInput} at the first fault where the policy is to fail.
  Faults run(Job& job);

 private:
  struct Range {
    std::size_t begin = 0, end = 0;
    State state = State::kRowStart;
    Structure::Passage passage;
    std::vector<std::uint32_t> ends;
    FaultLog faults;
  };
  void read_header();
  void set_names(const Row& row);
  std::size_t cut(State& behind_last);
  void process(Range& range, std::size_t slot, std::size_t limit, State behind_last, Job& job) const;
  void collect(const Range& range, Faults& total) const;
  std::uint64_t lines_before(std::size_t limit, std::size_t ranges) const;

  std::string path_;
  const Options& options_;
  std::size_t threads_, range_bytes_, window_bytes_;
  Budget& budget_;
  Structure structure_;
  Window window_;
  std::size_t start_ = 0;    // of the rows in the first window
  std::uint64_t lines_ = 0;  // before the window
  std::vector<Range> ranges_;
  std::vector<std::string> names_, renamed_;
};

/// What is wrong with a row whatever its values: nothing is added where all is well.
bool sound(const Row& row, int fields, const Dialect& dialect, FaultLog& faults);

}  // namespace sluice::csv
