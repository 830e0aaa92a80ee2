// --device check of sums and triangles: some rows of the middle once more by the serial backend (up to 1000
// columns, whose plain loops take seconds), and some of their columns as rows are read without a device.
// Error{kCheck} where a product of two columns is off by more than 1e-11 of their lengths.
#pragma once
#include "host/fit/device_rows.h"
#include "host/fit/device_triangle.h"

namespace sluice::fit {

void check_gram(const TallSource& source, Machine& machine, const RunOptions& run);
void check_triangle(const TallSource& source, const TriangleColumns& columns, Machine& machine,
                    const RunOptions& run);

}  // namespace sluice::fit
