// Sums of products of a tall matrix's columns about their means, on a device: the backend centres chunks of
// rows and multiplies them (kernels/backend.h), as `sluice cov` does.
// Memory on the device beside the rows (device_rows.h): a chunk's panel, and the columns' number squared.
#pragma once
#include <vector>

#include "host/fit/device_rows.h"
#include "host/fit/square.h"

namespace sluice::fit {

struct Gram {
  double rows = 0;
  double weight = 0, log_weights = 0;  // sums; of no weights the rows and 0
  std::vector<double> means;           // of X's columns, and of y where there is one; weighted
  Square products;                     // of the same, about the means; weighted
};

/// Of rows [first, first + rows); 0 rows: all from there. Error{kInput} with the place of a value that is not
/// finite.
Gram device_gram(const TallSource& source, Machine& machine, const RunOptions& run, RunSummary& summary,
                 std::int64_t first = 0, std::int64_t rows = 0);

/// Whether sums go to a device: one was asked for by name, the columns are many, or `auto` finds a GPU for a
/// matrix whose `bytes` take longer than opening it does.
bool wants_device(const RunOptions& run, std::size_t columns, std::uint64_t bytes);

}  // namespace sluice::fit
