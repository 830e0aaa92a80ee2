// The nearest of some names to a word that is none of them; errors end with it.
#pragma once
#include <string>
#include <vector>

namespace sluice::frame {

/// The name that `word` was probably meant to be (edit distance with transpositions, at most a third of the
/// word, or the only name that it begins), or empty.
std::string nearest(const std::string& word, const std::vector<std::string>& names);

/// "; did you mean X?" or empty: the end of a message.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& names);

}  // namespace sluice::frame
