#include "host/journal.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "host/error.h"

namespace sluice {
namespace {

// A record: u32 length of the payload, u32 CRC-32 of kind and payload, u8 kind, payload.
constexpr std::size_t kPrefix = 9;
constexpr unsigned char kHeader = 'H', kTile = 'T', kFinishing = 'F';
constexpr std::size_t kMaxRecord = 1 << 20;

struct TilePayload {
  std::int64_t row, column, rows, columns;
  double largest;
  std::int64_t largest_row, largest_column;
};

std::vector<unsigned char> record(unsigned char kind, const void* data, std::size_t bytes) {
  std::vector<unsigned char> r(kPrefix + bytes);
  r[8] = kind;
  if (bytes > 0) std::memcpy(r.data() + kPrefix, data, bytes);
  const std::uint32_t length = std::uint32_t(bytes), crc = libdeflate_crc32(0, r.data() + 8, 1 + bytes);
  std::memcpy(r.data(), &length, 4);
  std::memcpy(r.data() + 4, &crc, 4);
  return r;
}

void lock(const sys::File& file) {
  // A file system without locks (ENOLCK, EOPNOTSUPP) does without.
  if (flock(file.fd(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw Error(ErrorKind::kOutput, file.path() + ": another run is writing this result",
                "wait for it to end, or choose another output");
}

}  // namespace

JournalContents parse_journal(std::span<const unsigned char> bytes) {
  JournalContents c;
  std::size_t at = 0;
  while (bytes.size() - at >= kPrefix) {
    std::uint32_t length, crc;
    std::memcpy(&length, bytes.data() + at, 4);
    std::memcpy(&crc, bytes.data() + at + 4, 4);
    if (length > kMaxRecord || bytes.size() - at - kPrefix < length) break;
    const unsigned char* body = bytes.data() + at + 8;
    if (libdeflate_crc32(0, body, 1 + length) != crc) break;
    const unsigned char kind = body[0];
    if (!c.valid) {
      if (kind != kHeader) break;
      c.valid = true;
      c.header.assign(reinterpret_cast<const char*>(body + 1), length);
    } else if (kind == kTile && length == sizeof(TilePayload)) {
      TilePayload p;
      std::memcpy(&p, body + 1, sizeof p);
      c.tiles.push_back({{p.row, p.column, p.rows, p.columns}, p.largest, p.largest_row, p.largest_column});
    } else if (kind == kFinishing && length == 0) {
      c.finishing = true;
    } else {
      break;
    }
    at += kPrefix + length;
    c.bytes = at;
  }
  return c;
}

Journal Journal::create(const std::string& path, const std::string& header) {
  Journal j;
  j.file_ = sys::File(path, O_RDWR | O_CREAT);
  lock(j.file_);
  sys::set_size(j.file_, 0);
  j.append_record(kHeader, header.data(), header.size());
  j.sync();
  return j;
}

Journal Journal::open(const std::string& path, JournalContents& contents) {
  Journal j;
  j.file_ = sys::File(path, O_RDWR);
  lock(j.file_);
  std::vector<unsigned char> bytes(sys::identity(j.file_).bytes);
  sys::read_at(j.file_, bytes.data(), bytes.size(), 0);
  contents = parse_journal(bytes);
  j.end_ = contents.bytes;
  sys::set_size(j.file_, j.end_);
  return j;
}

void Journal::append_record(unsigned char kind, const void* data, std::size_t bytes) {
  const auto r = record(kind, data, bytes);
  sys::write_at(file_, r.data(), r.size(), end_);
  end_ += r.size();
}

void Journal::append(const std::vector<TileRecord>& tiles) {
  std::vector<unsigned char> all;
  for (const TileRecord& t : tiles) {
    const TilePayload p{t.rect.row, t.rect.column, t.rect.rows,     t.rect.columns,
                        t.largest,  t.largest_row, t.largest_column};
    const auto r = record(kTile, &p, sizeof p);
    all.insert(all.end(), r.begin(), r.end());
  }
  sys::write_at(file_, all.data(), all.size(), end_);
  end_ += all.size();
}

void Journal::append_finishing() {
  append_record(kFinishing, nullptr, 0);
}
void Journal::sync() {
  sys::sync_data(file_);
}

}  // namespace sluice
