// Steps of stress over a tile: every vertex of a block P with every vertex of a block Q, once. Compiled three
// times, for wider and wider vectors; square root and division are IEEE's and nothing is contracted, so all
// three give the same bytes.
#pragma once
#include <cstdint>

namespace sluice::layout {

/// Slots of a block, at most; 16, 32 or 64.
inline constexpr int kBlock = 64;

struct TileJob {
  float* at = nullptr;           // coordinate c of a slot: at[c * stride + slot]
  std::int64_t stride = 0;       // slots
  const float* moves = nullptr;  // of each slot: 1, or 0 where it is pinned
  int dimensions = 2;
  float eta = 0;          // step size: a pair moves by min(1, eta / d^2) of its error; 0 moves nothing
  std::uint64_t key = 0;  // of the directions that coincident vertices part in
  const std::uint8_t* order = nullptr;  // of a tile's steps: 0 ... width - 1
  float* scratch = nullptr;             // scratch_floats(dimensions)
};

inline std::int64_t scratch_floats(int dimensions) {
  return std::int64_t(dimensions) * 2 * kBlock + 3 * kBlock;
}

/// In step s slot p + l meets slot q + (l ^ s), for all l at once: nobody comes twice in a step, so its lanes
/// are independent. codes[s * width + l] is their distance; 0: no such pair. p == q: each pair of the block
/// once, its distance given twice. To `stress` goes (|x_i - x_j| / d - 1)^2 of each, before its own step.
template <class Code>
using TileStep = void (*)(const TileJob& job, std::int64_t p, std::int64_t q, int width, const Code* codes,
                          double& stress);

/// Vertices [from, to), both multiples of 16 (what is beyond the last has weights 0), each with one pivot at
/// `pivot` (dimensions numbers), the vertices alone moving: distances d and weights w by slot; w = 0: no such
/// pair. `stress` takes w (|x - pivot| - d)^2.
using PivotStep = void (*)(const TileJob& job, const float* pivot, std::int64_t from, std::int64_t to,
                           const float* d, const float* w, double& stress);

struct TileWays {
  TileStep<std::uint8_t> bytes;
  TileStep<std::uint16_t> words;
  TileStep<float> reals;
  PivotStep pivot;
  TileStep<std::uint8_t> of(const std::uint8_t*) const { return bytes; }
  TileStep<std::uint16_t> of(const std::uint16_t*) const { return words; }
  TileStep<float> of(const float*) const { return reals; }
};
extern const TileWays tile_portable;
extern const TileWays tile_avx2, tile_avx512;  // nulls where they were not compiled
/// The widest that this processor runs.
const TileWays& best_tile();

}  // namespace sluice::layout
