// Light curves side by side, in compressed sparse rows: what readers and the store yield, what features,
// pictures and generators take. A curve is the rows of one object in one band.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sluice::lc {

/// The rows of curve (object o, band b) are starts[o * bands + b] .. starts[o * bands + b + 1] of t, flux and
/// error, ascending in t; rows of one time in the order of flux, then error, NaN last. An object without rows
/// of a band has an empty curve there.
struct Curves {
  std::vector<std::string> bands;     // names, in the order asked for
  std::vector<std::int64_t> objects;  // objId, ascending
  std::vector<std::int64_t> starts;   // objects x bands + 1 numbers; the first is 0
  std::vector<double> t;              // days (MJD)
  std::vector<double> flux, error;    // in the unit of the input; NaN where the input has none

  std::int64_t curves() const { return std::int64_t(objects.size() * bands.size()); }
  std::int64_t rows() const { return std::int64_t(t.size()); }
  /// Rows first .. first + count of a curve.
  std::int64_t first(std::size_t object, std::size_t band) const {
    return starts[object * bands.size() + band];
  }
  std::int64_t count(std::size_t object, std::size_t band) const {
    return starts[object * bands.size() + band + 1] - first(object, band);
  }
};

}  // namespace sluice::lc
