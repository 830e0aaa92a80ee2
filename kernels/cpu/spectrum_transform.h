// Transforms of real numbers of any length, for several windows at once (Lanes): kissfft's, of half the
// length where that is even, and by Bluestein's way where a prime factor is above 13, in which kissfft takes
// quadratic time. A transform has scratch of its own: one thread at a time. Included as spectrum_lanes.h is.
#pragma once
#include <complex>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/cpu/spectrum_lanes.h"
#include "kernels/cpu/spectrum_lengths.h"

namespace sluice::SLUICE_BACKEND::SLUICE_SPECTRUM {

inline LaneComplex times(const LaneComplex& a, const std::complex<double>& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

inline LaneComplex conjugate(const LaneComplex& z) {
  return {z.real(), -z.imag()};
}

/// Complex numbers, out of place.
class ComplexTransform {
 public:
  explicit ComplexTransform(std::int64_t length)
      : length_(length), inner_(std::size_t(is_direct(length) ? length : convolution_length(length)), false) {
    if (!is_direct(length)) prepare(std::size_t(convolution_length(length)));
  }

  void run(const LaneComplex* in, LaneComplex* out) {
    if (chirp_.empty())
      inner_.transform(in, out);
    else
      chirped(in, out);
  }

  static std::int64_t bytes(std::int64_t length) {
    constexpr std::int64_t kBytes = std::int64_t(sizeof(LaneComplex));
    if (is_direct(length)) return length * kBytes;
    const std::int64_t m = convolution_length(length);
    return 3 * m * kBytes + (length + m) * 16;
  }

 private:
  /// Bluestein's chirp, and the transform of its conjugate.
  void prepare(std::size_t m) {
    const std::size_t n = std::size_t(length_);
    work_.resize(m), other_.resize(m), chirp_.resize(n), filter_.resize(m);
    // j^2 mod 2 n, step by step: it would overflow.
    for (std::size_t j = 0, square = 0; j < n; square = (square + 2 * j + 1) % (2 * n), ++j)
      chirp_[j] = turned(std::int64_t(square), length_);
    for (std::size_t j = 0; j < n; ++j) {
      const std::complex<double> c = std::conj(chirp_[j]) / double(m);
      work_[j] = {c.real(), c.imag()};
      if (j > 0) work_[m - j] = work_[j];
    }
    inner_.transform(work_.data(), other_.data());
    for (std::size_t j = 0; j < m; ++j) filter_[j] = {double(other_[j].real()), double(other_[j].imag())};
  }

  /// X[k] = c[k] sum over j of (x[j] c[j]) conj(c[k - j]): a convolution, by transforms of a better length.
  void chirped(const LaneComplex* in, LaneComplex* out) {
    const std::size_t n = std::size_t(length_), m = work_.size();
    for (std::size_t j = 0; j < n; ++j) work_[j] = times(in[j], chirp_[j]);
    for (std::size_t j = n; j < m; ++j) work_[j] = LaneComplex();
    inner_.transform(work_.data(), other_.data());
    // The transform back is that of the conjugates, conjugated.
    for (std::size_t j = 0; j < m; ++j) other_[j] = conjugate(times(other_[j], filter_[j]));
    inner_.transform(other_.data(), work_.data());
    for (std::size_t k = 0; k < n; ++k) out[k] = times(conjugate(work_[k]), chirp_[k]);
  }

  std::int64_t length_;
  kissfft<Lanes> inner_;
  std::vector<std::complex<double>> chirp_, filter_;
  std::vector<LaneComplex> work_, other_;
};

/// Numbers k = 0 ... length / 2 of the transform of `length` real numbers.
class RealTransform {
 public:
  explicit RealTransform(std::int64_t length)
      : length_(length),
        stride_(length % 2 == 0 ? 1 : 2),
        inner_(inner_length(length)),
        packed_(std::size_t(inner_length(length))),
        out_(std::size_t(inner_length(length) + 1)) {
    for (std::int64_t k = 0; k <= length / 4 && length % 2 == 0; ++k)
      twiddles_.push_back(turned(2 * k, length));
  }

  /// Number t, which the caller puts there: two of an even length are one complex number, of an odd one each.
  Lanes& number(std::int64_t t) { return reinterpret_cast<Lanes*>(packed_.data())[t * stride_]; }

  /// The result stays until the next call.
  const LaneComplex* run() {
    inner_.run(packed_.data(), out_.data());
    if (length_ % 2 == 0) part();
    return out_.data();
  }

  static std::int64_t bytes(std::int64_t length) {
    const std::int64_t inner = inner_length(length);
    return ComplexTransform::bytes(inner) + (2 * inner + 1) * std::int64_t(sizeof(LaneComplex)) +
           (length / 4 + 1) * 16;
  }

 private:
  static std::int64_t inner_length(std::int64_t length) { return length % 2 == 0 ? length / 2 : length; }

  /// The transform of half the length holds those of the even and of the odd numbers.
  void part() {
    const std::size_t half = std::size_t(length_ / 2);
    const LaneComplex z = out_[0];
    out_[0] = {z.real() + z.imag(), Lanes()};
    out_[half] = {z.real() - z.imag(), Lanes()};
    for (std::size_t k = 1; 2 * k <= half; ++k) {
      const LaneComplex a = out_[k], b = conjugate(out_[half - k]);
      const LaneComplex even{0.5 * (a.real() + b.real()), 0.5 * (a.imag() + b.imag())};
      const LaneComplex odd{0.5 * (a.imag() - b.imag()), 0.5 * (b.real() - a.real())};  // (a - b) / 2i
      const LaneComplex turn = times(odd, twiddles_[k]);
      out_[k] = {even.real() + turn.real(), even.imag() + turn.imag()};
      out_[half - k] = {even.real() - turn.real(), turn.imag() - even.imag()};
    }
  }

  std::int64_t length_, stride_;
  ComplexTransform inner_;
  std::vector<LaneComplex> packed_, out_;
  std::vector<std::complex<double>> twiddles_;
};

}  // namespace sluice::SLUICE_BACKEND::SLUICE_SPECTRUM
