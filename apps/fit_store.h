// Options of `sluice fit` about designs in files.
#pragma once
#include "apps/frame/common_options.h"
#include "host/fit.h"

namespace sluice {

/// --store, --compression, --from.
frame::Options fit_store_options(FitOptions& options, const char* group);
frame::Option compression_option(int& level, const char* group);

/// --define NAME=A,B,C
frame::Option define_option(fit::NamedLevels& levels, const char* group);

/// "design.h5: X 2,500,000 x 12 and Y, 170.1 MiB; ...": what a run left.
std::string store_text(const StoreFacts& store, std::size_t columns);

}  // namespace sluice
