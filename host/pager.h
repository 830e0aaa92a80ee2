// The pager's reading half: reader threads run ahead of compute along a schedule of tiles known in advance.
// Memory: `depth` slots in pinned memory, each of the largest staged tile that comes to it (tile t goes to
// slot t % depth); nothing where every tile is used in place from the mapping (a backend that shares the
// host's memory, a flat file, --io auto or mmap).
#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "host/backend.h"
#include "host/budget.h"
#include "host/io/mapping.h"
#include "host/matrix.h"

namespace sluice {

enum class IoMode { kAuto, kMmap, kPread, kDirect };
IoMode parse_io(const std::string& name);  // Error{kUsage}

/// One tile to read: a rectangle of a matrix, in the file's own order and byte order.
struct TileRequest {
  const MatrixSource* source = nullptr;
  Rect rect;
  std::int64_t runs() const;       // contiguous runs: rows, or columns with fortran
  std::int64_t run_bytes() const;  // bytes of a run
};

struct HostTile {
  const void* data = nullptr;
  std::int64_t stride = 0;  // bytes between runs
  int slot = -1;            // -1: in place
  TileRequest request;
};

class Reader {
 public:
  struct Options {
    IoMode io = IoMode::kAuto;
    int depth = 2;  // tiles in flight
    int threads = 1;
    bool drop_behind = false;  // let pages go once used: one pass over more than memory
  };
  /// The schedule's tiles come from next() in its order.
  Reader(const Device& device, Budgets& budgets, std::vector<TileRequest> schedule, const Options& options);
  ~Reader();
  /// Waits for the next tile. Error{kInput} of the reading threads comes out here.
  HostTile next();
  /// The tile may be overwritten once `stream` has run what is enqueued on it so far.
  void release(const HostTile& tile, Stream& stream);
  /// Error{kInput} when a mapped file shrank while it was read; called before a result is believed.
  void check() const;
  std::uint64_t bytes_read() const { return bytes_read_; }
  double busy_seconds() const { return busy_seconds_; }

  /// Bytes of the slots for tiles of at most `tile_bytes`.
  static std::uint64_t memory(bool staged, int depth, std::uint64_t tile_bytes) {
    return staged ? std::uint64_t(depth) * tile_bytes : 0;
  }
  /// Whether tiles of this source must be staged for this backend.
  static bool staged(const MatrixSource& source, bool shares_host_memory, IoMode io);

 private:
  struct Slot {
    Held memory;
    Fence reusable;
    std::int64_t turn = -1;  // which tile of the schedule it holds
    explicit Slot(const Device& device) : reusable(device) {}
  };
  void close();
  void work();
  void fetch(std::int64_t turn);
  const Mapping* mapping_of(const MatrixSource& source) const;

  const Device* device_;
  std::vector<TileRequest> schedule_;
  Options options_;
  std::map<const MatrixSource*, std::unique_ptr<Mapping>> mappings_;
  std::map<const MatrixSource*, std::unique_ptr<sys::File>> direct_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<char> staged_;

  mutable std::mutex mutex_;
  std::condition_variable ready_, room_;
  std::vector<char> fetched_;
  std::int64_t claimed_ = 0, delivered_ = 0, released_ = 0;
  std::exception_ptr failure_;
  bool closing_ = false;
  std::atomic<std::uint64_t> bytes_read_{0};
  std::atomic<double> busy_seconds_{0};
  std::vector<std::thread> threads_;
};

}  // namespace sluice
