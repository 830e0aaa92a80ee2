// Columns of random values, as a user spells them: "id:row,a:normal(10:2),k:category(5)". A value depends on
// the seed, its column's place and its row alone.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/formats/csv/columns.h"

namespace sluice {

struct RandomColumn {
  enum class Kind { kNormal, kUniform, kInteger, kCategory, kTime, kRow };
  std::string name;
  Kind kind = Kind::kNormal;
  double first = 0, second = 1;          // normal: mean, deviation; uniform: from, to (never reached)
  std::int64_t low = 0, high = 0;        // integer: both may come; time: the first, and the step, in ns
  bool zoned = false;                    // time
  std::vector<std::string> levels = {};  // category, all as likely
  bool random() const { return kind != Kind::kTime && kind != Kind::kRow; }
};

/// NAME:KIND,...: normal, normal(mean:deviation), uniform, uniform(from:to), integer(low:high), category(N),
/// category(a:b:...), time, time(start:step) with a step in ns, us, ms, s, min, h or d, and row (0, 1, ...).
/// Error{kUsage} that names the part that makes no sense.
std::vector<RandomColumn> parse_random_columns(const std::string& text);
/// The same, complete: what two spellings have in common.
std::string text_of(const std::vector<RandomColumn>& columns);

/// Error{kUsage} where the last of `rows` times lies beyond those that a table holds (1678 to 2261).
void check_rows(const std::vector<RandomColumn>& columns, std::int64_t rows);

/// The columns as a table has them: names, types, levels.
csv::Schema schema_of(const std::vector<RandomColumn>& columns);

/// Rows [first_row, first_row + rows) of a column. `numbers`: normal ones where the kind is, else uniform on
/// [0, 1); not looked at where it is not random. `absent`: uniform on [0, 1), below `missing` a value is
/// missing; null: none is.
void fill(const RandomColumn& column, std::int64_t first_row, std::int64_t rows, const double* numbers,
          const float* absent, double missing, csv::ColumnData& to);

}  // namespace sluice
