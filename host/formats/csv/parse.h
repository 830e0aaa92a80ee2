// One field's bytes to a value. A parser takes the whole field or nothing; blanks around numbers and times
// are allowed.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/formats/csv/dialect.h"

namespace sluice::csv {

enum class IntegerResult { kNone, kValue, kTooLong };  // kTooLong: digits, but beyond 64 bits

IntegerResult parse_integer(std::string_view text, std::int64_t& value);
/// The nearest double (ties to even), as fast_float gives it; inf, infinity and nan in any case. Beyond the
/// range: infinity or zero.
bool parse_float(std::string_view text, char decimal, double& value);

struct Time {
  std::int64_t ns = 0;  // since 1970-01-01T00:00:00, of UTC where a zone was given
  bool zoned = false;
};
/// ISO 8601: 2018-04-22, with T or a blank 19:23, :44, .3604992 (at most nine digits that are not 0), and a
/// zone Z, +01, +0100, +01:00. Without dashes (20180422) only before a time of day. From
/// 1677-09-21T00:12:43.145224192 to 2262-04-11T23:47:16.854775807: what 64 bits of nanoseconds hold.
bool parse_time(std::string_view text, Time& time);

/// Seconds of a day, days of a calendar: the inverse of parse_time, as short as it can be:
/// 2018-04-22T19:23:44.3604992, and Z where zoned.
std::string time_text(const Time& time);

/// What stands in a field: quotes taken off, "" made ", Latin-1 made UTF-8. `scratch` holds what had to
/// change.
struct Decoded {
  std::string_view text;
  bool quoted = false;
};
Decoded decode(std::string_view field, const Dialect& dialect, std::string& scratch);

bool is_utf8(std::string_view text);
bool is_ascii(std::string_view text);

/// The dialect's missing words, found quickly.
class MissingWords {
 public:
  explicit MissingWords(const Dialect& dialect);
  /// Whether a number may be missing: -999, say.
  bool may_be_number() const { return may_be_number_; }
  bool contains(const Decoded& field) const {
    if (field.quoted && !quoted_) return false;
    if (field.text.empty()) return empty_;
    return lengths_[field.text.size() < kLongest ? field.text.size() : kLongest] &&
           firsts_[static_cast<unsigned char>(field.text[0])] && is_listed(field.text);
  }

 private:
  static constexpr std::size_t kLongest = 15;  // and all that are longer
  bool is_listed(std::string_view text) const;
  std::vector<std::string> words_;
  std::array<bool, kLongest + 1> lengths_{};
  std::array<bool, 256> firsts_{};
  bool empty_ = false, quoted_ = true, may_be_number_ = false;
};

}  // namespace sluice::csv
