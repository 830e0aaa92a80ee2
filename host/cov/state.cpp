#include "host/cov/state.h"

#include <fcntl.h>
#include <libdeflate.h>

#include <algorithm>
#include <cstring>

#include "host/error.h"

namespace sluice::cov_detail {
namespace {

constexpr std::uint64_t kHeaderBytes = 4096;
constexpr char kMagic[8] = {'S', 'L', 'S', 'T', 'A', 'T', 'E', '1'};

struct Header {
  char magic[8];
  std::int64_t row, rows, column, columns, observation;
  std::uint64_t sequence, bytes;
  std::uint32_t crc, header_crc;  // of the data; of this header with header_crc 0
};

std::uint32_t crc_of(Header h) {
  h.header_crc = 0;
  return libdeflate_crc32(0, &h, sizeof h);
}

std::optional<SavedState> look(const std::string& path) {
  if (!sys::exists(path)) return {};
  sys::File file(path, O_RDONLY);
  Header h{};
  if (sys::read_some(file, &h, sizeof h, 0) != sizeof h) return {};
  if (std::memcmp(h.magic, kMagic, 8) != 0 || h.header_crc != crc_of(h)) return {};
  const std::uint64_t size = sys::identity(file).bytes;
  if (size < kHeaderBytes || size - kHeaderBytes != h.bytes) return {};
  std::vector<char> piece(1 << 20);
  std::uint32_t crc = 0;
  for (std::uint64_t at = 0; at < h.bytes;) {
    const std::size_t n = std::size_t(std::min<std::uint64_t>(piece.size(), h.bytes - at));
    sys::read_at(file, piece.data(), n, kHeaderBytes + at);
    crc = libdeflate_crc32(crc, piece.data(), n);
    at += n;
  }
  if (crc != h.crc) return {};
  return SavedState{h.row, h.rows, h.column, h.columns, h.observation, h.sequence, h.bytes, h.crc, path};
}

}  // namespace

std::optional<SavedState> StateFiles::find() {
  std::optional<SavedState> best;
  for (const std::string& path : paths_) {
    auto state = look(path);
    if (state && (!best || state->sequence > best->sequence)) best = state;
  }
  if (best) sequence_ = best->sequence;
  return best;
}

void StateFiles::begin(const SavedState& state) {
  state_ = state;
  state_.sequence = ++sequence_;
  state_.crc = 0;
  at_ = 0;
  file_ = sys::File(paths_[state_.sequence % paths_.size()], O_RDWR | O_CREAT);
  sys::set_size(file_, 0);
}

void StateFiles::piece(const void* data, std::size_t bytes) {
  sys::write_at(file_, data, bytes, kHeaderBytes + at_);
  state_.crc = libdeflate_crc32(state_.crc, data, bytes);
  at_ += bytes;
}

void StateFiles::end() {
  sys::sync_data(file_);
  Header h{};
  std::memcpy(h.magic, kMagic, 8);
  h.row = state_.row, h.rows = state_.rows, h.column = state_.column, h.columns = state_.columns;
  h.observation = state_.observation;
  h.sequence = state_.sequence;
  h.bytes = at_;
  h.crc = state_.crc;
  h.header_crc = crc_of(h);
  sys::write_at(file_, &h, sizeof h, 0);
  sys::sync_data(file_);
  file_.close();
}

void StateFiles::open(const SavedState& state) {
  file_ = sys::File(state.path, O_RDONLY);
  at_ = 0;
}

void StateFiles::read(void* data, std::size_t bytes) {
  sys::read_at(file_, data, bytes, kHeaderBytes + at_);
  at_ += bytes;
}

}  // namespace sluice::cov_detail
