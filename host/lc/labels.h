// Labels of objects from a table: an object column (a number or a name) and a label column.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/budget.h"
#include "host/lc/read.h"

namespace sluice::lc {

struct LabelFile {
  std::vector<std::pair<std::string, std::string>> labels;  // (object, label) in the file's order
  std::int64_t empty = 0;                                   // rows without one of both, left out
  Share share;                                              // their memory
};

/// The columns: object as in ReadOptions, or name; label, class, target, type or true_target. "NA" and "None"
/// are labels as others. Error{kInput}.
LabelFile read_labels(const std::string& path, const ReadOptions& options, Budget& budget);

}  // namespace sluice::lc
