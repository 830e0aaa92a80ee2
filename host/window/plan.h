// How the series is cut to fit: arithmetic only, so that --dry-run and the engine cannot disagree.
//
// Tiles of samples are read once, end at borders of segments and leave states of cells in a ring, from which
// windows are merged. Memory, in bytes (T samples a tile, C channels of a block, F rows of a state, M cells a
// window, p cells a step):
//   ring 8 F C (M + p (T / step + 4)), as much again for running merges where M > 12, partial states of
//   segments, staged tiles, tiles on the device, results of a few windows, the backend's scratch.
// Where no tile of all channels fits, blocks of channels are taken one after another.
#pragma once
#include <cstdint>

#include "host/pager.h"
#include "host/window/problem.h"

namespace sluice::window_detail {

struct Geometry {
  std::int64_t channels = 0;  // of a block
  std::int64_t rows = 0;      // most samples of a tile
  std::int64_t state = 0;     // doubles of a state
  std::int64_t capacity = 0;  // states of the ring
  std::int64_t partials = 0;  // states of segments of a tile
  bool running = false;       // running merges are needed
  std::int64_t windows = 0;   // most windows of a result tile
  std::int64_t slot_bytes = 0;
  bool staged = false;
  int depth = 3, slots = 3;
  std::uint64_t memory = 0, device_memory = 0;
};

/// Error{kMemory}: nothing fits; says the smallest --memory (or --device-memory) that works.
Geometry choose_geometry(const Problem& problem, const Machine& machine, IoMode io);

std::int64_t output_row_bytes(const Problem& problem, std::int64_t channels);

}  // namespace sluice::window_detail
