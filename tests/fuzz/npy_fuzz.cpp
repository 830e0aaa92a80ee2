// Fuzzes the .npy header parser: whatever the bytes are, it returns a header that keeps its promises or
// throws sluice::Error. The input lies in memory of its exact size, so that the address sanitizer sees any
// read beyond.
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "host/error.h"
#include "host/formats/npy.h"

namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

void check(const sluice::NpyHeader& header, std::size_t size) {
  require(header.rows >= 0 && header.columns >= 0);
  require(header.dimensions >= 0 && header.dimensions <= 2);
  require(header.dimensions == 2 || header.rows == 1);
  require(header.data_offset >= 10 && header.data_offset <= size);
  const auto bytes = static_cast<unsigned __int128>(header.rows) *
                     static_cast<unsigned __int128>(header.columns) * sluice::size_of(header.type);
  require(bytes == header.data_bytes && bytes + header.data_offset <= INT64_MAX);
  // What was read can be written, and read again.
  const std::string again =
      sluice::make_npy_header(header.type, header.dimensions, header.rows, header.columns);
  const auto* data = reinterpret_cast<const unsigned char*>(again.data());
  if (bytes + again.size() > INT64_MAX) return;
  const sluice::NpyHeader second = sluice::parse_npy(data, again.size(), "written");
  require(second.rows == header.rows && second.columns == header.columns && second.type == header.type);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::unique_ptr<unsigned char[]> copy(new unsigned char[size]);
  for (std::size_t i = 0; i < size; ++i) copy[i] = data[i];
  try {
    check(sluice::parse_npy(copy.get(), size, "fuzz"), size);
  } catch (const sluice::Error& error) {
    require(error.kind() == sluice::ErrorKind::kInput);
  }
  return 0;
}
