// The loop over tiles: a tile is what one record of the journal stands for, a piece what is made at once.
#include "host/fill.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "host/clock.h"
#include "host/error.h"
#include "host/generate/entries.h"
#include "host/parallel.h"
#include "host/units.h"

namespace sluice {
namespace {

using i64 = std::int64_t;
constexpr i64 kPage = 4096, kPiece = 1 << 20, kTile = 4 << 20;
constexpr std::uint64_t kRecords = 1 << 16;  // most of a journal

/// Runs of elements that an earlier run has left, apart and in order; its tiles may have been others.
std::vector<std::pair<i64, i64>> runs_found(const Filling& f) {
  std::vector<std::pair<i64, i64>> runs, merged;
  for (const TileRecord& t : f.result.found()) {
    const i64 first = t.rect.row * f.columns + t.rect.column;
    runs.emplace_back(first, first + (t.rect.rows - 1) * f.columns + t.rect.columns);
  }
  std::sort(runs.begin(), runs.end());
  for (const auto& run : runs) {
    if (!merged.empty() && run.first <= merged.back().second)
      merged.back().second = std::max(merged.back().second, run.second);
    else
      merged.push_back(run);
  }
  return merged;
}

class Fill {
 public:
  Fill(const Filling& f, i64 elements)
      : f_(f),
        tiles_({0, 0, f.rows, f.columns}, std::max(kTile, i64(f.bytes() / kRecords)) / f.element),
        elements_(elements),
        runs_(runs_found(f)) {
    for (const auto& [first, end] : runs_) done_ += std::uint64_t((end - first) * f.element);
    if (f.result.resumed() && f.run.observer != nullptr)
      f.run.observer->note("resumed: " + human_bytes(double(done_)) + " of " +
                           human_bytes(double(f.bytes())) + " were there");
  }

  i64 tiles() const { return tiles_.count(); }
  std::uint64_t done() const { return done_; }
  double making() const { return making_; }
  double writing() const { return writing_; }

  /// A thread's part, until no tile is left; the first thread tells of progress.
  void work(const Make& make, char* memory, bool tells) {
    double making = 0, writing = 0;
    for (i64 i; (i = next_++) < tiles_.count();) {
      if (f_.run.stop != nullptr && f_.run.stop->load(std::memory_order_relaxed))
        throw Error(ErrorKind::kInterrupted, "interrupted");
      const Rect tile = tiles_[i];
      if (is_there(tile)) continue;
      const Tiles pieces(tile, elements_);
      for (i64 p = 0; p < pieces.count(); ++p) {
        const Rect piece = pieces[p];
        const std::uint64_t at =
            f_.origin + std::uint64_t((piece.row * f_.columns + piece.column) * f_.element);
        // A copy from another place in a page than its goal's runs at half speed.
        char* const out = memory + f_.result.place_in_page(0, at) / f_.element * f_.element;
        const Clock clock;
        make(piece, out);
        making += clock.seconds();
        f_.result.write(0, at, out, std::size_t(piece.rows * piece.columns * f_.element));
        writing += clock.seconds();
      }
      TileRecord record;
      record.rect = tile;
      f_.result.completed(record);
      done_ += std::uint64_t(tile.rows * tile.columns * f_.element);
      if (tells && f_.run.observer != nullptr) f_.run.observer->progress(double(done_));
    }
    const std::lock_guard lock(mutex_);
    making_ += making, writing_ += writing - making;
  }

 private:
  bool is_there(const Rect& tile) const {
    const i64 first = tile.row * f_.columns + tile.column;
    const i64 end = first + (tile.rows - 1) * f_.columns + tile.columns;
    const auto after = std::upper_bound(runs_.begin(), runs_.end(), first,
                                        [](i64 place, const auto& run) { return place < run.first; });
    return after != runs_.begin() && end <= std::prev(after)->second;
  }

  const Filling& f_;
  Tiles tiles_;
  i64 elements_;
  std::vector<std::pair<i64, i64>> runs_;
  std::atomic<i64> next_{0};
  std::atomic<std::uint64_t> done_{0};
  std::mutex mutex_;
  double making_ = 0, writing_ = 0;
};

}  // namespace

i64 piece_elements(const Filling& f) {
  return std::max<i64>(1, std::min(kPiece / f.element, f.rows * f.columns));
}

std::uint64_t piece_bytes(const Filling& f, i64 elements) {
  return std::uint64_t(elements * f.element + kPage);
}

std::vector<StageTime> fill_result(const Filling& f, int threads, i64 elements,
                                   const std::function<Make()>& maker) {
  Fill fill(f, elements);
  const std::size_t team = std::size_t(std::clamp<i64>(threads, 1, fill.tiles()));
  const std::uint64_t bytes = piece_bytes(f, elements);
  const Share share(f.budget, bytes * team, "the threads' pieces of the result");
  std::vector<std::vector<char>> memory(team);
  for (std::vector<char>& own : memory) own.resize(std::size_t(bytes));
  std::vector<Make> makers;
  for (std::size_t i = 0; i < team; ++i) makers.push_back(maker());
  Observer quiet;
  Observer& observer = f.run.observer != nullptr ? *f.run.observer : quiet;
  observer.begin(f.stage, double(f.bytes()), "bytes", double(fill.done()));
  const std::thread::id caller = std::this_thread::get_id();
  in_parallel(team, team, [&](std::size_t i) {
    fill.work(makers[i], memory[i].data(), std::this_thread::get_id() == caller);
  });
  observer.progress(double(fill.done()));
  observer.end();
  const double each = double(team), made = double(f.result.bytes_written());
  return {{f.stage, fill.making() / each, made, 0}, {"write", fill.writing() / each, made, 0}};
}

}  // namespace sluice
