// A chunked HDF5 dataset as a matrix: reader threads fetch and decode chunks at the same time. Chunks that a
// tile covers whole go straight to it; the others are kept in a bounded cache, for the tiles beside it.
#pragma once
#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include "host/formats/chunk_cache.h"
#include "host/formats/hdf5_filters.h"
#include "host/formats/hdf5_storage.h"
#include "host/matrix.h"

namespace sluice {

class Hdf5ChunkSource : public MatrixSource {
 public:
  struct Encoding {
    std::vector<Filter> filters;
    std::array<unsigned char, 8> fill{};     // one element in the file's type
    bool partial_chunks_unfiltered = false;  // H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS
  };
  /// Call with Hdf5Lock held. An invalid `dataset` means that no chunk was ever written.
  Hdf5ChunkSource(MatrixInfo info, sys::File file, Hdf5Id opened, Hdf5Id dataset,
                  const Hdf5Storage::Grid& grid, Encoding encoding);
  std::vector<sys::Identity> identities() const override { return {sys::identity(file_)}; }
  bool flat() const override { return false; }
  const sys::File& file() const override { return file_; }
  std::uint64_t data_offset() const override { return 0; }
  void read(const Rect& rect, void* to, std::int64_t stride) const override;
  std::int64_t run_columns() const override { return grid_.chunk_columns; }
  std::uint64_t cache_bytes() const override;

 private:
  struct Scratch {  // of one call of read()
    Bytes bytes, spare;
  };
  struct Part {  // what a rectangle and a chunk share
    std::int64_t chunk_row, chunk_column;
    Rect area;   // in the matrix
    bool whole;  // all of the chunk that lies in the matrix
  };
  void read_part(const Part& part, char* to, std::int64_t stride, Scratch& scratch) const;
  bool load(std::int64_t row, std::int64_t column, Scratch& scratch) const;
  void copy(const Part& part, const unsigned char* chunk, char* to, std::int64_t stride) const;
  void fill(const Part& part, char* to, std::int64_t stride) const;
  std::unique_ptr<Scratch> borrow() const;
  void give_back(std::unique_ptr<Scratch> scratch) const;

  sys::File file_;
  Hdf5Storage::Grid grid_;
  Encoding encoding_;
  std::unique_ptr<Hdf5Storage> storage_;  // null: never written
  mutable ChunkCache cache_;
  mutable std::mutex scratch_mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> scratch_;
};

}  // namespace sluice
