// The stored bytes of the chunks of one HDF5 dataset, still filtered. Where chunks are few enough their
// addresses are looked up once and the bytes are read by pread, outside the library's lock; the look-up walks
// all chunks, so with very many the library's own search and read are faster.
#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include "host/formats/bytes.h"
#include "host/formats/hdf5_library.h"
#include "host/io/sys.h"

namespace sluice {

class Hdf5Storage {
 public:
  struct Grid {
    int rank = 2;
    std::int64_t chunk_rows = 1, chunk_columns = 1, down = 0, across = 0;  // down x across chunks
    bool filtered = false;
    std::uint64_t chunk_bytes = 0;  // decoded
  };
  /// Takes the open identifiers; call with Hdf5Lock held.
  Hdf5Storage(const sys::File& file, Hdf5Id opened, Hdf5Id dataset, const Grid& grid);
  ~Hdf5Storage();
  /// Reads the chunk in line `row` and column `column` of the grid; false where it was never written.
  /// Thread-safe. Error{kInput}.
  bool fetch(std::int64_t row, std::int64_t column, Bytes& stored, std::uint32_t& mask);

 private:
  struct Place {
    bool known = false;
    std::uint32_t mask = 0;
    std::uint64_t address = 0, bytes = 0;  // bytes 0: never written
  };
  using Corner = std::array<hsize_t, 2>;
  Corner corner(std::int64_t row, std::int64_t column) const;
  Place look_up(std::int64_t row, std::int64_t column);
  bool fetch_by_library(std::int64_t row, std::int64_t column, Bytes& stored, std::uint32_t& mask);

  const sys::File& file_;
  Hdf5Id opened_, dataset_;
  const Grid grid_;
  bool by_address_ = false;
  bool sparse_ = false;        // without filters, and some chunks were never written
  std::vector<Place> places_;  // guarded by the library's lock
};

}  // namespace sluice
