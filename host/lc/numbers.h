// Which number an object has, and that no two have the same. About 64 bytes an object and its name, from the
// budget.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/budget.h"
#include "host/lc/read.h"

namespace sluice::lc {

/// A whole number, also as "615.0": what becomes of numbers in a column that has gaps.
bool whole_number(const std::string& text, std::int64_t& number);
/// A whole number without sign, or the digits that end a name. False: there are none, more than 18, or the
/// text is another number ("2.5").
bool number_of_name(const std::string& name, std::int64_t& number);

class ObjectNumbers {
 public:
  ObjectNumbers(const ReadOptions& options, Budget& budget, const KnownNames& known);

  /// The file's name without folder and ending, also of .gz and .zst; where it is not UTF-8, its other bytes
  /// as \xe9.
  static std::string name_of_file(const std::string& path);

  /// Of file number `file`, an object of its own by this name; `key` is what its metadata says where the rule
  /// asks for it. Error{kInput}: no number, or one that an earlier file has; both are named.
  std::int64_t of_file(const std::vector<std::string>& files, std::uint32_t file, const std::string& name,
                       const std::string& key);

  struct Known {
    std::int64_t id;
    bool first;  // it did not come before
  };
  /// Of an object column. Error{kInput}: no number, or one that another text has.
  Known of_number(const std::string& path, std::int64_t number);
  Known of_text(const std::string& path, const std::string& text);

 private:
  std::int64_t by_order(const std::string& name);
  void pay(std::uint64_t bytes);
  bool order_;
  std::string key_;
  Budget& budget_;
  std::vector<Share> shares_;
  std::uint64_t owed_ = 0;
  // Number to its file; of columns to its text's place in names_ and 1 more, 0: the number as it stands.
  std::unordered_map<std::int64_t, std::uint32_t> owners_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int64_t> ordered_;
  std::int64_t next_ = 1;
};

}  // namespace sluice::lc
