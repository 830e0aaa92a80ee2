// What an HDF5 file says of its objects: their children and attributes, for readers that must find out what a
// file holds. All are called with Hdf5Lock held; what is not there is empty.
#pragma once
#include <string>
#include <vector>

#include "host/formats/hdf5_library.h"

namespace sluice {

/// An attribute that is one text of fixed size.
std::string hdf5_text_attribute(hid_t object, const std::string& key);

/// Whether a path from the root leads to something: H5Lexists wants every group on the way.
bool hdf5_exists(hid_t file, const std::string& path);

/// Whether a group has a compound dataset of that name.
bool hdf5_has_records(hid_t group, const char* name);

/// Names of what is in a group, in their order.
std::vector<std::string> hdf5_children(hid_t group);

/// Names of a matrix' columns: an attribute of texts `columns`, `column_names` or `names`.
std::vector<std::string> hdf5_column_names(hid_t dataset);

}  // namespace sluice
