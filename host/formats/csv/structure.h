// Where fields and rows end. The scan is a small automaton whose state is carried from block to block, so
// that a file may be cut anywhere; blocks of 64 bytes with quotes only where they belong go through it as bit
// masks (the inside of quotes by prefix xor), all others byte by byte. Both give the same.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "host/formats/csv/dialect.h"
#include "host/formats/csv/ends.h"
#include "host/formats/csv/masks.h"

namespace sluice::csv {

enum class State : std::uint8_t {
  kRowStart,
  kAfterCr,     // a row start that swallows one LF
  kFieldStart,  // of a field that is not the row's first
  kUnquoted,
  kQuoted,
  kQuoteInQuoted,  // the quoted field is closed, unless another quote follows
  kComment,
};
constexpr int kStates = 7;

constexpr bool at_row_start(State state) {
  return state == State::kRowStart || state == State::kAfterCr;
}

class Structure {
 public:
  explicit Structure(const Dialect& dialect, MasksOf masks = best_masks());

  /// Appends the ends within data[from, to) to `ends`, offsets counted from data. Returns the state behind
  /// it.
  State scan(const unsigned char* data, std::size_t from, std::size_t to, State state, Ends& ends) const;

  /// The state behind `bytes` for each state before them, and the line ends in them.
  struct Passage {
    std::array<State, kStates> after;
    std::uint64_t lf = 0, lone_cr = 0;  // a CR before an LF is no line end of its own
    bool first_is_lf = false, last_is_cr = false;
  };
  Passage passage(const unsigned char* data, std::size_t bytes) const;

  /// Both at once, and whether all bytes are ASCII, where there is neither quote, comment nor CR and the
  /// processor has a fast way; else false. The ends hold for entered_plainly() states.
  bool plain(const unsigned char* data, std::size_t bytes, Ends& ends, Passage& result, bool& ascii) const;
  static bool entered_plainly(State state) {
    return state != State::kQuoted && state != State::kComment && state != State::kAfterCr;
  }

 private:
  void set_plain_passage(const unsigned char* data, std::size_t bytes, Passage& result) const;
  bool passage_without_quotes(const unsigned char* data, std::size_t bytes, Passage& result) const;
  struct Emitter;
  State step(State state, unsigned char byte, std::size_t offset, Emitter& out) const;
  State bytewise(State state, const unsigned char* data, std::size_t from, std::size_t to,
                 Emitter& out) const;
  State block(State state, const Masks& masks, const unsigned char* data, std::size_t offset,
              Emitter& out) const;

  Marks marks_;
  bool spaces_;
  MasksOf masks_;
  PlainEnds plain_;  // null: none
};

/// Line ends in bytes: LF, CRLF and CR alone each count once. A CR at the very end counts.
std::uint64_t count_lines(const unsigned char* data, std::size_t bytes);

}  // namespace sluice::csv
