// Whole columns of numbers at a time; what is not a plain number is taken the general way.
#include "host/lc/plain_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace sluice::lc {

constexpr std::size_t kBlock = 16 << 10;  // bytes whose fields are found at a time

std::vector<const PlainFields*> plain_fields_here() {
  std::vector<const PlainFields*> all;
#if defined(__x86_64__)
  if (plain_fields_avx512 != nullptr && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2"))
    all.push_back(plain_fields_avx512);
  if (plain_fields_avx2 != nullptr && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
    all.push_back(plain_fields_avx2);
#endif
  return all;
}

PlainRows::PlainRows(const csv::Dialect& dialect, const Layout& layout) : missing_(dialect), layout_(layout) {
  if (dialect.spaces && dialect.decimal == '.' && !missing_.may_be_number() && layout.pb >= 0 &&
      layout.object < 0)
    if (const auto here = plain_fields_here(); !here.empty()) fields_ = here.front();
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

bool PlainRows::numbers(const char* data, int field, std::vector<double>& to) const {
  const std::size_t each = 2 * std::size_t(layout_.fields);
  const std::uint32_t* const borders = borders_.data() + 2 * field;
  for (std::size_t done = 0; done < count_; ++done) {
    done += fields_->numbers(data, borders + each * done, each, count_ - done, to.data() + done);
    if (done == count_) break;
    const std::uint32_t* const border = borders + each * done;
    if (!slow_number(data + border[0], data + border[1], to[done])) return false;
  }
  return true;
}

bool PlainRows::append(std::string_view body, ParsedRows& to) {
  if (fields_ == nullptr) return false;
  constexpr std::size_t kMostRows = kBlock / 2;  // a field and a line end
  borders_.resize(kBlock + 64), lines_.resize(kBlock + 64);
  t_.resize(kMostRows), flux_.resize(kMostRows);
  if (error_.empty()) error_.assign(kMostRows, std::numeric_limits<double>::quiet_NaN());
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
  if (!numbers(body.data(), layout_.t, t_) || !numbers(body.data(), layout_.flux, flux_) ||
      (layout_.dflux >= 0 && !numbers(body.data(), layout_.dflux, error_)))
    return false;
  bool finite = true;
  for (std::size_t i = 0; i < count_; ++i) finite &= std::isfinite(t_[i]);
  if (!finite) return false;
  // Codes of bands of one letter, which most are.
  std::array<std::int32_t, 128> codes;
  codes.fill(-1);
  const std::uint32_t* border = borders_.data() + 2 * layout_.pb;
  if (to.rows.capacity() < to.rows.size() + count_)
    to.rows.reserve(std::max(to.rows.size() + count_, 2 * to.rows.capacity()));
  for (std::size_t i = 0; i < count_; ++i, border += 2 * layout_.fields) {
    const std::size_t size = border[1] - border[0];
    std::int32_t& code = codes[static_cast<unsigned char>(body[border[0]])];
    std::int32_t band = code;
    if (size != 1 || band < 0) {
      band = to.bands.add({body.data() + border[0], size}, 0);
      if (size == 1) code = band;
    }
    to.rows.push_back({0, t_[i], flux_[i], error_[i], band, 0});
  }
  return true;
}

}  // namespace sluice::lc
