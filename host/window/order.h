// What looks at all samples of a window at once, as operations of the pass over whole windows.
#pragma once
#include <memory>

#include "host/window/whole.h"

namespace sluice::window_detail {

/// Places in the order of values, and their likes: all of Problem::ordered in one call.
std::unique_ptr<WholeOperation> order_operation(const Problem&, const Machine&);

/// Covariances or correlations of all channels.
std::unique_ptr<WholeOperation> products_operation(const Problem&, const Machine&, const Paired&);

}  // namespace sluice::window_detail
