#include "host/lc/feature_hdf5.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "host/error.h"
#include "host/formats/hdf5_library.h"

namespace sluice::lc {
namespace {

using i64 = std::int64_t;
constexpr i64 kRows = 8192;  // at once

class File {
 public:
  File(const std::string& path, const std::string& working) : path_(path) {
    const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS)), creation(H5Pcreate(H5P_FILE_CREATE));
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(access, false, true);
#endif
    H5Pset_obj_track_times(creation, false);
    H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    file_ = Hdf5Id(H5Fcreate(working.c_str(), H5F_ACC_TRUNC, creation, access));
    if (!file_.valid()) fail("the HDF5 file cannot be created");
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kOutput, path_ + ": " + what + ": " + hdf5_problem());
  }
  Hdf5Id dataset(const std::string& name, hid_t type, hsize_t count) const {
    const Hdf5Id creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_layout(creation, H5D_CONTIGUOUS);
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
    H5Pset_obj_track_times(creation, false);
    const Hdf5Id space(H5Screate_simple(1, &count, nullptr));
    Hdf5Id made(H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    if (!made.valid()) fail("the dataset " + name + " cannot be created");
    return made;
  }
  void write(hid_t dataset, hid_t type, hsize_t first, hsize_t count, const void* values) const {
    const Hdf5Id place(H5Dget_space(dataset)), memory(H5Screate_simple(1, &count, nullptr));
    H5Sselect_hyperslab(place, H5S_SELECT_SET, &first, nullptr, &count, nullptr);
    if (H5Dwrite(dataset, type, memory, place, H5P_DEFAULT, values) < 0) fail("it cannot be written");
  }
  void attributes(const Provenance& provenance) const {
    const Hdf5Id root(H5Oopen(file_, "/", H5P_DEFAULT));
    for (const auto& [key, value] : provenance) put_hdf5_text(root, path_, "sluice_" + key, value);
  }
  void close() {
    if (H5Fflush(file_, H5F_SCOPE_GLOBAL) < 0 || file_.close() < 0) fail("it cannot be written");
  }

 private:
  std::string path_;
  Hdf5Id file_;
};

}  // namespace

void write_feature_hdf5(const std::string& path, const std::string& working,
                        const std::vector<FeatureColumnName>& columns, i64 objects,
                        const Provenance& provenance,
                        const std::function<const std::vector<double>&(i64, i64)>& block) {
  {
    const Hdf5Lock lock;
    File file(path, working);
    file.attributes(provenance);
    const hsize_t count = hsize_t(objects);
    std::vector<Hdf5Id> datasets;
    datasets.push_back(file.dataset("objId", H5T_STD_I64LE, count));
    for (const FeatureColumnName& column : columns) {
      datasets.push_back(file.dataset(column.name, H5T_IEEE_F64LE, count));
      put_hdf5_text(datasets.back(), path, "feature", column.feature);
      if (!column.unit.empty()) put_hdf5_text(datasets.back(), path, "unit", column.unit);
    }
    const std::size_t width = columns.size() + 1;
    std::vector<double> values;
    for (i64 first = 0; first < objects; first += kRows) {
      const i64 rows = std::min(kRows, objects - first);
      const std::vector<double>& table = block(first, rows);
      values.resize(std::size_t(rows));
      for (std::size_t c = 0; c < width; ++c) {
        for (std::size_t r = 0; r < std::size_t(rows); ++r) std::memcpy(&values[r], &table[r * width + c], 8);
        file.write(datasets[c], c == 0 ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE, hsize_t(first), hsize_t(rows),
                   values.data());
      }
    }
    for (Hdf5Id& dataset : datasets)
      if (dataset.close() < 0) file.fail("it cannot be written");
    file.close();
  }
  sys::sync_all(sys::File(working, O_RDONLY));
}

}  // namespace sluice::lc
