// The cache of decoded chunks. Nothing is decoded with the lock held.
#include "host/formats/chunk_cache.h"

namespace sluice {
namespace {

// An entry's own memory counts, too: chunks that were never written are remembered as empty.
constexpr std::uint64_t kEntryBytes = 128;
std::uint64_t cost(const ChunkCache::Chunk& chunk) {
  return chunk->size() + kEntryBytes;
}

}  // namespace

ChunkCache::Chunk ChunkCache::get(std::int64_t key, const std::function<Chunk()>& make) {
  std::unique_lock lock(mutex_);
  for (auto found = entries_.find(key); found != entries_.end(); found = entries_.find(key)) {
    if (found->second.chunk != nullptr) {
      order_.splice(order_.begin(), order_, found->second.place);
      return found->second.chunk;
    }
    made_.wait(lock);  // its maker may also fail: then this thread becomes the maker
  }
  entries_.emplace(key, Entry{});
  lock.unlock();
  Chunk chunk;
  try {
    chunk = make();
  } catch (...) {
    lock.lock();
    entries_.erase(key);
    made_.notify_all();
    throw;
  }
  lock.lock();
  publish(key, chunk);
  made_.notify_all();
  return chunk;
}

void ChunkCache::publish(std::int64_t key, const Chunk& chunk) {
  Entry& entry = entries_[key];
  entry.chunk = chunk;
  order_.push_front(key);
  entry.place = order_.begin();
  held_ += cost(chunk);
  while (held_ > limit_ && order_.size() > 1) {
    const auto oldest = entries_.find(order_.back());
    held_ -= cost(oldest->second.chunk);
    entries_.erase(oldest);
    order_.pop_back();
  }
}

std::uint64_t ChunkCache::held() const {
  std::lock_guard lock(mutex_);
  return held_;
}

}  // namespace sluice
