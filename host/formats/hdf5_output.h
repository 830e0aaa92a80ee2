// HDF5 results: one contiguous dataset of fixed size, so that its elements are written by positioned writes;
// no times in the file, so that the same result has the same bytes.
#pragma once
#include <string>

#include "host/formats/output.h"

namespace sluice {

/// Creates the file through the library and closes it; returns the offset of the first element.
std::uint64_t create_hdf5_file(const OutputSpec& spec, const std::string& working,
                               const Provenance& provenance);

/// Attributes that create_hdf5_file wrote; empty where there are none or the file is damaged.
Provenance read_hdf5_provenance(const std::string& file, const std::string& dataset);

}  // namespace sluice
