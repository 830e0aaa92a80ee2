// What an HDF5 file holds, for the choice of the only matrix and for messages. Call with Hdf5Lock held.
#pragma once
#include <string>
#include <vector>

#include "host/formats/hdf5_library.h"

namespace sluice {

struct Hdf5Entry {
  std::string path;   // "/a/b"
  std::string shape;  // "100 x 20", "scalar"
  std::string type;   // "float32", or what it is instead
  int rank = -1;
  bool numeric = false;
};

/// The first `most` datasets of a file, by name.
std::vector<Hdf5Entry> list_datasets(hid_t file, std::size_t most = 1000);

/// "/a (100 x 20 float32), /b (...)" of the first few.
std::string describe(const std::vector<Hdf5Entry>& entries);

}  // namespace sluice
