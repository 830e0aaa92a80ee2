#include "host/window/plan.h"

#include <algorithm>

#include "host/error.h"
#include "host/units.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;
constexpr i64 kPage = 4096;

/// Samples that a tile needs to have a border in reach.
i64 least_rows(const Problem& p) {
  return std::min({p.grid.samples, p.grid.longest_cell(), kWindowSegment});
}

/// A geometry of tiles of at most `rows` samples of `channels` channels. Doubles, since nothing has been held
/// against a limit yet.
Geometry geometry_of(const Problem& p, const Machine& m, bool staged, i64 channels, i64 rows) {
  const WindowGrid& g = p.grid;
  Geometry f;
  f.channels = channels, f.rows = rows, f.staged = staged;
  f.state = i64(WindowFields(needs_of(p.statistics)).fields) * channels;
  const i64 step = g.cells_a_step(), there = g.cell_of(g.samples - 1) + 1;
  const i64 in_tile = std::min(there, (rows / g.step + 2) * step);
  f.capacity = std::min(there, std::min(there, g.cells_a_window()) + in_tile + 2 * step);
  f.running = g.cells_a_window() > kWindowFewCells;
  f.partials = g.cells_are_segments() ? 1 : in_tile + rows / kWindowSegment + 2;
  // Runs of windows shorter than a block of cells would make its running merges again and again.
  const i64 row = output_row_bytes(p, channels);
  const i64 wanted = std::max(rows / g.step + 1, f.running ? 2 * g.cells_a_window() / step : 1);
  f.windows =
      std::clamp<i64>(std::min(wanted, std::max<i64>(1, (8 << 20) / row)), 1, std::max<i64>(1, g.windows()));
  f.slot_bytes = f.windows * row + kPage;
  const double state = double(f.state) * 8;
  const double device = state * double(f.capacity) * (f.running ? 2 : 1) + state * double(f.partials);
  const double tile = double(rows) * double(channels) * double(size_of(p.source->info().type));
  const double host =
      (staged ? tile * f.depth : 0) + double(f.slot_bytes) * f.slots + double(p.source->cache_bytes());
  const double scratch = double(m.scratch);
  const auto whole = [](double bytes) { return bytes < 1.8e19 ? std::uint64_t(bytes) : ~std::uint64_t(0); };
  if (m.shared()) {
    f.memory = whole(host + device + scratch);
  } else {
    f.memory = whole(host);
    f.device_memory = whole(device + tile * 2 + double(f.slot_bytes) * f.slots + scratch);
  }
  return f;
}

bool fits(const Geometry& f, const Machine& m) {
  return f.memory <= m.memory && (m.shared() || f.device_memory <= m.device_memory);
}

/// Samples that make good tiles: enough to keep the threads busy, few enough for their states to stay in
/// cache.
i64 good_rows(const Problem& p, const Machine& m, i64 channels) {
  const i64 element = i64(size_of(p.source->info().type));
  const i64 by_bytes = (m.shared() ? i64(8) << 20 : i64(64) << 20) / std::max<i64>(1, channels * element);
  const i64 state = i64(WindowFields(needs_of(p.statistics)).fields) * channels * 8;
  const i64 cells = std::max((m.shared() ? i64(4) << 20 : i64(256) << 20) / state,
                             2 * std::min(p.grid.cells_a_window(), i64(1) << 30));
  const double by_states = double(cells) / double(p.grid.cells_a_step()) * double(p.grid.step);
  const i64 rows = by_states < double(by_bytes) ? i64(by_states) : by_bytes;
  return std::clamp(rows, least_rows(p), p.grid.samples);
}

}  // namespace

i64 output_row_bytes(const Problem& p, i64 channels) {
  i64 bytes = 0;
  for (const Statistic& s : p.statistics) bytes += i64(size_of(s.type)) * channels;
  return bytes;
}

Geometry choose_geometry(const Problem& p, const Machine& m, IoMode io) {
  const bool staged = Reader::staged(*p.source, m.shared(), io);
  const i64 least = least_rows(p);
  for (i64 channels = p.channels;;
       channels = (channels / 2 + kWindowChannels - 1) / kWindowChannels * kWindowChannels) {
    for (i64 rows = good_rows(p, m, channels);; rows = std::max(least, rows / 2)) {
      const Geometry f = geometry_of(p, m, staged, channels, rows);
      if (fits(f, m)) return f;
      if (rows == least) break;
    }
    // Lines of text have all channels.
    if (channels > kWindowChannels && p.output != OutputKind::kCsv) continue;
    const Geometry f = geometry_of(p, m, staged, channels, least);
    const bool host = f.memory > m.memory;
    const std::uint64_t needed = host ? f.memory : f.device_memory;
    const std::string option = host ? "--memory" : "--device-memory";
    throw Error(ErrorKind::kMemory,
                option + " " + human_bytes(double(host ? m.memory : m.device_memory)) +
                    ": too small for windows of " + std::to_string(p.grid.size) + " samples every " +
                    std::to_string(p.grid.step) + ": expected at least " + human_bytes(double(needed)),
                "give " + option + " " + size_argument(needed) + ", or a greater --step");
  }
}

}  // namespace sluice::window_detail
