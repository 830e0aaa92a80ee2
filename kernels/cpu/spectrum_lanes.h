// Numbers of several windows or channels side by side, for which kissfft's header is instantiated: one
// transform of Lanes is as many transforms. A lane's numbers never depend on what the other lanes hold.
// Included by files for one vector level each, which define SLUICE_LANES (doubles in a vector) and
// SLUICE_SPECTRUM, a namespace of their own: no function of theirs may be taken for another level's
// (tests/tools/levels_test.py).
#pragma once
#include <cmath>
#include <complex>
#include <cstddef>

namespace sluice::SLUICE_BACKEND::SLUICE_SPECTRUM {

class alignas(SLUICE_LANES * sizeof(double)) Lanes {
 public:
  static constexpr int kLanes = SLUICE_LANES;
  using Vector = double __attribute__((vector_size(kLanes * sizeof(double))));

  Lanes() = default;
  Lanes(double x) : v_(x - Vector{}) {}
  explicit Lanes(Vector v) : v_(v) {}
  /// kissfft makes its angles from numbers that are the same in all lanes.
  operator double() const { return v_[0]; }
  double operator[](int lane) const { return v_[lane]; }

  static Lanes load(const double* from) {
    Lanes x;
    __builtin_memcpy(&x.v_, from, sizeof x.v_);
    return x;
  }

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

}  // namespace sluice::SLUICE_BACKEND::SLUICE_SPECTRUM

/// What the standard library leaves open for other numbers than float, double and long double.
template <>
class std::complex<sluice::SLUICE_BACKEND::SLUICE_SPECTRUM::Lanes> {
  using Lanes = sluice::SLUICE_BACKEND::SLUICE_SPECTRUM::Lanes;

 public:
  using value_type = Lanes;
  complex() = default;
  complex(const Lanes& re, const Lanes& im = Lanes()) : re_(re), im_(im) {}
  const Lanes& real() const { return re_; }
  const Lanes& imag() const { return im_; }
  void imag(const Lanes& im) { im_ = im; }
  complex& operator+=(const complex& o) { return re_ += o.re_, im_ += o.im_, *this; }
  complex& operator*=(const Lanes& x) { return re_ *= x, im_ *= x, *this; }
  friend complex operator+(const complex& a, const complex& b) { return {a.re_ + b.re_, a.im_ + b.im_}; }
  friend complex operator-(const complex& a, const complex& b) { return {a.re_ - b.re_, a.im_ - b.im_}; }
  friend complex operator*(const complex& a, const complex& b) {
    return {a.re_ * b.re_ - a.im_ * b.im_, a.re_ * b.im_ + a.im_ * b.re_};
  }
  friend complex operator*(const complex& a, const Lanes& x) { return {a.re_ * x, a.im_ * x}; }

 private:
  Lanes re_, im_;
};

// The twiddles of kissfft: of one angle, in all lanes.
template <>
inline sluice::SLUICE_BACKEND::SLUICE_SPECTRUM::LaneComplex std::exp(
    const sluice::SLUICE_BACKEND::SLUICE_SPECTRUM::LaneComplex& z) {
  const double angle = z.imag(), size = std::exp(double(z.real()));
  return {size * std::cos(angle), size * std::sin(angle)};
}

#include <kissfft/kissfft.hh>
