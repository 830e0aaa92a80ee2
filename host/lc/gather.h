// Rows in the order of object, band and time to batches of Curves.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/lc/curves.h"
#include "host/lc/read.h"

namespace sluice::lc {

/// Takes objects one after the other; its rows in any order; they become curves in the order that Curves
/// names, rows that repeat once.
class Gatherer {
 public:
  /// `from` begins messages. A quarter of what the budget has left holds a batch, as much an object.
  Gatherer(std::string from, std::vector<std::string> bands, Budget& budget,
           const std::function<void(const Curves&)>& take);
  /// The place of a band among those asked for; -1: of no interest.
  int place_of(std::string_view band) const;
  void begin(std::int64_t object);
  /// place -1: counted as of another band. Error{kMemory}: the object does not fit.
  void add(int place, double t, double flux, double error);
  void other() { ++counts_.other_rows; }
  SelectedCounts finish();

 private:
  struct Point {
    int place;
    double t, flux, error;
  };
  void end_object();
  void flush();
  std::string from_;
  std::vector<std::string> names_;
  const std::function<void(const Curves&)>& take_;
  Share share_;
  std::size_t most_rows_;
  bool open_ = false;
  std::int64_t object_ = 0;
  std::vector<Point> points_;  // of the object at hand
  Curves curves_;
  SelectedCounts counts_;
};

}  // namespace sluice::lc
