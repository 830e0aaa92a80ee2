// The coefficients that a table was made with (--truth): typed as a list, or in a file with their names.
#pragma once
#include <string>
#include <vector>

#include "host/fit.h"

namespace sluice {

struct Truth {
  std::vector<double> values;
  std::vector<std::string> names;  // of the values; empty: in the order of the design's columns
};

/// A list 1,2,3, or a file: .json (an object of names and numbers, a list of numbers, or a model that --model
/// wrote) or a table of names and numbers. Error{kUsage}, {kInput}.
Truth parse_truth(const std::string& text);

/// In the order of the result's coefficients, NaN where there is none; empty, with `problem`, where the truth
/// is of another design.
std::vector<double> truth_of(const Truth& truth, const FitResult& result, std::string& problem);

}  // namespace sluice
