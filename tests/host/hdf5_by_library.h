// Datasets as the HDF5 library itself reads them and adds to them, without host/formats.
#pragma once
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "host/formats/hdf5_library.h"

namespace sluice::test {

/// A whole dataset, by the HDF5 library itself.
inline std::vector<double> by_library(const std::string& path, const std::string& dataset,
                                      std::vector<hsize_t>* shape = nullptr) {
  const Hdf5Lock lock;
  const Hdf5Id file = open_hdf5_file(path, path);
  const Hdf5Id opened(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT)), space(H5Dget_space(opened));
  std::vector<hsize_t> extents(std::size_t(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  std::vector<double> values(std::size_t(H5Sget_simple_extent_npoints(space)));
  if (H5Dread(opened, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    throw std::runtime_error(path + ": " + hdf5_problem());
  if (shape != nullptr) *shape = extents;
  return values;
}

/// The library adds rows behind those that are there.
inline void append_by_library(const std::string& path, const std::string& dataset, hsize_t columns,
                              hsize_t from, const std::vector<double>& values) {
  const Hdf5Lock lock;
  const Hdf5Id file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
  const Hdf5Id opened(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT));
  const hsize_t count[2] = {values.size() / columns, columns}, start[2] = {from, 0},
                all[2] = {from + count[0], columns};
  ASSERT_GE(H5Dset_extent(opened, all), 0);
  const Hdf5Id space(H5Dget_space(opened)), memory(H5Screate_simple(2, count, nullptr));
  H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
  ASSERT_GE(H5Dwrite(opened, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values.data()), 0);
}

}  // namespace sluice::test
