#include "kernels/cpu/spectrum_transform.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <kissfft/kissfft.hh>

namespace sluice::SLUICE_BACKEND {
namespace {

using i64 = std::int64_t;
constexpr i64 kMostFactor = 13;
constexpr i64 kComplexBytes = i64(sizeof(LaneComplex));

/// What is left of n when the factors 2 to `most` are divided out.
i64 without_factors(i64 n, i64 most) {
  for (i64 p = 2; p <= most; ++p)
    while (n % p == 0) n /= p;
  return n;
}

bool is_direct(i64 length) {
  return without_factors(length, kMostFactor) == 1;
}

/// The length of Bluestein's convolution: at least 2 n - 1, of factors 2, 3 and 5.
i64 convolution_length(i64 n) {
  i64 m = 2 * n - 1;
  while (without_factors(m, 5) != 1) ++m;
  return m;
}

/// exp(-i pi j / n), the angle brought into the first eighth so that it has all digits.
std::complex<double> turned(i64 j, i64 n) {
  constexpr long double kPi = 3.14159265358979323846264338327950288L;
  const long double angle = -kPi * static_cast<long double>(j % (2 * n)) / static_cast<long double>(n);
  return {double(std::cos(angle)), double(std::sin(angle))};
}

inline LaneComplex times(const LaneComplex& a, const std::complex<double>& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

}  // namespace

ComplexTransform::ComplexTransform(i64 length) : length_(length) {
  if (is_direct(length)) {
    inner_ = std::make_unique<kissfft<Lanes>>(std::size_t(length), false);
    return;
  }
  const i64 m = convolution_length(length);
  inner_ = std::make_unique<kissfft<Lanes>>(std::size_t(m), false);
  work_.resize(std::size_t(m)), other_.resize(std::size_t(m));
  chirp_.resize(std::size_t(length)), filter_.resize(std::size_t(m));
  // j^2 mod 2 n, step by step: it would overflow.
  for (i64 j = 0, square = 0; j < length; square = (square + 2 * j + 1) % (2 * length), ++j)
    chirp_[std::size_t(j)] = turned(square, length);
  for (i64 j = 0; j < length; ++j) {
    const std::complex<double> c = std::conj(chirp_[std::size_t(j)]) / double(m);
    work_[std::size_t(j)] = {c.real(), c.imag()};
    if (j > 0) work_[std::size_t(m - j)] = work_[std::size_t(j)];
  }
  inner_->transform(work_.data(), other_.data());
  for (i64 j = 0; j < m; ++j)
    filter_[std::size_t(j)] = {other_[std::size_t(j)].real(), other_[std::size_t(j)].imag()};
}

ComplexTransform::~ComplexTransform() = default;

void ComplexTransform::run(const LaneComplex* in, LaneComplex* out) {
  if (chirp_.empty())
    inner_->transform(in, out);
  else
    chirped(in, out);
}

/// X[k] = c[k] sum over j of (x[j] c[j]) conj(c[k - j]): a convolution, by transforms of a better length.
void ComplexTransform::chirped(const LaneComplex* in, LaneComplex* out) {
  const std::size_t n = std::size_t(length_), m = work_.size();
  for (std::size_t j = 0; j < n; ++j) work_[j] = times(in[j], chirp_[j]);
  std::fill(work_.begin() + length_, work_.end(), LaneComplex());
  inner_->transform(work_.data(), other_.data());
  // The transform back is that of the conjugates, conjugated.
  for (std::size_t j = 0; j < m; ++j) other_[j] = std::conj(times(other_[j], filter_[j]));
  inner_->transform(other_.data(), work_.data());
  for (std::size_t k = 0; k < n; ++k) out[k] = times(std::conj(work_[k]), chirp_[k]);
}

i64 ComplexTransform::bytes(i64 length) {
  if (is_direct(length)) return length * kComplexBytes;
  const i64 m = convolution_length(length);
  return 3 * m * kComplexBytes + (length + m) * 16;
}

RealTransform::RealTransform(i64 length)
    : length_(length),
      inner_(length % 2 == 0 ? length / 2 : length),
      input_(std::size_t(length * Lanes::kLanes)),
      packed_(std::size_t(length % 2 == 0 ? length / 2 : length)),
      out_(std::size_t(length % 2 == 0 ? length / 2 + 1 : length)) {
  if (length % 2 != 0) return;
  for (i64 k = 0; k <= length / 4; ++k) twiddles_.push_back(turned(2 * k, length));
}

const LaneComplex* RealTransform::run() {
  return length_ % 2 == 0 ? run_even() : run_odd();
}

/// Numbers 2 j and 2 j + 1 as one complex number: the transform of half the length holds those of both.
const LaneComplex* RealTransform::run_even() {
  const std::size_t half = std::size_t(length_ / 2);
  std::memcpy(reinterpret_cast<double*>(packed_.data()), input_.data(), input_.size() * sizeof(double));
  inner_.run(packed_.data(), out_.data());
  const LaneComplex z = out_[0];
  out_[0] = {z.real() + z.imag(), Lanes()};
  out_[half] = {z.real() - z.imag(), Lanes()};
  for (std::size_t k = 1; 2 * k <= half; ++k) {
    const LaneComplex a = out_[k], b = std::conj(out_[half - k]);
    const LaneComplex even{0.5 * (a.real() + b.real()), 0.5 * (a.imag() + b.imag())};
    const LaneComplex odd{0.5 * (a.imag() - b.imag()), 0.5 * (b.real() - a.real())};  // (a - b) / 2i
    const LaneComplex turn = times(odd, twiddles_[k]);
    out_[k] = {even.real() + turn.real(), even.imag() + turn.imag()};
    out_[half - k] = {even.real() - turn.real(), turn.imag() - even.imag()};
  }
  return out_.data();
}

const LaneComplex* RealTransform::run_odd() {
  constexpr std::size_t kLanes = Lanes::kLanes;
  for (std::size_t t = 0; t < packed_.size(); ++t) {
    Lanes::Vector v;
    std::memcpy(&v, input_.data() + t * kLanes, sizeof v);
    packed_[t] = {Lanes(v), Lanes()};
  }
  inner_.run(packed_.data(), out_.data());
  return out_.data();
}

i64 RealTransform::bytes(i64 length) {
  const i64 inner = length % 2 == 0 ? length / 2 : length;
  return ComplexTransform::bytes(inner) + length * Lanes::kLanes * 8 + (2 * inner + 1) * kComplexBytes +
         (length / 4 + 1) * 16;
}

}  // namespace sluice::SLUICE_BACKEND
