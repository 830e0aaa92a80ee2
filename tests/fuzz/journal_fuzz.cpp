// The journal reader on any bytes: it never throws, never believes a torn record, and what it accepted it
// accepts again, whole, from just those bytes.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "host/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sluice::JournalContents;
  using sluice::parse_journal;
  const std::span<const unsigned char> bytes(data, size);
  const JournalContents contents = parse_journal(bytes);
  if (contents.bytes > size) std::abort();
  if (!contents.valid && (contents.bytes != 0 || !contents.tiles.empty() || contents.finishing)) std::abort();
  const JournalContents again = parse_journal(bytes.first(contents.bytes));
  if (again.valid != contents.valid || again.bytes != contents.bytes || again.header != contents.header ||
      again.tiles.size() != contents.tiles.size() || again.finishing != contents.finishing)
    std::abort();
  return 0;
}
