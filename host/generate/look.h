// Looks at a generated matrix before and after: how long it will take, and whether its entries are those that
// the serial backend draws.
#pragma once
#include "host/generate.h"
#include "host/machine.h"
#include "host/matrix.h"

namespace sluice {

/// Seconds without the final sync: the slower of drawing, measured on one piece, and writing.
double estimate_drawing(const GenerateOptions&, const Machine&);

/// Sampled tiles of the file against the serial backend, bit by bit. `partner`: of each row, or empty.
GenerateCheck compare_with_serial(const GenerateOptions&, const std::vector<std::int64_t>& partner,
                                  const MatrixSource& file);

}  // namespace sluice
