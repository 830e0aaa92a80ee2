// A device with memory of its own: tiles of 64 MiB are drawn there, and leave behind it.
#include <algorithm>

#include "host/clock.h"
#include "host/error.h"
#include "host/generate/entries.h"
#include "host/writer.h"

namespace sluice {

namespace {
constexpr int kSlots = 3;
constexpr std::int64_t kTile = 64 << 20;
}  // namespace

std::uint64_t wanted_on_device(const Machine& m) {
  return std::uint64_t(m.scratch + kSlots * kTile);
}

std::vector<StageTime> draw_on_device(Machine& m, const Entries& e) {
  constexpr std::int64_t kPage = 4096;
  const GenerateOptions& o = e.options;
  const Share scratch(m.budgets->device(), std::uint64_t(m.scratch), "the backend's scratch");
  const std::int64_t room = std::int64_t(m.budgets->host.left()) / 2 / kSlots;
  const std::int64_t bytes_at_once = std::clamp(room, kPage, tile_bytes(e, kTile));
  const Tiles tiles({0, 0, o.rows, o.columns}, bytes_at_once / e.element());
  const Found found(e);

  Stream compute(*m.device);
  Held partners;
  if (!e.partner.empty()) {
    partners = Held(*m.device, Memory::kDevice, o.rows * 8, m.budgets->device(), "the pairs");
    compute.copy(partners.as<>(), e.partner.data(), o.rows * 8);
  }
  TileWriter writer(*m.device, *m.budgets, e.result, kSlots, tiles.largest() * e.element() + kPage,
                    std::clamp(m.threads / 4, 1, 8));
  Observer quiet;
  Observer& observer = e.run.observer != nullptr ? *e.run.observer : quiet;
  double made = double(found.bytes()), seconds = 0;
  begin_drawing(e, found, observer);
  for (std::int64_t i = 0; i < tiles.count(); ++i) {
    const Rect r = tiles[i];
    const std::int64_t bytes = r.rows * r.columns * e.element();
    if (found(r)) continue;
    if (e.run.stop != nullptr && e.run.stop->load(std::memory_order_relaxed)) {
      writer.drain();
      throw Error(ErrorKind::kInterrupted, "interrupted");
    }
    TileWriter::Slot& slot = writer.acquire(compute);
    const Clock clock;
    const std::uint64_t at = e.at(r.row, r.column);
    const std::int64_t from = e.result.place_in_page(0, at) / e.element() * e.element();
    compute.run(args_of(e.options, r, partners.as<std::int64_t>(), static_cast<char*>(slot.device) + from));
    WriteJob job;
    job.record.rect = r;
    job.pieces.push_back({0, at, std::uint64_t(bytes), bytes, 1, from});
    writer.submit(slot, from + bytes, std::move(job), compute);
    seconds += clock.seconds();
    made += double(bytes);
    observer.progress(made);
  }
  writer.drain();
  observer.end();
  const double drawn = double(e.result.bytes_written());
  return {{"generate", seconds, drawn, 0}, {"write", writer.busy_seconds(), drawn, 0}};
}

}  // namespace sluice
