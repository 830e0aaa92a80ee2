// finish and summarize of the serial backend: plain loops of their own, to check the shared code against.
#include <cmath>
#include <limits>

#include "kernels/elements.h"
#include "kernels/serial/workers.h"

namespace sluice::SLUICE_BACKEND {
namespace {

double finished(const FinishArgs& a, std::int64_t row, std::int64_t column) {
  const std::int64_t i = row + a.row_offset, j = column;  // variables, with symmetric
  double value = a.acc[row * a.acc_ld + column];
  if (a.symmetric && i == j) {
    return a.correlation ? a.m2_columns[j] / a.m2_columns[j] : a.m2_columns[j] / a.divisor;
  }
  if (a.symmetric && i > j) {
    const std::int64_t mirrored = j - a.row_offset;
    if (mirrored >= 0 && mirrored < a.rows && i < a.columns) value = a.acc[mirrored * a.acc_ld + i];
  }
  if (!a.correlation) return value / a.divisor;
  // long double holds the product of any two sums of squares.
  const long double squares = static_cast<long double>(a.m2_rows[row]) * a.m2_columns[column];
  if (squares == 0) return std::numeric_limits<double>::quiet_NaN();
  const double r = double(value / std::sqrt(squares));
  return r > 1 ? 1 : r < -1 ? -1 : r;
}

template <class T>
void finish_as(const FinishArgs& a) {
  Largest best{0, 0, 0};
  for (std::int64_t row = 0; row < a.rows; ++row) {
    for (std::int64_t column = 0; column < a.columns; ++column) {
      const T x = T(finished(a, row, column));
      static_cast<T*>(a.out)[row * a.columns + column] = x;
      if (a.out_transposed) static_cast<T*>(a.out_transposed)[column * a.rows + row] = x;
      const bool diagonal = a.symmetric && row + a.row_offset == column;
      if (!diagonal && std::isfinite(x) && std::fabs(double(x)) > std::fabs(best.value)) {
        best = Largest{double(x), row, column};
      }
    }
  }
  if (a.largest) *a.largest = best;
}

/// Welford's update with one element.
void take(Summary& s, double x) {
  if (std::isnan(x)) {
    ++s.nan;
  } else if (std::isinf(x)) {
    ++s.inf;
  } else {
    ++s.count;
    if (x < s.min) s.min = x;
    if (x > s.max) s.max = x;
    const double d = x - s.mean;
    s.mean += d / double(s.count);
    s.m2 += d * (x - s.mean);
  }
}

}  // namespace

void run_finish(Workers&, const FinishArgs& a) {
  if (a.type == DType::kFloat32) {
    finish_as<float>(a);
  } else {
    finish_as<double>(a);
  }
}

void run_summarize(Workers&, const SummarizeArgs& a) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  for (std::int64_t v = 0; v < a.variables; ++v) {
    if (a.clear) a.out[v] = Summary{0, 0, 0, kInf, -kInf, 0, 0};
    with_type(a.type, [&](auto tag) {
      using T = typename decltype(tag)::Type;
      for (std::int64_t k = 0; k < a.observations; ++k) {
        const std::int64_t i = a.layout == Layout::kVariables ? v * a.source_ld + k : k * a.source_ld + v;
        take(a.out[v], double(a.swapped ? element<T, true>(a.source, i) : element<T, false>(a.source, i)));
      }
    });
  }
}

}  // namespace sluice::SLUICE_BACKEND
