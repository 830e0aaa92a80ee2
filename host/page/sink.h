// Where a page is written: a file of its own name once it is whole. Text goes through a buffer of 1 MiB.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "host/io/sys.h"

namespace sluice::page {

class Sink {
 public:
  explicit Sink(const std::string& path);  // opens path.partial
  ~Sink();                                 // removes it where finish() was not reached
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void text(std::string_view text);
  /// Base64 (RFC 4648, padded) of bytes that come in any pieces; end_base64() closes it.
  void base64(const void* data, std::size_t bytes);
  void end_base64();
  /// Writes, syncs and renames.
  void finish();

 private:
  void flush();

  std::string path_, working_, buffer_;
  sys::File file_;
  std::uint64_t offset_ = 0;
  unsigned held_ = 0, held_bytes_ = 0;  // of base64: what waits for its third byte
  bool finished_ = false;
};

std::string base64_of(std::string_view bytes);

}  // namespace sluice::page
