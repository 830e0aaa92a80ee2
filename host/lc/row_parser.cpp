// Columns of a block, one after the other.
#include "host/lc/row_parser.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice::lc {
namespace {

csv::Schema schema_of(const Layout& layout, const std::vector<std::string>& names) {
  csv::Schema schema;
  schema.file_columns = layout.fields;
  for (const int index : {layout.t, layout.flux, layout.dflux}) {
    if (index < 0) continue;
    csv::Column& column = schema.columns.emplace_back();
    column.name = names[std::size_t(index)];
    column.index = index;
    column.type = csv::Type::kFloat;
  }
  return schema;
}

bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' && c != '\t'; });
}

/// Digits alone, at most 18 of them; else -1.
std::int64_t plain_number(std::string_view text) {
  if (text.empty() || text.size() > 18) return -1;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

RowParser::RowParser(const ReadOptions& options, const csv::Dialect& dialect, const Layout& layout,
                     const std::vector<std::string>& names, bool by_text)
    : dialect_(dialect),
      layout_(layout),
      schema_(schema_of(layout, names)),
      parser_(dialect_, schema_),
      missing_(dialect_),
      by_text_(by_text),
      magnitudes_(options.magnitudes),
      zero_point_(options.zero_point),
      only_band_(options.only_band),
      numbers_(schema_.columns.size()) {}

bool RowParser::is_missing(std::string_view field) {
  return missing_.contains(csv::decode(field, dialect_, scratch_));
}

// The text, without blanks around it.
std::string_view RowParser::clean(std::string_view field) {
  std::string_view text = csv::decode(field, dialect_, scratch_).text;
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

void RowParser::leave_out(csv::Block& block, const std::vector<std::uint8_t>& bad) {
  std::size_t kept = 0;
  for (std::size_t row = 0; row < block.rows.size(); ++row) {
    if (bad[row] != 0) continue;
    block.rows[kept] = block.rows[row];
    if (row < bands_.size()) bands_[kept] = bands_[row];
    if (row < objects_.size()) objects_[kept] = objects_[row];
    ++kept;
  }
  block.rows.resize(kept);
}

void RowParser::bands_of(csv::Block& block, ParsedRows& to, csv::FaultLog& faults) {
  const std::size_t rows = block.rows.size();
  bands_.resize(rows);
  if (layout_.pb < 0) {
    const std::int32_t code = rows == 0 ? 0 : to.bands.add(only_band_, 0);
    return bands_.assign(rows, code);
  }
  const std::size_t index = std::size_t(layout_.pb);
  csv::LevelCache cache;
  bool any = false;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string_view field = block.field(row, index);
    bands_[row] = cache.code(field, [&]() -> std::int32_t {
      const std::string_view text = clean(field);
      return text.empty() || has_controls(text) ? -1 : to.bands.add(text, 0);
    });
    any |= bands_[row] < 0;
  }
  if (!any) return;
  bad_.assign(rows, 0);
  for (std::size_t row = 0; row < rows; ++row) {
    if (bands_[row] >= 0) continue;
    bad_[row] = 1;
    faults.add(csv::Fault::Kind::kBadValue, block.begin_of(row, index), layout_.pb + 1, [&] {
      return std::string("bad value: expected a band, found ") +
             (clean(block.field(row, index)).empty() ? "nothing" : "control characters");
    });
  }
  leave_out(block, bad_);
}

std::int64_t RowParser::object_of(std::string_view field, ParsedRows& to) {
  if (!by_text_)
    if (const std::int64_t number = plain_number(field); number >= 0) return number;
  const std::string_view text = clean(field);
  if (text.empty() || is_missing(field)) return std::numeric_limits<std::int64_t>::min();
  if (!by_text_)
    if (const std::int64_t number = plain_number(text); number >= 0) return number;
  return -1 - std::int64_t(to.objects.add(text, 0));
}

void RowParser::objects_of(csv::Block& block, ParsedRows& to, csv::FaultLog& faults) {
  const std::size_t rows = block.rows.size();
  objects_.assign(rows, 0);
  if (layout_.object < 0) return;
  const std::size_t index = std::size_t(layout_.object);
  std::string_view last;
  std::int64_t object = 0;
  bool any = false;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string_view field = block.field(row, index);
    if (row == 0 || field != last) object = object_of(field, to), last = field;
    objects_[row] = object;
    any |= object == std::numeric_limits<std::int64_t>::min();
  }
  if (!any) return;
  bad_.assign(rows, 0);
  for (std::size_t row = 0; row < rows; ++row) {
    if (objects_[row] != std::numeric_limits<std::int64_t>::min()) continue;
    bad_[row] = 1;
    faults.add(csv::Fault::Kind::kBadValue, block.begin_of(row, index), layout_.object + 1,
               [] { return std::string("bad value: expected an object, found nothing"); });
  }
  leave_out(block, bad_);
}

// t, flux and dflux of the block's rows. Where one of them is bad, they are taken one by one, so that it is
// known which rows are left.
void RowParser::numbers_of(csv::Block& block, bool fail, csv::FaultLog& faults) {
  for (csv::ColumnData& column : numbers_) column.clear();
  const std::size_t rows = block.rows.size();
  csv::Block whole = block;
  csv::FaultLog first;
  if (parser_.append(whole, fail, numbers_, first) == rows) return;
  for (csv::ColumnData& column : numbers_) column.clear();
  bad_.assign(rows, 0);
  csv::Block one = block;
  for (std::size_t row = 0; row < rows; ++row) {
    one.rows.assign(1, block.rows[row]);
    bad_[row] = std::uint8_t(parser_.append(one, false, numbers_, faults) == 0);
  }
  leave_out(block, bad_);
}

void RowParser::finish(const csv::Block& block, ParsedRows& to, csv::FaultLog& faults) {
  const std::size_t rows = block.rows.size(), before = to.rows.size();
  to.rows.resize(before + rows);
  Row* next = to.rows.data() + before;
  const double* const t = numbers_[0].floats.data();
  const double* const flux = numbers_[1].floats.data();
  const double* const error = numbers_.size() > 2 ? numbers_[2].floats.data() : nullptr;
  for (std::size_t row = 0; row < rows; ++row) {
    if (!std::isfinite(t[row])) {
      const std::size_t index = std::size_t(layout_.t);
      faults.add(csv::Fault::Kind::kBadValue, block.begin_of(row, index), layout_.t + 1, [&] {
        return csv::bad_value(schema_.columns[0].name, csv::Type::kFloat, clean(block.field(row, index)));
      });
      continue;
    }
    const double e = error != nullptr ? error[row] : std::numeric_limits<double>::quiet_NaN();
    *next++ = {objects_[row], t[row], flux[row], e, bands_[row], 0};
  }
  to.rows.resize(std::size_t(next - to.rows.data()));
  turn_magnitudes(to, before);
}

void RowParser::turn_magnitudes(ParsedRows& rows, std::size_t first) const {
  if (!magnitudes_) return;
  constexpr double kPogson = 0.4 * 2.302585092994045684;  // 0.4 ln 10
  for (std::size_t row = first; row < rows.rows.size(); ++row) {
    Row& r = rows.rows[row];
    r.flux = std::pow(10.0, -0.4 * (r.flux - zero_point_));
    r.error *= kPogson * r.flux;
  }
}

void RowParser::append(csv::Block& block, bool fail, ParsedRows& to, csv::FaultLog& faults) {
  objects_.clear();
  bands_of(block, to, faults);
  objects_of(block, to, faults);
  numbers_of(block, fail, faults);
  finish(block, to, faults);
}

}  // namespace sluice::lc
