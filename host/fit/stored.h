// A design matrix in a file as a table that a fit reads: every column is a number, none needs parsing.
#pragma once
#include <memory>
#include <string>

#include "host/budget.h"
#include "host/fit/device_gram.h"
#include "host/fit/source.h"
#include "host/fit/system.h"
#include "host/fit/tall.h"

namespace sluice::fit {

struct Stored {
  std::unique_ptr<MatrixSource> x, y, weights;
  TallSource tall;
  Source source;  // its plan, names and shifts; no dialect, no columns of a table
  Design design;
  std::int64_t dropped = 0;  // rows, when the store was made
  std::string weights_name;  // of the table's column
};

/// Datasets X and Y of `path`, and what `sluice design` says beside them; of any other HDF5 file columns are
/// x1, x2, ... where X has no attribute `columns`. `formula`: what the caller takes it to be; empty: any.
/// Error{kInput}: no such datasets, other numbers of rows; {kUsage}: a store of another formula.
Stored open_stored(const std::string& path, const std::string& formula, Budget& budget);

/// The normal equations of a store from sums about the means (device_gram.h).
System system_of(const Stored& stored, const Gram& gram);

}  // namespace sluice::fit
