// The bytes of a table in pieces of one size, filled by several threads: a plain file's in any order, each
// thread reading its own; a compressed file's in turn. Before them, as much of the file's front as its
// header needs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/formats/csv/source.h"
#include "host/io/behind.h"

namespace sluice::csv {

class Feed {
 public:
  Feed(const std::string& path, Budget& budget);

  /// The file's front, longer after more(); all of it once whole(). Error{kMemory} where it does not fit.
  const unsigned char* front() const { return front_.data(); }
  std::size_t front_size() const { return front_.size(); }
  bool whole() const { return whole_; }
  void more();

  /// Pieces begin at this byte of the front, which is gone after the first has taken what it holds.
  void begin_at(std::size_t offset);
  /// Pieces are filled one after the other, by one thread at a time.
  bool in_turn() const { return file_ == nullptr; }
  /// Piece `index` of `bytes` each; fewer at the file's end.
  std::size_t fill(std::uint64_t index, unsigned char* to, std::size_t bytes);
  /// Bytes of the file behind which a piece ends that was filled with `size` of `bytes`; of a compressed file
  /// those read so far.
  std::uint64_t file_offset(std::uint64_t index, std::size_t bytes, std::size_t size) const {
    return file_ != nullptr ? offset_ + index * bytes + size : source_->file_offset();
  }

 private:
  std::unique_ptr<ByteSource> source_;
  const sys::File* file_;
  std::optional<DropBehind> behind_;  // of a plain file
  Budget& budget_;
  Share share_;
  std::vector<unsigned char> front_;
  bool whole_ = false;
  std::size_t offset_ = 0;  // of the pieces, in the file or the front
};

}  // namespace sluice::csv
