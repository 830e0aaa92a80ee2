// How a tile comes to be ready: in place, its pages are populated in the mapping; staged, it is copied (from
// the mapping, by pread, or decoded by its format) into a slot whose last reader has finished.
#include "host/pager.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <system_error>

#include "host/clock.h"

namespace sluice {

IoMode parse_io(const std::string& name) {
  if (name == "auto") return IoMode::kAuto;
  if (name == "mmap") return IoMode::kMmap;
  if (name == "pread") return IoMode::kPread;
  if (name == "direct") return IoMode::kDirect;
  throw Error(ErrorKind::kUsage, "--io " + name + ": expected auto, mmap, pread or direct");
}

std::int64_t TileRequest::runs() const {
  return source->info().fortran ? rect.columns : rect.rows;
}
std::int64_t TileRequest::run_bytes() const {
  return (source->info().fortran ? rect.rows : rect.columns) * std::int64_t(size_of(source->info().type));
}

namespace {

/// Bytes between two runs of the whole matrix, and where the tile's first element lies in the file.
std::int64_t file_stride(const MatrixInfo& info) {
  return (info.fortran ? info.rows : info.columns) * std::int64_t(size_of(info.type));
}
std::uint64_t file_offset(const TileRequest& r) {
  const MatrixInfo& info = r.source->info();
  const std::int64_t element = std::int64_t(size_of(info.type));
  const std::int64_t at =
      info.fortran ? r.rect.column * info.rows + r.rect.row : r.rect.row * info.columns + r.rect.column;
  return r.source->data_offset() + std::uint64_t(at * element);
}

/// O_DIRECT needs aligned memory, offsets and lengths: a bounce buffer carries the unaligned edges.
void read_direct(const sys::File& file, std::byte* to, std::uint64_t bytes, std::uint64_t offset) {
  constexpr std::uint64_t kBlock = 4096, kBounce = 1 << 20;
  alignas(4096) static thread_local std::byte bounce[kBounce];
  while (bytes > 0) {
    const std::uint64_t begin = offset & ~(kBlock - 1);
    const std::size_t got = sys::read_some(file, bounce, kBounce, begin);
    if (got <= offset - begin)
      throw Error(ErrorKind::kInput,
                  file.path() + ": truncated while it was read at byte " + std::to_string(offset));
    const std::uint64_t take = std::min<std::uint64_t>(bytes, got - (offset - begin));
    std::memcpy(to, bounce + (offset - begin), take);
    to += take, offset += take, bytes -= take;
  }
}

}  // namespace

bool Reader::staged(const MatrixSource& source, bool shares_host_memory, IoMode io) {
  if (!shares_host_memory || !source.flat() || (io != IoMode::kAuto && io != IoMode::kMmap)) return true;
  return source.data_offset() % size_of(source.info().type) != 0;  // kernels read aligned elements only
}

Reader::Reader(const Device& device, Budgets& budgets, std::vector<TileRequest> schedule,
               const Options& options)
    : device_(&device), schedule_(std::move(schedule)), options_(options) {
  std::vector<std::uint64_t> largest(std::size_t(options.depth), 0);  // of the tiles that go to each slot
  staged_.resize(schedule_.size());
  fetched_.assign(schedule_.size(), 0);
  for (std::size_t i = 0; i < schedule_.size(); ++i) {
    const TileRequest& r = schedule_[i];
    staged_[i] = staged(*r.source, device.info().shares_host_memory != 0, options.io);
    if (staged_[i]) {
      std::uint64_t& most = largest[i % largest.size()];
      most = std::max(most, std::uint64_t(r.runs() * r.run_bytes()));
    }
    if (!r.source->flat()) continue;
    if (options.io == IoMode::kAuto || options.io == IoMode::kMmap) {
      auto& mapping = mappings_[r.source];
      if (!mapping) mapping = std::make_unique<Mapping>(r.source->file());
    } else if (options.io == IoMode::kDirect) {
      auto& file = direct_[r.source];
      if (!file) file = std::make_unique<sys::File>(r.source->file().path(), O_RDONLY | O_DIRECT);
    }
  }
  for (int i = 0; i < options_.depth; ++i) {
    slots_.push_back(std::make_unique<Slot>(device));
    if (const std::uint64_t bytes = largest[std::size_t(i)]; bytes > 0)
      slots_.back()->memory =
          Held(device, Memory::kPinned, std::int64_t(bytes), budgets.host, "the input's tiles");
  }
  try {
    for (int i = 0; i < std::max(1, options.threads); ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error& e) {
    close();
    throw Error(ErrorKind::kMemory, std::string("a reading thread cannot be started: ") + e.what(),
                "raise ulimit -u");
  }
}

Reader::~Reader() {
  close();
}

void Reader::close() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  room_.notify_all();
  for (std::thread& t : threads_) t.join();
  threads_.clear();
}

const Mapping* Reader::mapping_of(const MatrixSource& source) const {
  auto found = mappings_.find(&source);
  return found == mappings_.end() ? nullptr : found->second.get();
}

void Reader::work() {
  for (;;) {
    std::int64_t turn;
    {
      std::unique_lock lock(mutex_);
      // A slot is free for tile t once tile t - depth has been released.
      room_.wait(lock, [&] {
        return closing_ || failure_ || claimed_ == std::int64_t(schedule_.size()) ||
               claimed_ < released_ + options_.depth;
      });
      if (closing_ || failure_ || claimed_ == std::int64_t(schedule_.size())) return;
      turn = claimed_++;
    }
    const Clock clock;
    std::exception_ptr failure;
    try {
      fetch(turn);
    } catch (...) {
      failure = std::current_exception();
    }
    {
      std::lock_guard lock(mutex_);
      busy_seconds_ = busy_seconds_ + clock.seconds();
      fetched_[std::size_t(turn)] = 1;
      if (failure && !failure_) failure_ = failure;
    }
    ready_.notify_all();
    if (failure) room_.notify_all();
  }
}

void Reader::fetch(std::int64_t turn) {
  const TileRequest& r = schedule_[std::size_t(turn)];
  const std::int64_t runs = r.runs(), run = r.run_bytes();
  const Mapping* mapping = mapping_of(*r.source);
  bytes_read_ += std::uint64_t(runs * run);
  if (!staged_[std::size_t(turn)]) {
    const std::int64_t stride = file_stride(r.source->info());
    if (run == stride || runs == 1) {
      mapping->populate(file_offset(r), std::uint64_t(runs * run));
    } else if (run >= 64 * 1024) {  // shorter runs share pages with their neighbours: left to page faults
      for (std::int64_t i = 0; i < runs; ++i)
        mapping->populate(file_offset(r) + std::uint64_t(i * stride), std::uint64_t(run));
    }
    return;
  }
  Slot& slot = *slots_[std::size_t(turn % options_.depth)];
  slot.reusable.finish();
  auto to = slot.memory.as<std::byte>();
  if (mapping != nullptr || direct_.count(r.source) != 0) {
    const std::int64_t stride = file_stride(r.source->info());
    const std::int64_t pieces = run == stride ? 1 : runs, length = run == stride ? runs * run : run;
    for (std::int64_t i = 0; i < pieces; ++i) {
      const std::uint64_t offset = file_offset(r) + std::uint64_t(i * stride);
      if (mapping != nullptr) {
        if (length >= 64 * 1024) mapping->populate(offset, std::uint64_t(length));
        std::memcpy(to + i * length, mapping->data() + offset, std::size_t(length));
      } else {
        read_direct(*direct_[r.source], to + i * length, std::uint64_t(length), offset);
      }
    }
    if (mapping != nullptr && options_.drop_behind && pieces == 1)
      mapping->forget(file_offset(r), std::uint64_t(length));
  } else {
    r.source->read(r.rect, to, run);
  }
}

HostTile Reader::next() {
  std::unique_lock lock(mutex_);
  const std::int64_t turn = delivered_++;
  ready_.wait(lock, [&] { return failure_ || fetched_[std::size_t(turn)]; });
  if (failure_) std::rethrow_exception(failure_);
  HostTile tile;
  tile.request = schedule_[std::size_t(turn)];
  if (staged_[std::size_t(turn)]) {
    tile.slot = int(turn % options_.depth);
    tile.data = slots_[std::size_t(tile.slot)]->memory.as<std::byte>();
    tile.stride = tile.request.run_bytes();
  } else {
    tile.data = mapping_of(*tile.request.source)->data() + file_offset(tile.request);
    tile.stride = file_stride(tile.request.source->info());
  }
  return tile;
}

void Reader::release(const HostTile& tile, Stream& stream) {
  if (tile.slot >= 0) {
    slots_[std::size_t(tile.slot)]->reusable.record(stream);
  } else if (options_.drop_behind) {
    stream.finish();  // in place: the pages may go once they have been read
    const std::int64_t stride = file_stride(tile.request.source->info());
    if (tile.request.run_bytes() == stride)
      mapping_of(*tile.request.source)
          ->forget(file_offset(tile.request), std::uint64_t(tile.request.runs() * stride));
  }
  {
    std::lock_guard lock(mutex_);
    ++released_;
  }
  room_.notify_all();
}

void Reader::check() const {
  for (const auto& [source, mapping] : mappings_) mapping->check();
}

}  // namespace sluice
