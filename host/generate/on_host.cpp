// A backend that works in the host's memory: a thread draws a piece that its cache holds and writes it at
// once. On two cores a writing thread behind the drawing ones was a third more for the scheduler to place,
// and its input had left the cache: 59 to 73 % of a plain loop of writes against 80 to 93 %.
#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "host/clock.h"
#include "host/error.h"
#include "host/generate/entries.h"

namespace sluice {
namespace {

using i64 = std::int64_t;

constexpr i64 kTile = 4 << 20, kPiece = 1 << 20;  // a record of the journal; what a cache holds
constexpr i64 kPage = 4096;

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
  double draw_seconds = 0, write_seconds = 0;  // of all threads

  void fail(std::exception_ptr why) {
    const std::lock_guard lock(mutex);
    if (!failure) failure = why;
    stopped = true;
  }
};

/// A thread's device of one thread, and its piece.
class Lane {
 public:
  Lane(const Machine& m, const Entries& e, i64 piece, std::int64_t scratch)
      : scratch_(m.budgets->host, std::uint64_t(scratch), "the backend's scratch"),
        device_(*m.selection.backend, {m.selection.device, 1, e.run.late_seed, e.run.late_skip_wait}),
        stream_(device_),
        piece_(device_, Memory::kPinned, piece * e.element() + kPage, m.budgets->host,
               "a piece of the matrix") {}

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
          stream_.run(e.args(r, e.partner.empty() ? nullptr : e.partner.data(), out));
          stream_.finish();
          draw_seconds += drawing.seconds();
          const Clock writing;
          e.result.write(0, at, out, std::size_t(r.rows * r.columns * e.element()));
          write_seconds += writing.seconds();
        }
        TileRecord record;
        record.rect = tile;
        e.result.completed(record);
      }
      team.made += std::uint64_t(tile.rows * tile.columns * e.element());
      after_tile();
    }
    const std::lock_guard lock(team.mutex);
    team.draw_seconds += draw_seconds, team.write_seconds += write_seconds;
  }

 private:
  Share scratch_;
  Device device_;
  Stream stream_;
  Held piece_;
};

}  // namespace

std::vector<StageTime> draw_on_host(Machine& m, const Entries& e) {
  const GenerateOptions& o = e.options;
  m.device.reset();  // a context of all threads; here each thread has its own
  const ContextOptions one{m.selection.device, 1, e.run.late_seed, e.run.late_skip_wait};
  m.scratch = m.selection.backend->scratch_bytes(&one);
  const Tiles all({0, 0, o.rows, o.columns}, kTile / e.element());
  const auto threads = std::size_t(std::clamp<i64>(all.count(), 1, m.threads));
  const i64 share = i64(m.memory / threads), left = std::max<i64>(0, share - m.scratch - kPage);
  const i64 piece = std::clamp<i64>(left / 2, kPage, kPiece) / e.element();
  Team team{e, all, Found(e), piece};

  std::vector<std::unique_ptr<Lane>> lanes;
  for (std::size_t i = 0; i < threads; ++i) lanes.push_back(std::make_unique<Lane>(m, e, piece, m.scratch));
  Observer quiet;
  Observer& observer = e.run.observer != nullptr ? *e.run.observer : quiet;
  observer.begin("generate", double(e.bytes()), "bytes", 0);
  std::vector<std::thread> others;
  const auto guarded = [&](Lane& lane, const auto& after_tile) {
    try {
      lane.work(team, after_tile);
    } catch (...) {
      team.fail(std::current_exception());
    }
  };
  try {
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back([&, i] { guarded(*lanes[i], [] {}); });
  } catch (const std::system_error& error) {
    team.fail(std::make_exception_ptr(Error(
        ErrorKind::kMemory, std::string("a thread cannot be started: ") + error.what(), "raise ulimit -u")));
  }
  guarded(*lanes[0], [&] { observer.progress(double(team.made)); });
  for (std::thread& t : others) t.join();
  if (team.failure) std::rethrow_exception(team.failure);
  observer.progress(double(team.made));
  observer.end();
  return {{"generate", team.draw_seconds, double(e.bytes()), 0},
          {"write", team.write_seconds, double(e.result.bytes_written()), 0}};
}

}  // namespace sluice
