// A backend that works in the host's memory: a thread draws a piece that its cache holds and writes it at
// soon, while it is there. File systems let one thread at a time write to a file, so one that finds another
// writing draws a second piece before it waits.
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
constexpr int kTries = 1000;
constexpr i64 kPieces = 2;         // of a thread
constexpr i64 kPiece = 512 << 10;  // all of a thread's are what its cache holds

// A piece may begin anywhere in a page.
constexpr i64 room_for(i64 bytes) {
  return (bytes + 2 * kPage - 1) / kPage * kPage;
}

/// What the threads share.
struct Team {
  Team(const Entries& e, const Tiles& all, i64 elements)
      : entries(e), tiles(all), found(e), piece(elements) {}

  const Entries& entries;
  const Tiles tiles;
  const Found found;
  const i64 piece;  // elements
  std::atomic<i64> next{0};
  std::atomic<std::uint64_t> made{0};  // bytes, those found too
  std::atomic<bool> stopped{false};
  std::mutex writing;  // held while a thread writes
  std::mutex mutex;
  std::exception_ptr failure;                  // the first
  double draw_seconds = 0, write_seconds = 0;  // of all threads together

  void fail(std::exception_ptr why) {
    const std::lock_guard lock(mutex);
    if (!failure) failure = why;
    stopped = true;
  }
};

/// A thread's device of one thread, and its pieces.
class Lane {
 public:
  /// Bytes for pieces of `elements`.
  static i64 bytes(const Machine& m, const Entries& e, i64 elements) {
    return m.scratch + kPieces * room_for(elements * e.element());
  }
  Lane(const Machine& m, const Entries& e, i64 elements)
      : share_(m.budgets->host, std::uint64_t(bytes(m, e, elements)), "a thread's pieces of the matrix"),
        device_(*m.selection.backend, {m.selection.device, 1, e.run.late_seed, e.run.late_skip_wait}),
        stream_(device_),
        room_(room_for(elements * e.element())),
        pieces_(device_, Memory::kPinned, kPieces * room_) {}

  template <class AfterTile>
  void work(Team& team, const AfterTile& after_tile) {
    const Entries& e = team.entries;
    for (i64 i; !team.stopped && (i = team.next++) < team.tiles.count();) {
      const Rect tile = team.tiles[i];
      if (e.run.stop != nullptr && e.run.stop->load(std::memory_order_relaxed)) {
        write(team, true);
        throw Error(ErrorKind::kInterrupted, "interrupted");
      }
      if (!team.found(tile)) {
        const Tiles pieces(tile, team.piece);
        for (i64 p = 0; p < pieces.count(); ++p) {
          draw(e, tile, pieces[p], p + 1 == pieces.count());
          write(team, drawn_ == kPieces);
        }
      }
      after_tile();
    }
    write(team, true);
    const std::lock_guard lock(team.mutex);
    team.draw_seconds += draw_seconds_, team.write_seconds += write_seconds_;
  }

 private:
  struct Drawn {
    std::uint64_t at;
    const char* bytes;
    std::size_t size;
    Rect tile;
    bool last;  // of its tile
  };

  void draw(const Entries& e, const Rect& tile, const Rect& piece, bool last) {
    const Clock drawing;
    const std::uint64_t at = e.at(piece.row, piece.column);
    // A copy from another place in a page than its goal's runs at half speed.
    char* const out =
        pieces_.as<char>() + drawn_ * room_ + e.result.place_in_page(0, at) / e.element() * e.element();
    stream_.run(args_of(e.options, piece, e.partner.empty() ? nullptr : e.partner.data(), out));
    stream_.finish();
    waiting_[drawn_++] = {at, out, std::size_t(piece.rows * piece.columns * e.element()), tile, last};
    draw_seconds_ += drawing.seconds();
  }

  // What is drawn, where no other thread writes or this one must.
  void write(Team& team, bool must) {
    if (drawn_ == 0) return;
    const Clock writing;
    std::unique_lock lock(team.writing, std::defer_lock);
    // Its turn comes within a fraction of a millisecond, which is less than sleeping and waking take.
    for (int tries = 0; !lock.try_lock(); ++tries) {
      if (!must) return;
      if (tries == kTries) {
        lock.lock();
        break;
      }
      std::this_thread::yield();
    }
    for (i64 i = 0; i < drawn_; ++i) {
      team.entries.result.write(0, waiting_[i].at, waiting_[i].bytes, waiting_[i].size);
      team.made += waiting_[i].size;
    }
    lock.unlock();  // a checkpoint waits for the disk: others may go on writing
    for (i64 i = 0; i < drawn_; ++i) {
      if (!waiting_[i].last) continue;
      TileRecord record;
      record.rect = waiting_[i].tile;
      team.entries.result.completed(record);
    }
    drawn_ = 0;
    write_seconds_ += writing.seconds();
  }

  Share share_;
  Device device_;
  Stream stream_;
  i64 room_;  // bytes for a piece
  Buffer pieces_;
  i64 drawn_ = 0;
  Drawn waiting_[kPieces];
  double draw_seconds_ = 0, write_seconds_ = 0;
};

}  // namespace

std::uint64_t wanted_on_host(const Machine& m) {
  const ContextOptions one{m.selection.device, 1, 0, 0};
  return std::uint64_t(m.threads) *
         std::uint64_t(m.selection.backend->scratch_bytes(&one) + kPieces * room_for(kPiece));
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
  const i64 room = (left / threads - m.scratch) / kPieces - 2 * kPage;
  const i64 piece = std::clamp<i64>(room / e.element(), smallest, kPiece / e.element());
  Team team(e, all, piece);
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
