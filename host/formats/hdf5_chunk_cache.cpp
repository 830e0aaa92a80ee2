#include "host/formats/hdf5_chunk_cache.h"

namespace sluice {
namespace {

constexpr std::uint64_t kKept = 1 << 20;  // by the library, without being asked
constexpr std::size_t kPlaces = 521;      // of its table of chunks, as it has them
constexpr double kReadChunksGoFirst = 1;  // where there is no room for another

std::uint64_t chunk_bytes(hid_t dataset) {
  const Hdf5Id properties(H5Dget_create_plist(dataset)), type(H5Dget_type(dataset));
  if (H5Pget_layout(properties) != H5D_CHUNKED) return 0;
  hsize_t extents[32] = {};
  const int rank = H5Pget_chunk(properties, 32, extents);
  std::uint64_t bytes = H5Tget_size(type);
  for (int i = 0; i < rank && i < 32; ++i) bytes *= extents[i];
  return bytes;
}

}  // namespace

Hdf5Id open_for_rows(hid_t parent, const std::string& path, std::uint64_t& held) {
  Hdf5Id dataset(H5Dopen2(parent, path.c_str(), H5P_DEFAULT));
  held = kKept;
  const std::uint64_t bytes = dataset.valid() ? chunk_bytes(dataset) : 0;
  if (2 * bytes <= kKept) return dataset;
  held = 2 * bytes;
  const Hdf5Id access(H5Pcreate(H5P_DATASET_ACCESS));
  H5Pset_chunk_cache(access, kPlaces, std::size_t(held), kReadChunksGoFirst);
  return Hdf5Id(H5Dopen2(parent, path.c_str(), access));
}

}  // namespace sluice
