// Rows that are left out, or for which a run ends: what is wrong, and where.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/formats/csv/rows.h"
#include "host/formats/csv/schema.h"

namespace sluice::csv {

struct Fault {
  enum class Kind { kRagged, kBadValue, kNotUtf8, kOpenQuote };
  Kind kind = Kind::kRagged;
  std::size_t offset = 0;  // in the piece
  int column = 0;          // from 1
  std::string what;
};

class FaultLog {  // of a piece's rows
 public:
  void clear() { faults_ = {}, first_.clear(); }
  /// Only counted where enough are listed; `what` makes the text where it is.
  template <class What>
  void add(Fault::Kind kind, std::size_t offset, int column, const What& what) {
    count(kind);
    if (first_.size() < Faults::kListed) first_.push_back({kind, offset, column, what()});
  }
  /// Those of the same rows that another look found.
  void merge(const FaultLog& other);
  const Faults& counts() const { return faults_; }
  const std::vector<Fault>& first() const { return first_; }

 private:
  void count(Fault::Kind kind);
  Faults faults_;
  std::vector<Fault> first_;
};

/// What is wrong with a row whatever its values: nothing is added where all is well.
bool sound(const Row& row, int fields, const Dialect& dialect, bool ascii, FaultLog& faults);

/// Text of a file within a message: on one line, without control characters, at most 40 bytes.
std::string shown(std::string_view text);

}  // namespace sluice::csv
