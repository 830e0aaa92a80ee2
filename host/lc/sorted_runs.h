// Rows of any order to rows by object, band and time, within little memory: each batch is sorted and written
// behind the others in a file without a name; then all are merged. One batch alone stays in memory.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/formats/csv/dictionary.h"
#include "host/lc/rows.h"
#include "host/spill.h"

namespace sluice::lc {

/// Passes on rows in the order of before(), those that repeat another one (NaN equals NaN) once.
class Once {
 public:
  explicit Once(const std::function<void(const Row&)>& take) : take_(take) {}
  void operator()(const Row& row);

 private:
  const std::function<void(const Row&)>& take_;
  bool any_ = false;
  Row last_;
};

class SortedRuns {
 public:
  /// The file is made in the folder of `beside`.
  explicit SortedRuns(std::string beside) : beside_(std::move(beside)) {}
  void add(Batch&& batch);
  /// Names of Row::band as merge() gives it, in the order in which they came.
  const std::vector<std::string>& bands() const { return bands_.levels(); }
  /// Rows in order, through Once. Buffers are taken from the budget.
  void merge(Budget& budget, const std::function<void(const Row&)>& take);

 private:
  struct Run {
    std::uint64_t begin, end;  // bytes in the spill
  };
  void write(const std::vector<Row>& rows);
  std::string beside_;
  csv::Dictionary bands_;
  std::vector<Row> first_;  // the first batch, until a second comes
  std::unique_ptr<Spill> spill_;
  std::vector<Run> runs_;
};

}  // namespace sluice::lc
