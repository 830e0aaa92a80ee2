// products of the serial backend: plain loops that add in float64, whatever the panel's type is, so that what
// the others lose by float32 products shows.
#include <algorithm>

#include "kernels/serial/workers.h"
#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {
namespace {

/// Entry of a panel as a double.
double at(const void* panel, Compute compute, Layout layout, std::int64_t ld, std::int64_t variable,
          std::int64_t observation) {
  const std::int64_t i =
      layout == Layout::kVariables ? variable * ld + observation : observation * ld + variable;
  return compute == Compute::kFloat64 ? static_cast<const double*>(panel)[i]
                                      : double(static_cast<const float*>(panel)[i]);
}

struct Subtile {
  std::int64_t row, column, rows, columns;
};

/// product (kSubtile apart) = A B' of a sub-tile over observations [begin, end).
void multiply(const Workers& workers, const ProductsArgs& a, const Subtile& t, std::int64_t begin,
              std::int64_t end) {
  double* product = workers.product();
  double* b = workers.columns();
  std::fill_n(product, kSubtile * kSubtile, 0.0);
  for (std::int64_t first = begin; first < end; first += Workers::kDepth) {
    const std::int64_t depth = smaller(Workers::kDepth, end - first);
    for (std::int64_t k = 0; k < depth; ++k) {
      for (std::int64_t j = 0; j < t.columns; ++j) {
        b[k * kSubtile + j] = at(a.b, a.compute, a.layout_b, a.b_ld, t.column + j, first + k);
      }
    }
    for (std::int64_t i = 0; i < t.rows; ++i) {
      double* p = product + i * kSubtile;
      for (std::int64_t k = 0; k < depth; ++k) {
        const double x = at(a.a, a.compute, a.layout_a, a.a_ld, t.row + i, first + k);
        const double* line = b + k * kSubtile;
        for (std::int64_t j = 0; j < t.columns; ++j) p[j] += x * line[j];
      }
    }
  }
}

void add(const Workers& workers, const ProductsArgs& a, const Subtile& t, std::int64_t slab) {
  const Moments &ma = a.a_moments, &mb = a.b_moments;
  for (std::int64_t i = 0; i < t.rows; ++i) {
    for (std::int64_t j = 0; j < t.columns; ++j) {
      const std::int64_t ia = slab * ma.ld + t.row + i, ib = slab * mb.ld + t.column + j;
      a.acc[(t.row + i) * a.acc_ld + t.column + j] += workers.product()[i * kSubtile + j] +
                                                      ma.between[ia] * mb.between[ib] -
                                                      ma.within[ia] * mb.within[ib];
    }
  }
}

}  // namespace

void run_products(Workers& workers, const ProductsArgs& a) {
  for (std::int64_t i = 0; a.clear && i < a.rows; ++i) std::fill_n(a.acc + i * a.acc_ld, a.columns, 0.0);
  for (std::int64_t row = 0; row < a.rows; row += kSubtile) {
    for (std::int64_t column = 0; column < a.columns; column += kSubtile) {
      const Subtile t{row, column, smaller(kSubtile, a.rows - row), smaller(kSubtile, a.columns - column)};
      if (a.symmetric && row + a.row_offset > column + t.columns - 1) continue;  // below the diagonal
      for (std::int64_t begin = 0; begin < a.observations; begin += kSlab) {
        multiply(workers, a, t, begin, smaller(begin + kSlab, a.observations));
        add(workers, a, t, begin / kSlab);
      }
    }
  }
}

}  // namespace sluice::SLUICE_BACKEND
