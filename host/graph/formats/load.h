// The bytes of a file at once: mapped where they lie plain, else decompressed into memory.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "host/io/mapping.h"

namespace sluice::graph {

class Loaded {
 public:
  /// `path`: a file, gzip or zstd or neither; "-" for standard input. Error{kInput}; {kMemory} where the
  /// bytes that are decompressed are more than `most`.
  Loaded(const std::string& path, std::uint64_t most);
  std::string_view text() const { return text_; }
  /// Error{kInput} where the file became shorter while it was read.
  void check() const;

 private:
  sys::File file_;
  std::unique_ptr<Mapping> mapping_;
  std::string bytes_;
  std::string_view text_;
};

}  // namespace sluice::graph
