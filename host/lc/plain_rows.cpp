// Whole columns of numbers at a time; what is not a plain number is taken the general way.
#include "host/lc/plain_rows.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace sluice::lc {

constexpr std::size_t kBlock = 16 << 10;  // bytes whose fields are found at a time

const PlainFields* best_plain_fields() {
#if defined(__x86_64__)
  if (plain_fields_avx2 != nullptr && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
    return plain_fields_avx2;
#endif
  return nullptr;
}

PlainRows::PlainRows(const csv::Dialect& dialect, const Layout& layout) : missing_(dialect), layout_(layout) {
  if (dialect.spaces && dialect.decimal == '.' && !missing_.may_be_number() && layout.pb >= 0 &&
      layout.object < 0)
    fields_ = best_plain_fields();
}

/// Whether each line has all fields; then they follow each other in borders_.
bool PlainRows::find_fields(std::string_view body) {
  std::size_t borders = 0;
  if (!fields_->find(body, borders_.data(), borders, lines_.data(), count_)) return false;
  const std::size_t each = 2 * std::size_t(layout_.fields);
  if (borders != each * count_) return false;
  for (std::size_t i = 0; i < count_; ++i)
    if (borders_[each * i + each - 1] > lines_[i] || (i > 0 && borders_[each * i] < lines_[i - 1]))
      return false;
  return true;
}

// The way of the general reader.
bool PlainRows::slow_number(const char* begin, const char* end, double& value) const {
  const std::string_view text(begin, std::size_t(end - begin));
  if (missing_.contains({text, false})) {
    value = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  return csv::parse_float(text, '.', value);
}

bool PlainRows::numbers(const char* data, int field, Row* rows, double Row::*to) const {
  const std::size_t each = 2 * std::size_t(layout_.fields);
  const std::uint32_t* const borders = borders_.data() + 2 * field;
  for (std::size_t done = 0; done < count_; ++done) {
    done +=
        fields_->numbers(data, borders + each * done, each, count_ - done, &(rows[done].*to), sizeof(Row));
    if (done == count_) break;
    const std::uint32_t* const border = borders + each * done;
    if (!slow_number(data + border[0], data + border[1], rows[done].*to)) return false;
  }
  return true;
}

void PlainRows::bands(const char* data, Row* rows, csv::Dictionary& bands) const {
  const std::uint32_t* border = borders_.data() + 2 * layout_.pb;
  std::array<std::int32_t, 128> codes;
  codes.fill(-1);
  for (std::size_t i = 0; i < count_; ++i, border += 2 * layout_.fields) {
    const std::size_t size = border[1] - border[0];
    std::int32_t& code = codes[static_cast<unsigned char>(data[border[0]])];
    if (size == 1 && code >= 0) {
      rows[i].band = code;
    } else {
      rows[i].band = bands.add({data + border[0], size}, 0);
      if (size == 1) code = rows[i].band;
    }
  }
}

bool PlainRows::append(std::string_view body, ParsedRows& to) {
  if (fields_ == nullptr || body.find('#') != std::string_view::npos) return false;
  borders_.resize(kBlock + 2), lines_.resize(kBlock + 2);
  const std::size_t before = to.rows.size();
  while (!body.empty()) {
    const std::size_t size =
        body.size() <= kBlock ? body.size() : body.rfind('\n', kBlock - 1) + 1;  // of whole lines; 0: none
    if (size == 0 || !append_block(body.substr(0, size), to)) {
      to.rows.resize(before);
      return false;
    }
    body.remove_prefix(size);
  }
  return true;
}

bool PlainRows::append_block(std::string_view body, ParsedRows& to) {
  if (!find_fields(body)) return false;
  const std::size_t before = to.rows.size();
  to.rows.resize(before + count_);
  Row* const rows = to.rows.data() + before;
  bands(body.data(), rows, to.bands);
  bool sound =
      numbers(body.data(), layout_.t, rows, &Row::t) && numbers(body.data(), layout_.flux, rows, &Row::flux);
  if (layout_.dflux >= 0)
    sound = sound && numbers(body.data(), layout_.dflux, rows, &Row::error);
  else
    for (std::size_t i = 0; i < count_; ++i) rows[i].error = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; sound && i < count_; ++i) sound = std::isfinite(rows[i].t);
  return sound;
}

}  // namespace sluice::lc
