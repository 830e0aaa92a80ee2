// A result whose elements can be made in any order, each from its place: threads make pieces that a cache
// holds and write them where they belong. Nothing passes between threads, and no byte depends on how many
// there are.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "host/machine.h"
#include "host/result.h"

namespace sluice {

/// A dense matrix, rows x columns elements in C order, from byte `origin` of the first file's data.
struct Filling {
  Result& result;
  const RunOptions& run;
  Budget& budget;
  const char* stage;  // its name in progress and times
  std::int64_t rows, columns, element;
  std::uint64_t origin = 0;

  std::uint64_t bytes() const {
    return std::uint64_t(rows) * std::uint64_t(columns) * std::uint64_t(element);
  }
};

/// A piece: elements that follow each other in the file, whole rows or a part of one.
using Make = std::function<void(const Rect& piece, char* out)>;

/// Elements of a piece where memory is plenty.
std::int64_t piece_elements(const Filling& filling);
/// Bytes that a thread holds for pieces of so many elements.
std::uint64_t piece_bytes(const Filling& filling, std::int64_t elements);

/// Makes what an earlier run has not left. `maker` is called once for each thread, before any piece is made;
/// pieces have at most `elements`. Error{kInterrupted} where run.stop is set.
std::vector<StageTime> fill_result(const Filling& filling, int threads, std::int64_t elements,
                                   const std::function<Make()>& maker);

}  // namespace sluice
