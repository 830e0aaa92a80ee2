// Sums of products of a tall matrix's columns about their means, on a device: the pager reads and inflates
// chunks of rows ahead, the backend centres them and multiplies (kernels/backend.h), as `sluice cov` does.
// Memory on the device: a chunk of rows twice, its panel, and the columns' number squared.
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

/// Of the first `rows` rows; 0: all. No weights. Error{kInput} with the place of a value that is not finite.
Gram device_gram(const TallSource& source, Machine& machine, const RunOptions& run, RunSummary& summary,
                 std::int64_t rows = 0);

/// The first rows once more by the serial backend. Error{kCheck} where a product is off by more than 1e-11 of
/// its columns' lengths.
void check_gram(const TallSource& source, Machine& machine, const RunOptions& run);

/// Whether sums go to a device: one was asked for by name, or `auto` finds a GPU.
bool wants_device(const RunOptions& run, std::size_t columns);

}  // namespace sluice::fit
