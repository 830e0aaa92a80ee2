// Rows of a design in order, packed as chunks of HDF5 by threads of their own: rows wait in the form in which
// they were parsed (monomials and codes), are written out as columns only while a band of chunks is made, and
// go to their place in the file behind the band before. Memory: for each thread two bands of parsed rows and
// two of the design's, at most 8 MiB each.
#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "host/block_places.h"
#include "host/budget.h"
#include "host/design/band.h"
#include "host/result.h"

namespace sluice::design {

/// Chunks of the same rows, one behind the other: those of X, that of Y, that of the weights.
struct Band {
  std::int64_t first_row = 0, rows = 0;
  std::uint64_t address = 0;
  std::vector<std::uint64_t> bytes;  // of each chunk
  std::uint64_t end() const;
};

class Packer {
 public:
  /// `there`: bands of an earlier run, the first ones; their rows are passed over. `start`: the address of
  /// the first new one.
  Packer(const BandShape& shape, std::size_t threads, std::vector<Band> there, std::uint64_t start,
         Result& result, Budget& budget);
  ~Packer();
  /// The next rows; waits while all bands are full. One thread calls this.
  void append(const ParsedRows& rows);
  /// The last rows, padded with zeros; waits until all is written. Rethrows what a thread met.
  void finish();
  std::int64_t rows() const { return rows_; }
  const std::vector<Band>& bands() const { return bands_; }
  std::uint64_t end() const { return places_.end(); }
  double busy_seconds() const { return busy_seconds_; }  // of all threads
  static std::uint64_t memory(const BandShape& shape, std::size_t threads);

 private:
  struct Waiting;
  Waiting& filling();
  void submit();
  void work();
  void pack(const Waiting& band, BandEncoder& encoder);
  void close();

  BandShape shape_;
  Result& result_;
  Share share_;
  std::vector<Band> bands_;
  std::size_t there_;
  Places places_;
  std::int64_t rows_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Waiting>> free_;
  std::deque<std::unique_ptr<Waiting>> waiting_;
  std::unique_ptr<Waiting> filling_;
  bool closing_ = false;  // nothing more comes
  std::exception_ptr failure_;
  double busy_seconds_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::design
