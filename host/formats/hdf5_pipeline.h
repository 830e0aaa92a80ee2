// How the chunks of a dataset were encoded, as its creation properties say. Call with Hdf5Lock held.
#pragma once
#include "host/formats/hdf5_chunks.h"

namespace sluice {

/// Filters and fill value. Error{kInput} that names a filter that is not read, and what to do.
Hdf5ChunkSource::Encoding encoding_of(hid_t creation, hid_t dataset, const MatrixInfo& info);

/// "chunks 64 x 1000, deflate 4, shuffle".
std::string describe_chunks(hid_t creation, const Hdf5Storage::Grid& grid);

}  // namespace sluice
