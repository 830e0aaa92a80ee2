// Which column of a file is which: by the names that a user gives, else by the usual ones.
#pragma once
#include <string>
#include <vector>

#include "host/lc/read.h"

namespace sluice::lc {

/// Numbers of a file's columns; -1: there is none.
struct Layout {
  int object = -1, t = -1, pb = -1, flux = -1, dflux = -1;
  int fields = 0;
};

/// The object column that options ask for, or that is among the names; -1: none.
int object_column(const std::vector<std::string>& names, const ReadOptions& options);

/// `place` begins messages ("FILE: line 6"). Error{kInput}: a column is missing; twice the same.
Layout layout_of(const std::vector<std::string>& names, const ReadOptions& options, const std::string& place);

/// Of a file that is one object's. Error{kInput} also where a column names objects.
Layout text_layout_of(const std::vector<std::string>& names, const ReadOptions& options,
                      const std::string& place);
/// Of a table of objects. Error{kInput} also where no column names them.
Layout table_layout_of(const std::vector<std::string>& names, const ReadOptions& options,
                       const std::string& place);

/// KEY of "meta:KEY"; empty for other rules.
std::string key_of(const std::string& rule, const std::string& kind);

/// Error{kUsage}: id is no rule, or goes against the columns; magnitudes without a finite zero point.
void check(const ReadOptions& options);

}  // namespace sluice::lc
