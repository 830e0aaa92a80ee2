// centre of the serial backend: the definition in kernels/backend.h, line by line.
#include <algorithm>
#include <cmath>

#include "kernels/elements.h"
#include "kernels/serial/workers.h"

namespace sluice::SLUICE_BACKEND {
namespace {

class Tile {
 public:
  explicit Tile(const CentreArgs& args) : a_(args) {}

  double source(std::int64_t variable, std::int64_t observation) const {
    const std::int64_t i = index(variable, observation, a_.source_ld);
    double x = 0;
    with_type(a_.type, [&](auto tag) {
      using T = typename decltype(tag)::Type;
      x = double(a_.swapped ? element<T, true>(a_.source, i) : element<T, false>(a_.source, i));
    });
    return x;
  }

  double weight(std::int64_t observation) const { return a_.weights ? a_.weights[observation] : 1; }

  /// To the panel's type.
  double rounded(double x) const { return a_.compute == Compute::kFloat64 ? x : double(float(x)); }

  void put(std::int64_t variable, std::int64_t observation, double x) const {
    const std::int64_t i = index(variable, observation, a_.panel_ld);
    if (a_.compute == Compute::kFloat64) {
      static_cast<double*>(a_.panel)[i] = x;
    } else {
      static_cast<float*>(a_.panel)[i] = float(x);
    }
  }

 private:
  std::int64_t index(std::int64_t variable, std::int64_t observation, std::int64_t ld) const {
    return a_.layout == Layout::kVariables ? variable * ld + observation : observation * ld + variable;
  }
  const CentreArgs& a_;
};

/// The mean of a slab as the panel's type holds it; a constant is its own mean in full, and 0 stands in where
/// the mean is no number.
double shift_of(const Tile& tile, std::int64_t v, std::int64_t begin, std::int64_t end, double weight) {
  std::int64_t first = begin;
  while (tile.weight(first) == 0) ++first;
  const double origin = tile.source(v, first);
  double sum = 0;
  bool constant = true;
  for (std::int64_t k = first; k < end; ++k) {
    const double w = tile.weight(k), d = tile.source(v, k) - origin;
    sum += w * d;
    if (w != 0 && d != 0) constant = false;
  }
  const double mean = constant ? origin : tile.rounded(origin + sum / weight);
  return is_finite(mean) ? mean : 0;
}

/// One variable of one slab, observations [begin, end); `before` and `weight` are Wa and Wk.
void centre_slab(const CentreArgs& a, std::int64_t v, std::int64_t slab, double before, double weight) {
  const Tile tile(a);
  const std::int64_t begin = slab * kSlab, end = smaller(begin + kSlab, a.observations);
  double& between = a.moments.between[slab * a.moments.ld + v];
  double& within = a.moments.within[slab * a.moments.ld + v];
  if (weight == 0) {
    between = within = 0;
    for (std::int64_t k = begin; k < end; ++k) tile.put(v, k, 0);
    return;
  }
  const double shift = shift_of(tile, v, begin, end, weight);
  double r = 0, q = 0;
  for (std::int64_t k = begin; k < end; ++k) {
    const double d = tile.source(v, k) - shift, w = tile.weight(k);
    r += w * d;
    q += w * d * d;
    tile.put(v, k, std::sqrt(w) * d);
  }
  double m2 = std::max(q - r * r / weight, 0.0);
  within = r / std::sqrt(weight);
  if (!is_finite(r)) m2 = within = NAN;  // and with it every product of the variable

  double &origin = a.moments.origin[v], &offset = a.moments.offset[v];
  if (before == 0) {
    origin = shift;
    offset = r / weight;
    a.moments.m2[v] = m2;
    between = 0;
  } else {
    const double slab_offset = (shift - origin) + r / weight, total = before + weight;
    const double delta = slab_offset - offset;
    between = std::sqrt(before * weight / total) * delta;
    offset += is_finite(delta) ? delta * (weight / total) : slab_offset;
    a.moments.m2[v] += m2 + (is_finite(between) ? between * between : NAN);
  }
  a.moments.mean[v] = origin + offset;
}

}  // namespace

void run_centre(Workers&, const CentreArgs& a) {
  for (std::int64_t v = 0; v < a.variables; ++v) {
    const Moments& m = a.moments;
    if (a.weight_before == 0) m.origin[v] = m.offset[v] = m.mean[v] = m.m2[v] = 0;
    double before = a.weight_before;
    for (std::int64_t slab = 0; slab * kSlab < a.observations; ++slab) {
      const double weight =
          a.slab_weights ? a.slab_weights[slab] : double(smaller(kSlab, a.observations - slab * kSlab));
      centre_slab(a, v, slab, before, weight);
      before += weight;
    }
  }
}

}  // namespace sluice::SLUICE_BACKEND
