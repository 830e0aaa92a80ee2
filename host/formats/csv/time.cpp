// ISO 8601 to nanoseconds and back, in integers throughout.
#include "host/formats/csv/parse.h"

namespace sluice::csv {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Days since 1970-01-01 of the proleptic Gregorian calendar; years count from March, so that a leap day is
// last.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400, in_era = year - era * 400;
  const std::int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

int days_in(int year, int month) {
  static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + int(leap && month == 2);
}

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool at_end() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool take(char c) {
    if (peek() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Exactly `digits` digits.
  bool number(int digits, int& value) {
    if (text_.size() < std::size_t(digits)) return false;
    value = 0;
    for (int i = 0; i < digits; ++i) {
      const char c = text_[std::size_t(i)];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    text_.remove_prefix(std::size_t(digits));
    return true;
  }
  /// One digit or more, the tenth and later all 0.
  bool fraction(std::int64_t& ns) {
    std::int64_t unit = kSecond / 10;
    const std::size_t size = text_.size();
    for (; peek() >= '0' && peek() <= '9'; text_.remove_prefix(1), unit /= 10) {
      if (unit == 0 && peek() != '0') return false;
      ns += (peek() - '0') * unit;
    }
    return text_.size() < size;
  }

 private:
  std::string_view text_;
};

bool take_date(Cursor& in, std::int64_t& days, bool& dashes) {
  int year = 0, month = 0, day = 0;
  if (!in.number(4, year)) return false;
  dashes = in.take('-');
  if (!in.number(2, month) || (dashes && !in.take('-')) || !in.number(2, day)) return false;
  if (month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return false;
  days = days_of(year, month, day);
  return true;
}

bool take_clock(Cursor& in, std::int64_t& ns) {
  int hour = 0, minute = 0, second = 0;
  if (!in.number(2, hour) || !in.take(':') || !in.number(2, minute)) return false;
  std::int64_t part = 0;
  if (in.take(':')) {
    if (!in.number(2, second)) return false;
    if (in.take('.') && !in.fraction(part)) return false;
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  ns = (hour * 3600 + minute * 60 + second) * kSecond + part;
  return true;
}

bool take_zone(Cursor& in, std::int64_t& ns, bool& zoned) {
  zoned = true;
  if (in.take('Z') || in.take('z')) return true;
  const bool west = in.peek() == '-';
  if (!in.take('+') && !in.take('-')) return zoned = false, true;
  int hours = 0, minutes = 0;
  if (!in.number(2, hours)) return false;
  if (!in.at_end() && (in.take(':'), !in.number(2, minutes))) return false;
  if (hours > 23 || minutes > 59) return false;
  ns -= (west ? -1 : 1) * std::int64_t(hours * 3600 + minutes * 60) * kSecond;
  return true;
}

}  // namespace

bool parse_time(std::string_view text, Time& time) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text.size() < 10 || text[0] < '0' || text[0] > '9') return false;
  Cursor in(text);
  std::int64_t days = 0, ns = 0;
  bool dashes = false;
  Time result;
  if (!take_date(in, days, dashes)) return false;
  if (in.at_end()) {
    if (!dashes) return false;
  } else {
    if (!in.take('T') && !in.take('t') && !in.take(' ')) return false;
    if (!take_clock(in, ns) || !take_zone(in, ns, result.zoned) || !in.at_end()) return false;
  }
  // Towards zero first: a day's begin may lie beyond 64 bits where a time of that day does not.
  const std::int64_t kDay = 86400 * kSecond;
  if (days != 0) ns += days < 0 ? -kDay : kDay, days -= days < 0 ? -1 : 1;
  if (__builtin_mul_overflow(days, kDay, &result.ns) || __builtin_add_overflow(result.ns, ns, &result.ns))
    return false;
  time = result;
  return true;
}

std::string time_text(const Time& time) {
  std::int64_t seconds = time.ns / kSecond, part = time.ns % kSecond;
  if (part < 0) part += kSecond, --seconds;
  std::int64_t days = seconds / 86400, clock = seconds % 86400;
  if (clock < 0) clock += 86400, --days;
  const std::int64_t shifted = days + 719468;  // the inverse of days_of
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097,
                     in_era = shifted - era * 146097;
  const std::int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  const std::int64_t in_year = in_era - (365 * year + year / 4 - year / 100),
                     from_march = (5 * in_year + 2) / 153;
  const std::int64_t day = in_year - (153 * from_march + 2) / 5 + 1,
                     month = from_march + (from_march < 10 ? 3 : -9);
  char buffer[40];
  char* at = buffer;
  const auto put = [&at](char before, std::int64_t value, int digits) {
    if (before != 0) *at++ = before;
    for (int i = digits; i-- > 0; value /= 10) at[i] = char('0' + value % 10);
    at += digits;
  };
  put(0, year + era * 400 + (month <= 2), 4);
  put('-', month, 2);
  put('-', day, 2);
  put('T', clock / 3600, 2);
  put(':', clock / 60 % 60, 2);
  put(':', clock % 60, 2);
  if (part != 0) {
    put('.', part, 9);
    while (at[-1] == '0') --at;
  }
  if (time.zoned) *at++ = 'Z';
  return {buffer, at};
}

}  // namespace sluice::csv
