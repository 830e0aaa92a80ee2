// Opens a dataset: checks its type, shape, layout and filters, and picks the source that reads it.
#include "host/formats/hdf5.h"

#include <cstring>

#include "host/error.h"
#include "host/formats/flat.h"
#include "host/formats/hdf5_chunks.h"
#include "host/formats/hdf5_listing.h"
#include "host/formats/hdf5_pipeline.h"
#include "host/formats/hdf5_types.h"

namespace sluice {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& what, const std::string& advice = {}) {
  throw Error(ErrorKind::kInput, name + ": " + what, advice);
}

// Compact data lie in the header of the dataset, at most 64 KiB.
class MemorySource : public MatrixSource {
 public:
  MemorySource(MatrixInfo info, sys::File file, std::vector<unsigned char> bytes)
      : file_(std::move(file)), bytes_(std::move(bytes)) {
    info_ = std::move(info);
  }
  std::vector<sys::Identity> identities() const override { return {sys::identity(file_)}; }
  bool flat() const override { return false; }
  const sys::File& file() const override { return file_; }
  std::uint64_t data_offset() const override { return 0; }
  std::uint64_t cache_bytes() const override { return bytes_.size(); }
  void read(const Rect& rect, void* to, std::int64_t stride) const override {
    check_rect(info_, rect);
    const auto element = static_cast<std::int64_t>(size_of(info_.type));
    if (rect.columns == 0) return;
    for (std::int64_t i = 0; i < rect.rows; ++i)
      std::memcpy(static_cast<char*>(to) + i * stride,
                  bytes_.data() + ((rect.row + i) * info_.columns + rect.column) * element,
                  static_cast<std::size_t>(rect.columns * element));
  }

 private:
  sys::File file_;
  std::vector<unsigned char> bytes_;
};

// The path that was asked for, or the only dataset that can be meant: a matrix before a vector.
std::string choose(hid_t file, const FileName& name, const std::string& shown) {
  if (!name.dataset.empty()) return name.dataset;
  const auto entries = list_datasets(file);
  for (const int rank : {2, 1, 0}) {
    std::vector<std::string> found;
    for (const Hdf5Entry& entry : entries)
      if (entry.numeric && entry.rank == rank) found.push_back(entry.path);
    if (found.size() == 1) return found[0];
    if (found.size() > 1)
      refuse(shown,
             "holds " + std::to_string(found.size()) +
                 (rank == 2   ? " matrices"
                  : rank == 1 ? " vectors"
                              : " scalars") +
                 ": expected the name of one, found none",
             "name one, " + name.file + ":" + found[0] + " for example; it holds " + describe(entries));
  }
  refuse(shown, "holds no matrix of numbers: expected a dataset of 1 or 2 dimensions",
         entries.empty() ? "it holds no dataset at all" : "it holds " + describe(entries));
}

Hdf5Id open_dataset(hid_t file, const std::string& path, const std::string& shown) {
  Hdf5Id object(H5Oopen(file, path.c_str(), H5P_DEFAULT));
  if (object.valid() && H5Iget_type(object) == H5I_DATASET) return object;
  const std::string problem = object.valid() ? std::string() : hdf5_problem();
  if (!object.valid() && H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0)
    refuse(shown, path + " cannot be opened: " + problem,
           "if a newer HDF5 wrote it, write it again for older ones: h5repack --high=v110 in.h5 out.h5");
  const auto entries = list_datasets(file);
  refuse(shown,
         object.valid() ? path + " is a group: expected a dataset" : "no dataset " + path + " in this file",
         entries.empty() ? "it holds no dataset" : "it holds " + describe(entries));
}

void set_shape(hid_t dataset, const std::string& shown, bool stacked, MatrixInfo& info) {
  const Hdf5Id space(H5Dget_space(dataset));
  const int rank = H5Sget_simple_extent_ndims(space);
  if (H5Sget_simple_extent_type(space) == H5S_NULL) refuse(shown, "the dataset is empty: it has no shape");
  if (rank < 0 || (rank > 2 && !stacked))
    refuse(shown, "too many dimensions: expected at most 2, found " + std::to_string(rank),
           "save one slice of it as a dataset of its own");
  hsize_t extents[H5S_MAX_RANK] = {1, 1};
  H5Sget_simple_extent_dims(space, extents, nullptr);
  const hsize_t rows = rank >= 2 ? extents[0] : 1;
  hsize_t columns = rank >= 2 ? extents[1] : extents[0];
  bool overflow = false;
  for (int i = 2; i < rank; ++i) overflow |= __builtin_mul_overflow(columns, extents[i], &columns);
  if (rank > 2) info.extents.assign(extents, extents + rank);
  hsize_t bytes = 0;
  if (overflow || __builtin_mul_overflow(rows, columns, &bytes) ||
      __builtin_mul_overflow(bytes, size_of(info.type), &bytes) ||
      (bytes | rows | columns) > hsize_t(INT64_MAX))
    refuse(shown, "its shape " + std::to_string(rows) + " x " + std::to_string(columns) +
                      " overflows: expected less than 2^63 bytes");
  info.dimensions = rank;
  info.rows = static_cast<std::int64_t>(rows);
  info.columns = static_cast<std::int64_t>(columns);
}

Hdf5Storage::Grid grid_of(hid_t creation, const MatrixInfo& info) {
  hsize_t chunk[2] = {1, 1};
  Hdf5Storage::Grid grid;
  grid.rank = H5Pget_chunk(creation, 2, chunk);
  grid.chunk_rows = grid.rank == 2 ? static_cast<std::int64_t>(chunk[0]) : 1;
  grid.chunk_columns = static_cast<std::int64_t>(grid.rank == 2 ? chunk[1] : chunk[0]);
  grid.down = (info.rows + grid.chunk_rows - 1) / grid.chunk_rows;
  grid.across = (info.columns + grid.chunk_columns - 1) / grid.chunk_columns;
  grid.filtered = H5Pget_nfilters(creation) > 0;
  grid.chunk_bytes = std::uint64_t(grid.chunk_rows) * std::uint64_t(grid.chunk_columns) * size_of(info.type);
  return grid;
}

struct Parts {
  Hdf5Id file, dataset, creation;
};

std::unique_ptr<MatrixSource> open_contiguous(Parts parts, sys::File file, MatrixInfo info) {
  info.detail = "contiguous";
  const haddr_t offset = H5Dget_offset(parts.dataset);
  if (info.bytes() == 0) return std::make_unique<FlatSource>(std::move(info), std::move(file), 0);
  if (offset == HADDR_UNDEF) {  // created, never written: every element is the fill value
    Hdf5Storage::Grid grid;
    grid.chunk_rows = info.rows;
    grid.chunk_columns = info.columns;
    grid.down = grid.across = 1;
    auto encoding = encoding_of(parts.creation, parts.dataset, info);
    return std::make_unique<Hdf5ChunkSource>(std::move(info), std::move(file), Hdf5Id(), Hdf5Id(), grid,
                                             std::move(encoding));
  }
  const std::uint64_t found = sys::identity(file).bytes;
  if (offset > found || info.bytes() > found - offset)
    refuse(info.path, "truncated: expected " + std::to_string(offset + info.bytes()) + " bytes, found " +
                          std::to_string(found));
  return std::make_unique<FlatSource>(std::move(info), std::move(file), offset);
}

std::unique_ptr<MatrixSource> open_compact(Parts parts, sys::File file, MatrixInfo info) {
  info.detail = "compact";
  std::vector<unsigned char> bytes(static_cast<std::size_t>(info.bytes()));
  const Hdf5Id type(H5Dget_type(parts.dataset));
  if (!bytes.empty() && H5Dread(parts.dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    refuse(info.path, "damaged: " + hdf5_problem());
  return std::make_unique<MemorySource>(std::move(info), std::move(file), std::move(bytes));
}

std::unique_ptr<MatrixSource> open_chunked(Parts parts, sys::File file, MatrixInfo info) {
  if (info.dimensions > 2)
    refuse(info.path, "chunks of " + std::to_string(info.dimensions) + " dimensions: expected at most 2",
           "lay it out in one piece: h5repack -l CONTI in.h5 out.h5");
  const Hdf5Storage::Grid grid = grid_of(parts.creation, info);
  auto encoding = encoding_of(parts.creation, parts.dataset, info);
  info.detail = describe_chunks(parts.creation, grid);
  return std::make_unique<Hdf5ChunkSource>(std::move(info), std::move(file), std::move(parts.file),
                                           std::move(parts.dataset), grid, std::move(encoding));
}

}  // namespace

bool is_hdf5(const sys::File& file) {
  static constexpr char kSignature[] = "\x89HDF\r\n\x1a\n";
  const std::uint64_t size = sys::identity(file).bytes;
  for (std::uint64_t at = 0; at + 8 <= size; at = at == 0 ? 512 : at * 2) {
    char found[8];
    if (sys::read_some(file, found, sizeof found, at) == 8 && std::memcmp(found, kSignature, 8) == 0)
      return true;
  }
  return false;
}

std::unique_ptr<MatrixSource> open_hdf5(sys::File file, const FileName& name, const std::string& shown,
                                        bool stacked) {
  const Hdf5Lock lock;
  Parts parts;
  parts.file = open_hdf5_file(name.file, shown);
  const std::string path = choose(parts.file, name, shown);
  parts.dataset = open_dataset(parts.file, path, shown);
  parts.creation = Hdf5Id(H5Dget_create_plist(parts.dataset));
  MatrixInfo info;
  info.path = name.dataset.empty() ? name.file + ":" + path : shown;
  info.format = "hdf5";
  const TypeText type = type_from_hdf5(Hdf5Id(H5Dget_type(parts.dataset)));
  if (!type.known)
    refuse(info.path, "wrong element type: expected real numbers, found " + type.name, type.advice);
  info.type = type.type;
  info.swapped = type.swapped;
  set_shape(parts.dataset, info.path, stacked, info);
  if (H5Pget_external_count(parts.creation) > 0)
    refuse(info.path, "its elements are in external files: expected them in this file",
           "bring them together: h5repack " + name.file + " whole.h5");
  switch (H5Pget_layout(parts.creation)) {
    case H5D_CONTIGUOUS:
      return open_contiguous(std::move(parts), std::move(file), std::move(info));
    case H5D_COMPACT:
      return open_compact(std::move(parts), std::move(file), std::move(info));
    case H5D_CHUNKED:
      return open_chunked(std::move(parts), std::move(file), std::move(info));
    default:
      refuse(info.path, "a virtual dataset: expected elements in this file",
             "bring them together: h5repack -l CONTI " + name.file + " whole.h5");
  }
}

}  // namespace sluice
