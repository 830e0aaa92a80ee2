// Tiles out of chunks. The bound on memory between calls: the cache, and kIdleScratch pairs of buffers of at
// most a chunk each (cache_bytes()).
#include "host/formats/hdf5_chunks.h"

#include <algorithm>
#include <cstring>

#include "host/error.h"
#include "host/formats/flat.h"

namespace sluice {
namespace {

constexpr std::uint64_t kCacheBytes = std::uint64_t(32) << 20;
constexpr std::uint64_t kCacheChunks = 4;  // at least, however large they are
constexpr std::size_t kIdleScratch = 4;

std::uint64_t cache_limit(const Hdf5Storage::Grid& grid) {
  const std::uint64_t chunks = std::uint64_t(grid.down) * std::uint64_t(grid.across),
                      each = grid.chunk_bytes + 128;
  const std::uint64_t limit = std::max(kCacheBytes, kCacheChunks * grid.chunk_bytes);
  return chunks >= limit / each ? limit : chunks * each;  // no more than the whole matrix
}

}  // namespace

Hdf5ChunkSource::Hdf5ChunkSource(MatrixInfo info, sys::File file, Hdf5Id opened, Hdf5Id dataset,
                                 const Hdf5Storage::Grid& grid, Encoding encoding)
    : file_(std::move(file)),
      grid_(grid),
      encoding_(std::move(encoding)),
      cache_(dataset.valid() ? cache_limit(grid) : 0) {
  info_ = std::move(info);
  if (dataset.valid())
    storage_ = std::make_unique<Hdf5Storage>(file_, std::move(opened), std::move(dataset), grid_);
}

std::uint64_t Hdf5ChunkSource::cache_bytes() const {
  return storage_ == nullptr ? 0 : cache_.limit() + kIdleScratch * 2 * grid_.chunk_bytes;
}

std::unique_ptr<Hdf5ChunkSource::Scratch> Hdf5ChunkSource::borrow() const {
  std::lock_guard lock(scratch_mutex_);
  if (scratch_.empty()) return std::make_unique<Scratch>();
  auto scratch = std::move(scratch_.back());
  scratch_.pop_back();
  return scratch;
}

void Hdf5ChunkSource::give_back(std::unique_ptr<Scratch> scratch) const {
  std::lock_guard lock(scratch_mutex_);
  if (scratch_.size() < kIdleScratch) scratch_.push_back(std::move(scratch));
}

// Leaves the decoded chunk in scratch.bytes; false where it was never written.
bool Hdf5ChunkSource::load(std::int64_t row, std::int64_t column, Scratch& scratch) const {
  std::uint32_t mask = 0;
  if (!storage_->fetch(row, column, scratch.bytes, mask)) return false;
  const bool partial =
      (row + 1) * grid_.chunk_rows > info_.rows || (column + 1) * grid_.chunk_columns > info_.columns;
  if (partial && encoding_.partial_chunks_unfiltered) mask = ~std::uint32_t(0);
  const std::string problem = decode_chunk(
      encoding_.filters, mask, static_cast<std::size_t>(grid_.chunk_bytes), scratch.bytes, scratch.spare);
  if (!problem.empty())
    throw Error(ErrorKind::kInput, info_.path + ": damaged: chunk (" + std::to_string(row) + ", " +
                                       std::to_string(column) + "): " + problem);
  return true;
}

void Hdf5ChunkSource::copy(const Part& part, const unsigned char* chunk, char* to,
                           std::int64_t stride) const {
  const auto element = static_cast<std::int64_t>(size_of(info_.type));
  const std::int64_t line = grid_.chunk_columns * element;
  const unsigned char* from = chunk + (part.area.row - part.chunk_row * grid_.chunk_rows) * line +
                              (part.area.column - part.chunk_column * grid_.chunk_columns) * element;
  const std::int64_t width = part.area.columns * element;
  if (width == line && width == stride)
    std::memcpy(to, from, static_cast<std::size_t>(part.area.rows * width));
  else if (width == 8)  // one column of doubles
    for (std::int64_t i = 0; i < part.area.rows; ++i) std::memcpy(to + i * stride, from + i * line, 8);
  else
    for (std::int64_t i = 0; i < part.area.rows; ++i)
      std::memcpy(to + i * stride, from + i * line, static_cast<std::size_t>(width));
}

void Hdf5ChunkSource::fill(const Part& part, char* to, std::int64_t stride) const {
  const std::size_t element = size_of(info_.type);
  for (std::int64_t i = 0; i < part.area.rows; ++i)
    for (std::int64_t j = 0; j < part.area.columns; ++j)
      std::memcpy(to + i * stride + j * std::int64_t(element), encoding_.fill.data(), element);
}

void Hdf5ChunkSource::read_part(const Part& part, char* to, std::int64_t stride, Scratch& scratch) const {
  if (storage_ == nullptr) return fill(part, to, stride);
  if (part.whole) {
    const bool there = load(part.chunk_row, part.chunk_column, scratch);
    return there ? copy(part, scratch.bytes.data(), to, stride) : fill(part, to, stride);
  }
  const auto chunk =
      cache_.get(part.chunk_row * grid_.across + part.chunk_column, [&]() -> ChunkCache::Chunk {
        auto decoded = std::make_shared<Bytes>();  // stays empty where the chunk was never written
        if (load(part.chunk_row, part.chunk_column, scratch)) {
          decoded->resize(scratch.bytes.size());
          std::memcpy(decoded->data(), scratch.bytes.data(), decoded->size());
        }
        return decoded;
      });
  return chunk->size() > 0 ? copy(part, chunk->data(), to, stride) : fill(part, to, stride);
}

void Hdf5ChunkSource::read(const Rect& rect, void* to, std::int64_t stride) const {
  check_rect(info_, rect);
  if (rect.rows == 0 || rect.columns == 0) return;
  const auto element = static_cast<std::int64_t>(size_of(info_.type));
  const std::int64_t last_row = rect.row + rect.rows, last_column = rect.column + rect.columns;
  auto scratch = borrow();
  for (std::int64_t r = rect.row / grid_.chunk_rows; r * grid_.chunk_rows < last_row; ++r) {
    for (std::int64_t c = rect.column / grid_.chunk_columns; c * grid_.chunk_columns < last_column; ++c) {
      const Rect chunk{r * grid_.chunk_rows, c * grid_.chunk_columns,
                       std::min(grid_.chunk_rows, info_.rows - r * grid_.chunk_rows),
                       std::min(grid_.chunk_columns, info_.columns - c * grid_.chunk_columns)};
      Part part{r, c, {}, false};
      part.area.row = std::max(rect.row, chunk.row);
      part.area.column = std::max(rect.column, chunk.column);
      part.area.rows = std::min(last_row, chunk.row + chunk.rows) - part.area.row;
      part.area.columns = std::min(last_column, chunk.column + chunk.columns) - part.area.column;
      part.whole = part.area.rows == chunk.rows && part.area.columns == chunk.columns;
      char* corner = static_cast<char*>(to) + (part.area.row - rect.row) * stride +
                     (part.area.column - rect.column) * element;
      read_part(part, corner, stride, *scratch);
    }
  }
  give_back(std::move(scratch));
}

}  // namespace sluice
