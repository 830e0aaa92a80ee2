// HDF5's element types against ours. Only the standard integers, IEEE floats and h5py's booleans are read;
// everything else is named. Call with Hdf5Lock held.
#pragma once
#include "host/formats/dtype_text.h"
#include "host/formats/hdf5_library.h"

namespace sluice {

/// Our type of a dataset's type; where there is none, its name and what to do.
TypeText type_from_hdf5(hid_t type);

/// The little-endian file type of a result.
hid_t hdf5_type_of(DType type);

}  // namespace sluice
