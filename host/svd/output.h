// The HDF5 file of a decomposition: singular_values, right_vectors (a vector a row, numpy's Vh), means where
// columns were centred, scores where they were asked for.
#pragma once
#include "host/budget.h"
#include "host/fit/tall.h"
#include "host/svd.h"

namespace sluice::svd_detail {

/// Error{kUsage}: no HDF5 name, or the input's; {kOutput}: it is there.
void check_output(const std::string& output, const MatrixSource& matrix, const RunOptions& run);

/// Scores take a pass over the matrix.
void write_output(const SvdOptions& options, const fit::TallSource& source, Budget& budget,
                  const RunOptions& run, SvdResult& result);

}  // namespace sluice::svd_detail
