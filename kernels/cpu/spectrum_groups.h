// Spectra of as many windows and channels as a vector has lanes, transformed together; everything is in
// float64. Included by the files of the vector levels (spectrum_lanes.h says how).
#pragma once
#include "kernels/cpu/spectrum_level.h"
#include "kernels/cpu/spectrum_transform.h"
#include "kernels/elements.h"
#include "kernels/spectrum_values.h"

namespace sluice::SLUICE_BACKEND::SLUICE_SPECTRUM {
namespace {

using i64 = std::int64_t;
constexpr int kLanes = Lanes::kLanes;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A thread's transform, and the powers of its windows.
struct SpectrumWork {
  explicit SpectrumWork(const SpectrumShape& shape)
      : transform(shape.nfft), power(std::size_t(shape.frequencies())) {}
  RealTransform transform;
  std::vector<Lanes> power;
};

template <class T, bool kSwapped>
class Spectra {
 public:
  Spectra(const WindowSpectrumArgs& a, const SpectrumShape& shape, const double* taper, SpectrumWork& work)
      : a_(a), s_(a.samples), shape_(shape), taper_(taper), work_(work) {
    step_ = s_.layout == Layout::kObservations ? s_.ld : 1;
    for (int i = 0; i < a.outputs; ++i)
      (a.output[i].kind == SpectrumKind::kTransform ? complex_ : powers_) = true;
  }

  void take(i64 number) const {
    Group g;
    if (find(number, g)) {
      std::fill(work_.power.begin(), work_.power.end(), 0);
      for (i64 segment = 0; segment < shape_.segments(); ++segment) {
        const i64 first = segment * shape_.hop;
        if (g.together)
          fill<true>(g, first);
        else
          fill<false>(g, first);
        const LaneComplex* x = work_.transform.run();
        if (powers_) add_powers(x);
        if (complex_) hand_transform(g, x);
      }
      for (i64 t = (shape_.segments() - 1) * shape_.hop + shape_.segment; t < shape_.size; ++t) {
        const Lanes x = sample<false>(g, t);
        g.wrong += x - x;
      }
    }
    if (powers_) hand_powers(g);
    if (complex_) hand_wrong(g);
  }

 private:
  /// What the lanes of a group hold: the first sample of each, or none where a window does not fit or the
  /// call has no more.
  struct Group {
    i64 item[kLanes];  // -1: no such window
    i64 base[kLanes];  // a lane without samples reads another's
    bool whole[kLanes];
    bool together = true;  // the lanes' samples lie side by side
    Lanes wrong;           // NaN where a sample is not finite
  };

  i64 place_of(i64 item) const {
    const i64 row = a_.grid.start(a_.first + item / s_.channels) - s_.first, channel = item % s_.channels;
    return s_.layout == Layout::kObservations ? row * s_.ld + channel : channel * s_.ld + row;
  }

  bool find(i64 number, Group& g) const {
    int some = -1;
    for (int l = 0; l < kLanes; ++l) {
      const i64 item = number * kLanes + l, window = a_.first + item / s_.channels;
      g.item[l] = item < a_.windows * s_.channels ? item : -1;
      g.whole[l] = g.item[l] >= 0 && a_.grid.start(window) + shape_.size <= a_.grid.samples;
      if (g.whole[l]) g.base[l] = place_of(item), some = l;
    }
    for (int l = 0; l < kLanes && some >= 0; ++l) {
      if (!g.whole[l]) g.base[l] = g.base[some];
      g.together = g.together && g.base[l] == g.base[0] + l;
    }
    return some >= 0;
  }

  /// Number of sample t of the lanes' windows.
  template <bool kTogether>
  Lanes sample(const Group& g, i64 t) const {
    double x[kLanes];
    for (int l = 0; l < kLanes; ++l)
      x[l] = double(element<T, kSwapped>(s_.source, (kTogether ? g.base[0] + l : g.base[l]) + t * step_));
    const Lanes value = Lanes::load(x);
    return scaled_ ? value * s_.scale + Lanes(s_.offset) : value;
  }

  /// A segment, less its mean or line, times the taper, then zeros. Numbers are first taken relative to the
  /// segment's first: digits of the data's offset never enter a sum.
  template <bool kTogether>
  void fill(Group& g, i64 first) const {
    RealTransform& to = work_.transform;
    const i64 n = shape_.segment;
    const bool plain = shape_.detrend == Detrend::kNone;
    const Lanes origin = plain ? Lanes() : sample<kTogether>(g, first);
    Lanes sum, wrong;
    for (i64 t = 0; t < n;) {
      Lanes block;
      for (const i64 end = std::min(t + 64, n); t < end; ++t) {
        const Lanes x = sample<kTogether>(g, first + t) - origin;
        to.number(t) = x;
        block += x;
      }
      wrong += block - block;  // a block that is not finite
      sum += block;
    }
    g.wrong += wrong;
    const Lanes mean = plain ? Lanes() : sum * (1 / double(n));
    if (shape_.detrend == Detrend::kLinear) {
      const Lanes slope = slope_of(mean);
      const double middle = 0.5 * double(n - 1);
      for (i64 t = 0; t < n; ++t) to.number(t) -= slope * (double(t) - middle);
    }
    for (i64 t = 0; t < n; ++t) to.number(t) = (to.number(t) - mean) * taper_[t];
    for (i64 t = n; t < shape_.nfft; ++t) to.number(t) = Lanes();
  }

  Lanes slope_of(const Lanes& mean) const {
    const i64 n = shape_.segment;
    const double middle = 0.5 * double(n - 1), squares = double(n) * (double(n) * double(n) - 1) / 12;
    Lanes sum;
    for (i64 t = 0; t < n;) {
      Lanes block;
      for (const i64 end = std::min(t + 64, n); t < end; ++t)
        block += (work_.transform.number(t) - mean) * (double(t) - middle);
      sum += block;
    }
    return n > 1 ? sum * (1 / squares) : Lanes();
  }

  void add_powers(const LaneComplex* x) const {
    for (i64 k = 0; k < shape_.frequencies(); ++k)
      work_.power[std::size_t(k)] += x[k].real() * x[k].real() + x[k].imag() * x[k].imag();
  }

  bool is_right(const Group& g, int lane) const { return g.whole[lane] && g.wrong[lane] == 0; }

  void hand_powers(const Group& g) const {
    const double* power = reinterpret_cast<const double*>(work_.power.data());
    const double mean = 1 / double(shape_.segments());
    const i64 nfft = shape_.nfft;
    for (int l = 0; l < kLanes; ++l) {
      if (g.item[l] < 0) continue;
      if (is_right(g, l))
        store_powers(a_, shape_, g.item[l],
                     [=](i64 k) { return power[k * kLanes + l] * mean * (k == 0 || 2 * k == nfft ? 1 : 2); });
      else
        store_powers(a_, shape_, g.item[l], [](i64) { return kNaN; });
    }
  }

  void hand_transform(const Group& g, const LaneComplex* x) const {
    const double* numbers = reinterpret_cast<const double*>(x);
    for (int l = 0; l < kLanes; ++l)
      if (is_right(g, l))
        store_transform(
            a_, shape_, g.item[l], [=](i64 k) { return numbers[2 * k * kLanes + l]; },
            [=](i64 k) { return numbers[(2 * k + 1) * kLanes + l]; });
  }

  void hand_wrong(const Group& g) const {
    const auto nothing = [](i64) { return kNaN; };
    for (int l = 0; l < kLanes; ++l)
      if (g.item[l] >= 0 && !is_right(g, l)) store_transform(a_, shape_, g.item[l], nothing, nothing);
  }

  const WindowSpectrumArgs& a_;
  const WindowSamples& s_;
  const SpectrumShape& shape_;
  const double* taper_;
  SpectrumWork& work_;
  i64 step_ = 1;
  bool scaled_ = a_.samples.scale != 1 || a_.samples.offset != 0;
  bool powers_ = false, complex_ = false;
};

i64 work_bytes(const SpectrumShape& s) {
  return RealTransform::bytes(s.nfft) + s.frequencies() * i64(sizeof(Lanes));
}
void* create_work(const SpectrumShape& shape) {
  return new SpectrumWork(shape);
}
void destroy_work(void* work) {
  delete static_cast<SpectrumWork*>(work);
}
void take_group(const WindowSpectrumArgs& a, const SpectrumShape& shape, const double* taper, void* work,
                i64 number) {
  with_type(a.samples.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    SpectrumWork& own = *static_cast<SpectrumWork*>(work);
    if (a.samples.swapped)
      Spectra<T, true>(a, shape, taper, own).take(number);
    else
      Spectra<T, false>(a, shape, taper, own).take(number);
  });
}

constexpr SpectrumLevel kOwnLevel{kLanes, work_bytes, create_work, destroy_work, take_group};

}  // namespace
}  // namespace sluice::SLUICE_BACKEND::SLUICE_SPECTRUM
