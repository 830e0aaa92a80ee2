// Which pairs of a strip of rows with a block of columns count: not a vertex with itself, not what lies
// behind the last vertex, and not adjacent ones. Those are left out where others are added: taking them away
// again would leave the rounding of a pair that has come close, which is more than all the others together.
#pragma once
#include <cstring>

#include "kernels/cpu/layout_level.h"

namespace sluice::SLUICE_BACKEND {

class LayoutMasker {
 public:
  LayoutMasker(const LayoutForcesArgs& args, int lanes, int rows, bool both)
      : a_(args), lanes_(lanes), shift_(__builtin_ctz(unsigned(lanes))), rows_(rows), both_(both) {
    std::memset(masks_.some, 0, sizeof masks_.some);
  }

  /// For rows [row, row + rows), of which those below `last` count, and columns [column, end). `cursors`: of
  /// each row, its first neighbour at or behind `column`; goes on to the one behind the block.
  const LayoutMasks& fill(std::int64_t row, std::int64_t last, std::int64_t column, std::int64_t end,
                          std::int64_t* cursors) {
    for (int i = 0; i < touched_; ++i) masks_.some[touched_at_[i]] = 0;
    touched_ = 0;
    const int vectors = int(ceil_div(end - column, lanes_));
    for (int r = 0; r < rows_; ++r) {
      const std::int64_t i = row + r;
      if (i >= last) {
        for (int v = 0; v < vectors; ++v) lanes(v)[r] = 0;
        continue;
      }
      if (both_) {
        // Columns up to the row itself.
        for (int v = 0; column + v * lanes_ <= i && v < vectors; ++v)
          keep_from(v, r, i + 1 - column - v * lanes_);
      } else if (i >= column && i < end) {
        drop(r, i - column);
      }
      if (!a_.neighbours) continue;
      std::int64_t at = cursors[i];
      for (const std::int64_t stop = a_.offsets[i + 1]; at < stop && a_.neighbours[at] < end; ++at)
        drop(r, a_.neighbours[at] - column);
      cursors[i] = at;
    }
    if (const std::int64_t over = column + std::int64_t(vectors) * lanes_ - end; over > 0) {
      std::uint16_t* const tail = lanes(vectors - 1);
      for (int r = 0; r < rows_; ++r) tail[r] &= std::uint16_t((1u << (lanes_ - over)) - 1);
    }
    return masks_;
  }

 private:
  std::uint16_t* lanes(int v) {
    std::uint16_t* const of = masks_.lanes + v * kLayoutRows;
    if (!masks_.some[v]) {
      masks_.some[v] = 1, touched_at_[touched_++] = std::uint16_t(v);
      for (int r = 0; r < kLayoutRows; ++r) of[r] = std::uint16_t((1u << lanes_) - 1);
    }
    return of;
  }
  void keep_from(int v, int r, std::int64_t lane) {
    lanes(v)[r] &= lane >= lanes_ ? std::uint16_t(0) : std::uint16_t(~((1u << lane) - 1));
  }
  void drop(int r, std::int64_t at) {
    lanes(int(at) >> shift_)[r] &= std::uint16_t(~(1u << (int(at) & (lanes_ - 1))));
  }

  const LayoutForcesArgs& a_;
  const int lanes_, shift_, rows_;  // lanes: 2^shift
  const bool both_;
  int touched_ = 0;
  LayoutMasks masks_;
  std::uint16_t touched_at_[kLayoutVectors];
};

}  // namespace sluice::SLUICE_BACKEND
