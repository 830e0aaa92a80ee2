// HDF5 files of chunked datasets that grow: chunks are appended by positioned writes of any thread while rows
// come, and the file's own structures (what the library makes of datasets without chunks, and the trees that
// say where each chunk lies) are written around them at the end. Nothing is copied, the library's lock is
// never in the way, and a run that was killed loses no chunk. No times in the file.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "host/formats/output.h"

namespace sluice {

/// float64, (rows, columns), rows unlimited; columns 0: (rows).
struct GrowingDataset {
  std::string name;
  std::int64_t columns = 0;
  std::int64_t chunk_rows = 1, chunk_columns = 1;  // of a chunk
  int level = 1;                                   // of deflate; 0: chunks without filters
  bool shuffle = false;                            // before deflate
  std::vector<std::string> names = {};  // of its columns: its attribute `columns`, or the dataset "columns"
                                        // where they are more than an attribute holds
  /// Chunks beside each other.
  std::int64_t across() const { return columns > 0 ? (columns + chunk_columns - 1) / chunk_columns : 1; }
};

/// What a file says besides its chunks; attributes of the root group.
struct GrowingFile {
  std::vector<GrowingDataset> datasets;
  Provenance texts;  // as they are named
  std::vector<std::pair<std::string, std::int64_t>> numbers;
};

struct ChunkPlace {
  std::uint64_t address = 0, bytes = 0;
};

/// Bytes at the file's start that chunks must leave free: they do not depend on the numbers.
std::uint64_t growing_head(const GrowingFile& file, const std::string& shown);

using WriteAt = std::function<void(std::uint64_t at, const void* from, std::size_t bytes)>;

/// Writes the head and, from `end` on (behind the last chunk), the trees; returns the size that the file
/// must have. `chunks`:
/// of each dataset, row after row of chunks, as many as `rows` need. Error{kOutput} where the library makes
/// another layout than the one of HDF5 1.8.
std::uint64_t finish_growing(const GrowingFile& file, const std::string& shown, std::int64_t rows,
                             const std::vector<std::vector<ChunkPlace>>& chunks, std::uint64_t end,
                             const WriteAt& write);

}  // namespace sluice
