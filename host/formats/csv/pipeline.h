// Pieces of a table in flight: several threads fill and parse them, each a piece of its own, and the caller's
// thread, which is one of them, merges them in the file's order. No piece waits for all others: it needs the
// state behind the piece before it, and that piece's last row where it is cut.
// Memory: slots() pieces.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

namespace sluice::csv {

class Pipeline {
 public:
  /// The work on a piece. Work on piece i may wait for what is told of piece i - 1.
  struct Work {
    std::function<void(std::uint64_t piece)> fill;
    std::function<void(std::uint64_t piece)> process;
    std::function<void(std::uint64_t piece)> merge;
  };
  Pipeline(std::size_t threads, std::size_t slots, bool fill_in_turn)
      : threads_(threads), slots_(slots), in_turn_(fill_in_turn) {}

  /// Until the last piece is merged. What the work throws comes out at its piece's turn.
  void run(const Work& work);

  std::size_t slot(std::uint64_t piece) const { return std::size_t(piece % slots_); }
  /// Changes what pieces tell each other, and wakes those that wait.
  template <class F>
  void tell(const F& change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }
  /// Waits until told() holds. False where the piece is not wanted any more.
  template <class F>
  bool wait(std::uint64_t piece, const F& told) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || piece >= pieces_ || told(); });
    return !stopped_ && piece < pieces_;
  }
  /// Within tell(): there is no piece behind this one.
  void last(std::uint64_t piece) {
    if (piece + 1 < pieces_) pieces_ = piece + 1;
  }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t(0);
  struct Stop;
  bool may_claim() const {
    return next_ + 1 < merged_ + slots_ && next_ < pieces_ && !(in_turn_ && filling_);
  }
  bool claim(bool may_wait, std::uint64_t& piece);
  void carry(const Work& work, std::uint64_t piece);
  void help(const Work& work);
  bool is_done(std::uint64_t piece) const;

  std::size_t threads_, slots_;
  bool in_turn_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  bool filling_ = false;  // a piece, where they are filled in turn
  std::uint64_t next_ = 0, merged_ = 0, pieces_ = kNone;
  struct Done {
    std::uint64_t piece = kNone;
    std::exception_ptr failure;
  };
  std::unique_ptr<Done[]> done_;
};

}  // namespace sluice::csv
