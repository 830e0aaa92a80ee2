// The nearest of some names to a word that is none of them: what was probably meant.
#pragma once
#include <string>
#include <vector>

namespace sluice {

/// By edit distance with transpositions, at most a third of the word, or the only name that it begins; or
/// empty.
std::string nearest(const std::string& word, const std::vector<std::string>& names);

}  // namespace sluice
