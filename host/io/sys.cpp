// The one wrapper around the system calls that can lose or corrupt data. Every attempt asks the fault hook
// first, so an injected errno takes the same way as a real one: EINTR is retried, the rest becomes an Error.
#include "host/io/sys.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "host/error.h"

namespace sluice::sys {
namespace {

std::atomic<FaultHook> hook_of_process{nullptr};

constexpr std::size_t kMaxTransfer = std::size_t(1) << 30;  // Linux moves at most 2 GiB - 4096 bytes a call
constexpr std::size_t kHugePages = std::size_t(4) << 20;    // from here on larger pages pay

// Runs `call` until it is not interrupted; returns its result, or -1 with errno.
template <class F>
auto attempt(Call kind, const std::string& path, F call) -> decltype(call()) {
  for (;;) {
    const int injected = fault(kind, path.c_str());
    if (injected != 0) errno = injected;
    const auto result = injected != 0 ? decltype(call())(-1) : call();
    if (result != decltype(call())(-1) || errno != EINTR) return result;
  }
}

std::string folder_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool out_of_space(int error) {
  return error == ENOSPC || error == EDQUOT;
}

// Advice that fits the errno of a failed write, reservation or creation; empty where there is none.
std::string advice_for(int error) {
  switch (error) {
    case ENOSPC:
      return "free some space or choose another disk, then run again, where the output allows it with "
             "--resume";
    case EDQUOT:
      return "your quota on this disk is used up: free some space, then run again, where the output allows "
             "it with --resume";
    case EFBIG:
      return "the file system or the shell's limit (ulimit -f) does not allow files of this size";
    case EROFS:
      return "the file system is mounted read-only: write to another folder";
    case EACCES:
    case EPERM:
      return "write to a folder that you own, or change its permissions";
    default:
      return {};
  }
}

[[noreturn]] void fail(ErrorKind kind, const std::string& path, const std::string& what, int error) {
  throw Error(kind, path + ": " + what + ": " + std::strerror(error),
              kind == ErrorKind::kOutput ? advice_for(error) : std::string());
}

[[noreturn]] void fail_to_write(const File& file, std::size_t bytes, std::uint64_t offset, int error) {
  if (!out_of_space(error))
    fail(ErrorKind::kOutput, file.path(), "writing failed at byte " + std::to_string(offset), error);
  throw Error(ErrorKind::kOutput,
              file.path() + ": the disk is full: writing " + std::to_string(bytes) + " bytes at byte " +
                  std::to_string(offset) + " failed: " + std::strerror(error),
              advice_for(error));
}

void sync_folder(const File& folder, const std::string& path) {
  // Some file systems do not sync folders (EINVAL); their renames are as durable as they get.
  if (attempt(Call::kSync, path, [&] { return ::fsync(folder.fd()); }) == -1 && errno != EINVAL)
    fail(ErrorKind::kOutput, path, "the new name could not be made durable", errno);
}

std::size_t to_pages(std::size_t bytes) {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return bytes == 0 ? page : (bytes + page - 1) / page * page;
}

}  // namespace

void set_fault_hook(FaultHook hook) noexcept {
  hook_of_process.store(hook);
}

int fault(Call call, const char* path) noexcept {
  const FaultHook hook = hook_of_process.load(std::memory_order_relaxed);
  return hook == nullptr ? 0 : hook(call, path);
}

File::File(const std::string& path, int flags, mode_t mode) : path_(path) {
  fd_ = attempt(Call::kOpen, path, [&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
  if (fd_ >= 0) return;
  const int error = errno;
  // A folder is opened to make a rename durable: that is part of writing.
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_DIRECTORY)) != 0;
  if (!writes && error == ENOENT) throw Error(ErrorKind::kInput, path + ": no such file");
  fail(writes ? ErrorKind::kOutput : ErrorKind::kInput, path,
       (flags & O_CREAT) != 0 ? "cannot be created" : "cannot be opened", error);
}

File::File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
    path_ = std::move(other.path_);
  }
  return *this;
}

File::~File() {
  close();
}

void File::close() noexcept {
  // Never retried: Linux frees the descriptor even when close() is interrupted.
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::size_t read_some(const File& file, void* to, std::size_t bytes, std::uint64_t offset) {
  const std::size_t wanted = std::min(bytes, kMaxTransfer);
  const ssize_t got = attempt(Call::kRead, file.path(),
                              [&] { return ::pread(file.fd(), to, wanted, static_cast<off_t>(offset)); });
  if (got < 0) {
    if (errno == EISDIR) throw Error(ErrorKind::kInput, file.path() + ": is a folder: expected a file");
    fail(ErrorKind::kInput, file.path(), "reading failed at byte " + std::to_string(offset), errno);
  }
  return static_cast<std::size_t>(got);
}

void read_at(const File& file, void* to, std::size_t bytes, std::uint64_t offset) {
  auto* next = static_cast<char*>(to);
  for (std::size_t done = 0; done < bytes;) {
    const std::size_t got = read_some(file, next + done, bytes - done, offset + done);
    if (got == 0)
      throw Error(ErrorKind::kInput, file.path() + ": truncated: expected data up to byte " +
                                         std::to_string(offset + bytes) + ", found the end at byte " +
                                         std::to_string(offset + done));
    done += got;
  }
}

void write_at(const File& file, const void* from, std::size_t bytes, std::uint64_t offset) {
  const auto* next = static_cast<const char*>(from);
  for (std::size_t done = 0; done < bytes;) {
    const std::size_t wanted = std::min(bytes - done, kMaxTransfer);
    const ssize_t put = attempt(Call::kWrite, file.path(), [&] {
      return ::pwrite(file.fd(), next + done, wanted, static_cast<off_t>(offset + done));
    });
    if (put <= 0) fail_to_write(file, bytes - done, offset + done, put < 0 ? errno : ENOSPC);
    done += static_cast<std::size_t>(put);
  }
}

bool reserve(const File& file, std::uint64_t bytes) {
  if (bytes == 0) return true;
  if (attempt(Call::kReserve, file.path(),
              [&] { return ::fallocate(file.fd(), 0, 0, static_cast<off_t>(bytes)); }) == 0)
    return true;
  const int error = errno;
  if (error == EOPNOTSUPP || error == ENOSYS) return false;
  if (!out_of_space(error)) fail(ErrorKind::kOutput, file.path(), "space cannot be reserved", error);
  throw Error(ErrorKind::kOutput,
              file.path() + ": the disk is full: needed " + size_text(bytes) + ", free " +
                  size_text(free_space(file.path())) + ": " + std::strerror(error),
              "free some space or choose another disk");
}

void set_size(const File& file, std::uint64_t bytes) {
  if (attempt(Call::kReserve, file.path(),
              [&] { return ::ftruncate(file.fd(), static_cast<off_t>(bytes)); }) != 0)
    fail(ErrorKind::kOutput, file.path(), "cannot be given its size of " + size_text(bytes), errno);
}

void sync_data(const File& file) {
  if (attempt(Call::kSync, file.path(), [&] { return ::fdatasync(file.fd()); }) != 0)
    fail(ErrorKind::kOutput, file.path(), "the data could not be made durable", errno);
}

void sync_all(const File& file) {
  if (attempt(Call::kSync, file.path(), [&] { return ::fsync(file.fd()); }) != 0)
    fail(ErrorKind::kOutput, file.path(), "the data could not be made durable", errno);
}

void rename(const std::string& from, const std::string& to) {
  const std::string folder = folder_of(to);
  const File handle(folder, O_RDONLY | O_DIRECTORY);
  if (attempt(Call::kRename, to, [&] { return ::rename(from.c_str(), to.c_str()); }) != 0)
    fail(ErrorKind::kOutput, to, "the finished file " + from + " cannot take this name", errno);
  try {
    sync_folder(handle, to);
  } catch (const Error&) {
    // The final name promises a durable result; without one the file goes back, and a resume ends the job.
    ::rename(to.c_str(), from.c_str());
    throw;
  }
}

void sync_folder(const std::string& path) {
  const File folder(folder_of(path), O_RDONLY | O_DIRECTORY);
  sync_folder(folder, path);
}

void unlink(const std::string& path) {
  if (attempt(Call::kUnlink, path, [&] { return ::unlink(path.c_str()); }) != 0 && errno != ENOENT)
    fail(ErrorKind::kOutput, path, "cannot be removed", errno);
}

bool exists(const std::string& path) {
  struct stat st {};
  return ::stat(path.c_str(), &st) == 0;
}

Identity identity(const File& file) {
  struct stat st {};
  if (::fstat(file.fd(), &st) != 0) fail(ErrorKind::kInput, file.path(), "cannot be examined", errno);
  Identity id;
  id.bytes = static_cast<std::uint64_t>(st.st_size);
  id.device = static_cast<std::uint64_t>(st.st_dev);
  id.inode = static_cast<std::uint64_t>(st.st_ino);
  id.modified_ns = std::int64_t(st.st_mtim.tv_sec) * 1000000000 + st.st_mtim.tv_nsec;
  return id;
}

std::uint64_t free_space(const std::string& path) {
  struct statvfs st {};
  if (::statvfs(path.c_str(), &st) != 0 && ::statvfs(folder_of(path).c_str(), &st) != 0)
    fail(ErrorKind::kOutput, path, "its folder cannot be examined", errno);
  return std::uint64_t(st.f_bavail) * st.f_frsize;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  static const char* const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  int unit = 0;
  while (value >= 1023.95 && unit < 5) value /= 1024, ++unit;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", value, units[unit]);
  return text;
}

void* allocate_pages(std::size_t bytes) {
  const std::size_t rounded = to_pages(bytes);
  void* memory = attempt(Call::kAllocate, "memory", [&]() -> void* {
    return rounded < bytes
               ? (errno = ENOMEM, MAP_FAILED)
               : ::mmap(nullptr, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  });
  if (memory == MAP_FAILED)
    throw Error(ErrorKind::kMemory, "memory: " + size_text(bytes) + " cannot be had: " + std::strerror(errno),
                "give a smaller --memory");
  if (rounded >= kHugePages) ::madvise(memory, rounded, MADV_HUGEPAGE);  // a hint: failure costs only speed
  return memory;
}

void free_pages(void* memory, std::size_t bytes) noexcept {
  if (memory != nullptr) ::munmap(memory, to_pages(bytes));
}

}  // namespace sluice::sys
