// The result as a picture: a panel a statistic, time or samples along x, a line a channel; of spectra a panel
// a channel. It is read back from the finished file, so that a resumed run draws all of it.
#pragma once
#include <string>

#include "host/budget.h"
#include "host/run.h"
#include "host/window/problem.h"

namespace sluice::window_detail {

/// What is wrong with the picture's name, before anything is computed. Error{kUsage}: an unknown ending or
/// size, windows themselves; {kOutput}: it exists (and no --force), or its folder is not there.
void check_picture(const WindowOptions& options, const RunOptions& run);

/// Error{kUsage}: the result has nothing that can be drawn.
void check_drawable(const Problem& problem);

/// Returns what the picture does not show of the result; empty where it shows all.
std::string draw_statistics(const Problem& problem, const RunOptions& run, Budget& budget);

}  // namespace sluice::window_detail
