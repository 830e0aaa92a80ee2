// Checks of the arguments of columns and triangle, the same in every backend.
#pragma once
#include "kernels/check.h"

namespace sluice::SLUICE_BACKEND {

inline constexpr std::int64_t kMostTriangleColumns = 20000;  // five times squared it is below 2^31

inline void check(const ColumnsArgs& a) {
  check_positive("columns", "variables", a.variables);
  check_positive("columns", "observations", a.observations);
  if (a.variables == 0 || a.observations == 0) return;
  check_pointer("columns", "to", a.to);
  if (a.variables > 1 && a.ld < a.observations) fail(kBadArgument, "columns: variables of `to` overlap");
  if (!a.source) return;
  check_type("columns", a.type);
  check_ld("columns", "source", a.layout, a.variables, a.observations, a.source_ld);
}

inline void check_triangle_columns(std::int64_t columns) {
  check_positive("triangle", "columns", columns);
  if (columns > kMostTriangleColumns)
    fail(kBadArgument, "triangle: %lld columns: expected at most %lld", static_cast<long long>(columns),
         static_cast<long long>(kMostTriangleColumns));
}

inline void check(const TriangleArgs& a) {
  check_triangle_columns(a.columns);
  check_positive("triangle", "rows", a.rows);
  if (a.columns == 0) return;
  check_pointer("triangle", "panel", a.panel);
  check_pointer("triangle", "work", a.work);
  if (a.ld < a.columns + a.rows || a.ld * a.columns >= std::int64_t(1) << 31)
    fail(kBadArgument, "triangle: columns of %lld + %lld rows lie %lld apart",
         static_cast<long long>(a.columns), static_cast<long long>(a.rows), static_cast<long long>(a.ld));
}

}  // namespace sluice::SLUICE_BACKEND
