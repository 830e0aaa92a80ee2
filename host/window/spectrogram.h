// Spectra over time as images: a panel a channel, frequency upwards, power as colour on a logarithmic scale.
#pragma once
#include <cstdint>

#include "host/budget.h"
#include "host/picture/figure.h"
#include "host/run.h"
#include "host/window/problem.h"

namespace sluice::window_detail {

inline constexpr std::int64_t kMostSpectrograms = 6;  // panels that can be told apart

/// The dataset of spectra that a picture shows: --psd or --stft; null: there is none.
const Dataset* spectrum_of(const Problem& problem);

/// Adds panels of the first `channels` channels, read from the finished file; more windows or frequencies
/// than cells become means of power.
void add_spectrograms(const Problem& problem, std::int64_t channels, const RunOptions& run, Budget& budget,
                      picture::Figure& figure);

}  // namespace sluice::window_detail
