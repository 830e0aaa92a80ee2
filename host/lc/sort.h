// The order of rows in the store: by object, band and time; rows of one time as they came.
#pragma once
#include "host/lc/rows.h"

namespace sluice::lc {

/// Sorts a batch's rows and objects. Bands are renumbered in the order of their names. Takes half of the
/// rows' memory once more where objects are out of order.
void sort(Batch& batch);

}  // namespace sluice::lc
