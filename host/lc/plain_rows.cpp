// Borders of fields by masks of 64 bytes, numbers by words of eight digits.
#include "host/lc/plain_rows.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "host/formats/csv/plain.h"
#include "host/formats/csv/plain_digits.h"
#include "host/formats/csv/powers_of_ten.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice::lc {
namespace {

struct Masks {
  std::uint64_t field = 0, line = 0, known = 0;  // known: fields' bytes, blanks and line ends
};

#ifdef __SSE2__
constexpr bool kFast = true;

Masks masks_of(const char* data) {
  Masks masks;
  for (int i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + 16 * i));
    const auto bits = [&](__m128i found) {
      return std::uint64_t(unsigned(_mm_movemask_epi8(found))) << (16 * i);
    };
    const std::uint64_t field = bits(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(' ')));  // 0x80 and above are below
    const std::uint64_t line = bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
    masks.field |= field;
    masks.line |= line;
    masks.known |= field | line |
                   bits(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
                                     _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'))));
  }
  return masks;
}

std::uint32_t points_in(const char* begin) {  // of 16 bytes
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
  return std::uint32_t(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'))));
}
#else
constexpr bool kFast = false;
Masks masks_of(const char*) {
  return {};
}
std::uint32_t points_in(const char*) {
  return 0;
}
#endif

constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

/// -12345678.12345678 and shorter ones, where digits and power of ten are exact and so the quotient is the
/// nearest double.
inline bool plain_number(const char* begin, const char* end, double& value) {
  const bool negative = *begin == '-';
  begin += negative;
  const std::size_t size = std::size_t(end - begin);
  if (size - 1 > 15) return false;
  const std::uint32_t points = points_in(begin) & ((1u << size) - 1);
  const std::size_t whole = points != 0 ? std::size_t(std::countr_zero(points)) : size;
  if (whole - 1 > 7) return false;
  std::uint64_t word = csv::last_digits(begin + whole, whole);
  std::uint64_t wrong = csv::no_digits(word), digits = csv::value_of(word);
  std::size_t places = 0;
  if (points != 0) {
    places = size - whole - 1;
    if (places - 1 > 7) return false;
    word = csv::last_digits(end, places);
    wrong |= csv::no_digits(word);
    digits = digits * csv::kPowersOfTen[places] + csv::value_of(word);
  }
  if (wrong != 0 || digits > (std::uint64_t(1) << 53)) return false;
  value = double(std::int64_t(digits)) / kPowers[places];
  if (negative) value = -value;
  return true;
}

}  // namespace

PlainRows::PlainRows(const csv::Dialect& dialect, const Layout& layout)
    : missing_(dialect),
      layout_(layout),
      possible_(kFast && dialect.spaces && dialect.decimal == '.' && !missing_.may_be_number() &&
                layout.pb >= 0 && layout.object < 0) {}

bool PlainRows::find_fields(std::string_view body) {
  // At most a border a byte, and one more. Never smaller again, which would fill it anew each time.
  if (borders_.size() < body.size() + 2)
    borders_.resize(2 * body.size() + 2), lines_.resize(2 * body.size() + 2);
  std::uint32_t *border = borders_.data(), *line = lines_.data();
  std::uint64_t open = 0;
  for (std::size_t at = 0; at < body.size(); at += 64) {
    Masks masks = masks_of(body.data() + at);
    const std::size_t left = body.size() - at;
    if (left < 64) {
      const std::uint64_t there = (std::uint64_t(1) << left) - 1;
      masks.field &= there, masks.line &= there, masks.known |= ~there;
    }
    if (masks.known != ~std::uint64_t(0)) return false;
    for (std::uint64_t bits = masks.field ^ (masks.field << 1 | open); bits != 0; bits &= bits - 1)
      *border++ = std::uint32_t(at) + std::uint32_t(std::countr_zero(bits));
    for (std::uint64_t bits = masks.line; bits != 0; bits &= bits - 1)
      *line++ = std::uint32_t(at) + std::uint32_t(std::countr_zero(bits));
    open = masks.field >> 63;
  }
  if ((border - borders_.data()) % 2 != 0) *border++ = std::uint32_t(body.size());
  if (!body.empty() && body.back() != '\n') *line++ = std::uint32_t(body.size());
  count_ = std::size_t(line - lines_.data());
  const std::size_t each = 2 * std::size_t(layout_.fields);
  if (std::size_t(border - borders_.data()) != each * count_) return false;
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

bool PlainRows::append(std::string_view body, ParsedRows& to) {
  if (!possible_ || body.find('#') != std::string_view::npos || !find_fields(body)) return false;
  const char* const data = body.data();
  const std::size_t before = to.rows.size(), each = 2 * std::size_t(layout_.fields);
  to.rows.resize(before + count_);
  Row* row = to.rows.data() + before;
  const std::uint32_t* borders = borders_.data();
  std::array<std::int32_t, 128> codes;
  codes.fill(-1);
  const auto number_at = [&](int field, double& value) {
    const char *const begin = data + borders[2 * field], *const end = data + borders[2 * field + 1];
    return plain_number(begin, end, value) || slow_number(begin, end, value);
  };
  for (std::size_t i = 0; i < count_; ++i, ++row, borders += each) {
    bool sound = number_at(layout_.t, row->t) && number_at(layout_.flux, row->flux);
    row->error = std::numeric_limits<double>::quiet_NaN();
    if (layout_.dflux >= 0) sound = sound && number_at(layout_.dflux, row->error);
    if (!sound || !std::isfinite(row->t)) {
      to.rows.resize(before);
      return false;
    }
    const std::uint32_t band = borders[2 * layout_.pb], size = borders[2 * layout_.pb + 1] - band;
    std::int32_t& code = codes[static_cast<unsigned char>(data[band])];
    if (size == 1 && code >= 0) {
      row->band = code;
    } else {
      row->band = to.bands.add({data + band, size}, 0);
      if (size == 1) code = row->band;
    }
  }
  return true;
}

}  // namespace sluice::lc
