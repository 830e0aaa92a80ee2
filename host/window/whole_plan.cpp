// How the series is cut into tiles of whole windows: arithmetic only.
#include <algorithm>

#include "host/error.h"
#include "host/units.h"
#include "host/window/whole.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;
constexpr i64 kPage = 4096;

class Planner {
 public:
  Planner(const Problem& p, const Operations& operations, const Machine& m, bool staged)
      : p_(p),
        operations_(operations),
        m_(m),
        staged_(staged),
        element_(i64(size_of(p.source->info().type))) {
    for (const auto& o : operations) least_ = std::max(least_, std::min(o->least_channels(), p.channels));
  }

  i64 least_channels() const { return least_; }
  /// About half of `channels`, as the operations take them.
  i64 halved(i64 channels) const { return std::max(least_, (channels / 2 + least_ - 1) / least_ * least_); }

  /// Samples of so many windows.
  i64 rows_of(i64 windows) const {
    const double rows = double(windows - 1) * double(p_.grid.step) + double(p_.grid.size);
    return rows < double(p_.grid.samples) ? i64(rows) : p_.grid.samples;
  }
  /// Windows that make good tiles: a halo that is a small part of them, and work for all threads.
  i64 good_windows(i64 channels) const {
    const i64 bytes = m_.shared() ? i64(32) << 20 : i64(128) << 20;
    const double rows = std::max(double(bytes) / double(channels * element_), 4 * double(p_.grid.size));
    const double windows = (rows - double(p_.grid.size)) / double(p_.grid.step) + 1;
    const double few = std::max(double(fair_windows()), double(i64(32) << 20) / double(row_bytes(channels)));
    return std::clamp<i64>(i64(std::min({windows, few, 1e15})), 1, std::max<i64>(1, p_.grid.windows()));
  }
  /// Fewer of them look at most samples twice.
  i64 fair_windows() const { return std::min(p_.grid.windows(), p_.grid.size / p_.grid.step + 1); }

  /// Of the results of a window.
  i64 row_bytes(i64 channels) const {
    i64 bytes = 0;
    for (const auto& o : operations_)
      for (const int d : o->datasets()) {
        const Dataset& set = p_.datasets[std::size_t(d)];
        bytes += channels * set.values * i64(size_of(set.type));
      }
    return bytes;
  }

  WholeGeometry of(i64 channels, i64 windows) const {
    WholeGeometry f;
    f.channels = channels, f.windows = windows, f.rows = rows_of(windows), f.staged = staged_;
    double slot = double(kPage) + double(windows) * double(row_bytes(channels)), scratch = 0;
    for (const auto& o : operations_) {
      slot += 8 * double(o->datasets().size());
      f.scratch.push_back(o->scratch_bytes(windows, channels));
      scratch += double(f.scratch.back());
    }
    f.slot_bytes = slot < 9e18 ? i64(slot) : i64(9e18);
    const double tile = double(f.rows) * double(channels) * double(element_);
    const double host = (staged_ ? tile * f.depth : 0) + slot * f.slots + double(p_.source->cache_bytes());
    const double device = scratch + double(m_.scratch);
    const auto whole = [](double bytes) { return bytes < 1.8e19 ? std::uint64_t(bytes) : ~std::uint64_t(0); };
    if (m_.shared()) {
      f.memory = whole(host + device);
    } else {
      f.memory = whole(host);
      f.device_memory = whole(device + tile * 2 + slot * f.slots);
    }
    return f;
  }

  bool fits(const WholeGeometry& f) const {
    return f.memory <= m_.memory && (m_.shared() || f.device_memory <= m_.device_memory);
  }

 private:
  const Problem& p_;
  const Operations& operations_;
  const Machine& m_;
  bool staged_;
  i64 element_, least_ = 1;
};

}  // namespace

WholeGeometry choose_whole(const Problem& p, const Operations& operations, const Machine& m, IoMode io) {
  const Planner plan(p, operations, m, Reader::staged(*p.source, m.shared(), io));
  // Lines of text have all channels.
  const i64 least = p.output == OutputKind::kCsv ? p.channels : plan.least_channels();
  // All channels and a small halo first, then blocks of channels, then windows by themselves.
  for (const bool fair : {true, false})
    for (i64 channels = p.channels;; channels = plan.halved(channels)) {
      const i64 fewest = fair ? plan.fair_windows() : 1;
      for (i64 windows = std::max(fewest, plan.good_windows(channels));;
           windows = std::max(fewest, windows / 2)) {
        const WholeGeometry f = plan.of(channels, windows);
        if (plan.fits(f)) return f;
        if (windows == fewest) break;
      }
      if (channels <= least) break;
    }
  const WholeGeometry f = plan.of(least, 1);
  const bool host = f.memory > m.memory;
  const std::uint64_t needed = host ? f.memory : f.device_memory;
  const std::string option = host ? "--memory" : "--device-memory";
  std::string names;
  for (const auto& o : operations)
    for (const int d : o->datasets()) names += (names.empty() ? "" : ", ") + p.datasets[std::size_t(d)].name;
  throw Error(ErrorKind::kMemory,
              option + " " + human_bytes(double(host ? m.memory : m.device_memory)) + ": too small for " +
                  names + " in whole windows: expected at least " + human_bytes(double(needed)) +
                  " for a window of " + std::to_string(p.grid.size) + " samples of " + std::to_string(least) +
                  (least == 1 ? " channel" : " channels"),
              "give " + option + " " + size_argument(needed));
}

}  // namespace sluice::window_detail
