// Checks of the arguments of layout_forces and layout_iterate, the same in every backend.
#pragma once
#include "kernels/check.h"
#include "kernels/layout.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

inline void check_layout_number(const char* operation, const char* what, double value) {
  if (!is_finite(value) || value < 0)
    fail(kBadArgument, "%s: %s is %g: expected a finite number not below 0", operation, what, value);
}

inline void check_forces(const char* operation, const LayoutForcesArgs& a) {
  check_positive(operation, "vertices", a.vertices);
  if (a.vertices >= std::int64_t(1) << 31)
    fail(kBadArgument, "%s: %lld vertices: expected fewer than 2^31", operation,
         static_cast<long long>(a.vertices));
  if (a.dims < 1 || a.dims > kLayoutDims)
    fail(kBadArgument, "%s: %d dimensions: expected 1 to %d", operation, a.dims, kLayoutDims);
  check_float(operation, a.type);
  if (int(a.distance) < 0 || a.distance > LayoutDistance::kCosine)
    fail(kBadArgument, "%s: unknown distance %d", operation, int(a.distance));
  if (a.ld < a.vertices)
    fail(kBadArgument, "%s: %lld vertices, coordinates %lld apart", operation,
         static_cast<long long>(a.vertices), static_cast<long long>(a.ld));
  if (a.first < 0 || a.rows < 0 || a.first > a.vertices - a.rows)
    fail(kBadArgument, "%s: rows %lld to %lld of %lld vertices", operation, static_cast<long long>(a.first),
         static_cast<long long>(a.first + a.rows), static_cast<long long>(a.vertices));
  check_layout_number(operation, "attraction", a.attraction);
  check_layout_number(operation, "repulsion", a.repulsion);
  check_layout_number(operation, "centering", a.centering);
  // 1 / eps^2 is a float32 too.
  if (!(a.eps >= 1e-15) || !is_finite(a.eps))
    fail(kBadArgument, "%s: eps is %g: expected at least 1e-15", operation, a.eps);
  if (a.vertices == 0) return;
  check_pointer(operation, "positions", a.positions);
  check_pointer(operation, "gradient", a.gradient);
  check_pointer(operation, "scratch", a.scratch);
  if (a.neighbours) {
    check_pointer(operation, "offsets", a.offsets);
    check_pointer(operation, "upper", a.upper);
  }
  if (a.close_offsets) {
    check_pointer(operation, "close_neighbours", a.close_neighbours);
    check_pointer(operation, "multipliers", a.multipliers);
    check_layout_number(operation, "rho", a.rho);
    check_layout_number(operation, "min_square", a.min_square);
  }
  const std::int64_t need = layout_scratch(a.vertices, a.dims, a.type);
  if (a.scratch_bytes < need || reinterpret_cast<std::uintptr_t>(a.scratch) % 64 != 0)
    fail(kBadArgument, "%s: scratch of %lld bytes: expected at least %lld, at a multiple of 64", operation,
         static_cast<long long>(a.scratch_bytes), static_cast<long long>(need));
}

inline void check(const LayoutForcesArgs& a) {
  check_forces("layout_forces", a);
}

inline void check(const LayoutIterateArgs& a) {
  const char* const name = "layout_iterate";
  check_forces(name, a.forces);
  check_positive(name, "iterations", a.iterations);
  if (a.forces.first != 0 || a.forces.rows != a.forces.vertices)
    fail(kBadArgument, "%s: some of the rows: expected all", name);
  const LayoutStepArgs& s = a.step;
  if (int(s.optimizer) < 0 || s.optimizer > LayoutOptimizer::kSgd)
    fail(kBadArgument, "%s: unknown optimizer %d", name, int(s.optimizer));
  check_layout_number(name, "rate", s.rate);
  check_layout_number(name, "epsilon", s.epsilon);
  check_layout_number(name, "clip", s.clip);
  if (!(s.beta1 >= 0 && s.beta1 < 1) || !(s.beta2 >= 0 && s.beta2 < 1))
    fail(kBadArgument, "%s: betas %g and %g: expected numbers of [0, 1)", name, s.beta1, s.beta2);
  if (a.history_rows < 1) fail(kBadArgument, "%s: a history without rows", name);
  if (a.forces.vertices == 0 || a.iterations == 0) return;
  if (a.positions != a.forces.positions) fail(kBadArgument, "%s: two kinds of positions", name);
  if (s.optimizer != LayoutOptimizer::kSgd) check_pointer(name, "first_moment", s.first_moment);
  if (s.optimizer == LayoutOptimizer::kAdam) check_pointer(name, "second_moment", s.second_moment);
  check_pointer(name, "made", s.made);
  check_pointer(name, "history", a.history);
}

}  // namespace sluice::SLUICE_BACKEND
