// The triangle R of a tall matrix on a device (TSQR): chunks of rows are brought into columns under the
// triangle of all rows before, and reflected into it (kernels/triangle.h).
// Memory on the device beside the rows (device_rows.h): a chunk as columns of doubles, what the backend works
// in, and the columns' number squared.
#pragma once
#include <vector>

#include "host/fit/device_rows.h"
#include "host/fit/least_squares.h"
#include "host/fit/square.h"

namespace sluice::fit {

/// The matrix that the triangle is of.
struct TriangleColumns {
  bool one_first = false;      // a column of ones before X's
  bool one_last = false;       // behind them, before y
  std::vector<double> shifts;  // taken from X's columns; empty: nothing
};

/// Of rows [first, first + rows); 0 rows: all from there. y, where there is one, is the last column; rows
/// with weights are scaled by their roots. Error{kInput} with the place of a value that is not finite.
/// `most`: rows that are reflected together, fewer than the backend takes at once; 0: those.
Square device_triangle(const TallSource& source, const TriangleColumns& columns, Machine& machine,
                       const RunOptions& run, RunSummary& summary, std::int64_t first = 0,
                       std::int64_t rows = 0, std::int64_t most = 0);

/// Bytes on the device that device_triangle() holds at least.
std::uint64_t device_triangle_memory(const TallSource& source, const TriangleColumns& columns,
                                     const Machine& machine);

/// The triangle of [X, 1, y], and sums of y from `shift`.
TriangleSums device_triangle_sums(const TallSource& source, double shift, Machine& machine,
                                  const RunOptions& run, RunSummary& summary);

}  // namespace sluice::fit
