// Where the bytes of a table come from: a file as it is, or one decompressed on the way.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "host/budget.h"
#include "host/io/sys.h"

namespace sluice::csv {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// At most `bytes`, at least one unless the end is reached; each call goes on behind the last.
  /// Error{kInput} where reading or decompressing fails.
  virtual std::size_t read(unsigned char* to, std::size_t bytes) = 0;
  /// Null where bytes come in order only; else the file that holds them as they are.
  virtual const sys::File* plain() const { return nullptr; }
  /// Bytes that were read of a compressed file; any thread may ask.
  virtual std::uint64_t file_offset() const { return 0; }
};

/// By the file's first bytes, whatever its name.
std::unique_ptr<ByteSource> open_source(const std::string& path, Budget& budget);

std::unique_ptr<ByteSource> gzip_source(sys::File file);  // of any number of members
/// Of any number of frames. The window that they ask for is taken from the budget.
std::unique_ptr<ByteSource> zstd_source(sys::File file, Budget& budget);

}  // namespace sluice::csv
