// Datasets whose chunks are larger than what the library keeps inflated by itself (1 MiB): read a few
// thousand rows at a time, each chunk would be inflated once for each of these reads.
#pragma once
#include <cstdint>
#include <string>

#include "host/formats/hdf5_library.h"

namespace sluice {

/// Opens a dataset that will be read forward, by rows, with room for two of its chunks. `held`: bytes that it
/// may hold then. Call with Hdf5Lock held.
Hdf5Id open_for_rows(hid_t parent, const std::string& path, std::uint64_t& held);

}  // namespace sluice
