#include "host/io/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>

#include "host/error.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22  // Linux 5.14
#endif

namespace sluice {
namespace {

// What the handler may look at: fixed, lock-free, async-signal-safe.
struct Range {
  std::atomic<const std::byte*> begin{nullptr};
  std::atomic<std::size_t> bytes{0};
  std::atomic<bool> damaged{false};
};
constexpr int kRanges = 256;
Range ranges[kRanges];
struct sigaction previous;
std::once_flag installed;
std::mutex slots;
long page = 4096;

void on_sigbus(int signal, siginfo_t* info, void* context) {
  auto at = static_cast<const std::byte*>(info->si_addr);
  for (Range& r : ranges) {
    const std::byte* begin = r.begin.load(std::memory_order_acquire);
    if (begin == nullptr || at < begin || at >= begin + r.bytes.load(std::memory_order_relaxed)) continue;
    auto start = reinterpret_cast<std::uintptr_t>(at) & ~std::uintptr_t(page - 1);
    void* got = mmap(reinterpret_cast<void*>(start), std::size_t(page), PROT_READ,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (got == MAP_FAILED) break;
    r.damaged.store(true, std::memory_order_release);
    return;
  }
  if (previous.sa_flags & SA_SIGINFO && previous.sa_sigaction != nullptr)
    return previous.sa_sigaction(signal, info, context);
  if (previous.sa_handler == SIG_IGN) return;
  if (previous.sa_handler != SIG_DFL && previous.sa_handler != nullptr) return previous.sa_handler(signal);
  std::signal(signal, SIG_DFL);  // the fault repeats and ends the process as it would have
}

void install() {
  page = sysconf(_SC_PAGESIZE);
  struct sigaction action {};
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous);
}

Error truncated(const sys::File& file, std::size_t expected) {
  std::string found = "less";
  try {
    found = std::to_string(sys::identity(file).bytes);
  } catch (const Error&) {
  }
  return Error(ErrorKind::kInput, file.path() + ": truncated while it was read: expected " +
                                      std::to_string(expected) + " bytes, found " + found);
}

}  // namespace

Mapping::Mapping(const sys::File& file) : file_(&file) {
  std::call_once(installed, install);
  bytes_ = sys::identity(file).bytes;
  if (bytes_ == 0) return;
  const int injected = sys::fault(sys::Call::kMap, file.path().c_str());
  void* at = injected != 0 ? MAP_FAILED : mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, file.fd(), 0);
  if (at == MAP_FAILED)
    throw Error(ErrorKind::kInput,
                file.path() + ": cannot be mapped: " + std::strerror(injected != 0 ? injected : errno),
                "give --io pread");
  data_ = static_cast<const std::byte*>(at);
  std::lock_guard lock(slots);
  for (int i = 0; i < kRanges && slot_ < 0; ++i) {
    if (ranges[i].begin.load() != nullptr) continue;
    ranges[i].damaged = false;
    ranges[i].bytes = bytes_;
    ranges[i].begin.store(data_, std::memory_order_release);
    slot_ = i;
  }
  if (slot_ < 0) {
    munmap(at, bytes_);
    throw Error(
        ErrorKind::kInput,
        file.path() + ": too many files are mapped at once: expected at most " + std::to_string(kRanges),
        "give --io pread");
  }
}

Mapping::~Mapping() {
  if (slot_ >= 0) {
    std::lock_guard lock(slots);
    ranges[slot_].begin.store(nullptr, std::memory_order_release);
  }
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), bytes_);
}

void Mapping::populate(std::uint64_t offset, std::uint64_t bytes) const {
  if (bytes == 0) return;
  const std::uint64_t begin = offset & ~std::uint64_t(page - 1);
  const std::uint64_t length = offset + bytes - begin;
  if (madvise(const_cast<std::byte*>(data_) + begin, length, MADV_POPULATE_READ) == 0) return;
  if (errno == EFAULT) throw truncated(*file_, bytes_);
  // An older kernel: touching a byte of every page does the same, guarded by the handler.
  const volatile std::byte* p = data_ + begin;
  for (std::uint64_t i = 0; i < length; i += std::uint64_t(page)) (void)p[i];
  check();
}

void Mapping::forget(std::uint64_t offset, std::uint64_t bytes) const noexcept {
  const std::uint64_t begin = (offset + std::uint64_t(page) - 1) & ~std::uint64_t(page - 1);
  const std::uint64_t end = (offset + bytes) & ~std::uint64_t(page - 1);
  if (end <= begin) return;
  madvise(const_cast<std::byte*>(data_) + begin, end - begin, MADV_DONTNEED);
  posix_fadvise(file_->fd(), off_t(begin), off_t(end - begin), POSIX_FADV_DONTNEED);
}

void Mapping::check() const {
  if (slot_ >= 0 && ranges[slot_].damaged.load(std::memory_order_acquire)) throw truncated(*file_, bytes_);
}

}  // namespace sluice
