#include "host/nearest.h"

#include <algorithm>

namespace sluice {
namespace {

/// Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours.
std::size_t distance(const std::string& a, const std::string& b) {
  const std::size_t n = b.size() + 1;
  std::vector<std::size_t> before(n), last(n), row(n);
  for (std::size_t j = 0; j < n; ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < n; ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::size_t letters(const std::string& word) {
  return word.size() - std::min(word.size(), word.find_first_not_of('-'));
}

}  // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& names) {
  if (letters(word) < 2) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, letters(word) / 3) + 1;
  for (const std::string& name : names) {
    if (letters(name) < 2) continue;
    if (const std::size_t d = distance(word, name); d < least) least = d, best = name;
  }
  if (!best.empty()) return best;
  std::vector<std::string> longer;
  for (const std::string& name : names)
    if (name.rfind(word, 0) == 0) longer.push_back(name);
  return longer.size() == 1 ? longer.front() : std::string();
}

}  // namespace sluice
