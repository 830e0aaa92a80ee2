// Checks of the operations' arguments, the same in every backend: a wrong shape is kBadArgument, not a crash.
#pragma once
#include "kernels/backend.h"
#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {

inline void check_positive(const char* operation, const char* what, std::int64_t value) {
  if (value < 0)
    fail(kBadArgument, "%s: %s is negative (%lld)", operation, what, static_cast<long long>(value));
}

inline void check_pointer(const char* operation, const char* what, const void* pointer) {
  if (!pointer) fail(kBadArgument, "%s: %s is null", operation, what);
}

inline void check_type(const char* operation, DType type) {
  if (type > DType::kBool) fail(kBadArgument, "%s: unknown element type %d", operation, int(type));
}

inline void check_float(const char* operation, DType type) {
  if (!is_float(type))
    fail(kBadArgument, "%s: expected float32 or float64, found %s", operation, name_of(type));
}

inline void check_layout(const char* operation, Layout layout) {
  if (layout != Layout::kVariables && layout != Layout::kObservations) {
    fail(kBadArgument, "%s: unknown layout %d", operation, int(layout));
  }
}

/// `ld` elements between runs must hold a run; one run needs none.
inline void check_ld(const char* operation, const char* what, Layout layout, std::int64_t variables,
                     std::int64_t observations, std::int64_t ld) {
  check_layout(operation, layout);
  const bool by_variable = layout == Layout::kVariables;
  const std::int64_t run = by_variable ? observations : variables,
                     runs = by_variable ? variables : observations;
  if (runs > 1 && ld < run) {
    fail(kBadArgument, "%s: %s holds runs of %lld elements %lld apart", operation, what,
         static_cast<long long>(run), static_cast<long long>(ld));
  }
}

inline void check_compute(const char* operation, Compute compute, bool tf32) {
  if (compute == Compute::kFloat32 || compute == Compute::kFloat64) return;
  if (compute == Compute::kTf32 && tf32) return;
  fail(kBadArgument, "%s: %s", operation,
       compute == Compute::kTf32 ? "tf32 is offered on a GPU only" : "unknown precision");
}

inline void check(const CentreArgs& a, bool tf32) {
  check_positive("centre", "variables", a.variables);
  check_positive("centre", "observations", a.observations);
  check_type("centre", a.type);
  check_compute("centre", a.compute, tf32);
  check_ld("centre", "source", a.layout, a.variables, a.observations, a.source_ld);
  check_ld("centre", "panel", a.layout, a.variables, a.observations, a.panel_ld);
  if (a.variables == 0) return;
  check_pointer("centre", "origin", a.moments.origin);
  check_pointer("centre", "offset", a.moments.offset);
  check_pointer("centre", "mean", a.moments.mean);
  check_pointer("centre", "m2", a.moments.m2);
  if (a.observations == 0) return;
  check_pointer("centre", "source", a.source);
  check_pointer("centre", "panel", a.panel);
  check_pointer("centre", "between", a.moments.between);
  check_pointer("centre", "within", a.moments.within);
  if (!a.weights != !a.slab_weights) fail(kBadArgument, "centre: weights without their sums, or the reverse");
}

inline void check(const ProductsArgs& a, bool tf32) {
  check_positive("products", "rows", a.rows);
  check_positive("products", "columns", a.columns);
  check_positive("products", "observations", a.observations);
  check_compute("products", a.compute, tf32);
  check_ld("products", "a", a.layout_a, a.rows, a.observations, a.a_ld);
  check_ld("products", "b", a.layout_b, a.columns, a.observations, a.b_ld);
  if (a.rows == 0 || a.columns == 0) return;
  check_pointer("products", "acc", a.acc);
  if (a.acc_ld < a.columns) fail(kBadArgument, "products: rows of acc overlap");
  if (a.observations == 0) return;
  check_pointer("products", "a", a.a);
  check_pointer("products", "b", a.b);
  check_pointer("products", "moments of a", a.a_moments.between);
  check_pointer("products", "moments of b", a.b_moments.between);
}

inline void check(const FinishArgs& a) {
  check_positive("finish", "rows", a.rows);
  check_positive("finish", "columns", a.columns);
  check_float("finish", a.type);
  if (a.rows == 0 || a.columns == 0) return;
  check_pointer("finish", "acc", a.acc);
  check_pointer("finish", "out", a.out);
  if (a.acc_ld < a.columns) fail(kBadArgument, "finish: rows of acc overlap");
  if (a.correlation) check_pointer("finish", "m2_rows", a.m2_rows);
  if (a.correlation || a.symmetric) check_pointer("finish", "m2_columns", a.m2_columns);
}

inline void check(const GenerateArgs& a) {
  check_positive("generate", "rows", a.rows);
  check_positive("generate", "columns", a.columns);
  check_positive("generate", "first_row", a.first_row);
  check_positive("generate", "first_column", a.first_column);
  check_float("generate", a.type);
  if (a.distribution != Distribution::kUniform && a.distribution != Distribution::kNormal) {
    fail(kBadArgument, "generate: unknown distribution %d", int(a.distribution));
  }
  if (a.rows == 0 || a.columns == 0) return;
  check_pointer("generate", "out", a.out);
  if (a.rows > 1 && a.ld < a.columns) fail(kBadArgument, "generate: rows of out overlap");
}

inline void check(const SummarizeArgs& a) {
  check_positive("summarize", "variables", a.variables);
  check_positive("summarize", "observations", a.observations);
  check_type("summarize", a.type);
  check_ld("summarize", "source", a.layout, a.variables, a.observations, a.source_ld);
  if (a.variables == 0) return;
  check_pointer("summarize", "out", a.out);
  if (a.observations > 0) check_pointer("summarize", "source", a.source);
}

}  // namespace sluice::SLUICE_BACKEND
