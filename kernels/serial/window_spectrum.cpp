// window_spectrum in plain loops: a transform is the sum that defines it, split by the length's prime
// factors (Cooley and Tukey), in long double. Slow, and as exact as an answer can be.
#include <cmath>
#include <complex>
#include <limits>
#include <memory>
#include <vector>

#include "kernels/check.h"
#include "kernels/elements.h"
#include "kernels/serial/workers.h"
#include "kernels/spectrum_values.h"

namespace sluice {

struct SpectrumPlan {
  using Real = long double;
  SpectrumShape shape;
  std::vector<double> taper;
  std::vector<std::complex<Real>> roots;  // exp(-2 pi i j / nfft)
};

namespace SLUICE_BACKEND {
namespace {

using i64 = std::int64_t;
using Real = SpectrumPlan::Real;
using Complex = std::complex<Real>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Complex times(const Complex& a, const Complex& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// The transform of x[0], x[stride], ... (count numbers) into out[0 ... count).
void transform(const SpectrumPlan& plan, const Complex* x, i64 stride, i64 count, Complex* out) {
  if (count == 1) {
    out[0] = x[0];
    return;
  }
  i64 p = 2;
  while (count % p != 0) p = p * p > count ? count : p + 1;
  const i64 rest = count / p, nfft = plan.shape.nfft, root = nfft / count;
  for (i64 j = 0; j < p; ++j) transform(plan, x + j * stride, stride * p, rest, out + j * rest);
  std::vector<Complex> part(static_cast<std::size_t>(p));
  for (i64 k = 0; k < rest; ++k) {
    for (i64 j = 0; j < p; ++j) part[std::size_t(j)] = out[j * rest + k];
    for (i64 q = 0; q < p; ++q) {
      const i64 frequency = q * rest + k;
      Complex sum = 0;
      for (i64 j = 0; j < p; ++j)
        sum += times(part[std::size_t(j)], plan.roots[std::size_t(j * frequency % count * root)]);
      out[frequency] = sum;
    }
  }
}

std::vector<Real> numbers_of(const WindowSamples& s, i64 begin, i64 count, i64 channel) {
  std::vector<Real> numbers;
  with_type(s.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    for (i64 t = begin - s.first; t < begin - s.first + count; ++t) {
      const i64 i = s.layout == Layout::kObservations ? t * s.ld + channel : channel * s.ld + t;
      double x = double(s.swapped ? element<T, true>(s.source, i) : element<T, false>(s.source, i));
      if (s.scale != 1 || s.offset != 0) x = x * s.scale + s.offset;
      numbers.push_back(x);
    }
  });
  return numbers;
}

/// Less the mean, or the line of least squares.
void detrend(Detrend way, Real* x, i64 n) {
  if (way == Detrend::kNone) return;
  Real sum = 0, products = 0, squares = 0;
  const Real origin = x[0];  // digits of the data's offset do not enter the sum
  for (i64 t = 0; t < n; ++t) x[t] -= origin;
  for (i64 t = 0; t < n; ++t) sum += x[t];
  for (i64 t = 0; t < n; ++t) x[t] -= sum / Real(n);
  if (way == Detrend::kConstant || n == 1) return;
  const Real middle = Real(n - 1) / 2;
  for (i64 t = 0; t < n; ++t)
    products += (Real(t) - middle) * x[t], squares += (Real(t) - middle) * (Real(t) - middle);
  for (i64 t = 0; t < n; ++t) x[t] -= products / squares * (Real(t) - middle);
}

bool all_finite(const std::vector<Real>& x) {
  for (const Real v : x)
    if (!std::isfinite(v)) return false;
  return true;
}

void take(const WindowSpectrumArgs& a, i64 window, i64 channel) {
  const SpectrumPlan& plan = *a.plan;
  const SpectrumShape& shape = plan.shape;
  const i64 item = (window - a.first) * a.samples.channels + channel, begin = a.grid.start(window);
  std::vector<Real> x;
  if (begin + shape.size <= a.grid.samples) x = numbers_of(a.samples, begin, shape.size, channel);
  if (x.empty() || !all_finite(x)) {
    const auto nothing = [](i64) { return kNaN; };
    store_powers(a, shape, item, nothing);
    store_transform(a, shape, item, nothing, nothing);
    return;
  }
  std::vector<Real> power(std::size_t(shape.frequencies()));
  std::vector<Complex> in, out(std::size_t(shape.nfft));
  for (i64 s = 0; s < shape.segments(); ++s) {
    std::vector<Real> part(x.begin() + s * shape.hop, x.begin() + s * shape.hop + shape.segment);
    detrend(shape.detrend, part.data(), shape.segment);
    in.assign(std::size_t(shape.nfft), 0);
    for (std::size_t t = 0; t < part.size(); ++t) in[t] = part[t] * plan.taper[t];
    transform(plan, in.data(), 1, shape.nfft, out.data());
    for (std::size_t k = 0; k < power.size(); ++k)
      power[k] += (k == 0 || 2 * i64(k) == shape.nfft ? 1 : 2) * std::norm(out[k]) / Real(shape.segments());
  }
  store_powers(a, shape, item, [&](i64 k) { return double(power[std::size_t(k)]); });
  store_transform(
      a, shape, item, [&](i64 k) { return double(out[std::size_t(k)].real()); },
      [&](i64 k) { return double(out[std::size_t(k)].imag()); });
}

}  // namespace

i64 spectrum_plan_bytes(const Workers&, const SpectrumShape& s) {
  return s.segment * 8 + s.nfft * 16 * i64(sizeof(Complex)) / 4 + s.size * 64;
}

SpectrumPlan* make_spectrum_plan(const Workers&, const SpectrumShape& shape, const double* taper) {
  constexpr Real kTurn = 6.28318530717958647692528676655900577L;
  auto plan = std::make_unique<SpectrumPlan>();
  plan->shape = shape;
  plan->taper.assign(taper, taper + shape.segment);
  for (i64 j = 0; j < shape.nfft; ++j) {
    const Real angle = -kTurn * Real(j) / Real(shape.nfft);
    plan->roots.emplace_back(std::cos(angle), std::sin(angle));
  }
  return plan.release();
}

void drop_spectrum_plan(SpectrumPlan* plan) {
  delete plan;
}

const SpectrumShape& spectrum_shape(const SpectrumPlan* plan) {
  check_pointer("window_spectrum", "plan", plan);
  return plan->shape;
}

void run_window_spectrum(Workers&, const WindowSpectrumArgs& a) {
  for (i64 window = a.first; window < a.first + a.windows; ++window)
    for (i64 channel = 0; channel < a.samples.channels; ++channel) take(a, window, channel);
}

}  // namespace SLUICE_BACKEND
}  // namespace sluice
