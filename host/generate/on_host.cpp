// A backend that works in the host's memory: a thread draws a piece that its cache holds and writes it at
// once. On two cores a writing thread behind the drawing ones was a third more for the scheduler to place,
// and its input had left the cache: 59 to 73 % of a plain loop of writes against 80 to 93 %.
#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "host/clock.h"
#include "host/error.h"
#include "host/generate/entries.h"

namespace sluice {
namespace {

using i64 = std::int64_t;

constexpr i64 kPage = 4096;
constexpr i64 kPiece = 1 << 20;  // what a cache holds

/// What the threads share.
struct Team {
  const Entries& entries;
  const Tiles tiles;
  const Found found;
  const i64 piece;  // elements
  std::atomic<i64> next{0};
  std::atomic<std::uint64_t> made{0};  // bytes, those found too
  std::atomic<bool> stopped{false};
  std::mutex mutex;
  std::exception_ptr failure;                  // the first
  double draw_seconds = 0, write_seconds = 0;  // of all threads together

  void fail(std::exception_ptr why) {
    const std::lock_guard lock(mutex);
    if (!failure) failure = why;
    stopped = true;
  }
};

/// A thread's device of one thread, and its piece.
class Lane {
 public:
  /// Bytes for a piece of `elements`.
  static i64 bytes(const Machine& m, const Entries& e, i64 elements) {
    return m.scratch + elements * e.element() + kPage;
  }
  Lane(const Machine& m, const Entries& e, i64 elements)
      : share_(m.budgets->host, std::uint64_t(bytes(m, e, elements)), "a thread's piece of the matrix"),
        device_(*m.selection.backend, {m.selection.device, 1, e.run.late_seed, e.run.late_skip_wait}),
        stream_(device_),
        piece_(device_, Memory::kPinned, elements * e.element() + kPage) {}

  template <class AfterTile>
  void work(Team& team, const AfterTile& after_tile) {
    const Entries& e = team.entries;
    double draw_seconds = 0, write_seconds = 0;
    for (i64 i; !team.stopped && (i = team.next++) < team.tiles.count();) {
      const Rect tile = team.tiles[i];
      if (e.run.stop != nullptr && e.run.stop->load(std::memory_order_relaxed))
        throw Error(ErrorKind::kInterrupted, "interrupted");
      if (!team.found(tile)) {
        const Tiles pieces(tile, team.piece);
        for (i64 p = 0; p < pieces.count(); ++p) {
          const Clock drawing;
          const Rect r = pieces[p];
          const std::uint64_t at = e.at(r.row, r.column);
          // A copy from another place in a page than its goal's runs at half speed.
          char* const out = piece_.as<char>() + e.result.place_in_page(0, at) / e.element() * e.element();
          stream_.run(args_of(e.options, r, e.partner.empty() ? nullptr : e.partner.data(), out));
          stream_.finish();
          draw_seconds += drawing.seconds();
          const Clock writing;
          e.result.write(0, at, out, std::size_t(r.rows * r.columns * e.element()));
          write_seconds += writing.seconds();
        }
        TileRecord record;
        record.rect = tile;
        e.result.completed(record);
        team.made += std::uint64_t(tile.rows * tile.columns * e.element());
      }
      after_tile();
    }
    const std::lock_guard lock(team.mutex);
    team.draw_seconds += draw_seconds, team.write_seconds += write_seconds;
  }

 private:
  Share share_;
  Device device_;
  Stream stream_;
  Buffer piece_;
};

}  // namespace

std::uint64_t wanted_on_host(const Machine& m) {
  const ContextOptions one{m.selection.device, 1, 0, 0};
  return std::uint64_t(m.threads) * std::uint64_t(m.selection.backend->scratch_bytes(&one) + kPiece + kPage);
}

std::vector<StageTime> draw_on_host(Machine& m, const Entries& e) {
  const GenerateOptions& o = e.options;
  m.device.reset();  // a context of all threads; here each thread has its own
  const ContextOptions one{m.selection.device, 1, e.run.late_seed, e.run.late_skip_wait};
  m.scratch = m.selection.backend->scratch_bytes(&one);
  const Tiles all({0, 0, o.rows, o.columns}, tile_bytes(e, 4 << 20) / e.element());
  const i64 left = i64(m.budgets->host.left()), smallest = kPage / e.element();
  const i64 threads =
      std::clamp<i64>(left / Lane::bytes(m, e, smallest), 1, std::min<i64>(m.threads, all.count()));
  const i64 piece =
      std::clamp<i64>((left / threads - Lane::bytes(m, e, 0)) / e.element(), smallest, kPiece / e.element());
  Team team{e, all, Found(e), piece};
  team.made = team.found.bytes();

  std::vector<std::unique_ptr<Lane>> lanes;
  for (i64 i = 0; i < threads; ++i) lanes.push_back(std::make_unique<Lane>(m, e, piece));
  Observer quiet;
  Observer& observer = e.run.observer != nullptr ? *e.run.observer : quiet;
  begin_drawing(e, team.found, observer);
  const auto guarded = [&](Lane& lane, const auto& after_tile) {
    try {
      lane.work(team, after_tile);
    } catch (...) {
      team.fail(std::current_exception());
    }
  };
  std::vector<std::thread> others;
  try {
    others.reserve(lanes.size());
    for (std::size_t i = 1; i < lanes.size(); ++i) others.emplace_back([&, i] { guarded(*lanes[i], [] {}); });
  } catch (const std::exception& error) {
    if (others.empty())
      observer.note(std::string("on one thread: another cannot be started: ") + error.what());
  }
  guarded(*lanes[0], [&] { observer.progress(double(team.made)); });
  for (std::thread& t : others) t.join();
  if (team.failure) std::rethrow_exception(team.failure);
  observer.progress(double(team.made));
  observer.end();
  const double each = double(1 + others.size()), drawn = double(e.result.bytes_written());
  return {{"generate", team.draw_seconds / each, drawn, 0}, {"write", team.write_seconds / each, drawn, 0}};
}

}  // namespace sluice
