// Accumulators on disk at slab borders, so that a run over a long file can be resumed inside a block of the
// result. Two files in turn; each is believed only when its header and every byte pass their CRC.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/io/sys.h"

namespace sluice::cov_detail {

struct SavedState {
  std::int64_t row = 0, rows = 0, column = 0, columns = 0;  // the block
  std::int64_t observation = 0;                             // the next one
  std::uint64_t sequence = 0;
  std::uint64_t bytes = 0;  // of what follows the header
  std::uint32_t crc = 0;
  std::string path;
};

class StateFiles {
 public:
  explicit StateFiles(std::vector<std::string> paths) : paths_(std::move(paths)) {}
  /// The newest whole state, or none.
  std::optional<SavedState> find();

  /// Writing: begin, any number of pieces, end (sync, header, sync).
  void begin(const SavedState& state);
  void piece(const void* data, std::size_t bytes);
  void end();

  /// Reading of what find() gave.
  void open(const SavedState& state);
  void read(void* data, std::size_t bytes);

 private:
  std::vector<std::string> paths_;
  sys::File file_;
  SavedState state_;
  std::uint64_t at_ = 0, sequence_ = 0;
};

}  // namespace sluice::cov_detail
