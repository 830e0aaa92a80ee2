// The options of `sluice window` that ask for spectra.
#pragma once
#include "apps/frame/common_options.h"
#include "host/window.h"

namespace sluice {

frame::Options spectrum_options(WindowOptions& options);

}  // namespace sluice
