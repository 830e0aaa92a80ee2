// `sluice fit --model m.json --predict new.csv -o out.csv`: predictions without a fit.
#pragma once
#include <optional>

#include "apps/frame/common_options.h"
#include "host/fit.h"

namespace sluice {

/// By the model file that `fit` names; returns the exit code.
int predict_by_model(const frame::Settings& settings, const FitOptions& fit, std::optional<double> level);

/// "out.csv: predictions for 3 rows, 1 of them missing for missing values"
std::string predictions_text(const std::string& output, const PredictionFacts& facts);

}  // namespace sluice
