// Rows of a design in order, packed as chunks of HDF5 by the threads that parse: rows wait in the form in
// which they were parsed (monomials and codes), are written out as columns only while a chunk is made, and
// go to their place in the file behind the chunk before. Memory: threads and two chunks of parsed rows, and
// for each thread three of the design's.
#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include "host/block_places.h"
#include "host/budget.h"
#include "host/design/dense_rows.h"
#include "host/result.h"

namespace sluice::design {

/// A chunk of each dataset, one behind the other.
struct StoredChunk {
  std::int64_t first_row = 0, rows = 0;
  std::uint64_t address = 0, x = 0, y = 0, weights = 0;  // bytes of each
};

struct PackerOptions {
  const fit::Plan* plan = nullptr;
  const fit::Design* design = nullptr;
  const std::vector<std::vector<std::int32_t>>* level_of = nullptr;
  bool weights = false;
  std::int64_t chunk_rows = 1;
  int level = 1;
  bool shuffle = true;
  std::size_t threads = 1;
};

class Packer {
 public:
  /// `there`: chunks of an earlier run, the first ones; their rows are passed over. `start`: the address of
  /// the first new one.
  Packer(const PackerOptions& options, std::vector<StoredChunk> there, std::uint64_t start, Result& result,
         Budget& budget);
  ~Packer();
  /// The next rows. One thread calls this; it packs a chunk itself where all are full.
  void append(const ParsedRows& rows);
  /// Packs a chunk that waits; false where none does. Any thread.
  bool help();
  /// The last rows, padded with zeros, and all that waits.
  void finish();
  std::int64_t rows() const { return rows_; }
  const std::vector<StoredChunk>& chunks() const { return chunks_; }
  std::uint64_t end() const { return places_.end(); }
  double busy_seconds() const { return busy_seconds_; }  // of all threads
  static std::uint64_t memory(const PackerOptions& options);

 private:
  struct Chunk;
  struct Workshop;
  Chunk& filling();
  void pack(Chunk& chunk);
  void place(const Chunk& chunk, Workshop& shop);
  void check();
  std::unique_ptr<Workshop> borrow();

  PackerOptions o_;
  Result& result_;
  Share share_;
  std::vector<StoredChunk> chunks_;
  std::size_t there_;
  Places places_;
  std::int64_t rows_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Chunk>> free_;
  std::deque<std::unique_ptr<Chunk>> waiting_;
  std::unique_ptr<Chunk> filling_;
  std::vector<std::unique_ptr<Workshop>> shops_;
  std::exception_ptr failure_;
  double busy_seconds_ = 0;
};

}  // namespace sluice::design
