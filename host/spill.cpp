#include "host/spill.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "host/error.h"
#include "host/formats/flat.h"

namespace sluice {
namespace {

class SpilledMatrix : public MatrixSource {
 public:
  SpilledMatrix(MatrixInfo info, std::shared_ptr<const Spill> spill, std::vector<sys::Identity> identities)
      : spill_(std::move(spill)), identities_(std::move(identities)) {
    info_ = std::move(info);
  }
  std::vector<sys::Identity> identities() const override { return identities_; }
  bool flat() const override { return true; }
  const sys::File& file() const override { return spill_->file(); }
  std::uint64_t data_offset() const override { return 0; }
  void read(const Rect& rect, void* to, std::int64_t stride) const override {
    check_rect(info_, rect);
    const auto element = std::int64_t(size_of(info_.type));
    if (rect.columns == info_.columns && stride == rect.columns * element)
      return spill_->read(to, std::size_t(rect.rows * stride), std::uint64_t(rect.row * stride));
    for (std::int64_t r = 0; r < rect.rows && rect.columns > 0; ++r)
      spill_->read(static_cast<char*>(to) + r * stride, std::size_t(rect.columns * element),
                   std::uint64_t(((rect.row + r) * info_.columns + rect.column) * element));
  }

 private:
  std::shared_ptr<const Spill> spill_;
  std::vector<sys::Identity> identities_;
};

}  // namespace

Spill::Spill(const std::string& beside, std::uint64_t bytes) {
  const std::filesystem::path folder = std::filesystem::path(beside).parent_path();
  const std::string path =
      ((folder.empty() ? "." : folder) / (".sluice-" + std::to_string(::getpid()) + ".spill")).string();
  folder_ = folder.empty() ? "." : folder.string();
  const std::uint64_t free = sys::free_space(path);
  if (bytes > free)
    throw Error(ErrorKind::kOutput,
                (folder.empty() ? "." : folder.string()) +
                    ": not enough space for the table's numbers: needed " + sys::size_text(bytes) +
                    ", free " + sys::size_text(free),
                "free some space, or write to another disk");
  // Another spill of this process may have the name for a moment.
  for (int turn = 0;; ++turn) {
    const std::string name = path + std::to_string(turn);
    if (sys::exists(name) && turn < 1000) continue;
    made_ = sys::File(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    sys::unlink(name);
    break;
  }
  file_ = sys::File("/proc/self/fd/" + std::to_string(made_.fd()), O_RDWR);
}

void Spill::append(const void* from, std::size_t bytes) {
  try {
    sys::write_at(file_, from, bytes, bytes_);
  } catch (const Error& e) {  // the file has no name that a user knows
    throw Error(e.kind(), folder_ + ": the input's numbers cannot be kept there: the disk is full or fails",
                "free some space, or write to another disk");
  }
  bytes_ += bytes;
}

std::unique_ptr<MatrixSource> spilled_matrix(MatrixInfo info, std::shared_ptr<const Spill> spill,
                                             std::vector<sys::Identity> identities) {
  return std::make_unique<SpilledMatrix>(std::move(info), std::move(spill), std::move(identities));
}

}  // namespace sluice
