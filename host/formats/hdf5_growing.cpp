// The library makes an image of the file without chunks in memory; the addresses of trees and of the file's
// end are set in it (HDF5 File Format Specification 3.0: II.A superblock 0, IV.A.1.a object header 1,
// IV.A.2.i layout message 3, III.A.1 version 1 trees). Those structures have no checksums.
#include "host/formats/hdf5_growing.h"

#include <cstring>

#include "host/error.h"
#include "host/formats/hdf5_library.h"
#include "host/formats/hdf5_tree.h"
#include "host/formats/hdf5_types.h"

namespace sluice {
namespace {

constexpr std::size_t kMostNames = 2000;  // in an attribute: an object header's message ends at 64 KiB
constexpr std::uint64_t kPage = 4096;

[[noreturn]] void fail(const std::string& shown, const std::string& what) {
  throw Error(ErrorKind::kOutput, shown + ": " + what + ": " + hdf5_problem());
}

struct Image {
  std::vector<unsigned char> bytes;
  std::vector<std::uint64_t> headers;  // of the datasets, where their object headers begin
};

Hdf5Id text_type() {
  Hdf5Id type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

void put_names(hid_t file, hid_t dataset, const std::string& shown, const std::vector<std::string>& names) {
  std::vector<const char*> texts;
  for (const std::string& name : names) texts.push_back(name.c_str());
  const Hdf5Id type = text_type();
  const hsize_t count = texts.size();
  const Hdf5Id space(H5Screate_simple(1, &count, nullptr));
  bool fine;
  if (names.size() <= kMostNames) {
    const Hdf5Id at(H5Acreate2(dataset, "columns", type, space, H5P_DEFAULT, H5P_DEFAULT));
    fine = at.valid() && H5Awrite(at, type, texts.data()) >= 0;
  } else {
    const Hdf5Id creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_obj_track_times(creation, false);
    const Hdf5Id at(H5Dcreate2(file, "columns", type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    fine = at.valid() && H5Dwrite(at, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) >= 0;
  }
  if (!fine) fail(shown, "the names of the columns cannot be written");
}

std::uint64_t create(hid_t file, const std::string& shown, const GrowingDataset& d, std::int64_t rows) {
  const Hdf5Id creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_obj_track_times(creation, false);
  const hsize_t now[2] = {hsize_t(rows), hsize_t(d.columns)}, most[2] = {H5S_UNLIMITED, now[1]};
  const hsize_t chunk[2] = {hsize_t(d.chunk_rows), hsize_t(d.chunk_columns)};
  const int rank = d.columns > 0 ? 2 : 1;
  H5Pset_chunk(creation, rank, chunk);
  if (d.level > 0 && d.shuffle) H5Pset_shuffle(creation);
  if (d.level > 0) H5Pset_deflate(creation, unsigned(d.level));
  const Hdf5Id space(H5Screate_simple(rank, now, most));
  Hdf5Id dataset(H5Dcreate2(file, d.name.c_str(), hdf5_type_of(DType::kFloat64), space, H5P_DEFAULT, creation,
                            H5P_DEFAULT));
  if (!dataset.valid()) fail(shown, "the dataset " + d.name + " cannot be created");
  if (!d.names.empty()) put_names(file, dataset, shown, d.names);
  H5O_info_t info;
  if (H5Oget_info(dataset, &info) < 0 || dataset.close() < 0) fail(shown, "the dataset cannot be written");
  return info.addr;
}

Image image_of(const GrowingFile& file, const std::string& shown, std::int64_t rows) {
  const Hdf5Lock lock;
  const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS)), creation(H5Pcreate(H5P_FILE_CREATE));
  H5Pset_fapl_core(access, 64 << 10, false);
  H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
  H5Pset_obj_track_times(creation, false);
  H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  Hdf5Id made(H5Fcreate("design", H5F_ACC_TRUNC, creation, access));
  if (!made.valid()) fail(shown, "the HDF5 file cannot be created");
  Image image;
  for (const GrowingDataset& d : file.datasets) image.headers.push_back(create(made, shown, d, rows));
  Hdf5Id root(H5Gopen2(made, "/", H5P_DEFAULT));
  for (const auto& [key, value] : file.texts) put_hdf5_text(root, shown, key, value);
  const Hdf5Id space(H5Screate(H5S_SCALAR));
  for (const auto& [key, value] : file.numbers) {
    const Hdf5Id at(H5Acreate2(root, key.c_str(), H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT));
    if (!at.valid() || H5Awrite(at, H5T_NATIVE_INT64, &value) < 0)
      fail(shown, "the attribute " + key + " cannot be written");
  }
  root.close();
  if (H5Fflush(made, H5F_SCOPE_GLOBAL) < 0) fail(shown, "the HDF5 file cannot be made");
  const ssize_t bytes = H5Fget_file_image(made, nullptr, 0);
  if (bytes <= 0) fail(shown, "the HDF5 file cannot be made");
  image.bytes.resize(std::size_t(bytes));
  if (H5Fget_file_image(made, image.bytes.data(), image.bytes.size()) < 0)
    fail(shown, "the HDF5 file cannot be made");
  return image;
}

std::uint64_t get(const std::vector<unsigned char>& bytes, std::uint64_t at, std::size_t size) {
  std::uint64_t value = 0;
  if (at + size > bytes.size()) throw std::out_of_range("an object header beyond the file's end");
  std::memcpy(&value, bytes.data() + at, size);
  return value;
}

/// Where the layout message of a dataset holds the address of its tree; 0: not found.
std::uint64_t tree_address_at(const std::vector<unsigned char>& bytes, std::uint64_t header) {
  constexpr std::uint64_t kLayout = 8, kContinuation = 16;
  if (get(bytes, header, 1) != 1) return 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks{{header + 16, get(bytes, header + 8, 4)}};
  for (std::size_t b = 0; b < blocks.size() && b < 100; ++b) {
    auto [at, left] = blocks[b];
    while (left >= 8) {
      const std::uint64_t type = get(bytes, at, 2), size = get(bytes, at + 2, 2), data = at + 8;
      if (type == kContinuation) blocks.emplace_back(get(bytes, data, 8), get(bytes, data + 8, 8));
      // Version 3, chunked.
      if (type == kLayout) return get(bytes, data, 1) == 3 && get(bytes, data + 1, 1) == 2 ? data + 3 : 0;
      if (8 + size > left) break;
      at = data + size, left -= 8 + size;
    }
  }
  return 0;
}

}  // namespace

std::uint64_t growing_head(const GrowingFile& file, const std::string& shown) {
  return (image_of(file, shown, 1).bytes.size() + kPage - 1) / kPage * kPage;
}

std::uint64_t finish_growing(const GrowingFile& file, const std::string& shown, std::int64_t rows,
                             const std::vector<std::vector<ChunkPlace>>& chunks, std::uint64_t end,
                             const WriteAt& write) {
  Image image = image_of(file, shown, rows);
  const auto other = [&] {
    return Error(ErrorKind::kOutput,
                 shown + ": the HDF5 library makes another layout of files than that of 1.8");
  };
  constexpr std::uint64_t kEndOfFile = 40;  // in superblock 0
  if (image.bytes.size() < 96 || image.bytes[8] != 0) throw other();
  end = (end + 7) / 8 * 8;
  for (std::size_t i = 0; i < file.datasets.size(); ++i) {
    const GrowingDataset& d = file.datasets[i];
    const std::uint64_t at = tree_address_at(image.bytes, image.headers[i]);
    if (at == 0) throw other();
    if (chunks[i].empty()) continue;
    const std::uint64_t root = write_chunk_tree(d, chunks[i], end, write);
    std::memcpy(image.bytes.data() + at, &root, 8);
  }
  std::memcpy(image.bytes.data() + kEndOfFile, &end, 8);
  write(0, image.bytes.data(), image.bytes.size());
  return end;
}

}  // namespace sluice
