// Texts come back as variable-length UTF-8 whatever they were, but for those of fixed length, which the
// library does not convert.
#include "host/formats/hdf5_attributes.h"

#include "host/formats/hdf5_library.h"

namespace sluice {
namespace {

using Texts = std::optional<std::vector<std::string>>;

/// `read(type, to)` fills `count` texts of the stored type.
template <class Read>
Texts texts_of(const Hdf5Id& type, const Hdf5Id& space, const Read& read) {
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (H5Tget_class(type) != H5T_STRING || count < 0) return {};
  std::vector<std::string> found;
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> texts(std::size_t(count), nullptr);
    if (read(texts.data()) < 0) return {};
    for (const char* text : texts) found.emplace_back(text == nullptr ? "" : text);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data());
    return found;
  }
  const std::size_t size = H5Tget_size(type);
  std::vector<char> bytes(std::size_t(count) * size);
  if (read(bytes.data()) < 0) return {};
  for (hssize_t i = 0; i < count; ++i) {
    std::string text(bytes.data() + std::size_t(i) * size, size);
    text.resize(text.find_last_not_of(H5Tget_strpad(type) == H5T_STR_SPACEPAD ? ' ' : '\0') + 1);
    found.push_back(text.substr(0, text.find('\0')));
  }
  return found;
}

Texts attribute_texts(const std::string& file, const std::string& object, const std::string& key) {
  const Hdf5Id opened = open_hdf5_file(file, file);
  const Hdf5Id at(H5Oopen(opened, object.c_str(), H5P_DEFAULT));
  if (!at.valid() || H5Aexists(at, key.c_str()) <= 0) return {};
  const Hdf5Id attribute(H5Aopen(at, key.c_str(), H5P_DEFAULT));
  const Hdf5Id type(H5Aget_type(attribute)), space(H5Aget_space(attribute));
  return texts_of(type, space, [&](void* to) { return H5Aread(attribute, type, to); });
}

}  // namespace

Hdf5Attributes::Hdf5Attributes(const std::string& file, const std::string& object)
    : file_(file), object_(object) {
  const Hdf5Lock lock;
  open_hdf5_file(file, file);
}

std::optional<std::string> Hdf5Attributes::text(const std::string& key) const {
  const Texts found = texts(key);
  if (!found || found->size() != 1) return {};
  return found->front();
}

std::optional<std::vector<std::string>> Hdf5Attributes::texts(const std::string& key) const {
  const Hdf5Lock lock;
  return attribute_texts(file_, object_, key);
}

std::optional<std::int64_t> Hdf5Attributes::number(const std::string& key) const {
  const Hdf5Lock lock;
  const Hdf5Id opened = open_hdf5_file(file_, file_);
  const Hdf5Id at(H5Oopen(opened, object_.c_str(), H5P_DEFAULT));
  if (!at.valid() || H5Aexists(at, key.c_str()) <= 0) return {};
  const Hdf5Id attribute(H5Aopen(at, key.c_str(), H5P_DEFAULT));
  const Hdf5Id type(H5Aget_type(attribute)), space(H5Aget_space(attribute));
  std::int64_t value = 0;
  if (H5Tget_class(type) != H5T_INTEGER || H5Sget_simple_extent_npoints(space) != 1 ||
      H5Aread(attribute, H5T_NATIVE_INT64, &value) < 0)
    return {};
  return value;
}

std::optional<std::vector<std::string>> read_hdf5_texts(const std::string& file, const std::string& dataset) {
  const Hdf5Lock lock;
  const Hdf5Id opened = open_hdf5_file(file, file);
  if (H5Lexists(opened, dataset.c_str(), H5P_DEFAULT) <= 0) return {};
  const Hdf5Id at(H5Dopen2(opened, dataset.c_str(), H5P_DEFAULT));
  if (!at.valid()) return {};
  const Hdf5Id type(H5Dget_type(at)), space(H5Dget_space(at));
  return texts_of(type, space,
                  [&](void* to) { return H5Dread(at, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to); });
}

}  // namespace sluice
