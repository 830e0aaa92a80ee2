// Sums of products of a tall matrix's columns about their means, on a device: the pager reads and inflates
// chunks of rows ahead, the backend centres them and multiplies (kernels/backend.h), as `sluice cov` does.
// Memory on the device: a chunk of rows twice, its panel, and the columns' number squared; on the host,
// chunks read ahead, as many as --memory leaves room for.
#pragma once
#include <vector>

#include "host/fit/square.h"
#include "host/fit/tall.h"
#include "host/machine.h"

namespace sluice::fit {

struct Gram {
  double rows = 0;
  std::vector<double> means;  // of X's columns, and of y where there is one
  Square products;            // of the same, about the means
};

/// A machine for it: of as many threads as have scratch in a quarter of --memory.
Machine open_gram_machine(const RunOptions& run);

/// Of rows [first, first + rows); 0 rows: all from there. No weights. Error{kInput} with the place of a value
/// that is not finite.
Gram device_gram(const TallSource& source, Machine& machine, const RunOptions& run, RunSummary& summary,
                 std::int64_t first = 0, std::int64_t rows = 0);

/// Rows of the middle once more by the serial backend, and some of their columns as rows are read without a
/// device. Error{kCheck} where a product is off by more than 1e-11 of its columns' lengths.
void check_gram(const TallSource& source, Machine& machine, const RunOptions& run);

/// Whether sums go to a device: one was asked for by name, the columns are many, or `auto` finds a GPU for a
/// matrix whose `bytes` take longer than opening it does.
bool wants_device(const RunOptions& run, std::size_t columns, std::uint64_t bytes);

}  // namespace sluice::fit
