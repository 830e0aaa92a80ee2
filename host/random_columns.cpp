// The spelling of columns, and numbers to values.
#include "host/random_columns.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include "host/error.h"
#include "host/units.h"

namespace sluice {
namespace {

using Kind = RandomColumn::Kind;
constexpr std::int64_t kMostLevels = 1'000'000;
constexpr double kWidest = 0x1p53;  // of integers that a uniform number can tell apart
constexpr const char* kForm = "NAME:KIND,... such as a:normal,b:uniform(0:10),kind:category(5)";

[[noreturn]] void wrong(const std::string& part, const std::string& expected) {
  throw Error(ErrorKind::kUsage, "--columns: " + part + ": expected " + expected);
}

template <class T>
bool read_number(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, value);
  return got.ec == std::errc() && got.ptr == end && !text.empty();
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

/// At commas outside parentheses.
std::vector<std::string> split_columns(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth <= 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

void read_pair(const std::string& part, const std::string& inside, const char* form, double& a, double& b) {
  const std::vector<std::string> values = split(inside, ':');
  if (values.size() != 2 || !read_number(values[0], a) || !read_number(values[1], b) || !std::isfinite(a) ||
      !std::isfinite(b))
    wrong(part, form);
}

/// Of one length, so that they sort as they are numbered.
std::vector<std::string> numbered_levels(std::int64_t n) {
  const std::size_t digits = std::to_string(n).size();
  std::vector<std::string> levels;
  for (std::int64_t i = 1; i <= n; ++i) {
    const std::string number = std::to_string(i);
    levels.push_back("level" + std::string(digits - number.size(), '0') + number);
  }
  return levels;
}

std::int64_t read_step(const std::string& part, const std::string& text) {
  static const std::pair<const char*, std::int64_t> units[] = {{"ns", 1},
                                                               {"us", 1'000},
                                                               {"ms", 1'000'000},
                                                               {"min", 60'000'000'000},
                                                               {"s", 1'000'000'000},
                                                               {"h", 3'600'000'000'000},
                                                               {"d", 86'400'000'000'000}};
  for (const auto& [unit, ns] : units) {
    if (!text.ends_with(unit)) continue;
    std::int64_t n = 0, step = 0;
    if (read_number(text.substr(0, text.size() - std::string(unit).size()), n) && n != 0 &&
        !__builtin_mul_overflow(n, ns, &step))
      return step;
    break;
  }
  wrong(part, "a step such as 100ns, 1s, 5min or 1d, found '" + text + "'");
}

void read_category(const std::string& part, const std::string& inside, RandomColumn& column) {
  std::int64_t n = 0;
  if (!read_number(inside, n)) {
    column.levels = split(inside, ':');
    const std::unordered_set<std::string> distinct(column.levels.begin(), column.levels.end());
    if (column.levels.size() < 2 || distinct.size() != column.levels.size() || distinct.count("") != 0)
      wrong(part, "category(N) or category(a:b:...) with different levels");
    return;
  }
  if (n < 1 || n > kMostLevels) wrong(part, "1 to 1,000,000 levels, found " + inside);
  column.levels = numbered_levels(n);
}

void read_time(const std::string& part, const std::string& inside, RandomColumn& column) {
  const auto colon = inside.rfind(':');
  csv::Time start;
  if (colon == std::string::npos || !csv::parse_time(inside.substr(0, colon), start))
    wrong(part, "time(START:STEP) such as time(2024-01-01:1h), found '" + inside + "'");
  column.low = start.ns;
  column.zoned = start.zoned;
  column.high = read_step(part, inside.substr(colon + 1));
}

RandomColumn read_column(const std::string& part) {
  const auto colon = part.find(':');
  if (colon == std::string::npos || colon == 0) wrong("'" + part + "'", kForm);
  RandomColumn column;
  column.name = part.substr(0, colon);
  const std::string spelt = part.substr(colon + 1);
  const auto open = spelt.find('(');
  const std::string kind = spelt.substr(0, open);
  const bool has_inside = open != std::string::npos;
  if (has_inside && spelt.back() != ')') wrong("'" + part + "'", "a closing parenthesis at its end");
  const std::string inside = has_inside ? spelt.substr(open + 1, spelt.size() - open - 2) : "";
  const std::string named = "'" + part + "'";
  if (kind == "normal") {
    if (has_inside) read_pair(named, inside, "normal(MEAN:DEVIATION)", column.first, column.second);
    if (column.second < 0) wrong(named, "a deviation of at least 0");
  } else if (kind == "uniform") {
    column.kind = Kind::kUniform;
    if (has_inside) read_pair(named, inside, "uniform(FROM:TO)", column.first, column.second);
    if (!(column.first < column.second) || !std::isfinite(column.second - column.first))
      wrong(named, "FROM below TO");
  } else if (kind == "integer") {
    column.kind = Kind::kInteger;
    const std::vector<std::string> ends = split(inside, ':');
    if (ends.size() != 2 || !read_number(ends[0], column.low) || !read_number(ends[1], column.high))
      wrong(named, "integer(LOW:HIGH)");
    if (column.low > column.high || double(column.high) - double(column.low) >= kWidest)
      wrong(named, "LOW at most HIGH, less than 2^53 apart");
  } else if (kind == "category") {
    column.kind = Kind::kCategory;
    read_category(named, inside, column);
  } else if (kind == "time") {
    column.kind = Kind::kTime;
    read_time(named, has_inside ? inside : "2000-01-01:1s", column);
  } else if (kind == "row") {
    column.kind = Kind::kRow;
    if (has_inside) wrong(named, "row without parentheses");
  } else {
    wrong(named, "normal, uniform, integer, category, time or row, found '" + kind + "'");
  }
  return column;
}

}  // namespace

std::vector<RandomColumn> parse_random_columns(const std::string& text) {
  std::vector<RandomColumn> columns;
  std::unordered_set<std::string> names;
  for (const std::string& part : split_columns(text)) {
    columns.push_back(read_column(part));
    if (!names.insert(columns.back().name).second)
      wrong("'" + part + "'", "another name, found '" + columns.back().name + "' twice");
  }
  return columns;
}

std::string text_of(const std::vector<RandomColumn>& columns) {
  std::string text;
  for (const RandomColumn& c : columns) {
    text += (text.empty() ? "" : ",") + c.name + ":";
    switch (c.kind) {
      case Kind::kNormal:
        text += "normal(" + number(c.first) + ":" + number(c.second) + ")";
        break;
      case Kind::kUniform:
        text += "uniform(" + number(c.first) + ":" + number(c.second) + ")";
        break;
      case Kind::kInteger:
        text += "integer(" + std::to_string(c.low) + ":" + std::to_string(c.high) + ")";
        break;
      case Kind::kCategory:
        text += "category(";
        if (c.levels == numbered_levels(std::int64_t(c.levels.size())))
          text += std::to_string(c.levels.size());
        else
          for (const std::string& level : c.levels) text += (text.back() == '(' ? "" : ":") + level;
        text += ")";
        break;
      case Kind::kTime:
        text += "time(" + csv::time_text({c.low, c.zoned}) + ":" + std::to_string(c.high) + "ns)";
        break;
      case Kind::kRow:
        text += "row";
    }
  }
  return text;
}

void check_rows(const std::vector<RandomColumn>& columns, std::int64_t rows) {
  for (const RandomColumn& c : columns) {
    if (c.kind != Kind::kTime || rows < 1) continue;
    const __int128 last = __int128(c.low) + __int128(rows - 1) * c.high;
    csv::Time time;
    const bool fits = last >= INT64_MIN && last <= INT64_MAX &&
                      csv::parse_time(csv::time_text({std::int64_t(last), c.zoned}), time) &&
                      time.ns == std::int64_t(last);
    if (!fits)
      wrong("'" + c.name + "'",
            "times of the years 1678 to 2261, found row " + std::to_string(rows) + " beyond");
  }
}

csv::Schema schema_of(const std::vector<RandomColumn>& columns) {
  csv::Schema schema;
  schema.file_columns = int(columns.size());
  for (const RandomColumn& c : columns) {
    csv::Column& column = schema.columns.emplace_back();
    column.name = c.name;
    column.index = int(schema.columns.size()) - 1;
    column.type = c.kind == Kind::kNormal || c.kind == Kind::kUniform ? csv::Type::kFloat
                  : c.kind == Kind::kCategory                         ? csv::Type::kCategory
                  : c.kind == Kind::kTime                             ? csv::Type::kTime
                                                                      : csv::Type::kInteger;
    column.zoned = c.zoned;
    for (const std::string& level : c.levels) column.levels.add(level, 0);
  }
  return schema;
}

void fill(const RandomColumn& c, std::int64_t first_row, std::int64_t rows, const double* numbers,
          const float* absent, double missing, csv::ColumnData& to) {
  const std::size_t n = std::size_t(rows);
  to.missing.assign(n, 0);
  if (absent != nullptr)
    for (std::size_t i = 0; i < n; ++i) to.missing[i] = double(absent[i]) < missing;
  if (c.kind == Kind::kNormal || c.kind == Kind::kUniform) {
    to.floats.resize(n);
    const bool uniform = c.kind == Kind::kUniform;
    const double scale = uniform ? c.second - c.first : c.second;
    const double most = uniform ? std::nextafter(c.second, c.first) : INFINITY;  // rounding may reach TO
    for (std::size_t i = 0; i < n; ++i) to.floats[i] = std::min(c.first + scale * numbers[i], most);
  } else if (c.kind == Kind::kCategory) {
    to.codes.resize(n);
    const double levels = double(c.levels.size());
    for (std::size_t i = 0; i < n; ++i) to.codes[i] = std::int32_t(numbers[i] * levels);
  } else {
    to.integers.resize(n);
    const double width = double(c.high - (c.kind == Kind::kInteger ? c.low : c.high)) + 1;
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t row = first_row + std::int64_t(i);
      to.integers[i] = c.kind == Kind::kInteger ? c.low + std::int64_t(numbers[i] * width)
                       : c.kind == Kind::kTime
                           ? std::int64_t(std::uint64_t(c.low) + std::uint64_t(row) * std::uint64_t(c.high))
                           : row;
    }
  }
}

}  // namespace sluice
