// The lock, the error texts and the opening of files of HDF5.
#include "host/formats/hdf5_library.h"

#include "host/error.h"

namespace sluice {
namespace {

std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

herr_t keep_innermost(unsigned, const H5E_error2_t* entry, void* text) {
  if (entry->desc != nullptr && entry->desc[0] != '\0') *static_cast<std::string*>(text) = entry->desc;
  return 0;
}

}  // namespace

Hdf5Lock::Hdf5Lock() : lock_(library_mutex()) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string hdf5_problem() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, &text);
  return text.empty() ? "the HDF5 library gives no reason" : text;
}

Hdf5Id open_hdf5_file(const std::string& file, const std::string& shown) {
  Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS));
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access, false, true);
#endif
  Hdf5Id opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access));
  if (!opened.valid())
    throw Error(ErrorKind::kInput, shown + ": not a readable HDF5 file: " + hdf5_problem());
  return opened;
}

void put_hdf5_text(hid_t object, const std::string& shown, const std::string& key, const std::string& value) {
  const Hdf5Id type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  const Hdf5Id space(H5Screate(H5S_SCALAR));
  const Hdf5Id attribute(H5Acreate2(object, key.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT));
  const char* text = value.c_str();
  if (!attribute.valid() || H5Awrite(attribute, type, &text) < 0)
    throw Error(ErrorKind::kOutput,
                shown + ": the attribute " + key + " cannot be written: " + hdf5_problem());
}

}  // namespace sluice
