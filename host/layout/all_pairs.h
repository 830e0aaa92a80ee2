// Stress of a component over all its pairs. Vertices go to slots in an order that the seed names, slots into
// blocks of 64; the distances of a pair of blocks lie in the order in which its steps read them, in one byte
// each where they fit.
#pragma once
#include <memory>

#include "host/layout/part.h"

namespace sluice::layout {

enum class Code { kByte = 1, kWord = 2, kReal = 4 };  // by their bytes

/// What the distances of a component surely fit, from a few searches.
Code code_of(const Component& component);

/// Bytes of one, without the graph; and those that finding the distances takes for each thread.
std::uint64_t all_pairs_bytes(std::int64_t vertices, int dimensions, Code code);
std::uint64_t all_pairs_search_bytes(std::int64_t vertices, Code code);

/// Finds all distances, in parallel.
std::unique_ptr<Part> make_all_pairs(const Component& component, Code code, int dimensions,
                                     std::uint64_t seed, int threads);

}  // namespace sluice::layout
