#include "host/graph/formats/listed.h"

#include <algorithm>
#include <cstring>

#include "host/error.h"
#include "host/io/sys.h"

namespace sluice::graph {

void Text::wrong(const char* at, const std::string& what, const std::string& advice) const {
  const auto line = 1 + std::count(all.data(), std::min(at, all.data() + all.size()), '\n');
  throw Error(ErrorKind::kInput, name + ": line " + std::to_string(line) + ": " + what, advice);
}

void Text::wrong(const std::string& what, const std::string& advice) const {
  throw Error(ErrorKind::kInput, name + ": " + what, advice);
}

void Text::check_room(std::int64_t vertices, std::int64_t listed, bool weighted, std::uint64_t names) const {
  // Of a vertex: offsets, twice while they are made, places; of a listed edge: itself, both its ends, and
  // these again as they stay.
  if (vertices > 0x7fffffff)
    wrong("too many vertices: expected at most 2147483647, found " + std::to_string(vertices));
  check_bytes(
      std::uint64_t(vertices) * 32 + std::uint64_t(listed) * (weighted ? 72 : 32) + names,
      "a graph of " + std::to_string(vertices) + " vertices and " + std::to_string(listed) + " edges");
}

void Text::check_bytes(std::uint64_t needed, const std::string& what) const {
  if (needed > memory)
    throw Error(ErrorKind::kMemory,
                name + ": " + what + " does not fit: expected at most " + sys::size_text(memory) +
                    ", found a need of " + sys::size_text(needed),
                "--memory allows more");
}

std::string quoted(std::string_view word) {
  constexpr std::size_t kMost = 40;
  std::string text = "'";
  for (const char c : word.substr(0, kMost))
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return text + (word.size() > kMost ? "...'" : "'");
}

std::string found_at(const char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
  const char* last = at;
  while (last < end && *last != '\0' && std::strchr(" \t\r\n,;", *last) == nullptr) ++last;
  if (last == at && at < end && *at != '\n') ++last;
  return last == at ? at < end ? "the end of the line" : "the end of the file"
                    : quoted({at, std::size_t(last - at)});
}

}  // namespace sluice::graph
