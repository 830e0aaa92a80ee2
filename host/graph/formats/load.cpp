#include "host/graph/formats/load.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "host/budget.h"
#include "host/error.h"
#include "host/formats/csv/source.h"

namespace sluice::graph {
namespace {

bool compressed(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b") || bytes.starts_with("\x28\xb5\x2f\xfd");
}

/// Whatever a reader gives, in pieces.
template <class F>
std::string gathered(const std::string& name, std::uint64_t most, const F& read) {
  std::string bytes;
  std::size_t filled = 0;
  for (;;) {
    if (bytes.size() - filled < (1 << 16)) bytes.resize(std::max<std::size_t>(1 << 20, bytes.size() * 2));
    const std::size_t got =
        read(reinterpret_cast<unsigned char*>(bytes.data()) + filled, bytes.size() - filled);
    if (got == 0) break;
    filled += got;
    if (filled > most)
      throw Error(ErrorKind::kMemory,
                  name + ": does not fit: expected at most " + sys::size_text(most) + ", found more",
                  "--memory allows more");
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

Loaded::Loaded(const std::string& path, std::uint64_t most) {
  const bool standard = path == "-";
  file_ = sys::File(standard ? "/dev/stdin" : path, O_RDONLY);
  struct stat facts {};
  if (fstat(file_.fd(), &facts) != 0 || S_ISDIR(facts.st_mode))
    throw Error(ErrorKind::kInput, path + ": a folder: expected a graph's file, found a folder");
  if (!S_ISREG(facts.st_mode)) {  // a pipe has no places: it is read in order
    bytes_ = gathered(path, most, [&](unsigned char* to, std::size_t room) {
      const ssize_t got = ::read(file_.fd(), to, room);
      if (got < 0) throw Error(ErrorKind::kInput, path + ": cannot be read");
      return std::size_t(got);
    });
    text_ = bytes_;
    if (compressed(text_))
      throw Error(ErrorKind::kInput, path + ": compressed: expected text from a pipe, found gzip or zstd",
                  "for example: zcat graph.txt.gz | sluice ...");
    return;
  }
  if (facts.st_size == 0) return;
  mapping_ = std::make_unique<Mapping>(file_);
  text_ = {reinterpret_cast<const char*>(mapping_->data()), mapping_->bytes()};
  if (!compressed(text_)) return;
  mapping_.reset();
  Budget budget(most, "--memory");
  const auto source = csv::open_source(standard ? "/dev/stdin" : path, budget);
  bytes_ = gathered(path, most, [&](unsigned char* to, std::size_t room) { return source->read(to, room); });
  text_ = bytes_;
}

void Loaded::check() const {
  if (mapping_) mapping_->check();
}

}  // namespace sluice::graph
