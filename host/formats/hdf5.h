// Matrices in HDF5 files. Contiguous data are flat for the pager; chunked data are decoded by our own threads
// (hdf5_chunks.h), because the library works one call at a time.
#pragma once
#include <memory>
#include <string>

#include "host/formats/names.h"
#include "host/matrix.h"

namespace sluice {

/// The signature of HDF5, at the start or after a user block.
bool is_hdf5(const sys::File& file);

/// Opens name.dataset, or where it is empty the only dataset that can be meant. `shown` is the name in
/// messages. Error{kInput}: damaged file, no such dataset, a type, layout or filter that is not read.
std::unique_ptr<MatrixSource> open_hdf5(sys::File file, const FileName& name, const std::string& shown,
                                        bool stacked = false);

}  // namespace sluice
