// Curves go to the device in parts of whole objects: in place where it shares the host's memory, else through
// two sets of buffers, so that one is copied while the other computes.
#include "host/lc/features.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "host/clock.h"
#include "host/error.h"
#include "host/lc/feature_plan.h"
#include "host/parallel.h"
#include "host/units.h"

namespace sluice::lc {
namespace {

using i64 = std::int64_t;

constexpr i64 kPartCurves = i64(1) << 16, kPartRows = i64(1)
                                                      << 20;  // of a part, at most, where objects allow

/// Objects [first, last) of the curves.
struct Part {
  std::size_t first, last;
  i64 curve, curves, row, rows;
};

struct Sizes {
  i64 curves = 0, rows = 0;  // of the largest part
  i64 longest = 0;           // rows of the longest curve
};

bool have_errors(const Curves& c, Errors how) {
  if (how != Errors::kDetect) return how == Errors::kUse;
  return std::any_of(c.error.begin(), c.error.end(), [](double e) { return !std::isnan(e); });
}

std::string curve_name(const Curves& c, i64 curve) {
  const i64 bands = i64(c.bands.size());
  return "object " + std::to_string(c.objects[std::size_t(curve / bands)]) + ", band " +
         c.bands[std::size_t(curve % bands)];
}

std::string row_text(const Curves& c, i64 row) {
  const std::size_t r = std::size_t(row);
  return "t = " + number(c.t[r]) + ", flux = " + number(c.flux[r]) + ", error = " + number(c.error[r]);
}

[[noreturn]] void fail_bad(const Curves& c, i64 curve, bool errors) {
  i64 row = c.starts[std::size_t(curve)];
  const auto good = [&](std::size_t r) {
    return std::isfinite(c.t[r]) && std::isfinite(c.flux[r]) &&
           (!errors || (std::isfinite(c.error[r]) && c.error[r] >= 0));
  };
  while (good(std::size_t(row))) ++row;
  throw Error(ErrorKind::kInput,
              curve_name(c, curve) + ": a bad row: expected finite numbers and an error not below 0, found " +
                  row_text(c, row),
              "such rows can be left out and counted instead");
}

void check_shape(const Curves& c, const std::vector<std::string>& bands) {
  const std::size_t rows = c.t.size();
  if (c.bands != bands)
    throw Error(ErrorKind::kUsage, "curves of other bands than the features were asked for");
  if (c.flux.size() != rows || c.error.size() != rows || c.starts.size() != std::size_t(c.curves()) + 1 ||
      c.starts.front() != 0 || c.starts.back() != i64(rows))
    throw Error(ErrorKind::kInput, "curves whose rows do not fit together");
}

}  // namespace

struct FeatureExtractor::Impl {
  struct Slot {
    explicit Slot(const Device& device) : computed(device), stream(device) {}
    Held in, staged, out, result;  // staged, result: on the host, where memory is not shared
    Part part{};
    bool busy = false;
    Fence computed;
    Stream stream;  // ends first
  };

  Impl(Machine& m, const std::vector<std::string>& b, const FeatureOptions& o)
      : machine(m), bands(b), options(o), plan(plan_features(b, o)) {
    if (o.least_snr > 0 && o.errors == Errors::kNone)
      throw Error(ErrorKind::kUsage, "a cut on signal to noise: the input has no errors");
    if (!(o.from <= o.to)) throw Error(ErrorKind::kUsage, "a range of times whose end lies before its start");
  }

  i64 width() const { return i64(plan.computed.size()); }
  i64 in_bytes(const Sizes& s) const { return 8 * (3 * s.rows + s.curves + 1); }
  i64 out_bytes(const Sizes& s) const { return 8 * s.curves * (width() + 2); }

  /// Parts of whole objects, and what the largest of them takes.
  std::vector<Part> parts_of(const Curves& c, Sizes& sizes) const {
    const i64 bands_each = i64(bands.size());
    std::vector<Part> parts;
    for (std::size_t first = 0; first < c.objects.size();) {
      const i64 curve = i64(first) * bands_each, row = c.starts[std::size_t(curve)];
      std::size_t last = first + 1;
      const auto end = [&](std::size_t object) { return c.starts[object * std::size_t(bands_each)]; };
      while (last < c.objects.size() && i64(last + 1 - first) * bands_each <= kPartCurves &&
             (machine.shared() || end(last + 1) - row <= kPartRows))
        ++last;
      const Part part{first, last, curve, i64(last - first) * bands_each, row, end(last) - row};
      sizes.curves = std::max(sizes.curves, part.curves), sizes.rows = std::max(sizes.rows, part.rows);
      parts.push_back(part);
      first = last;
    }
    for (std::size_t k = 1; k < c.starts.size(); ++k)
      sizes.longest = std::max(sizes.longest, c.starts[k] - c.starts[k - 1]);
    return parts;
  }

  void hold(Held& held, Memory kind, i64 bytes, Budget& budget, const char* what) {
    if (held.buffer.bytes() >= bytes) return;
    held = Held();
    held = Held(*machine.device, kind, bytes, budget, what);
  }

  /// Threads, or blocks of a card, that the budget has room for.
  void hold_scratch(const Sizes& sizes) {
    const i64 each = curve_features_thread(sizes.longest);
    Budget& budget = machine.budgets->device();
    const i64 most = machine.shared() ? machine.threads : std::max(1, 2 * machine.facts.units);
    const i64 fit = (i64(budget.left()) + scratch.buffer.bytes()) / each;
    hold(scratch, Memory::kDevice, each * std::clamp<i64>(fit, 1, most), budget, "curves side by side");
  }

  void hold_buffers(const Sizes& sizes, std::size_t parts) {
    Budget &device = machine.budgets->device(), &host = machine.budgets->host;
    while (slots.size() < (machine.shared() || parts < 2 ? 1 : 2))
      slots.push_back(std::make_unique<Slot>(*machine.device));
    for (auto& slot : slots) {
      hold(slot->out, Memory::kDevice, out_bytes(sizes), device, "features of curves");
      if (machine.shared()) continue;
      hold(slot->in, Memory::kDevice, in_bytes(sizes), device, "curves on the device");
      hold(slot->staged, Memory::kPinned, in_bytes(sizes), host, "curves on their way to the device");
      hold(slot->result, Memory::kPinned, out_bytes(sizes), host, "features on their way from the device");
    }
    hold_scratch(sizes);
  }

  void start(Slot& slot, const Part& part, const Curves& c, const Sizes& sizes) {
    slot.part = part, slot.busy = true;
    CurveFeaturesArgs a{};
    a.curves = part.curves, a.rows = part.rows, a.longest = sizes.longest;
    a.starts = c.starts.data() + part.curve;
    a.t = c.t.data() + part.row, a.flux = c.flux.data() + part.row, a.error = c.error.data() + part.row;
    if (!machine.shared()) copy_in(slot, part, a);
    if (!errors) a.error = nullptr;
    a.cuts = {options.from, options.to, options.least_snr};
    a.dropped = slot.out.as<i64>();
    a.scratch = scratch.as<>(), a.scratch_bytes = scratch.buffer.bytes();
    double* out = slot.out.as<double>() + 2 * part.curves;
    // Scratch is one for all: parts are computed one after another.
    if (before != nullptr) slot.stream.wait(before->computed);
    // A call takes so many columns; each call's numbers lie together.
    for (std::size_t first = 0; first < plan.computed.size(); first += kCurveColumns) {
      a.columns = i32_of(std::min<std::size_t>(kCurveColumns, plan.computed.size() - first));
      std::copy_n(plan.computed.begin() + std::ptrdiff_t(first), a.columns, a.column);
      a.out = out;
      slot.stream.run(a);
      out += part.curves * a.columns;
    }
    slot.computed.record(slot.stream);
    before = &slot;
    if (!machine.shared())
      slot.stream.copy(slot.result.as<>(), slot.out.as<>(), 8 * part.curves * (width() + 2));
  }

  static std::int32_t i32_of(std::size_t n) { return std::int32_t(n); }

  void copy_in(Slot& slot, const Part& part, CurveFeaturesArgs& a) {
    char *to = slot.staged.as<char>(), *device = slot.in.as<char>();
    const auto put = [&](auto*& from, i64 count) {
      const i64 bytes = 8 * count;
      if (bytes > 0) std::memcpy(to, from, std::size_t(bytes));
      from = reinterpret_cast<std::decay_t<decltype(from)>>(device);
      to += bytes, device += bytes;
    };
    put(a.starts, part.curves + 1), put(a.t, part.rows), put(a.flux, part.rows), put(a.error, part.rows);
    slot.stream.copy(slot.in.as<>(), slot.staged.as<>(), to - slot.staged.as<char>());
  }

  /// Waits for a part and puts its numbers into the table.
  void finish(Slot& slot, const Curves& c, Features& f) {
    if (!slot.busy) return;
    slot.stream.finish();
    slot.busy = false;
    const Part& part = slot.part;
    const i64* const dropped = machine.shared() ? slot.out.as<i64>() : slot.result.as<i64>();
    const double* const numbers = reinterpret_cast<const double*>(dropped + 2 * part.curves);
    for (i64 k = 0; k < part.curves; ++k) {
      const i64 bad = dropped[2 * k];
      if (bad == kCurveDescends)
        throw Error(ErrorKind::kInput, curve_name(c, part.curve + k) + ": times that are not in order");
      f.bad += bad, f.cut += dropped[2 * k + 1];
      if (bad > 0 && options.bad_rows == BadRows::kFail) fail_bad(c, part.curve + k, errors);
    }
    const std::size_t objects = part.last - part.first, each = 1024, table = plan.columns.size();
    in_parallel(std::size_t(machine.threads), (objects + each - 1) / each, [&](std::size_t chunk) {
      std::vector<double> together(bands.size() * plan.computed.size());
      for (std::size_t o = chunk * each; o < std::min(objects, (chunk + 1) * each); ++o)
        gather_features(plan, of_object(numbers, part, o, together), &f.values[(part.first + o) * table]);
    });
  }

  /// Bands x columns of an object: as they lie where one call computed them, else brought together.
  const double* of_object(const double* numbers, const Part& part, std::size_t object,
                          std::vector<double>& together) const {
    const std::size_t count = bands.size(), all = plan.computed.size();
    if (all <= kCurveColumns) return numbers + object * count * all;
    for (std::size_t first = 0; first < all; first += kCurveColumns) {
      const std::size_t columns = std::min<std::size_t>(kCurveColumns, all - first);
      for (std::size_t b = 0; b < count; ++b)
        std::copy_n(numbers + (object * count + b) * columns, columns, &together[b * all + first]);
      numbers += std::size_t(part.curves) * columns;
    }
    return together.data();
  }

  Features compute(const Curves& c) {
    check_shape(c, bands);
    errors = have_errors(c, options.errors);
    if (options.least_snr > 0 && !errors && c.rows() > 0)
      throw Error(ErrorKind::kUsage, "a cut on signal to noise: the input has no errors");
    Features f;
    f.columns = plan.columns, f.objects = c.objects, f.rows = c.rows();
    f.values.resize(c.objects.size() * plan.columns.size());
    Sizes sizes;
    const std::vector<Part> parts = parts_of(c, sizes);
    if (parts.empty()) return f;
    const Clock clock;
    hold_buffers(sizes, parts.size());
    try {
      for (std::size_t k = 0; k < parts.size(); ++k) {
        Slot& slot = *slots[k % slots.size()];
        finish(slot, c, f);
        start(slot, parts[k], c, sizes);
      }
      for (std::size_t k = 0; k < slots.size(); ++k) finish(*slots[(parts.size() + k) % slots.size()], c, f);
    } catch (...) {
      for (auto& slot : slots) slot->busy = false;  // their streams end before their buffers
      throw;
    }
    f.compute_seconds = clock.seconds();
    return f;
  }

  Machine& machine;
  std::vector<std::string> bands;
  FeatureOptions options;
  FeaturePlan plan;
  bool errors = true;
  Held scratch;
  const Slot* before = nullptr;  // whose part is computed before
  std::vector<std::unique_ptr<Slot>> slots;
};

FeatureExtractor::FeatureExtractor(Machine& machine, const std::vector<std::string>& bands,
                                   const FeatureOptions& options)
    : impl_(std::make_unique<Impl>(machine, bands, options)) {}
FeatureExtractor::~FeatureExtractor() = default;

const std::vector<FeatureColumnName>& FeatureExtractor::columns() const {
  return impl_->plan.columns;
}
const std::vector<std::string>& FeatureExtractor::notes() const {
  return impl_->plan.notes;
}
Features FeatureExtractor::compute(const Curves& curves) {
  return impl_->compute(curves);
}

Features compute_features(Machine& machine, const Curves& curves, const FeatureOptions& options) {
  return FeatureExtractor(machine, curves.bands, options).compute(curves);
}

}  // namespace sluice::lc
