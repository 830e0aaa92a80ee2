// Looks at groups and attributes, through the library.
#include "host/formats/hdf5_objects.h"

#include <cstring>

namespace sluice {

std::string hdf5_text_attribute(hid_t object, const std::string& key) {
  if (H5Aexists(object, key.c_str()) <= 0) return "";
  const Hdf5Id attribute(H5Aopen(object, key.c_str(), H5P_DEFAULT)), type(H5Aget_type(attribute));
  const Hdf5Id space(H5Aget_space(attribute));
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0) return "";
  if (H5Sget_simple_extent_npoints(space) != 1) return "";
  std::string text(H5Tget_size(type), '\0');
  if (H5Aread(attribute, type, text.data()) < 0) return "";
  return text.substr(0, text.find('\0'));
}

bool hdf5_exists(hid_t file, const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    if (H5Lexists(file, path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) return true;
  }
}

bool hdf5_has_records(hid_t group, const char* name) {
  if (H5Lexists(group, name, H5P_DEFAULT) <= 0) return false;
  const Hdf5Id object(H5Oopen(group, name, H5P_DEFAULT));
  if (!object.valid() || H5Iget_type(object) != H5I_DATASET) return false;
  const Hdf5Id type(H5Dget_type(object));
  return H5Tget_class(type) == H5T_COMPOUND;
}

std::vector<std::string> hdf5_children(hid_t group) {
  std::vector<std::string> names;
  H5Literate(
      group, H5_INDEX_NAME, H5_ITER_INC, nullptr,
      [](hid_t, const char* name, const H5L_info_t*, void* to) -> herr_t {
        static_cast<std::vector<std::string>*>(to)->push_back(name);
        return 0;
      },
      &names);
  return names;
}

std::vector<std::string> hdf5_column_names(hid_t dataset) {
  for (const char* key : {"columns", "column_names", "names"}) {
    if (H5Aexists(dataset, key) <= 0) continue;
    const Hdf5Id attribute(H5Aopen(dataset, key, H5P_DEFAULT)), type(H5Aget_type(attribute));
    const Hdf5Id space(H5Aget_space(attribute));
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_ndims(space) != 1 || count < 1) continue;
    std::vector<std::string> names;
    if (H5Tis_variable_str(type) > 0) {
      std::vector<char*> found(std::size_t(count), nullptr);
      if (H5Aread(attribute, type, found.data()) < 0) continue;
      for (char* one : found) {
        names.push_back(one != nullptr ? one : "");
        if (one != nullptr) H5free_memory(one);
      }
    } else {
      const std::size_t size = H5Tget_size(type);
      std::vector<char> bytes(std::size_t(count) * size);
      if (H5Aread(attribute, type, bytes.data()) < 0) continue;
      for (std::size_t i = 0; i < std::size_t(count); ++i)
        names.emplace_back(bytes.data() + i * size, ::strnlen(bytes.data() + i * size, size));
    }
    return names;
  }
  return {};
}

}  // namespace sluice
