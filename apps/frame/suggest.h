// The nearest of some names to a word that is none of them; errors end with it.
#pragma once
#include <string>
#include <vector>

#include "host/nearest.h"

namespace sluice::frame {

using sluice::nearest;

/// "; did you mean X?" or empty: the end of a message.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& names);

}  // namespace sluice::frame
