// Where the bytes of a table come from: a file as it is, or a gzip file decompressed on the way. One reader,
// from the front to the end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace sluice::csv {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// At most `bytes`, at least one unless the end is reached. Error{kInput} where reading or decompressing
  /// fails.
  virtual std::size_t read(unsigned char* to, std::size_t bytes) = 0;
  /// Bytes of the file itself that were read: of a compressed one, before decompression.
  virtual std::uint64_t file_offset() const = 0;
};

/// By the file's first bytes, whatever its name. Error{kInput} for a compression that is not read.
std::unique_ptr<ByteSource> open_source(const std::string& path);

}  // namespace sluice::csv
