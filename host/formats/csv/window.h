// The part of a table that lies in memory. The next part is read while this one is parsed; a row that is cut
// moves to the front of the next window. Memory: two windows and room for the cut row, from the budget.
#pragma once
#include <cstddef>
#include <future>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/formats/csv/source.h"

namespace sluice::csv {

class Window {
 public:
  Window(const std::string& path, std::size_t bytes, Budget& budget);
  ~Window();
  Window(const Window&) = delete;

  /// Goes on; the last `keep` bytes stay, in front. Error{kMemory} where they do not fit the budget.
  void next(std::size_t keep);
  const unsigned char* data() const { return present_.bytes.data() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  /// No bytes follow this window's.
  bool last() const { return last_; }
  /// Bytes of the file up to this window's end.
  std::uint64_t file_offset() const { return file_offset_; }

 private:
  struct Buffer {
    Share share;
    std::vector<unsigned char> bytes;
    std::size_t front = 0;  // room before what is read
  };
  Buffer make(std::size_t front);
  void fetch();

  std::unique_ptr<ByteSource> source_;
  std::size_t bytes_;
  Budget& budget_;
  Buffer present_, coming_;
  std::future<std::size_t> fetched_;
  std::size_t begin_ = 0, end_ = 0;
  bool last_ = false;
  std::uint64_t file_offset_ = 0;
};

}  // namespace sluice::csv
