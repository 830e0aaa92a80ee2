// What the first lines of a file show: whether it is one object's, or a table with an object column.
#pragma once
#include <string>

#include "host/budget.h"
#include "host/lc/read.h"

namespace sluice::lc {

struct Front {
  bool table = false;     // with an object column
  bool comments = false;  // lines that begin with # stand before the names
};

/// The first bytes of a file, unpacked, at most 64 KiB; `whole`: all of it.
std::string front_of(const std::string& path, Budget& budget, bool& whole);

Front front(const std::string& path, const ReadOptions& options, Budget& budget);

}  // namespace sluice::lc
