// A root of the estimates' covariance: predictions take squared lengths of rows times it, which cannot come
// out negative as x' V x may.
#pragma once
#include "host/fit/square.h"

namespace sluice::fit {

/// G with G G' = factor * R M R', where R is the root of (X'X)^-1 and M the meat (residuals.h); null: the
/// unit matrix. A factor of NaN (ridge: no covariance) makes all of it NaN.
Square covariance_root(const Square& root, const Square* meat, double factor);

}  // namespace sluice::fit
