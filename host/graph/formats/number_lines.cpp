// A block of whole lines is parsed by hand: each loop ends at the block's last '\n', so none looks for the
// end of the text. A last line without '\n' is a block of its own, copied.
#include "host/graph/formats/number_lines.h"

#include <fast_float/fast_float.h>

#include <cstring>
#include <limits>
#include <string>

#include "host/parallel.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
constexpr std::size_t kBlock = 1 << 20;
constexpr std::uint64_t kMostId = 0x7ffffffe;

struct Block {
  std::vector<std::uint64_t> pairs;  // first id, second id, 32 bits each
  std::vector<double> weights;       // from the first line on that has one
  i64 with_weight = 0, with_more = 0;
  bool first_has_weight = false;
  const char* stopped = nullptr;
};

bool blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool ends_field(char c) {
  return blank(c) || c == ',' || c == ';' || c == '\n';
}

const char* skip_blanks(const char* p) {
  while (blank(*p)) ++p;
  return p;
}

/// Behind what separates two fields; null where nothing does.
const char* skip_separator(const char* p) {
  const char* q = skip_blanks(p);
  if (*q == ',' || *q == ';') q = skip_blanks(q + 1);
  return q == p ? nullptr : q;
}

/// A whole number up to kMostId; null where there is none.
const char* read_id(const char* p, std::uint64_t& id) {
  unsigned digit = unsigned(*p) - '0';
  if (digit > 9) return nullptr;
  std::uint64_t value = digit;
  while ((digit = unsigned(*++p) - '0') <= 9) {
    value = value * 10 + digit;
    if (value > kMostId) return nullptr;
  }
  id = value;
  return p;
}

/// A number behind which a field ends; null where there is none.
const char* read_weight(const char* p, const char* end, double& weight) {
  if (*p == '+') ++p;
  const auto got = fast_float::from_chars(p, end, weight);
  if (got.ec != std::errc() || !ends_field(*got.ptr)) return nullptr;
  return got.ptr;
}

bool comment(const char* p) {
  return *p == '#' || *p == '%' || (*p == '/' && p[1] == '/');
}

const char* next_line(const char* p, const char* end) {
  return static_cast<const char*>(std::memchr(p, '\n', std::size_t(end - p))) + 1;
}

/// `text` ends with '\n'.
void read_block(std::string_view text, Block& block) {
  const char *p = text.data(), *const end = p + text.size();
  block.pairs.reserve(text.size() / 10);
  while (p < end) {
    const char* const line = p;
    p = skip_blanks(p);
    if (*p == '\n') {
      ++p;
      continue;
    }
    std::uint64_t first = 0, second = 0;
    double weight = 1;
    const char* q = read_id(p, first);
    if (q == nullptr) {
      if (comment(p)) {
        p = next_line(p, end);
        continue;
      }
      block.stopped = line;
      return;
    }
    if ((q = skip_separator(q)) == nullptr || (q = read_id(q, second)) == nullptr) {
      block.stopped = line;
      return;
    }
    const char* behind = skip_separator(q);
    p = behind == nullptr ? q : behind;
    if (behind != nullptr && comment(p)) p = next_line(p, end) - 1;
    const bool weighted = *p != '\n';
    if (weighted) {
      if (behind == nullptr || (p = read_weight(p, end, weight)) == nullptr) {
        block.stopped = line;
        return;
      }
      if (++block.with_weight == 1) block.weights.assign(block.pairs.size(), 1.0);
      block.first_has_weight = block.first_has_weight || block.pairs.empty();
      if (const char* more = skip_separator(p); more != nullptr) p = more;
      if (*p != '\n') ++block.with_more, p = next_line(p, end) - 1;
    }
    block.pairs.push_back(first << 32 | second);
    if (block.with_weight > 0) block.weights.push_back(weight);
    ++p;
  }
}

NumberLines joined(const std::vector<Block>& blocks, int threads) {
  NumberLines all;
  std::vector<std::size_t> starts{0};
  for (const Block& b : blocks) {
    if (starts.back() == 0 && !b.pairs.empty()) all.first_has_weight = b.first_has_weight;
    starts.push_back(starts.back() + b.pairs.size());
    all.with_weight += b.with_weight, all.with_more += b.with_more;
  }
  all.edges.from.resize(starts.back()), all.edges.to.resize(starts.back());
  if (all.with_weight > 0) all.edges.weights.assign(starts.back(), 1.0);
  in_parallel(std::size_t(threads), blocks.size(), [&](std::size_t k) {
    const Block& b = blocks[k];
    for (std::size_t i = 0; i < b.pairs.size(); ++i) {
      all.edges.from[starts[k] + i] = Vertex(b.pairs[i] >> 32);
      all.edges.to[starts[k] + i] = Vertex(std::uint32_t(b.pairs[i]));
    }
    for (std::size_t i = 0; i < b.weights.size(); ++i) all.edges.weights[starts[k] + i] = b.weights[i];
  });
  return all;
}

}  // namespace

const char* line_end(const char* at, const char* end) {
  const void* found = at == end ? nullptr : std::memchr(at, '\n', std::size_t(end - at));
  return found == nullptr ? end : static_cast<const char*>(found);
}

const char* first_line(std::string_view text) {
  const char *p = text.data(), *const end = p + text.size();
  while (p < end) {
    const char* q = p;
    while (q < end && blank(*q)) ++q;
    const bool skipped =
        q == end || *q == '\n' || *q == '#' || *q == '%' || (*q == '/' && q + 1 < end && q[1] == '/');
    if (!skipped) return p;
    q = line_end(q, end);
    p = q == end ? end : q + 1;
  }
  return end;
}

const char* place_of_line(std::string_view text, i64 index) {
  const char* const end = text.data() + text.size();
  const char* p = first_line(text);
  for (; index > 0 && p < end; --index) {
    p = line_end(p, end);
    if (p < end) p = first_line({p + 1, std::size_t(end - p - 1)});
  }
  return p;
}

std::vector<std::string_view> cut_lines(std::string_view text, std::size_t bytes) {
  std::vector<std::string_view> pieces;
  while (text.size() > bytes) {
    const std::size_t at = text.find('\n', bytes - 1);
    if (at == std::string_view::npos) break;
    pieces.push_back(text.substr(0, at + 1));
    text.remove_prefix(at + 1);
  }
  if (!text.empty()) pieces.push_back(text);
  return pieces;
}

NumberLines read_number_lines(std::string_view text, int threads) {
  std::string last;  // the last line, where it lacks its '\n'
  const char* last_place = nullptr;
  if (!text.empty() && text.back() != '\n') {
    const std::size_t at = text.rfind('\n') + 1;  // npos + 1 is 0
    last_place = text.data() + at;
    last.assign(text.substr(at)) += '\n';
    text = text.substr(0, at);
  }
  std::vector<std::string_view> pieces = cut_lines(text, kBlock);
  if (!last.empty()) pieces.emplace_back(last);
  std::vector<Block> blocks(pieces.size());
  std::atomic<bool> stopped{false};
  in_parallel(std::size_t(threads), pieces.size(), [&](std::size_t k) {
    if (stopped) return;  // blocks are taken in order: those before have been read or are being read
    read_block(pieces[k], blocks[k]);
    if (blocks[k].stopped != nullptr) stopped = true;
  });
  for (std::size_t k = 0; k < blocks.size(); ++k)
    if (blocks[k].stopped != nullptr) {
      NumberLines none;
      none.stopped = !last.empty() && k + 1 == blocks.size() ? last_place : blocks[k].stopped;
      return none;
    }
  return joined(blocks, threads);
}

}  // namespace sluice::graph
