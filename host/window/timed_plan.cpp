// How a series whose samples have times is cut to fit: tiles of samples, calls of cells.
#include <algorithm>

#include "host/error.h"
#include "host/units.h"
#include "host/window/timed_engine.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;
constexpr i64 kPage = 4096;

TimedGeometry geometry_of(const Problem& p, const Machine& m, bool staged, i64 channels, i64 rows,
                          i64 cells) {
  const WindowGrid& g = p.grid;
  TimedGeometry f;
  f.channels = channels, f.rows = rows, f.staged = staged, f.cells = cells;
  f.state = i64(WindowFields(needs_of(p.statistics)).fields) * channels;
  const i64 step = g.cells_a_step(), there = g.cell_of(g.samples - 1) + 1;
  f.capacity = std::min(there, std::min(there, g.cells_a_window()) + std::min(there, cells) + 2 * step);
  f.running = g.cells_a_window() > kWindowFewCells;
  f.segments = f.partials = cells + rows / kWindowSegment + 2;
  const i64 row = output_row_bytes(p, channels);
  const i64 wanted = std::max(cells / step + 1, f.running ? 2 * g.cells_a_window() / step : 1);
  f.windows =
      std::clamp<i64>(std::min(wanted, std::max<i64>(1, (8 << 20) / row)), 1, std::max<i64>(1, g.windows()));
  f.slot_bytes = f.windows * row + kPage;
  const double state = double(f.state) * 8;
  const bool slope = (needs_of(p.statistics) & kNeedSlope) != 0;
  // Two of each wait on the host, and where the device has memory of its own two are there.
  const double told =
      double(f.segments) * sizeof(WindowSegment) + double(f.windows) * 16 + (slope ? double(rows) * 8 : 0);
  const double device = state * double(f.capacity) * (f.running ? 2 : 1) + state * double(f.partials);
  const double tile = double(rows) * double(channels) * double(size_of(p.source->info().type));
  const double host = (staged ? tile * f.depth : 0) + double(f.slot_bytes) * f.slots +
                      double(p.source->cache_bytes()) + told * 2 + double(rows) * 8 +
                      double(f.capacity) * 16 + double(f.segments) * sizeof(WindowSegment);
  const double scratch = double(m.scratch);
  const auto whole = [](double bytes) { return bytes < 1.8e19 ? std::uint64_t(bytes) : ~std::uint64_t(0); };
  if (m.shared()) {
    f.memory = whole(host + device + scratch);
  } else {
    f.memory = whole(host);
    f.device_memory = whole(device + told * 2 + tile * 2 + double(f.slot_bytes) * f.slots + scratch);
  }
  return f;
}

bool fits(const Geometry& f, const Machine& m) {
  return f.memory <= m.memory && (m.shared() || f.device_memory <= m.device_memory);
}

}  // namespace

TimedGeometry choose_timed_geometry(const Problem& p, const Machine& m, IoMode io) {
  const bool staged = Reader::staged(*p.source, m.shared(), io);
  const i64 element = i64(size_of(p.source->info().type)), samples = p.times->samples;
  const auto segments = [](i64 n) { return (n + kWindowSegment - 1) / kWindowSegment * kWindowSegment; };
  for (i64 channels = p.channels;;
       channels = (channels / 2 + kWindowChannels - 1) / kWindowChannels * kWindowChannels) {
    const i64 bytes = m.shared() ? i64(8) << 20 : i64(64) << 20;
    i64 rows = std::clamp(segments(bytes / (channels * element)), kWindowSegment, segments(samples));
    const i64 state = i64(WindowFields(needs_of(p.statistics)).fields) * channels * 8;
    i64 cells = std::max((m.shared() ? i64(4) << 20 : i64(256) << 20) / state,
                         2 * std::min(p.grid.cells_a_window(), i64(1) << 30));
    cells = std::clamp<i64>(std::min(cells, p.grid.cell_of(p.grid.samples - 1) + 1), 1, i64(1) << 22);
    for (;;) {
      const TimedGeometry f = geometry_of(p, m, staged, channels, rows, cells);
      if (fits(f, m)) return f;
      if (rows == kWindowSegment && cells == 1) break;
      rows = std::max(kWindowSegment, segments(rows / 2)), cells = std::max<i64>(1, cells / 2);
    }
    // Lines of text have all channels.
    if (channels > kWindowChannels && p.output != OutputKind::kCsv) continue;
    const TimedGeometry f = geometry_of(p, m, staged, channels, kWindowSegment, 1);
    const bool host = f.memory > m.memory;
    const std::uint64_t needed = host ? f.memory : f.device_memory;
    const std::string option = host ? "--memory" : "--device-memory";
    throw Error(ErrorKind::kMemory,
                option + " " + human_bytes(double(host ? m.memory : m.device_memory)) +
                    ": too small for windows of " + p.options.size.text + ": expected at least " +
                    human_bytes(double(needed)),
                "give " + option + " " + size_argument(needed) + ", or a greater --step");
  }
}

}  // namespace sluice::window_detail
