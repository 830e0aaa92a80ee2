// The tree of a chunked HDF5 dataset (version 1, node type 1), made from the places of its chunks.
#pragma once
#include "host/formats/hdf5_growing.h"

namespace sluice {

/// Writes the nodes one after the other from `end` on, which is moved behind them; returns the root's
/// address. At least one chunk, in the order of finish_growing().
std::uint64_t write_chunk_tree(const GrowingDataset& dataset, const std::vector<ChunkPlace>& chunks,
                               std::uint64_t& end, const WriteAt& write);

}  // namespace sluice
