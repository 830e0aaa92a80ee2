// Every system call that can lose or corrupt data goes through here: opens, reads, writes, syncs, renames,
// allocations. Short transfers and EINTR are handled; a failure is an Error that names the file.
// A fault hook lets tests fail the n-th call of a run and see that nothing is lost.
#pragma once
#include <sys/types.h>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice::sys {

enum class Call { kOpen, kRead, kWrite, kSync, kRename, kReserve, kMap, kUnlink, kAllocate };

/// Called before each call; a non-zero result is the errno that the call then fails with. Null: no faults.
/// Set it before any thread of a run starts.
using FaultHook = int (*)(Call, const char* path);
void set_fault_hook(FaultHook hook) noexcept;
/// What the hook says of a call that is made elsewhere (mapping a file): 0, or the errno to fail with.
int fault(Call call, const char* path) noexcept;

/// An open file descriptor, closed with its owner. Empty after a move.
class File {
 public:
  File() = default;
  /// flags and mode as open(2), O_CLOEXEC added. Error{kind of access} when it fails.
  File(const std::string& path, int flags, mode_t mode = 0666);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();
  int fd() const noexcept { return fd_; }
  const std::string& path() const noexcept { return path_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void close() noexcept;

 private:
  int fd_ = -1;
  std::string path_;
};

/// Reads exactly `bytes` at `offset`; a file that ends sooner is Error{kInput} "truncated".
void read_at(const File& file, void* to, std::size_t bytes, std::uint64_t offset);
/// Reads at most `bytes` at `offset`; returns how many (0 at the end).
std::size_t read_some(const File& file, void* to, std::size_t bytes, std::uint64_t offset);
/// Writes exactly `bytes` at `offset`. A full disk is Error{kOutput} that says how much was needed where
/// known.
void write_at(const File& file, const void* from, std::size_t bytes, std::uint64_t offset);
/// Reserves `bytes` of disk for the file; returns false where the file system cannot (then nothing is
/// reserved).
bool reserve(const File& file, std::uint64_t bytes);
void set_size(const File& file, std::uint64_t bytes);
void sync_data(const File& file);
void sync_all(const File& file);
void rename(const std::string& from, const std::string& to);  // and syncs the folder of `to`
void sync_folder(const std::string& path);                    // of the file `path`: makes its name durable
void unlink(const std::string& path);                         // a missing file is no error
bool exists(const std::string& path);

struct Identity {  // what makes two looks at a file the same file
  std::uint64_t bytes = 0, device = 0, inode = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const Identity&) const = default;
};
Identity identity(const File& file);

/// Bytes that this user may still write on the disk that holds `path` (which need not exist; its folder
/// must).
std::uint64_t free_space(const std::string& path);
/// "1.5 GiB", "512 bytes": sizes as messages give them.
std::string size_text(std::uint64_t bytes);

/// Page-aligned anonymous memory, zero-filled on first touch. Error{kMemory} when it cannot be had.
void* allocate_pages(std::size_t bytes);
void free_pages(void* memory, std::size_t bytes) noexcept;

}  // namespace sluice::sys
