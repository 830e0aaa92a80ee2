// Creates HDF5 results and reads their provenance, which are attributes "sluice_<key>" of the dataset:
// variable-length UTF-8, which h5py gives as str.
#include "host/formats/hdf5_output.h"

#include "host/error.h"
#include "host/formats/hdf5_listing.h"
#include "host/formats/hdf5_types.h"
#include "host/formats/names.h"

namespace sluice {
namespace {

constexpr char kPrefix[] = "sluice_";
constexpr hsize_t kAlignment = 4096;

void require(bool fine, const OutputSpec& spec, const std::string& what) {
  if (!fine) throw Error(ErrorKind::kOutput, spec.path + ": " + what + ": " + hdf5_problem());
}

Hdf5Id create_file(const OutputSpec& spec, const std::string& working) {
  const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS)), creation(H5Pcreate(H5P_FILE_CREATE));
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access, false, true);
#endif
  H5Pset_alignment(access, kAlignment + 1, kAlignment);  // large pieces only: rows start on pages
  H5Pset_obj_track_times(creation, false);
  Hdf5Id file(H5Fcreate(working.c_str(), H5F_ACC_TRUNC, creation, access));
  require(file.valid(), spec, "the HDF5 file cannot be created");
  return file;
}

// The groups above the dataset, one by one: made on the way by the library they would hold times.
void create_groups(hid_t file, const OutputSpec& spec) {
  const Hdf5Id creation(H5Pcreate(H5P_GROUP_CREATE));
  H5Pset_obj_track_times(creation, false);
  for (auto slash = spec.dataset.find('/', 1); slash != std::string::npos;
       slash = spec.dataset.find('/', slash + 1)) {
    const Hdf5Id group(
        H5Gcreate2(file, spec.dataset.substr(0, slash).c_str(), H5P_DEFAULT, creation, H5P_DEFAULT));
    require(group.valid(), spec, "the group " + spec.dataset.substr(0, slash) + " cannot be created");
  }
}

Hdf5Id create_space(const OutputSpec& spec) {
  if (spec.dimensions == 0) return Hdf5Id(H5Screate(H5S_SCALAR));
  const hsize_t two[2] = {static_cast<hsize_t>(spec.rows), static_cast<hsize_t>(spec.columns)};
  return Hdf5Id(spec.dimensions == 2 ? H5Screate_simple(2, two, nullptr)
                                     : H5Screate_simple(1, two + 1, nullptr));
}

Hdf5Id text_type() {
  Hdf5Id type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

void write_attribute(hid_t dataset, const OutputSpec& spec, const std::string& key,
                     const std::string& value) {
  const Hdf5Id type = text_type(), space(H5Screate(H5S_SCALAR));
  const Hdf5Id attribute(H5Acreate2(dataset, (kPrefix + key).c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT));
  const char* text = value.c_str();
  require(attribute.valid() && H5Awrite(attribute, type, &text) >= 0, spec,
          "the attribute " + key + " cannot be written");
}

struct Found {
  Provenance pairs;
};

herr_t keep_attribute(hid_t dataset, const char* name, const H5A_info_t*, void* data) {
  const std::string key = name;
  if (key.rfind(kPrefix, 0) != 0) return 0;
  const Hdf5Id attribute(H5Aopen(dataset, name, H5P_DEFAULT));
  const Hdf5Id stored(H5Aget_type(attribute)), space(H5Aget_space(attribute));
  if (H5Tis_variable_str(stored) <= 0 || H5Sget_simple_extent_npoints(space) != 1) return 0;
  const Hdf5Id type = text_type();
  char* text = nullptr;
  if (H5Aread(attribute, type, &text) < 0 || text == nullptr) return 0;
  static_cast<Found*>(data)->pairs.emplace_back(key.substr(sizeof kPrefix - 1), text);
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, &text);
  return 0;
}

std::string only_dataset(hid_t file) {
  const auto entries = list_datasets(file, 2);
  return entries.size() == 1 ? entries[0].path : std::string();
}

}  // namespace

std::uint64_t create_hdf5_file(const OutputSpec& spec, const std::string& working,
                               const Provenance& provenance) {
  const Hdf5Lock lock;
  Hdf5Id file = create_file(spec, working);
  create_groups(file, spec);
  const Hdf5Id creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_layout(creation, H5D_CONTIGUOUS);
  H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
  H5Pset_obj_track_times(creation, false);
  H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED);
  const Hdf5Id space = create_space(spec);
  Hdf5Id dataset(H5Dcreate2(file, spec.dataset.c_str(), hdf5_type_of(spec.type), space, H5P_DEFAULT, creation,
                            H5P_DEFAULT));
  require(dataset.valid(), spec, "the dataset " + spec.dataset + " cannot be created");
  for (const auto& [key, value] : provenance) write_attribute(dataset, spec, key, value);
  const haddr_t offset = H5Dget_offset(dataset);
  const bool empty = H5Sget_simple_extent_npoints(space) == 0;
  require(offset != HADDR_UNDEF || empty, spec, "the library reserved no space for the dataset");
  require(dataset.close() >= 0 && H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0 && file.close() >= 0, spec,
          "the HDF5 file cannot be written");
  return empty ? 0 : offset;
}

Provenance read_hdf5_provenance(const std::string& file, const std::string& dataset) {
  const Hdf5Lock lock;
  Found found;
  try {
    const Hdf5Id opened = open_hdf5_file(file, file);
    const std::string path = dataset.empty() ? only_dataset(opened) : dataset;
    // A file of several datasets holds it once, for all of them.
    const Hdf5Id object(H5Oopen(opened, path.empty() ? "/" : path.c_str(), H5P_DEFAULT));
    if (!object.valid()) return {};
    if (H5Aiterate2(object, H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, keep_attribute, &found) < 0)
      found.pairs.clear();
  } catch (const Error&) {
    return {};
  }
  return found.pairs;
}

}  // namespace sluice
