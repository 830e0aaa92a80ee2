// Labels of objects from a table: an object column (a number or a name) and a label column.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/budget.h"
#include "host/lc/read.h"

namespace sluice::lc {

/// (object, label) in the file's order. The columns: object as in ReadOptions, or name; label, class, target,
/// type or true_target. Rows without one of both are left out. Error{kInput}.
std::vector<std::pair<std::string, std::string>> read_labels(const std::string& path,
                                                             const ReadOptions& options, Budget& budget);

}  // namespace sluice::lc
