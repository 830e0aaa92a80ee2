// Levels from texts.
#include "host/fit/levels.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "host/error.h"
#include "host/fit/contrast.h"
#include "host/formats/csv/format.h"

namespace sluice::fit {
namespace {

bool are_truth(const std::vector<std::string>& texts) {
  return !texts.empty() &&
         std::none_of(texts.begin(), texts.end(), [](const std::string& t) { return truth_text(t).empty(); });
}

bool less_integer(const std::string& a, const std::string& b) {
  const bool negative = a[0] == '-';
  if (negative != (b[0] == '-')) return negative;
  if (a.size() != b.size()) return (a.size() < b.size()) != negative;
  return negative ? b < a : a < b;
}

}  // namespace

Levels::Levels(const std::optional<std::vector<std::string>>& given) {
  if (!given) return;
  given_ = *given;
  closed_ = true;
  for (std::size_t i = 0; i < given_.size(); ++i) {
    found_.add(given_[i], 0);
    double value = 0;
    if (is_number(given_[i], value)) given_spelling_.emplace(spelling(given_[i], value), std::int32_t(i));
  }
  if (!are_truth(given_)) return;
  for (std::size_t i = 0; i < given_.size(); ++i)
    given_spelling_.emplace(truth_text(given_[i]), std::int32_t(i));
}

std::int32_t Levels::code(std::string_view text) {
  {
    const std::shared_lock lock(mutex_);
    const std::int32_t code = found_.find(text);
    if (code >= 0) return code;
  }
  if (given_.empty()) {
    const std::unique_lock lock(mutex_);
    const std::int32_t code = found_.find(text);
    return code >= 0 ? code : closed_ ? kUnknown : found_.add(text, 0);
  }
  double value = 0;
  const std::string own(text);
  const auto level = given_spelling_.find(is_number(own, value) ? spelling(own, value) : truth_text(own));
  return level == given_spelling_.end() ? kUnknown : level->second;
}

std::size_t Levels::size() const {
  const std::shared_lock lock(mutex_);
  return found_.size();
}

std::uint64_t Levels::bytes() const {
  const std::shared_lock lock(mutex_);
  return found_.bytes();
}

std::vector<std::string> Levels::texts() const {
  const std::shared_lock lock(mutex_);
  return found_.levels();
}

Levels::Sorted Levels::sorted() const {
  const std::shared_lock lock(mutex_);
  if (!given_.empty()) {
    Sorted sorted{given_, std::vector<std::int32_t>(given_.size())};
    std::iota(sorted.level_of.begin(), sorted.level_of.end(), 0);
    return sorted;
  }
  std::vector<double> values;
  for (const std::string& text : found_.levels()) {
    double value = 0;
    if (!is_number(text, value)) break;
    values.push_back(value + 0.0);
  }
  if (values.size() == found_.size())
    return std::all_of(found_.levels().begin(), found_.levels().end(), is_whole) ? sorted_integers()
                                                                                 : sorted_numbers(values);
  if (are_truth(found_.levels())) return sorted_truth();
  Sorted sorted{found_.levels(), {}};
  std::sort(sorted.levels.begin(), sorted.levels.end());
  for (const std::string& text : found_.levels())
    sorted.level_of.push_back(std::int32_t(
        std::lower_bound(sorted.levels.begin(), sorted.levels.end(), text) - sorted.levels.begin()));
  return sorted;
}

Levels::Sorted Levels::sorted_truth() const {
  Sorted sorted;
  for (const std::string& text : found_.levels()) sorted.levels.push_back(truth_text(text));
  const std::vector<std::string> texts = sorted.levels;
  std::sort(sorted.levels.begin(), sorted.levels.end());
  sorted.levels.erase(std::unique(sorted.levels.begin(), sorted.levels.end()), sorted.levels.end());
  for (const std::string& text : texts) sorted.level_of.push_back(text == sorted.levels[0] ? 0 : 1);
  return sorted;
}

Levels::Sorted Levels::sorted_numbers(const std::vector<double>& values) const {
  std::vector<double> unique = values;
  std::sort(unique.begin(), unique.end());
  unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
  Sorted sorted;
  for (const double value : unique) sorted.levels.push_back(csv::float_text(value));
  for (const double value : values)
    sorted.level_of.push_back(
        std::int32_t(std::lower_bound(unique.begin(), unique.end(), value) - unique.begin()));
  return sorted;
}

Levels::Sorted Levels::sorted_integers() const {
  Sorted sorted;
  for (const std::string& text : found_.levels()) sorted.levels.push_back(integer_text(text));
  const std::vector<std::string> texts = sorted.levels;
  std::sort(sorted.levels.begin(), sorted.levels.end(), less_integer);
  sorted.levels.erase(std::unique(sorted.levels.begin(), sorted.levels.end()), sorted.levels.end());
  for (const std::string& text : texts)
    sorted.level_of.push_back(
        std::int32_t(std::lower_bound(sorted.levels.begin(), sorted.levels.end(), text, less_integer) -
                     sorted.levels.begin()));
  return sorted;
}

LevelLimit::LevelLimit(const AllLevels& levels, std::vector<std::string> names)
    : levels_(levels), names_(std::move(names)), next_(levels.size(), kMostCodedLevels + 1) {
  names_.resize(levels.size());
}

void LevelLimit::check() {
  for (std::size_t k = 0; k < levels_.size(); ++k) {
    const std::size_t texts = levels_[k].size();
    if (names_[k].empty() || texts < next_[k]) continue;
    if (levels_[k].sorted().levels.size() > kMostCodedLevels)
      throw Error(ErrorKind::kMemory, "formula: " + names_[k] + " has more than " +
                                          std::to_string(kMostCodedLevels) +
                                          " levels: expected at most as many");
    next_[k] = 2 * texts;  // 1, 01 and 1.0 are one
  }
}

}  // namespace sluice::fit
