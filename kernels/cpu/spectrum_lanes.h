// Numbers of several windows or channels side by side, for which kissfft's header is instantiated: one
// transform of Lanes is kLanes transforms. A lane's numbers never depend on what the other lanes hold.
#pragma once
#include <cmath>
#include <complex>
#include <cstddef>

namespace sluice::SLUICE_BACKEND {

class Lanes {
 public:
  static constexpr int kLanes = 4;  // doubles in a vector register of x86-64-v3
  using Vector = double __attribute__((vector_size(kLanes * sizeof(double))));

  Lanes() = default;
  Lanes(double x) : v_(x - Vector{}) {}
  explicit Lanes(Vector v) : v_(v) {}
  /// kissfft makes its angles from numbers that are the same in all lanes.
  operator double() const { return v_[0]; }
  double operator[](int lane) const { return v_[lane]; }
  Vector vector() const { return v_; }

  Lanes operator-() const { return Lanes(-v_); }
  Lanes& operator+=(const Lanes& o) { return v_ += o.v_, *this; }
  Lanes& operator-=(const Lanes& o) { return v_ -= o.v_, *this; }
  Lanes& operator*=(const Lanes& o) { return v_ *= o.v_, *this; }
  friend Lanes operator+(const Lanes& a, const Lanes& b) { return Lanes(a.v_ + b.v_); }
  friend Lanes operator-(const Lanes& a, const Lanes& b) { return Lanes(a.v_ - b.v_); }
  friend Lanes operator*(const Lanes& a, const Lanes& b) { return Lanes(a.v_ * b.v_); }
  friend Lanes operator*(double a, const Lanes& b) { return Lanes(a * b.v_); }
  friend Lanes operator*(const Lanes& a, double b) { return Lanes(a.v_ * b); }
  friend Lanes operator*(std::size_t a, const Lanes& b) { return Lanes(double(a) * b.v_); }

 private:
  Vector v_{};
};

using LaneComplex = std::complex<Lanes>;

}  // namespace sluice::SLUICE_BACKEND

// The twiddles of kissfft: of one angle, in all lanes.
template <>
inline sluice::SLUICE_BACKEND::LaneComplex std::exp(const sluice::SLUICE_BACKEND::LaneComplex& z) {
  const double angle = z.imag(), size = std::exp(double(z.real()));
  return {size * std::cos(angle), size * std::sin(angle)};
}
