// QR of the serial backend: a reflection for each column, of R's diagonal entry and the new rows, in plain
// loops.
#include <cmath>

#include "kernels/elements.h"
#include "kernels/serial/workers.h"

namespace sluice::SLUICE_BACKEND {
namespace {

template <class T, bool kSwapped>
void bring(const ColumnsArgs& a) {
  const bool by_variable = a.layout == Layout::kVariables;
  for (std::int64_t v = 0; v < a.variables; ++v)
    for (std::int64_t t = 0; t < a.observations; ++t) {
      const std::int64_t i = by_variable ? v * a.source_ld + t : t * a.source_ld + v;
      double x = a.source ? double(element<T, kSwapped>(a.source, i)) : 1;
      if (a.shifts) x -= a.shifts[v];
      if (a.weights) x *= std::sqrt(a.weights[t]);
      a.to[v * a.ld + t] = x;
    }
}

}  // namespace

void run_columns(Workers&, const ColumnsArgs& a) {
  with_type(a.source ? a.type : DType::kFloat64, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    a.source&& a.swapped ? bring<T, true>(a) : bring<T, false>(a);
  });
}

TriangleShape triangle_shape_of(const Workers&, std::int64_t) {
  return {256, 8};
}

void run_triangle(Workers&, const TriangleArgs& a) {
  const std::int64_t n = a.columns;
  for (std::int64_t j = 0; a.clear && j < n; ++j)
    for (std::int64_t i = 0; i <= j; ++i) a.panel[j * a.ld + i] = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    double* v = a.panel + j * a.ld + n;
    double& head = a.panel[j * a.ld + j];
    double largest = std::fabs(head);  // so that no square overflows or vanishes
    bool any = false, nan = false;
    for (std::int64_t t = 0; t < a.rows; ++t) {
      any |= v[t] != 0, nan |= std::isnan(v[t]);
      largest = std::fmax(largest, std::fabs(v[t]));
    }
    if (!any) continue;
    double squares = (head / largest) * (head / largest);
    for (std::int64_t t = 0; t < a.rows; ++t) squares += (v[t] / largest) * (v[t] / largest);
    const double length = nan ? std::nan("") : largest * std::sqrt(squares);
    const double first = head >= 0 ? head + length : head - length;  // of the reflection's vector
    for (std::int64_t t = 0; t < a.rows; ++t) v[t] /= first;         // its first entry is then 1
    double beta = 1;
    for (std::int64_t t = 0; t < a.rows; ++t) beta += v[t] * v[t];
    beta = 2 / beta;
    head = head >= 0 ? -length : length;
    for (std::int64_t k = j + 1; k < n; ++k) {
      double* x = a.panel + k * a.ld + n;
      double& r = a.panel[k * a.ld + j];
      double along = r;
      for (std::int64_t t = 0; t < a.rows; ++t) along += v[t] * x[t];
      along *= beta;
      r -= along;
      for (std::int64_t t = 0; t < a.rows; ++t) x[t] -= along * v[t];
    }
  }
}

}  // namespace sluice::SLUICE_BACKEND
