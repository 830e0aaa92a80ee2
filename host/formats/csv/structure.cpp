// The automaton, byte by byte and block by block.
#include "host/formats/csv/structure.h"

#include <algorithm>
#include <bit>

namespace sluice::csv {
namespace {

constexpr std::size_t kGroup = 16;  // blocks whose masks are made at once

// Bit i: an odd number of bits at or below i.
std::uint64_t prefix_xor(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace

struct Structure::Emitter {
  Ends* ends = nullptr;
  void add(std::size_t offset, bool row) {
    if (ends != nullptr) ends->push_back(End::make(offset, row));
  }
  void add(std::uint64_t bits, std::uint64_t rows, std::size_t offset) {
    if (ends == nullptr || bits == 0) return;
    std::uint32_t* const first = ends->room(64);
    std::uint32_t* to = first;
    for (; bits != 0; bits &= bits - 1, ++to) {
      const int bit = std::countr_zero(bits);
      *to = End::make(offset + std::size_t(bit), (rows >> bit & 1) != 0);
    }
    ends->added(std::size_t(to - first));
  }
};

Structure::Structure(const Dialect& dialect, MasksOf masks)
    : spaces_(dialect.spaces),
      masks_(masks),
      plain_(masks == masks_avx2 && !dialect.spaces ? plain_ends_avx2 : nullptr) {
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  const unsigned char separator = byte(spaces_ ? ' ' : dialect.separator);
  marks_ = {separator, spaces_ ? byte('\t') : separator, byte(dialect.quote), byte(dialect.comment)};
}

State Structure::step(State state, unsigned char byte, std::size_t offset, Emitter& out) const {
  if (state == State::kQuoted) return byte == marks_.quote ? State::kQuoteInQuoted : State::kQuoted;
  const bool row_start = at_row_start(state), field_start = row_start || state == State::kFieldStart;
  if (byte == '\n' && state == State::kAfterCr) return State::kRowStart;
  if (byte == '\n' || byte == '\r') {
    out.add(offset, true);
    return byte == '\r' ? State::kAfterCr : State::kRowStart;
  }
  if (state == State::kComment || (row_start && marks_.comment != 0 && byte == marks_.comment))
    return State::kComment;
  if (byte == marks_.separator || byte == marks_.second_separator) {
    if (!spaces_ || !field_start) out.add(offset, false);
    return State::kFieldStart;
  }
  const bool opens = field_start || state == State::kQuoteInQuoted;
  return opens && marks_.quote != 0 && byte == marks_.quote ? State::kQuoted : State::kUnquoted;
}

State Structure::bytewise(State state, const unsigned char* data, std::size_t from, std::size_t to,
                          Emitter& out) const {
  for (std::size_t i = from; i < to; ++i) state = step(state, data[i], i, out);
  return state;
}

State Structure::block(State state, const Masks& m, const unsigned char* data, std::size_t offset,
                       Emitter& out) const {
  const bool row_start = at_row_start(state), field_start = row_start || state == State::kFieldStart;
  const std::uint64_t inside =
      (m.quote != 0 ? prefix_xor(m.quote) : 0) ^ (state == State::kQuoted ? ~std::uint64_t(0) : 0);
  const std::uint64_t separators = m.separator & ~inside, cr = m.cr & ~inside;
  const std::uint64_t swallowed = m.lf & ~inside & (cr << 1 | std::uint64_t(state == State::kAfterCr));
  const std::uint64_t rows = ((m.lf & ~inside) | cr) & ~swallowed;
  const std::uint64_t line_ends = rows | swallowed;
  const std::uint64_t closing = m.quote & ~inside, opening = m.quote & inside;
  const std::uint64_t may_open =
      (separators | line_ends | closing) << 1 | std::uint64_t(field_start || state == State::kQuoteInQuoted);
  const std::uint64_t comments = m.comment & ~inside & (line_ends << 1 | std::uint64_t(row_start));
  if (state == State::kComment || (opening & ~may_open) != 0 || comments != 0)
    return bytewise(state, data, offset, offset + 64, out);
  std::uint64_t ends = separators;
  if (spaces_) ends &= ~((separators | line_ends) << 1 | std::uint64_t(field_start));
  out.add(ends | rows, rows, offset);
  const auto last = [](std::uint64_t bits) { return bits >> 63 != 0; };
  if (last(inside)) return State::kQuoted;
  if (last(closing)) return State::kQuoteInQuoted;
  if (last(line_ends)) return last(cr) ? State::kAfterCr : State::kRowStart;
  return last(separators) ? State::kFieldStart : State::kUnquoted;
}

State Structure::scan(const unsigned char* data, std::size_t from, std::size_t to, State state,
                      Ends& ends) const {
  Emitter out{&ends}, none;
  Masks masks[kGroup];
  while (to - from >= 64) {
    const std::size_t blocks = std::min(kGroup, (to - from) / 64);
    if (plain_ != nullptr &&
        (at_row_start(state) || state == State::kFieldStart || state == State::kUnquoted) &&
        state != State::kAfterCr) {
      const PlainBlocks plain = plain_(data, from, blocks, marks_, ends.room(64 * kGroup + 4));
      const std::size_t done = plain.blocks;
      ends.added(plain.ends);
      from += 64 * done;
      if (done != 0) state = step(State::kUnquoted, data[from - 1], 0, none);
      if (done == blocks) continue;
      masks_(data + from, blocks - done, marks_, masks);
      for (std::size_t i = done; i < blocks; ++i, from += 64)
        state = block(state, masks[i - done], data, from, out);
      continue;
    }
    masks_(data + from, blocks, marks_, masks);
    for (std::size_t i = 0; i < blocks; ++i, from += 64) state = block(state, masks[i], data, from, out);
  }
  return bytewise(state, data, from, to, out);
}

bool Structure::plain(const unsigned char* data, std::size_t bytes, Ends& ends, Passage& result,
                      bool& ascii) const {
  if (plain_ == nullptr || bytes == 0) return false;
  ascii = true;
  std::size_t from = 0;
  while (bytes - from >= 64) {
    const std::size_t blocks = std::min(kGroup, (bytes - from) / 64);
    const PlainBlocks found = plain_(data, from, blocks, marks_, ends.room(64 * kGroup + 4));
    if (found.blocks != blocks) return false;
    ends.added(found.ends);
    result.lf += found.lf;
    ascii &= found.ascii;
    from += 64 * blocks;
  }
  Survey rest;
  survey_bytewise(data + from, bytes - from, marks_, rest);
  if (rest.quote || rest.comment || rest.cr != 0) return false;
  result.lf += rest.lf;
  for (std::size_t i = from; i < bytes; ++i) ascii &= data[i] < 0x80;
  Emitter out{&ends};
  bytewise(State::kUnquoted, data, from, bytes, out);
  set_plain_passage(data, bytes, result);
  return true;
}

// Without quotes and comments, what a state becomes is said by the last byte.
void Structure::set_plain_passage(const unsigned char* data, std::size_t bytes, Passage& result) const {
  result.first_is_lf = data[0] == '\n';
  result.last_is_cr = data[bytes - 1] == '\r';
  Emitter none;
  const State after = step(State::kUnquoted, data[bytes - 1], 0, none);
  result.after.fill(after);
  result.after[std::size_t(State::kQuoted)] = State::kQuoted;
  if (result.lf + result.lone_cr == 0) result.after[std::size_t(State::kComment)] = State::kComment;
  if (bytes == 1 && data[0] == '\n') result.after[std::size_t(State::kAfterCr)] = State::kRowStart;
}

bool Structure::passage_without_quotes(const unsigned char* data, std::size_t bytes, Passage& result) const {
  if (bytes == 0) return false;
  const Survey found = survey_of(data, bytes, marks_);
  if (found.quote || found.comment) return false;
  result.lf = found.lf;
  result.lone_cr = found.cr - found.crlf;
  set_plain_passage(data, bytes, result);
  return true;
}

Structure::Passage Structure::passage(const unsigned char* data, std::size_t bytes) const {
  Passage result;
  if (passage_without_quotes(data, bytes, result)) return result;
  // States that have met stay together: there are seldom more than two, inside and outside of quotes.
  std::array<State, kStates> live{};
  std::array<int, kStates> follows{};  // which of `live` each first state has become
  int count = kStates;
  for (int i = 0; i < kStates; ++i) live[std::size_t(i)] = State(i), follows[std::size_t(i)] = i;
  const auto merge = [&] {
    std::array<int, kStates> at{};
    std::array<State, kStates> kept{};
    int left = 0;
    for (int i = 0; i < count; ++i) {
      int same = 0;
      while (same < left && kept[std::size_t(same)] != live[std::size_t(i)]) ++same;
      if (same == left) kept[std::size_t(left++)] = live[std::size_t(i)];
      at[std::size_t(i)] = same;
    }
    for (int& state : follows) state = at[std::size_t(state)];
    live = kept, count = left;
  };
  Emitter none;
  Masks masks[kGroup];
  bool after_cr = false;
  std::size_t from = 0;
  while (bytes - from >= 64) {
    const std::size_t blocks = std::min(kGroup, (bytes - from) / 64);
    masks_(data + from, blocks, marks_, masks);
    for (std::size_t i = 0; i < blocks; ++i) {
      result.lf += std::uint64_t(std::popcount(masks[i].lf));
      result.lone_cr +=
          std::uint64_t(std::popcount(masks[i].cr)) -
          std::uint64_t(std::popcount(masks[i].lf & (masks[i].cr << 1 | std::uint64_t(after_cr))));
      after_cr = masks[i].cr >> 63 != 0;
    }
    for (int s = 0; s < count; ++s)
      for (std::size_t i = 0; i < blocks; ++i)
        live[std::size_t(s)] = block(live[std::size_t(s)], masks[i], data, from + 64 * i, none);
    from += 64 * blocks;
    if (count > 2) merge();
  }
  for (int s = 0; s < count; ++s)
    live[std::size_t(s)] = bytewise(live[std::size_t(s)], data, from, bytes, none);
  for (; from < bytes; ++from) {
    if (data[from] == '\n') ++result.lf, result.lone_cr -= std::uint64_t(after_cr);
    after_cr = data[from] == '\r';
    result.lone_cr += std::uint64_t(after_cr);
  }
  for (std::size_t i = 0; i < kStates; ++i) result.after[i] = live[std::size_t(follows[i])];
  result.first_is_lf = bytes != 0 && data[0] == '\n';
  result.last_is_cr = bytes != 0 && data[bytes - 1] == '\r';
  return result;
}

std::uint64_t count_lines(const unsigned char* data, std::size_t bytes) {
  std::uint64_t lines = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    lines += std::uint64_t(data[i] == '\n' ? i == 0 || data[i - 1] != '\r' : data[i] == '\r');
  return lines;
}

}  // namespace sluice::csv
