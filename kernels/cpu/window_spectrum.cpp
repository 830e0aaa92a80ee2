// window_spectrum on the CPU: threads take as many windows and channels at a time as a vector has lanes, each
// in its own plan's buffers, and transform them together. Everything is in float64.
#include <omp.h>

#include <algorithm>
#include <limits>
#include <type_traits>

#include "kernels/check.h"
#include "kernels/cpu/spectrum_transform.h"
#include "kernels/cpu/workers.h"
#include "kernels/elements.h"
#include "kernels/spectrum_values.h"

namespace sluice {

/// A thread's transform, and the powers of its windows.
struct SpectrumWork {
  explicit SpectrumWork(const SpectrumShape& shape)
      : transform(shape.nfft), power(std::size_t(shape.frequencies() * SLUICE_BACKEND::Lanes::kLanes)) {}
  SLUICE_BACKEND::RealTransform transform;
  std::vector<double> power;
};

struct SpectrumPlan {
  SpectrumShape shape;
  std::vector<double> taper;
  std::vector<std::unique_ptr<SpectrumWork>> works;  // a thread's each
};

namespace SLUICE_BACKEND {
namespace {

using i64 = std::int64_t;
constexpr int kLanes = Lanes::kLanes;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Lanes load(const double* from) {
  Lanes::Vector v;
  __builtin_memcpy(&v, from, sizeof v);
  return Lanes(v);
}
void put(double* to, const Lanes& x) {
  const Lanes::Vector v = x.vector();
  __builtin_memcpy(to, &v, sizeof v);
}

template <class T, bool kSwapped>
class Spectra {
 public:
  Spectra(Workers& workers, const WindowSpectrumArgs& a)
      : workers_(workers), a_(a), s_(a.samples), plan_(*a.plan), shape_(plan_.shape) {
    step_ = s_.layout == Layout::kObservations ? s_.ld : 1;
    for (int i = 0; i < a.outputs; ++i)
      (a.output[i].kind == SpectrumKind::kTransform ? complex_ : powers_) = true;
  }

  void run() {
    const i64 groups = ceil_div(a_.windows * s_.channels, kLanes);
#pragma omp parallel for schedule(dynamic) num_threads(workers_.threads())
    for (i64 group = 0; group < groups; ++group) take(group);
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
    const Lanes value = sluice::SLUICE_BACKEND::load(x);
    return scaled_ ? value * s_.scale + Lanes(s_.offset) : value;
  }

  void take(i64 number) const {
    Group g;
    const bool any = find(number, g);
    SpectrumWork& work = *plan_.works[std::size_t(omp_get_thread_num())];
    if (any) {
      std::fill(work.power.begin(), work.power.end(), 0);
      for (i64 segment = 0; segment < shape_.segments(); ++segment) {
        const i64 first = segment * shape_.hop;
        if (g.together)
          fill<true>(g, first, work.transform.input());
        else
          fill<false>(g, first, work.transform.input());
        const LaneComplex* x = work.transform.run();
        if (powers_) add_powers(x, work.power.data());
        if (complex_) hand_transform(g, x);
      }
      for (i64 t = (shape_.segments() - 1) * shape_.hop + shape_.segment; t < shape_.size; ++t) {
        const Lanes x = sample<false>(g, t);
        g.wrong += x - x;
      }
    }
    if (powers_) hand_powers(g, work.power.data());
    if (complex_) hand_wrong(g);
  }

  /// A segment, less its mean or line, times the taper, then zeros. Numbers are first taken relative to the
  /// segment's first: digits of the data's offset never enter a sum.
  template <bool kTogether>
  void fill(Group& g, i64 first, double* to) const {
    const i64 n = shape_.segment;
    const Lanes origin = shape_.detrend == Detrend::kNone ? Lanes(0) : sample<kTogether>(g, first);
    Lanes sum(0), wrong(0);
    for (i64 t = 0; t < n;) {
      Lanes block(0);
      for (const i64 end = std::min(t + 64, n); t < end; ++t) {
        const Lanes x = sample<kTogether>(g, first + t) - origin;
        put(to + t * kLanes, x);
        block += x;
      }
      wrong += block - block;  // a block that is not finite
      sum += block;
    }
    g.wrong += wrong;
    const Lanes mean = shape_.detrend == Detrend::kNone ? Lanes(0) : sum * (1 / double(n));
    const Lanes slope = shape_.detrend == Detrend::kLinear ? slope_of(to, mean) : Lanes(0);
    const double middle = 0.5 * double(n - 1);
    const double* taper = plan_.taper.data();
    for (i64 t = 0; t < n; ++t) {
      const Lanes x = sluice::SLUICE_BACKEND::load(to + t * kLanes) - mean;
      put(to + t * kLanes, (x - slope * (double(t) - middle)) * taper[t]);
    }
    std::fill(to + n * kLanes, to + shape_.nfft * kLanes, 0.0);
  }

  Lanes slope_of(const double* x, const Lanes& mean) const {
    const i64 n = shape_.segment;
    const double middle = 0.5 * double(n - 1), squares = double(n) * (double(n) * double(n) - 1) / 12;
    Lanes sum(0);
    for (i64 t = 0; t < n;) {
      Lanes block(0);
      for (const i64 end = std::min(t + 64, n); t < end; ++t)
        block += (sluice::SLUICE_BACKEND::load(x + t * kLanes) - mean) * (double(t) - middle);
      sum += block;
    }
    return n > 1 ? sum * (1 / squares) : Lanes(0);
  }

  void add_powers(const LaneComplex* x, double* power) const {
    for (i64 k = 0; k < shape_.frequencies(); ++k)
      put(power + k * kLanes, sluice::SLUICE_BACKEND::load(power + k * kLanes) + x[k].real() * x[k].real() +
                                  x[k].imag() * x[k].imag());
  }

  bool is_right(const Group& g, int lane) const {
    return g.whole[lane] && g.wrong[lane] == 0;
  }

  void hand_powers(const Group& g, const double* power) const {
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

  Workers& workers_;
  const WindowSpectrumArgs& a_;
  const WindowSamples& s_;
  const SpectrumPlan& plan_;
  const SpectrumShape& shape_;
  i64 step_ = 1;
  bool scaled_ = a_.samples.scale != 1 || a_.samples.offset != 0;
  bool powers_ = false, complex_ = false;
};

}  // namespace

i64 spectrum_plan_bytes(const Workers& workers, const SpectrumShape& s) {
  return s.segment * 8 + workers.threads() * (RealTransform::bytes(s.nfft) + s.frequencies() * kLanes * 8);
}

SpectrumPlan* make_spectrum_plan(const Workers& workers, const SpectrumShape& shape, const double* taper) {
  auto plan = std::make_unique<SpectrumPlan>();
  plan->shape = shape;
  plan->taper.assign(taper, taper + shape.segment);
  for (int i = 0; i < workers.threads(); ++i) plan->works.push_back(std::make_unique<SpectrumWork>(shape));
  return plan.release();
}

void drop_spectrum_plan(SpectrumPlan* plan) {
  delete plan;
}

const SpectrumShape& spectrum_shape(const SpectrumPlan* plan) {
  check_pointer("window_spectrum", "plan", plan);
  return plan->shape;
}

void run_window_spectrum(Workers& workers, const WindowSpectrumArgs& a) {
  if (a.windows == 0 || a.samples.channels == 0 || a.outputs == 0) return;
  with_type(a.samples.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    if (a.samples.swapped)
      Spectra<T, true>(workers, a).run();
    else
      Spectra<T, false>(workers, a).run();
  });
}

}  // namespace SLUICE_BACKEND
}  // namespace sluice
