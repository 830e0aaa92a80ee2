// The wrapper around system calls: what a failure says, and that interrupted and short transfers go on.
#include "host/io/sys.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "formats_support.h"
#include "host/io/behind.h"

namespace sluice {
namespace {

using namespace formats_test;

struct Fault {
  sys::Call call;
  int error;
  int left;  // calls that fail
};
Fault planned;

int inject(sys::Call call, const char*) {
  if (call != planned.call || planned.left == 0) return 0;
  --planned.left;
  return planned.error;
}

class Sys : public testing::Test {
 protected:
  void plan(sys::Call call, int error, int calls) {
    planned = {call, error, calls};
    sys::set_fault_hook(inject);
  }
  void TearDown() override { sys::set_fault_hook(nullptr); }
  Folder folder;
};

TEST_F(Sys, WritesAndReadsAtOffsets) {
  const std::string path = folder / "x";
  sys::File file(path, O_RDWR | O_CREAT);
  sys::write_at(file, "world", 5, 6);
  sys::write_at(file, "hello ", 6, 0);
  char text[12] = {};
  sys::read_at(file, text, 11, 0);
  EXPECT_STREQ(text, "hello world");
  EXPECT_EQ(sys::read_some(file, text, 100, 9), 2u);
  EXPECT_EQ(sys::read_some(file, text, 100, 11), 0u);
}

TEST_F(Sys, MissingFileAndFolderAreNamed) {
  const std::string path = folder / "absent";
  const Caught reading = caught([&] { sys::File(path, O_RDONLY); });
  EXPECT_EQ(reading.kind, ErrorKind::kInput);
  EXPECT_EQ(reading.what, path + ": no such file");
  const Caught writing = caught([&] { sys::File(path + "/y", O_WRONLY | O_CREAT); });
  EXPECT_EQ(writing.kind, ErrorKind::kOutput);
  EXPECT_EQ(writing.what, path + "/y: cannot be created: No such file or directory");
}

TEST_F(Sys, EndOfFileIsTruncation) {
  const std::string path = put(folder / "x", "12345");
  const sys::File file(path, O_RDONLY);
  char text[16];
  const Caught error = caught([&] { sys::read_at(file, text, 10, 2); });
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_EQ(error.what, path + ": truncated: expected data up to byte 12, found the end at byte 5");
}

TEST_F(Sys, InterruptedCallsGoOn) {
  const std::string path = folder / "x";
  for (const sys::Call call : {sys::Call::kOpen, sys::Call::kWrite, sys::Call::kSync, sys::Call::kReserve}) {
    plan(call, EINTR, 3);
    sys::File file(path, O_RDWR | O_CREAT);
    sys::reserve(file, 100);
    sys::write_at(file, "abc", 3, 0);
    sys::sync_data(file);
    EXPECT_EQ(planned.left, 0);
  }
  plan(sys::Call::kRead, EINTR, 3);
  char text[4] = {};
  sys::read_at(sys::File(path, O_RDONLY), text, 3, 0);
  EXPECT_STREQ(text, "abc");
}

TEST_F(Sys, EveryCallAsksTheHook) {
  const std::string path = folder / "x";
  sys::File file(path, O_RDWR | O_CREAT);
  char byte = 0;
  const auto fails = [&](sys::Call call, ErrorKind kind, auto action) {
    plan(call, EIO, 1);
    const Caught error = caught(action);
    EXPECT_TRUE(error.thrown) << int(call);
    EXPECT_EQ(error.kind, kind) << error.what;
    EXPECT_NE(error.what.find("Input/output error"), std::string::npos) << error.what;
    EXPECT_EQ(planned.left, 0);
  };
  fails(sys::Call::kOpen, ErrorKind::kInput, [&] { sys::File(path, O_RDONLY); });
  fails(sys::Call::kRead, ErrorKind::kInput, [&] { sys::read_at(file, &byte, 1, 0); });
  fails(sys::Call::kWrite, ErrorKind::kOutput, [&] { sys::write_at(file, &byte, 1, 0); });
  fails(sys::Call::kSync, ErrorKind::kOutput, [&] { sys::sync_data(file); });
  fails(sys::Call::kSync, ErrorKind::kOutput, [&] { sys::sync_all(file); });
  fails(sys::Call::kReserve, ErrorKind::kOutput, [&] { sys::reserve(file, 10); });
  fails(sys::Call::kReserve, ErrorKind::kOutput, [&] { sys::set_size(file, 10); });
  fails(sys::Call::kRename, ErrorKind::kOutput, [&] { sys::rename(path, path + "2"); });
  fails(sys::Call::kUnlink, ErrorKind::kOutput, [&] { sys::unlink(path); });
  fails(sys::Call::kAllocate, ErrorKind::kMemory, [&] { sys::allocate_pages(10); });
  EXPECT_TRUE(sys::exists(path));
}

TEST_F(Sys, FullDiskSaysHowToGoOn) {
  const std::string path = folder / "x";
  const sys::File file(path, O_RDWR | O_CREAT);
  plan(sys::Call::kWrite, ENOSPC, 1);
  const Caught error = caught([&] { sys::write_at(file, "12345", 5, 100); });
  EXPECT_EQ(error.what,
            path + ": the disk is full: writing 5 bytes at byte 100 failed: No space left on device");
  EXPECT_NE(error.advice.find("--resume"), std::string::npos);
  plan(sys::Call::kReserve, ENOSPC, 1);
  const Caught reserving = caught([&] { sys::reserve(file, 3 << 20); });
  EXPECT_EQ(reserving.what.find(path + ": the disk is full: needed 3.0 MiB, free "), 0u) << reserving.what;
}

TEST_F(Sys, ReservationThatIsNotSupportedIsNoError) {
  const sys::File file(folder / "x", O_RDWR | O_CREAT);
  plan(sys::Call::kReserve, EOPNOTSUPP, 1);
  EXPECT_FALSE(sys::reserve(file, 4096));
  EXPECT_EQ(sys::identity(file).bytes, 0u);
  EXPECT_TRUE(sys::reserve(file, 4096));
  EXPECT_EQ(sys::identity(file).bytes, 4096u);
}

TEST_F(Sys, RenameGoesBackWhereTheFolderCannotBeSynced) {
  const std::string from = put(folder / "x.partial", "data"), to = folder / "x";
  plan(sys::Call::kSync, EIO, 1);
  const Caught error = caught([&] { sys::rename(from, to); });
  EXPECT_EQ(error.what, to + ": the new name could not be made durable: Input/output error");
  EXPECT_FALSE(sys::exists(to));
  EXPECT_EQ(get(from), "data");
  sys::rename(from, to);
  EXPECT_EQ(get(to), "data");
  EXPECT_FALSE(sys::exists(from));
}

TEST_F(Sys, UnlinkOfNothingIsFine) {
  sys::unlink(folder / "absent");
  const std::string path = put(folder / "x", "1");
  sys::unlink(path);
  EXPECT_FALSE(sys::exists(path));
}

// The kernel writes up to the limit (a short write), then refuses: the message names the byte it came to.
TEST_F(Sys, ShortWriteGoesOnToTheRealError) {
  const std::string path = folder / "x";
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    const sys::File file(path, O_RDWR | O_CREAT);
    const std::string data(1500, 'a');
    const Caught error = caught([&] { sys::write_at(file, data.data(), data.size(), 0); });
    _exit(error.what == path + ": writing failed at byte 1000: File too large" ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(get(path).size(), 1000u);
}

TEST_F(Sys, IdentityFollowsContent) {
  const std::string path = put(folder / "x", "1");
  const sys::Identity before = sys::identity(sys::File(path, O_RDONLY));
  EXPECT_EQ(before, sys::identity(sys::File(path, O_RDONLY)));
  put(path, "12");
  EXPECT_NE(before, sys::identity(sys::File(path, O_RDONLY)));
}

TEST_F(Sys, PagesAreZeroAndAligned) {
  for (const std::size_t bytes : {std::size_t(0), std::size_t(1), std::size_t(10000), std::size_t(5) << 20}) {
    auto* memory = static_cast<unsigned char*>(sys::allocate_pages(bytes));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 4096, 0u);
    for (std::size_t i = 0; i < bytes; i += 511) EXPECT_EQ(memory[i], 0);
    sys::free_pages(memory, bytes);
  }
  const Caught error = caught([] { sys::allocate_pages(~std::size_t(0)); });
  EXPECT_EQ(error.kind, ErrorKind::kMemory);
  EXPECT_EQ(error.what, "memory: 16.0 EiB cannot be had: Cannot allocate memory");
}

TEST_F(Sys, FilesMove) {
  sys::File first(folder / "x", O_RDWR | O_CREAT);
  const int fd = first.fd();
  sys::File second(std::move(first));
  EXPECT_FALSE(first);
  EXPECT_EQ(second.fd(), fd);
  first = std::move(second);
  EXPECT_EQ(first.fd(), fd);
  EXPECT_EQ(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  first.close();
  EXPECT_EQ(fcntl(fd, F_GETFD), -1);
}

TEST_F(Sys, SizesReadWell) {
  EXPECT_EQ(sys::size_text(1), "1 byte");
  EXPECT_EQ(sys::size_text(1023), "1023 bytes");
  EXPECT_EQ(sys::size_text(1024), "1.0 KiB");
  EXPECT_EQ(sys::size_text((1 << 20) - 1), "1.0 MiB");
  EXPECT_EQ(sys::size_text(40000000000), "37.3 GiB");
}

TEST_F(Sys, LargeFilesLeaveTheCacheBehindTheirReader) {
  sys::File file(folder / "x", O_RDWR | O_CREAT);
  const std::uint64_t bytes = 48 << 20, piece = 1 << 20;
  std::vector<char> block(piece, 'x');
  for (std::uint64_t at = 0; at < bytes; at += piece) sys::write_at(file, block.data(), piece, at);
  sys::sync_all(file);
  const auto read_all = [&](std::uint64_t least) {
    DropBehind behind(file, least);
    for (std::uint64_t at = 0; at < bytes; at += piece) {
      sys::read_at(file, block.data(), piece, at);
      behind.read(at, piece);
    }
  };
  read_all(0);
  EXPECT_EQ(cached_share(file), 1) << "what was cached stays";
  posix_fadvise(file.fd(), 0, 0, POSIX_FADV_DONTNEED);
  if (cached_share(file) > 0.1) GTEST_SKIP() << "this file system keeps its pages";
  read_all(0);
  EXPECT_LT(cached_share(file), 0.1);
  read_all(bytes);
  EXPECT_EQ(cached_share(file), 1) << "small files stay";
}

}  // namespace
}  // namespace sluice
