// On which side of a line a point lies, exactly: the determinant's sign where rounding cannot change it, else
// from the exact sum of its six products (Shewchuk, "Adaptive precision floating-point arithmetic", 1997).
#include <cmath>

#include "host/graph/measure/parts.h"

namespace sluice::graph {
namespace {

struct Exact {
  double parts[12];  // do not overlap, smallest first; some are 0
  int count = 0;

  /// Shewchuk's grow-expansion.
  void add(double value) {
    for (int i = 0; i < count; ++i) {
      const double sum = value + parts[i], other = sum - value;
      parts[i] = (value - (sum - other)) + (parts[i] - other);
      value = sum;
    }
    parts[count++] = value;
  }
  void add_product(double a, double b) {
    const double product = a * b;
    add(std::fma(a, b, -product));
    add(product);
  }
  int sign() const {
    for (int i = count - 1; i >= 0; --i)
      if (parts[i] != 0) return parts[i] > 0 ? 1 : -1;
    return 0;
  }
};

}  // namespace

int side_of(const double* a, const double* b, const double* c) {
  const double left = (a[0] - c[0]) * (b[1] - c[1]), right = (a[1] - c[1]) * (b[0] - c[0]);
  const double determinant = left - right;
  // (3 + 16 e) e of Shewchuk, e = 2^-53.
  const double bound = 3.3306690738754716e-16 * (std::fabs(left) + std::fabs(right));
  if (determinant > bound) return 1;
  if (determinant < -bound) return -1;
  Exact exact;
  exact.add_product(a[0], b[1]);
  exact.add_product(-a[0], c[1]);
  exact.add_product(-c[0], b[1]);
  exact.add_product(-a[1], b[0]);
  exact.add_product(a[1], c[0]);
  exact.add_product(c[1], b[0]);
  return exact.sign();
}

}  // namespace sluice::graph
