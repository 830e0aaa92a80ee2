// One pass over tiles of a matrix, read ahead by the pager, and elements of any type as doubles.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "host/machine.h"
#include "host/pager.h"

namespace sluice::plot_detail {

/// `take` gets the tiles in their order. Tells the observer, stops when asked to.
void for_each_tile(Machine& machine, const RunOptions& run, const std::vector<TileRequest>& schedule,
                   const std::function<void(const HostTile&)>& take);

/// Tiles that are whole runs (rows, or columns with fortran) of the matrix, about 8 MiB each, less where the
/// budget is small.
std::vector<TileRequest> tiles_of_runs(const MatrixSource& matrix, const Machine& machine);

/// n elements that lie `stride` bytes apart.
void to_doubles(const void* from, std::int64_t stride, DType type, bool swapped, std::int64_t n, double* to);

}  // namespace sluice::plot_detail
