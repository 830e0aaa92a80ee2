// Decoded chunks that reader threads share. Bounded in bytes; the least recently used goes first. A chunk
// that two threads want is decoded once: the second waits for the first.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "host/formats/bytes.h"

namespace sluice {

class ChunkCache {
 public:
  using Chunk = std::shared_ptr<const Bytes>;
  explicit ChunkCache(std::uint64_t limit) : limit_(limit) {}
  /// The chunk of `key`, made by `make` where it is not there. What `make` throws goes to its caller alone.
  Chunk get(std::int64_t key, const std::function<Chunk()>& make);
  std::uint64_t limit() const { return limit_; }
  std::uint64_t held() const;

 private:
  struct Entry {
    Chunk chunk;  // empty while it is being made
    std::list<std::int64_t>::iterator place;
  };
  void publish(std::int64_t key, const Chunk& chunk);

  const std::uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable made_;
  std::unordered_map<std::int64_t, Entry> entries_;
  std::list<std::int64_t> order_;  // of finished entries, most recently used first
  std::uint64_t held_ = 0;
};

}  // namespace sluice
