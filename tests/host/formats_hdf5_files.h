// HDF5 files of the tests, made by the HDF5 library itself: one dataset with the layout and the filters that
// a test asks for. Its elements are value_at(row, column).
#pragma once
#include <gtest/gtest.h>
#include <hdf5.h>

#include <functional>
#include <string>
#include <vector>

namespace sluice::formats_test {

/// Small enough for every type; neighbours differ.
inline double value_at(std::int64_t row, std::int64_t column) {
  return double((row * 31 + column * 7) % 101);
}

struct Dataset {
  std::vector<hsize_t> shape;
  std::vector<hsize_t> chunk;  // empty: contiguous
  hid_t type = H5T_IEEE_F32LE;
  std::function<void(hid_t)> properties = nullptr;  // of its creation: filters, fill value, layout
  bool written = true;                              // false: created only
  std::vector<hsize_t> begin = {}, size = {};       // write this box alone
  bool latest = false;                              // the newest layout of files that the library has
  hsize_t user_block = 0;
  bool append = false;  // to a file that is there
};

inline void make(const std::string& path, const std::string& name, const Dataset& d) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
  if (d.latest) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  if (d.user_block > 0) H5Pset_userblock(creation, d.user_block);
  const hid_t file = d.append ? H5Fopen(path.c_str(), H5F_ACC_RDWR, access)
                              : H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access);
  ASSERT_GE(file, 0);
  const int rank = int(d.shape.size());
  const hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, d.shape.data(), nullptr);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE), links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  if (!d.chunk.empty()) H5Pset_chunk(properties, rank, d.chunk.data());
  if (d.properties) d.properties(properties);
  const hid_t dataset = H5Dcreate2(file, name.c_str(), d.type, space, links, properties, H5P_DEFAULT);
  ASSERT_GE(dataset, 0);
  if (d.written) {
    std::vector<hsize_t> begin = d.begin.empty() ? std::vector<hsize_t>(d.shape.size(), 0) : d.begin;
    const std::vector<hsize_t> size = d.size.empty() ? d.shape : d.size;
    const hsize_t rows = rank == 2 ? size[0] : 1, columns = rank == 0 ? 1 : size.back();
    std::vector<double> values;
    for (hsize_t r = 0; r < rows; ++r)
      for (hsize_t c = 0; c < columns; ++c)
        values.push_back(value_at(std::int64_t(r + (rank == 2 ? begin[0] : 0)),
                                  std::int64_t(c + (rank == 0 ? 0 : begin.back()))));
    const hid_t memory = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, size.data(), nullptr);
    if (rank > 0) H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, size.data(), nullptr);
    ASSERT_GE(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values.data()), 0);
    H5Sclose(memory);
  }
  H5Dclose(dataset);
  H5Sclose(space);
  H5Pclose(properties);
  H5Pclose(links);
  ASSERT_GE(H5Fclose(file), 0);
  H5Pclose(access);
  H5Pclose(creation);
}

}  // namespace sluice::formats_test
