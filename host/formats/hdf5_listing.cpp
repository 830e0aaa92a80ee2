// Walks an HDF5 file; objects that cannot be opened are stepped over.
#include "host/formats/hdf5_listing.h"

#include <set>

#include "host/formats/hdf5_types.h"

namespace sluice {
namespace {

struct Walk {
  std::vector<Hdf5Entry> entries;
  std::size_t most;
  std::set<haddr_t> seen;  // an object under two names is one
};

std::string shape_of(hid_t space, int rank) {
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return "empty";
  if (rank == 0) return "scalar";
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  std::string text;
  for (const hsize_t extent : extents) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

Hdf5Entry describe_dataset(const std::string& path, hid_t dataset) {
  const Hdf5Id space(H5Dget_space(dataset)), type(H5Dget_type(dataset));
  const TypeText text = type_from_hdf5(type);
  Hdf5Entry entry;
  entry.path = path;
  entry.rank = H5Sget_simple_extent_ndims(space);
  entry.shape = shape_of(space, entry.rank);
  entry.type = text.name;
  entry.numeric = text.known;
  return entry;
}

// By links, which opens no object: one that this library cannot read does not end the walk.
herr_t visit(hid_t root, const char* name, const H5L_info_t* link, void* data) {
  auto& walk = *static_cast<Walk*>(data);
  if (link->type != H5L_TYPE_HARD || !walk.seen.insert(link->u.address).second) return 0;
  const Hdf5Id object(H5Oopen(root, name, H5P_DEFAULT));
  if (!object.valid())
    walk.entries.push_back({std::string("/") + name, "", "unreadable"});
  else if (H5Iget_type(object) == H5I_DATASET)
    walk.entries.push_back(describe_dataset(std::string("/") + name, object));
  return walk.entries.size() >= walk.most ? 1 : 0;
}

}  // namespace

std::vector<Hdf5Entry> list_datasets(hid_t file, std::size_t most) {
  Walk walk{{}, most, {}};
  H5Lvisit(file, H5_INDEX_NAME, H5_ITER_INC, visit, &walk);
  return std::move(walk.entries);
}

std::string describe(const std::vector<Hdf5Entry>& entries) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < entries.size() && i < kShown; ++i)
    text += (i == 0 ? "" : ", ") + entries[i].path + " (" + entries[i].shape +
            (entries[i].shape.empty() ? "" : " ") + entries[i].type + ")";
  return entries.size() > kShown ? text + ", ..." : text;
}

}  // namespace sluice
