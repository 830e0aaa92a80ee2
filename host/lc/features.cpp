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

// Of a part, at most, where an object allows it and the budget has room.
constexpr i64 kPartCurves = i64(1) << 16, kPartRows = i64(1) << 20;

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

bool counts(const Curves& c, std::size_t row, bool errors) {
  return std::isfinite(c.t[row]) && std::isfinite(c.flux[row]) &&
         (!errors || (std::isfinite(c.error[row]) && c.error[row] >= 0));
}

[[noreturn]] void fail_bad(const Curves& c, i64 curve, bool errors) {
  i64 row = c.starts[std::size_t(curve)];
  while (counts(c, std::size_t(row), errors)) ++row;
  throw Error(ErrorKind::kInput,
              curve_name(c, curve) + ": a bad row: expected finite numbers and an error not below 0, found " +
                  row_text(c, row),
              "such rows can be left out and counted instead");
}

/// Names the first row that counts and whose time lies before another's.
[[noreturn]] void fail_order(const Curves& c, i64 curve, bool errors, const FeatureOptions& o) {
  double latest = -std::numeric_limits<double>::infinity();
  for (i64 row = c.starts[std::size_t(curve)]; row < c.starts[std::size_t(curve) + 1]; ++row) {
    const std::size_t r = std::size_t(row);
    if (!counts(c, r, errors) || c.t[r] < o.from || c.t[r] > o.to) continue;
    if (errors && std::fabs(c.flux[r]) < o.least_snr * c.error[r]) continue;
    if (c.t[r] < latest)
      throw Error(ErrorKind::kInput,
                  curve_name(c, curve) + ": times that are not in order: expected a time not before " +
                      number(latest) + ", found " + row_text(c, row),
                  "sort the rows of each curve by their times");
    latest = c.t[r];
  }
  throw Error(ErrorKind::kInput, curve_name(c, curve) + ": times that are not in order");
}

void check_shape(const Curves& c, const std::vector<std::string>& bands) {
  const std::size_t rows = c.t.size();
  if (c.bands != bands)
    throw Error(ErrorKind::kUsage, "curves of other bands than the features were asked for");
  if (c.flux.size() != rows || c.error.size() != rows || c.starts.size() != std::size_t(c.curves()) + 1 ||
      c.starts.front() != 0 || c.starts.back() != i64(rows))
    throw Error(ErrorKind::kInput, "curves whose rows do not fit together");
  for (std::size_t k = 1; k < c.starts.size(); ++k)
    if (c.starts[k] < c.starts[k - 1])
      throw Error(ErrorKind::kInput, "curves whose rows do not fit together: curve " + std::to_string(k - 1) +
                                         " ends before it starts");
}

/// For the curve `longest` the budget lacks something. What is left of it grows with the whole at least in
/// proportion, since others take shares.
[[noreturn]] void fail_memory(const Budget& budget, const char* option, i64 longest, i64 need) {
  const double limit = double(budget.limit()), left = double(budget.left()), want = double(need);
  const double enough = std::min(limit + 8 * (want - left), limit * want / std::max(left, 1.0)) + (1 << 20);
  throw Error(ErrorKind::kMemory,
              std::string(option) + " " + human_bytes(limit) + ": too small for a curve of " +
                  std::to_string(longest) + " rows: expected about " + human_bytes(enough),
              std::string("give ") + option + " " + size_argument(std::uint64_t(enough)));
}

}  // namespace

struct FeatureExtractor::Impl {
  using Take = std::function<void(const Features&)>;

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
  i64 out_bytes(i64 curves) const { return 8 * curves * (width() + 2); }
  /// Of the table, and of what its writer makes of it.
  i64 table_bytes(i64 objects) const { return objects * (16 * i64(plan.columns.size()) + 8); }

  /// What a part may be, beside a thread's scratch for the longest curve, when nothing is held.
  Sizes limits_of(i64 longest) const {
    Budget &device = machine.budgets->device(), &host = machine.budgets->host;
    const bool shared = machine.shared();
    const i64 each = curve_features_thread(longest), object = i64(bands.size());
    const i64 on_host = table_bytes(1) + (shared ? 0 : 2 * out_bytes(object));
    const i64 on_device = (shared ? table_bytes(1) : 0) + (shared ? 1 : 2) * out_bytes(object);
    const i64 left = i64(device.left()), need = each + on_device + (shared ? 0 : 2 * 24 * longest);
    if (left < need) fail_memory(device, shared ? "--memory" : "--device-memory", longest, need);
    const i64 spare = std::min(left / 4, (left - each) / (shared ? 1 : 2)), here = i64(host.left()) / 4;
    const i64 objects = shared ? spare / on_device : std::min(spare / on_device, here / on_host);
    return {.curves = std::clamp(objects * object, object, std::max(object, kPartCurves)),
            .rows = std::clamp<i64>(std::min(spare, here) / (2 * 24), 1, kPartRows),
            .longest = longest};
  }

  /// Parts of whole objects, and what the largest of them takes.
  std::vector<Part> parts_of(const Curves& c, Sizes& sizes) const {
    const i64 bands_each = i64(bands.size());
    std::vector<Part> parts;
    for (std::size_t first = 0; first < c.objects.size();) {
      const i64 curve = i64(first) * bands_each, row = c.starts[std::size_t(curve)];
      std::size_t last = first + 1;
      const auto end = [&](std::size_t object) { return c.starts[object * std::size_t(bands_each)]; };
      while (last < c.objects.size() && i64(last + 1 - first) * bands_each <= limits.curves &&
             (machine.shared() || end(last + 1) - row <= limits.rows))
        ++last;
      const Part part{first, last, curve, i64(last - first) * bands_each, row, end(last) - row};
      sizes.curves = std::max(sizes.curves, part.curves), sizes.rows = std::max(sizes.rows, part.rows);
      parts.push_back(part);
      first = last;
    }
    return parts;
  }

  void release() {
    for (auto& slot : slots)
      for (Held* const buffer : {&slot->in, &slot->staged, &slot->out, &slot->result}) *buffer = Held();
    scratch = Held(), table = Share();
    handed.values = {}, handed.objects = {};
    held = {};
  }

  /// Buffers for parts of these sizes; scratch for threads, or blocks of a card, in what is left then.
  void hold(const Sizes& sizes, std::size_t parts) {
    Budget &device = machine.budgets->device(), &host = machine.budgets->host;
    const Device& on = *machine.device;
    while (slots.size() < (machine.shared() || parts < 2 ? 1 : 2))
      slots.push_back(std::make_unique<Slot>(on));
    table = Share(host, std::uint64_t(table_bytes(sizes.curves / i64(bands.size()))), "a table of features");
    for (auto& slot : slots) {
      slot->out = Held(on, Memory::kDevice, out_bytes(sizes.curves), device, "features of curves");
      if (machine.shared()) continue;
      slot->in = Held(on, Memory::kDevice, in_bytes(sizes), device, "curves on the device");
      slot->staged = Held(on, Memory::kPinned, in_bytes(sizes), host, "curves on their way to the device");
      slot->result =
          Held(on, Memory::kPinned, out_bytes(sizes.curves), host, "features on their way from the device");
    }
    const i64 each = curve_features_thread(sizes.longest);
    const i64 most = machine.shared() ? machine.threads : std::max(1, 2 * machine.facts.units);
    scratch = Held(on, Memory::kDevice, each * std::clamp<i64>(i64(device.left()) / each, 1, most), device,
                   "curves side by side");
    held = sizes;
  }

  /// Parts of the curves, for which the buffers are there. Buffers that are too small go all at once, so that
  /// none is in another's way.
  std::vector<Part> prepare(const Curves& c) {
    Sizes sizes = held;
    for (std::size_t k = 1; k < c.starts.size(); ++k)
      sizes.longest = std::max(sizes.longest, c.starts[k] - c.starts[k - 1]);
    if (sizes.longest > held.longest || held.curves == 0) {
      const i64 longest = sizes.longest;
      release();
      limits = limits_of(longest);
      sizes = {.longest = longest};
    }
    std::vector<Part> parts = parts_of(c, sizes);
    const bool room = sizes.curves <= held.curves && (machine.shared() || sizes.rows <= held.rows) &&
                      slots.size() >= (machine.shared() || parts.size() < 2 ? 1u : 2u);
    if (!parts.empty() && !room) {
      release();
      hold(sizes, parts.size());
    }
    return parts;
  }

  void start(Slot& slot, const Part& part, const Curves& c) {
    slot.part = part, slot.busy = true;
    CurveFeaturesArgs a{};
    a.curves = part.curves, a.rows = part.rows, a.longest = held.longest;
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

  /// Waits for a part and hands its table on.
  void finish(Slot& slot, const Curves& c, const Take& take) {
    if (!slot.busy) return;
    slot.stream.finish();
    slot.busy = false;
    const Part& part = slot.part;
    const i64* const dropped = machine.shared() ? slot.out.as<i64>() : slot.result.as<i64>();
    const double* const numbers = reinterpret_cast<const double*>(dropped + 2 * part.curves);
    Features& f = handed;
    f.rows = part.rows, f.bad = f.cut = 0;
    for (i64 k = 0; k < part.curves; ++k) {
      const i64 bad = dropped[2 * k];
      if (bad == kCurveDescends) fail_order(c, part.curve + k, errors, options);
      f.bad += bad, f.cut += dropped[2 * k + 1];
      if (bad > 0 && options.bad_rows == BadRows::kFail) fail_bad(c, part.curve + k, errors);
    }
    const auto at = [&](std::size_t object) { return c.objects.begin() + std::ptrdiff_t(object); };
    f.objects.assign(at(part.first), at(part.last));
    f.values.resize(f.objects.size() * plan.columns.size());
    const std::size_t objects = part.last - part.first, each = 1024;
    const std::size_t width_of_table = plan.columns.size();
    in_parallel(std::size_t(machine.threads), (objects + each - 1) / each, [&](std::size_t chunk) {
      std::vector<double> together(bands.size() * plan.computed.size());
      for (std::size_t o = chunk * each; o < std::min(objects, (chunk + 1) * each); ++o)
        gather_features(plan, of_object(numbers, part, o, together), &f.values[o * width_of_table]);
    });
    f.compute_seconds = clock.seconds();
    take(f);
    clock = Clock();
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

  void compute(const Curves& c, const Take& take) {
    check_shape(c, bands);
    errors = have_errors(c, options.errors);
    if (options.least_snr > 0 && !errors && c.rows() > 0)
      throw Error(ErrorKind::kUsage, "a cut on signal to noise: the input has no errors");
    clock = Clock();
    const std::vector<Part> parts = prepare(c);
    before = nullptr;
    try {
      for (std::size_t k = 0; k < parts.size(); ++k) {
        Slot& slot = *slots[k % slots.size()];
        finish(slot, c, take);
        start(slot, parts[k], c);
      }
      for (std::size_t k = 0; k < slots.size(); ++k)
        finish(*slots[(parts.size() + k) % slots.size()], c, take);
    } catch (...) {
      give_up();
      throw;
    }
  }

  /// Waits for what is under way, since its buffers may be used again; the error at hand is told, not these.
  void give_up() noexcept {
    for (auto& slot : slots) {
      if (!slot->busy) continue;
      slot->busy = false;
      try {
        slot->stream.finish();
      } catch (const std::exception&) {
      }
    }
  }

  Machine& machine;
  std::vector<std::string> bands;
  FeatureOptions options;
  FeaturePlan plan;
  bool errors = true;
  Sizes limits, held;  // of parts; what the buffers have room for
  Held scratch;
  Share table;
  Features handed;               // a part of the table
  Clock clock;                   // since the part before was handed on
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
  Features all;
  all.columns = impl_->plan.columns;
  all.objects.reserve(curves.objects.size());
  all.values.reserve(curves.objects.size() * all.columns.size());
  compute(curves, [&all](const Features& part) {
    all.objects.insert(all.objects.end(), part.objects.begin(), part.objects.end());
    all.values.insert(all.values.end(), part.values.begin(), part.values.end());
    all.rows += part.rows, all.bad += part.bad, all.cut += part.cut;
    all.compute_seconds += part.compute_seconds;
  });
  return all;
}
void FeatureExtractor::compute(const Curves& curves, const std::function<void(const Features&)>& take) {
  impl_->compute(curves, take);
}

Features compute_features(Machine& machine, const Curves& curves, const FeatureOptions& options) {
  return FeatureExtractor(machine, curves.bands, options).compute(curves);
}

}  // namespace sluice::lc
