// Sums and triangles on the device that a run names or `auto` finds, looked at by --device check, and said in
// the run's summary. They hold at most what `budget` has left.
#pragma once
#include <optional>

#include "host/fit/device_gram.h"
#include "host/fit/device_triangle.h"

namespace sluice::fit {

Gram gram_on_device(const TallSource& source, Budget& budget, const RunOptions& run, RunSummary& summary);

/// None where the processor's own threads are to reflect: no device was named and there is no GPU, the matrix
/// is too small to open one for, or the GPU lacks cuSOLVER or the memory, which a note says.
std::optional<Square> triangle_on_device(const TallSource& source, const TriangleColumns& columns,
                                         Budget& budget, const RunOptions& run, RunSummary& summary);

/// Of [X, 1, y], with sums of y from `shift`.
std::optional<TriangleSums> triangle_sums_on_device(const TallSource& source, double shift, Budget& budget,
                                                    const RunOptions& run, RunSummary& summary);

}  // namespace sluice::fit
