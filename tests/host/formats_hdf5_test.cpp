// Matrices in HDF5: every layout and filter that is read, against files of the HDF5 library; damaged files
// and what is refused, each with its line.
#include <atomic>
#include <thread>

#include "formats_hdf5_files.h"
#include "formats_support.h"
#include "host/formats/hdf5_filters.h"

namespace sluice {
namespace {

using namespace formats_test;

template <class T>
void expect_values(const MatrixSource& source, const Rect& area) {
  std::vector<T> tile(std::size_t(area.rows * area.columns), T(77));
  source.read(area, tile.data(), area.columns * std::int64_t(sizeof(T)));
  for (std::int64_t r = 0; r < area.rows; ++r)
    for (std::int64_t c = 0; c < area.columns; ++c)
      ASSERT_EQ(double(tile[std::size_t(r * area.columns + c)]), value_at(area.row + r, area.column + c))
          << area.row + r << ", " << area.column + c;
}

class Hdf5 : public testing::Test {
 protected:
  Caught fails(const std::string& name) {
    return caught([&] { open_matrix(name); });
  }
  Folder folder;
  std::string path = folder / "x.h5";
};

void deflate(hid_t p) {
  H5Pset_deflate(p, 4);
}
void shuffle_deflate(hid_t p) {
  H5Pset_shuffle(p), H5Pset_deflate(p, 1);
}

TEST_F(Hdf5, ContiguousIsFlat) {
  make(path, "/a/b", {{30, 20}, {}});
  const auto source = open_matrix(path + ":/a/b");
  EXPECT_TRUE(source->flat());
  EXPECT_EQ(source->info().format, "hdf5");
  EXPECT_EQ(source->info().detail, "contiguous");
  EXPECT_EQ(source->info().type, DType::kFloat32);
  expect_values<float>(*source, {0, 0, 30, 20});
  float first = -1;
  sys::read_at(source->file(), &first, 4, source->data_offset() + 4 * (20 * 2 + 3));
  EXPECT_EQ(first, value_at(2, 3));
}

TEST_F(Hdf5, TypesAndByteOrders) {
  const std::tuple<hid_t, DType, bool> types[] = {
      {H5T_IEEE_F32BE, DType::kFloat32, true}, {H5T_IEEE_F64LE, DType::kFloat64, false},
      {H5T_IEEE_F64BE, DType::kFloat64, true}, {H5T_STD_I8BE, DType::kInt8, false},
      {H5T_STD_U8LE, DType::kUInt8, false},    {H5T_STD_I16LE, DType::kInt16, false},
      {H5T_STD_U16BE, DType::kUInt16, true},   {H5T_STD_I32BE, DType::kInt32, true},
      {H5T_STD_U32LE, DType::kUInt32, false},  {H5T_STD_I64LE, DType::kInt64, false},
      {H5T_STD_U64BE, DType::kUInt64, true}};
  for (const auto& [type, expected, swapped] : types) {
    make(path, "x", {{3, 4}, {2, 2}, type, shuffle_deflate});
    const auto source = open_matrix(path);
    EXPECT_EQ(source->info().type, expected);
    EXPECT_EQ(source->info().swapped, swapped);
    unsigned char bytes[8] = {};
    source->read({1, 2, 1, 1}, bytes, 8);
    const std::size_t low = swapped ? size_of(expected) - 1 : 0;
    if (!is_float(expected)) {
      EXPECT_EQ(bytes[low], value_at(1, 2));
    }
  }
}

TEST_F(Hdf5, FiltersInAnyOrder) {
  const std::pair<const char*, std::function<void(hid_t)>> filters[] = {
      {"", {}},
      {", deflate 4", deflate},
      {", shuffle, deflate 1", shuffle_deflate},
      {", fletcher32", [](hid_t p) { H5Pset_fletcher32(p); }},
      {", deflate 9, fletcher32", [](hid_t p) { H5Pset_deflate(p, 9), H5Pset_fletcher32(p); }},
      {", fletcher32, shuffle, deflate 2",
       [](hid_t p) { H5Pset_fletcher32(p), H5Pset_shuffle(p), H5Pset_deflate(p, 2); }},
      {", deflate 3, shuffle", [](hid_t p) { H5Pset_deflate(p, 3), H5Pset_shuffle(p); }}};
  for (const bool latest : {false, true})
    for (const auto& [text, set] : filters) {
      make(path, "x", {{50, 47}, {16, 10}, H5T_IEEE_F64LE, set, true, {}, {}, latest});
      const auto source = open_matrix(path + ":x");
      EXPECT_FALSE(source->flat());
      EXPECT_EQ(source->info().detail, std::string("chunks 16 x 10") + text);
      expect_values<double>(*source, {0, 0, 50, 47});
      expect_values<double>(*source, {15, 9, 2, 2});
      expect_values<double>(*source, {33, 5, 17, 42});
      expect_values<double>(*source, {49, 46, 1, 1});
    }
}

TEST_F(Hdf5, VectorsAndScalars) {
  make(path, "x", {{103}, {10}, H5T_STD_I32LE, deflate});
  const auto vector = open_matrix(path);
  EXPECT_EQ(vector->info().dimensions, 1);
  EXPECT_EQ(vector->info().rows, 1);
  EXPECT_EQ(vector->info().columns, 103);
  expect_values<std::int32_t>(*vector, {0, 0, 1, 103});
  expect_values<std::int32_t>(*vector, {0, 17, 1, 30});
  const std::string other = folder / "scalar.h5";
  make(other, "x", {{}, {}});
  const auto scalar = open_matrix(other + ":/x");
  EXPECT_EQ(scalar->info().dimensions, 0);
  expect_values<float>(*scalar, {0, 0, 1, 1});
}

TEST_F(Hdf5, MissingChunksAreTheFillValue) {
  for (const bool filtered : {false, true}) {
    make(path, "x",
         {{20, 20},
          {8, 8},
          H5T_IEEE_F32BE,
          [&](hid_t p) {
            const float fill = 2.5;
            H5Pset_fill_value(p, H5T_NATIVE_FLOAT, &fill);
            if (filtered) H5Pset_deflate(p, 1);
          },
          true,
          {8, 8},
          {8, 8}});
    const auto source = open_matrix(path);
    std::vector<float> values = all<float>(*source);
    for (int r = 0; r < 20; ++r)
      for (int c = 0; c < 20; ++c) {
        std::uint32_t bits;
        std::memcpy(&bits, &values[std::size_t(r * 20 + c)], 4);
        bits = __builtin_bswap32(bits);
        float value;
        std::memcpy(&value, &bits, 4);
        const bool there = r >= 8 && r < 16 && c >= 8 && c < 16;
        ASSERT_EQ(value, there ? value_at(r, c) : 2.5) << r << ", " << c;
      }
  }
}

TEST_F(Hdf5, NeverWrittenAndCompactAndEmpty) {
  make(path, "x", {{5, 6}, {}, H5T_STD_I16LE, {}, false});
  EXPECT_EQ(all<std::int16_t>(*open_matrix(path)), std::vector<std::int16_t>(30, 0));
  make(path, "x", {{5, 6}, {}, H5T_STD_I16LE, [](hid_t p) { H5Pset_layout(p, H5D_COMPACT); }});
  EXPECT_EQ(open_matrix(path)->info().detail, "compact");
  expect_values<std::int16_t>(*open_matrix(path), {0, 0, 5, 6});
  expect_values<std::int16_t>(*open_matrix(path), {2, 3, 3, 2});
  make(path, "x", {{0, 6}, {}, H5T_STD_I16LE, {}, false});
  EXPECT_EQ(open_matrix(path)->info().rows, 0);
}

TEST_F(Hdf5, PartialChunksWithoutFilters) {
  const auto set = [](hid_t p) {
    H5Pset_chunk_opts(p, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
    H5Pset_shuffle(p), H5Pset_deflate(p, 1);
  };
  make(path, "x", {{50, 47}, {16, 10}, H5T_IEEE_F64LE, set, true, {}, {}, true});
  expect_values<double>(*open_matrix(path), {0, 0, 50, 47});
}

TEST_F(Hdf5, UserBlocks) {
  make(path, "x", {{50, 47}, {16, 10}, H5T_IEEE_F64LE, deflate, true, {}, {}, false, 1024});
  expect_values<double>(*open_matrix(path), {0, 0, 50, 47});
  make(path, "x", {{50, 47}, {}, H5T_IEEE_F64LE, {}, true, {}, {}, false, 1024});
  expect_values<double>(*open_matrix(path), {0, 0, 50, 47});
}

// More chunks than are looked up by address: these go through the library, missing ones included.
TEST_F(Hdf5, VeryManyChunks) {
  for (const bool filtered : {false, true}) {
    const std::function<void(hid_t)> set = filtered ? std::function<void(hid_t)>(deflate) : nullptr;
    make(path, "x", {{200, 100}, {2, 2}, H5T_IEEE_F32LE, set, true, {0, 0}, {150, 100}});
    const auto source = open_matrix(path);
    expect_values<float>(*source, {0, 0, 150, 100});
    float missing = 1;
    source->read({160, 40, 1, 1}, &missing, 4);
    EXPECT_EQ(missing, 0);
  }
}

TEST_F(Hdf5, ChunksWithAFilterLeftOut) {
  make(path, "x", {{8, 8}, {4, 4}, H5T_IEEE_F32LE, shuffle_deflate});
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), set = H5Dopen2(file, "x", H5P_DEFAULT);
  float chunk[16];
  for (int i = 0; i < 16; ++i) chunk[i] = float(value_at(4 + i / 4, i % 4));
  const hsize_t corner[2] = {4, 0};
  ASSERT_GE(H5Dwrite_chunk(set, H5P_DEFAULT, 3, corner, sizeof chunk, chunk), 0);
  H5Dclose(set), H5Fclose(file);
  expect_values<float>(*open_matrix(path), {0, 0, 8, 8});
}

TEST_F(Hdf5, ThreadsReadTheSameValues) {
  make(path, "x", {{300, 200}, {32, 32}, H5T_IEEE_F32LE, shuffle_deflate});
  const auto source = open_matrix(path);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      std::vector<float> tile(41 * 57);
      for (int i = 0; i < 60; ++i) {
        const std::int64_t row = (t * 37 + i * 53) % 260, column = (t * 11 + i * 29) % 144;
        source->read({row, column, 40, 56}, tile.data(), 57 * 4);
        for (int r = 0; r < 40; ++r)
          for (int c = 0; c < 56; ++c)
            wrong += tile[std::size_t(r * 57 + c)] != value_at(row + r, column + c);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(source->cache_bytes(), std::uint64_t(64) << 20);
}

TEST_F(Hdf5, ChoosesTheOnlyMatrix) {
  make(path, "/names", {{4}, {}, H5T_STD_I32LE});
  Dataset matrix{{3, 2}, {}};
  matrix.append = true;
  make(path, "/deep/er/x", matrix);
  EXPECT_EQ(open_matrix(path)->info().path, path + ":/deep/er/x");
  make(path, "/y", matrix);
  const Caught error = fails(path);
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_EQ(error.what, path + ": holds 2 matrices: expected the name of one, found none");
  EXPECT_EQ(error.advice, "name one, " + path +
                              ":/deep/er/x for example; it holds /deep/er/x (3 x 2 float32), " +
                              "/names (4 int32), /y (3 x 2 float32)");
}

TEST_F(Hdf5, WhatIsNotThereIsListed) {
  make(path, "/a/x", {{3, 2}, {}});
  EXPECT_EQ(fails(path + ":/y").what, path + ":/y: no dataset /y in this file");
  EXPECT_EQ(fails(path + ":/y").advice, "it holds /a/x (3 x 2 float32)");
  EXPECT_EQ(fails(path + ":/a").what, path + ":/a: /a is a group: expected a dataset");
}

// As from a newer library: an object that this one cannot open is said to be that, and hides no other.
TEST_F(Hdf5, WhatCannotBeOpenedIsSaid) {
  make(path, "a", {{5, 7}, {}});
  Dataset second{{3, 2}, {}};
  second.append = true;
  make(path, "b", second);
  std::string bytes = get(path);
  // The dataspace message of 5 x 7 is unique in the file; version 99 of it makes /a unreadable.
  const std::string space("\x01\x02\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x07", 17);
  std::size_t at = bytes.find(space);
  if (at == std::string::npos) at = bytes.find(std::string("\x01\x02\x01", 3) + space.substr(3));
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 99;
  put(path, bytes);
  EXPECT_EQ(fails(path + ":/a").what.find(path + ":/a: /a cannot be opened: "), 0u)
      << fails(path + ":/a").what;
  EXPECT_EQ(open_matrix(path)->info().path, path + ":/b");
}

TEST_F(Hdf5, WhatIsRefusedIsNamed) {
  make(path, "x", {{3, 2, 2}, {}, H5T_IEEE_F32LE, {}, false});
  EXPECT_EQ(fails(path + ":x").what, path + ":x: too many dimensions: expected at most 2, found 3");
  OpenOptions stacked;
  stacked.stacked = true;
  const auto rows = open_matrix(path + ":x", stacked);
  EXPECT_EQ(rows->info().rows, 3);
  EXPECT_EQ(rows->info().columns, 4);
  EXPECT_EQ(rows->info().extents, (std::vector<std::int64_t>{3, 2, 2}));
  EXPECT_EQ(fails(path).what, path + ": holds no matrix of numbers: expected a dataset of 1 or 2 dimensions");
  const hid_t complex = H5Tcreate(H5T_COMPOUND, 16);
  H5Tinsert(complex, "r", 0, H5T_IEEE_F64LE), H5Tinsert(complex, "i", 8, H5T_IEEE_F64LE);
  make(path, "x", {{3, 2}, {}, complex, {}, false});
  EXPECT_EQ(fails(path + ":x").what,
            path + ":x: wrong element type: expected real numbers, found complex128");
  make(path, "x", {{3, 2}, {}, H5T_C_S1, {}, false});
  EXPECT_EQ(fails(path + ":x").what, path + ":x: wrong element type: expected real numbers, found text");
  make(path, "x", {{30, 20}, {10, 10}, H5T_STD_I32LE, [](hid_t p) { H5Pset_scaleoffset(p, H5Z_SO_INT, 0); }});
  const Caught filter = fails(path);
  EXPECT_EQ(filter.what, path +
                             ":/x: its filter is not read: expected deflate, shuffle or fletcher32, found "
                             "scaleoffset (number 6)");
  EXPECT_NE(filter.advice.find("h5repack"), std::string::npos);
}

TEST_F(Hdf5, H5pyBooleansAreRead) {
  const hid_t type = H5Tenum_create(H5T_STD_I8LE);
  signed char value = 0;
  H5Tenum_insert(type, "FALSE", &value);
  value = 1;
  H5Tenum_insert(type, "TRUE", &value);
  make(path, "x", {{3, 2}, {}, type, {}, false});
  EXPECT_EQ(open_matrix(path)->info().type, DType::kBool);
}

TEST_F(Hdf5, DamageIsFound) {
  make(path, "x", {{64, 64}, {32, 32}, H5T_IEEE_F64LE, [](hid_t p) { H5Pset_fletcher32(p); }});
  std::string bytes = get(path);
  const double pattern[2] = {value_at(40, 40), value_at(40, 41)};
  const std::size_t at = bytes.find(std::string(reinterpret_cast<const char*>(pattern), 16));
  ASSERT_NE(at, std::string::npos);
  bytes[at + 3] ^= 1;
  put(path, bytes);
  const auto source = open_matrix(path);
  std::vector<double> values(64 * 64);
  const Caught error = caught([&] { source->read({0, 0, 64, 64}, values.data(), 512); });
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_EQ(error.what.find(path + ":/x: damaged: chunk ("), 0u) << error.what;
  EXPECT_NE(error.what.find("its checksum (fletcher32) is wrong"), std::string::npos) << error.what;
  // A reader that waits for a chunk which its neighbour could not decode gets the same line, not a hang.
  std::atomic<int> errors{0};
  std::vector<std::thread> threads;
  const std::int64_t row = 40 / 32 * 32 + 1;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      std::vector<double> tile(64 * 64);
      errors += caught([&] { source->read({row - 32, 1, 63, 63}, tile.data(), 512); }).thrown;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, 4);
}

TEST_F(Hdf5, TruncatedFiles) {
  make(path, "x", {{100, 100}, {}});
  const std::size_t size = get(path).size();
  std::filesystem::resize_file(path, size - 1000);
  EXPECT_EQ(fails(path).what.find(path + ": not a readable HDF5 file: truncated file"), 0u)
      << fails(path).what;
  make(path, "x", {{100, 100}, {50, 50}, H5T_IEEE_F32LE, deflate});
  const auto source = open_matrix(path);
  std::filesystem::resize_file(path, get(path).size() / 2);
  std::vector<float> values(10000);
  const Caught error = caught([&] { source->read({0, 0, 100, 100}, values.data(), 400); });
  EXPECT_EQ(error.kind, ErrorKind::kInput);
}

TEST(Filters, ChecksumOfKnownBytes) {
  // By hand: words 0x0102 0x0304, sums 0x0102 and 0x0406, then 0x0102 + 0x0406 = 0x0508.
  const unsigned char bytes[] = {1, 2, 3, 4};
  EXPECT_EQ(fletcher32(bytes, 4), 0x05080406u);
  // An odd byte is the high half of a word: 0x0102 + 0x0300 = 0x0402, 0x0102 + 0x0402 = 0x0504.
  EXPECT_EQ(fletcher32(bytes, 3), 0x05040402u);
  const std::vector<unsigned char> ones(1000, 0xff);
  EXPECT_EQ(fletcher32(ones.data(), ones.size()), 0xffffffffu);
  const std::vector<unsigned char> zeros(10, 0);
  EXPECT_EQ(fletcher32(zeros.data(), zeros.size()), 0u);
}

}  // namespace
}  // namespace sluice
