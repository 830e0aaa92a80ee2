// The order of rows: by object, band and time; rows of one time by their values, so that it does not matter
// in which order they came, or as they came, where a later one takes the place of an earlier one.
#pragma once
#include <cmath>

#include "host/lc/rows.h"

namespace sluice::lc {

/// NaN is above all numbers and equals itself.
inline bool less_or_nan(double a, double b) {
  return a < b || (std::isnan(b) && !std::isnan(a));
}
inline bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}
/// By flux, then error.
inline bool values_before(double flux, double error, double other_flux, double other_error) {
  return same(flux, other_flux) ? less_or_nan(error, other_error) : less_or_nan(flux, other_flux);
}
/// By object, band, time, flux and error.
inline bool before(const Row& a, const Row& b) {
  if (a.object != b.object) return a.object < b.object;
  if (a.band != b.band) return a.band < b.band;
  return a.t != b.t ? a.t < b.t : values_before(a.flux, a.error, b.flux, b.error);
}

enum class Ties { kByValue, kAsTheyCame };

/// Sorts a batch's rows and objects. Bands are renumbered in the order of their names. Takes half of the
/// rows' memory once more where objects are out of order.
void sort(Batch& batch, Ties ties = Ties::kByValue);

}  // namespace sluice::lc
