// The tree of a chunked HDF5 dataset (version 1, node type 1), made from the places of its chunks.
#pragma once
#include "host/formats/hdf5_growing.h"

namespace sluice {

struct ChunkShape {
  std::int64_t rows = 1, columns = 0;  // columns 0: one dimension
  std::int64_t element = 8;            // bytes
};

/// Writes the nodes one after the other from `end` on, which is moved behind them; returns the root's
/// address. Chunks lie below each other, in the order of their rows; at least one.
std::uint64_t write_chunk_tree(const ChunkShape& shape, const std::vector<ChunkPlace>& chunks,
                               std::uint64_t& end, const WriteAt& write);

}  // namespace sluice
