// The levels of a category while a table is read: any thread may meet a new one. Codes are in the order in
// which threads met the levels, which means nothing; sorted levels come at the end.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/formats/csv/dictionary.h"

namespace sluice::fit {

class Levels {
 public:
  static constexpr std::int32_t kUnknown = -2;
  /// With `given` ones, whose codes are their places, no others may come; a number is the level of the same
  /// value, however spelt.
  explicit Levels(const std::optional<std::vector<std::string>>& given);
  /// The code of a level, or kUnknown. Thread-safe.
  std::int32_t code(std::string_view text);

  /// What is known when all is read: the levels in their order, and of each code its level.
  struct Sorted {
    std::vector<std::string> levels;
    std::vector<std::int32_t> level_of;
  };
  /// Numbers sort as numbers and are one level where their values are the same ("01", "1", "1.0"); they are
  /// spelt as Python spells them. Truth values are False and True however spelt (pandas: true, TRUE). Other
  /// texts sort by code point.
  Sorted sorted() const;
  std::size_t size() const;
  std::uint64_t bytes() const;
  /// As they stand in the table, by code.
  std::vector<std::string> texts() const;
  /// From now on no level may be added.
  void close() { closed_ = true; }

 private:
  Sorted sorted_numbers(const std::vector<double>& values) const;
  Sorted sorted_integers() const;
  Sorted sorted_truth() const;
  mutable std::shared_mutex mutex_;
  csv::Dictionary found_;                                         // texts as they stand
  std::unordered_map<std::string, std::int32_t> given_spelling_;  // of a value as spelt, its given level
  std::vector<std::string> given_;
  bool closed_ = false;
};

using AllLevels = std::deque<Levels>;  // of each category; they do not move

constexpr std::size_t kMostCodedLevels = 20000;  // of a category of a design

/// Stops a pass that meets more levels than a category may have, before it keeps them all.
class LevelLimit {
 public:
  /// `names`: of the categories; empty: it may have any number.
  LevelLimit(const AllLevels& levels, std::vector<std::string> names);
  /// Error{kMemory}. After each piece.
  void check();

 private:
  const AllLevels& levels_;
  std::vector<std::string> names_;
  std::vector<std::size_t> next_;  // as many texts are worth a look
};

/// A thread's own memory of codes, so that it asks the shared levels once for each.
class LevelCodes {
 public:
  explicit LevelCodes(Levels& levels) : levels_(&levels) {}
  std::int32_t code(std::string_view text) {
    const std::int32_t own = texts_.find(text);
    if (own >= 0) return codes_[std::size_t(own)];
    const std::int32_t code = levels_->code(text);
    // Of texts that are no level only some: there may be as many as rows.
    if (code != Levels::kUnknown || codes_.size() < kMostUnknown) texts_.add(text), codes_.push_back(code);
    return code;
  }

 private:
  static constexpr std::size_t kMostUnknown = 1000;
  Levels* levels_;
  csv::Dictionary texts_;
  std::vector<std::int32_t> codes_;
};

}  // namespace sluice::fit
