// Levels from texts.
#include "host/fit/levels.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "host/fit/contrast.h"
#include "host/formats/csv/format.h"

namespace sluice::fit {
namespace {

bool is_whole(const std::string& text) {
  const std::size_t from = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return text.size() > from && text.find_first_not_of("0123456789", from) == std::string::npos;
}

}  // namespace

Levels::Levels(const std::optional<std::vector<std::string>>& given) {
  if (!given) return;
  given_ = *given;
  closed_ = true;
  for (std::size_t i = 0; i < given_.size(); ++i) {
    found_.add(given_[i], 0);
    double value = 0;
    if (is_number(given_[i], value)) given_number_.emplace(value, std::int32_t(i));
  }
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
  if (!is_number(std::string(text), value)) return kUnknown;
  const auto level = given_number_.find(value);
  return level == given_number_.end() ? kUnknown : level->second;
}

std::size_t Levels::size() const {
  const std::shared_lock lock(mutex_);
  return found_.size();
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
  if (values.size() == found_.size()) return sorted_numbers(values);
  Sorted sorted{found_.levels(), {}};
  std::sort(sorted.levels.begin(), sorted.levels.end());
  for (const std::string& text : found_.levels())
    sorted.level_of.push_back(std::int32_t(
        std::lower_bound(sorted.levels.begin(), sorted.levels.end(), text) - sorted.levels.begin()));
  return sorted;
}

Levels::Sorted Levels::sorted_numbers(const std::vector<double>& values) const {
  std::vector<double> unique = values;
  std::sort(unique.begin(), unique.end());
  unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
  const bool whole = std::all_of(found_.levels().begin(), found_.levels().end(), is_whole);
  Sorted sorted;
  for (const double value : unique)
    sorted.levels.push_back(whole ? level_text(value) : csv::float_text(value));
  for (const double value : values)
    sorted.level_of.push_back(
        std::int32_t(std::lower_bound(unique.begin(), unique.end(), value) - unique.begin()));
  return sorted;
}

}  // namespace sluice::fit
