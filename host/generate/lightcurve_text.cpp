// Rows of light curves as text. Values are whole numbers of decimal places, so digits are exact.
#include <charconv>

#include "host/generate/lightcurve_outputs.h"

namespace sluice {
namespace {

void put_integer(std::int64_t value, std::string& to) {
  char digits[24];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

/// value / one as a decimal number, one a power of ten.
void put_decimal(std::int64_t value, std::int64_t one, std::string& to) {
  if (value < 0) to += '-';
  const std::int64_t size = value < 0 ? -value : value;
  put_integer(size / one, to);
  to += '.';
  for (std::int64_t rest = size % one, unit = one / 10; unit > 0; rest %= unit, unit /= 10)
    to += char('0' + rest / unit);
}

/// Right-aligned after at least one space.
void put_aligned(std::int64_t value, std::int64_t one, std::size_t width, std::string& to) {
  const std::size_t at = to.size();
  put_decimal(value, one, to);
  const std::size_t length = to.size() - at;
  to.insert(at, length < width ? width - length : 1, ' ');
}

}  // namespace

void put_table_row(std::int64_t object, const DrawnRow& row, const Survey& survey, char separator,
                   std::string& to) {
  put_integer(object, to);
  to += separator;
  put_decimal(row.t, kTimePlaces, to);
  to += separator;
  to += survey.bands[std::size_t(row.band)];
  to += separator;
  put_decimal(row.flux, kFluxPlaces, to);
  to += separator;
  put_decimal(row.error, kFluxPlaces, to);
  to += '\n';
}

void put_text_table(std::int64_t object, CurveShape shape, const std::vector<DrawnRow>& rows,
                    const Survey& survey, std::string& to) {
  to += "#ID:" + std::to_string(object) + "\n#label:" + name_of(shape) + "\n";
  to += "              t   pb         flux       dflux\n";
  for (const DrawnRow& row : rows) {
    put_aligned(row.t, kTimePlaces, 15, to);
    to += "   ";
    to += survey.bands[std::size_t(row.band)];
    put_aligned(row.flux, kFluxPlaces, 14, to);
    put_aligned(row.error, kFluxPlaces, 12, to);
    to += '\n';
  }
}

}  // namespace sluice
