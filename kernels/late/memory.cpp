// Poison at both ends of a block's life.
#include "kernels/late/memory.h"

#include <cstring>

#include "kernels/machine.h"

namespace sluice::SLUICE_BACKEND {

PoisonedMemory::~PoisonedMemory() {
  for (const auto& [data, bytes] : sizes_) unmap_pages(data, bytes);
  for (const Block& block : quarantine_) unmap_pages(block.data, block.bytes);
}

void* PoisonedMemory::allocate(std::int64_t bytes) {
  void* data = map_pages(bytes);
  std::memset(data, 0xFF, std::size_t(bytes));
  const std::lock_guard lock(mutex_);
  sizes_[data] = bytes;
  return data;
}

void PoisonedMemory::release(void* data) {
  const std::lock_guard lock(mutex_);
  const auto found = sizes_.find(data);
  if (found == sizes_.end()) return;
  const Block block{data, found->second};
  sizes_.erase(found);
  std::memset(block.data, 0xFF, std::size_t(block.bytes));
  quarantine_.push_back(block);
  quarantined_ += block.bytes;
  while (quarantined_ > kQuarantine) {
    const Block oldest = quarantine_.front();
    quarantine_.pop_front();
    quarantined_ -= oldest.bytes;
    unmap_pages(oldest.data, oldest.bytes);
  }
}

}  // namespace sluice::SLUICE_BACKEND
