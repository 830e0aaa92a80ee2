// A file without a name that holds what a run reads more than once: written in order, then read as a matrix.
// It goes when its owner does, and after a crash as well.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/matrix.h"

namespace sluice {

class Spill {
 public:
  /// In the folder of `beside`. Error{kOutput} where no file can be made there, or where its disk has fewer
  /// than `bytes` free.
  Spill(const std::string& beside, std::uint64_t bytes);
  void append(const void* from, std::size_t bytes);
  std::uint64_t bytes() const { return bytes_; }
  const sys::File& file() const { return file_; }
  /// Positioned reads of what was appended.
  void read(void* to, std::size_t bytes, std::uint64_t offset) const {
    sys::read_at(file_, to, bytes, offset);
  }

 private:
  sys::File made_;  // holds the file; `file_` opens it again by its descriptor, for readers that want a path
  sys::File file_;
  std::string folder_;
  std::uint64_t bytes_ = 0;
};

/// A spill as a matrix in C order, of the machine's byte order. The identities are those of the files that it
/// was made of.
std::unique_ptr<MatrixSource> spilled_matrix(MatrixInfo info, std::shared_ptr<const Spill> spill,
                                             std::vector<sys::Identity> identities);

}  // namespace sluice
