// Whether a page's data make sense, before a byte of it is written.
#pragma once
#include "host/page/page.h"

namespace sluice::page {

/// Error{kUsage}: see write_page().
void check_page(const Page& page);

}  // namespace sluice::page
