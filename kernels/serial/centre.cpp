// centre of the serial backend: the definition in kernels/backend.h, line by line.
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
  const double origin = tile.source(v, begin);
  double sum = 0;
  for (std::int64_t k = begin; k < end; ++k) sum += tile.weight(k) * (tile.source(v, k) - origin);
  const double mean = origin + sum / weight;

  double r = 0, q = 0;
  for (std::int64_t k = begin; k < end; ++k) {
    const double e = tile.source(v, k) - mean, w = tile.weight(k);
    r += w * e;
    q += w * e * e;
  }
  // A constant is centred exactly even where the panel's type cannot hold it.
  const double shift = q == 0 ? mean : tile.rounded(mean);
  for (std::int64_t k = begin; k < end; ++k) {
    tile.put(v, k, std::sqrt(tile.weight(k)) * (tile.source(v, k) - shift));
  }

  const double slab_mean = mean + r / weight, total = before + weight;
  const double delta = slab_mean - a.moments.mean[v];
  between = std::sqrt(before * weight / total) * delta;
  within = (r + weight * (mean - shift)) / std::sqrt(weight);
  a.moments.mean[v] += delta * (weight / total);
  a.moments.m2[v] += q - r * r / weight + between * between;
}

}  // namespace

void run_centre(Workers&, const CentreArgs& a) {
  for (std::int64_t v = 0; v < a.variables; ++v) {
    if (a.weight_before == 0) a.moments.mean[v] = a.moments.m2[v] = 0;
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
