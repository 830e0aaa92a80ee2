// open_matrix on .npy and raw files: what is read, and the one line for each way a file can be wrong.
#include <sys/stat.h>

#include <bit>

#include "formats_support.h"

namespace sluice {
namespace {

using namespace formats_test;

std::string npy_file(const std::string& type, const std::string& shape, const std::string& data,
                     const std::string& order = "False") {
  std::string text = "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  while ((10 + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::string file("\x93NUMPY\x01\x00", 8);
  file += {char(text.size() & 255), char(text.size() >> 8)};
  return file + text + data;
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

OpenOptions raw(std::int64_t rows, std::int64_t columns, DType type, std::uint64_t header = 0) {
  OpenOptions options;
  options.rows = rows;
  options.columns = columns;
  options.type = type;
  options.header_bytes = header;
  options.has_shape = options.has_type = true;
  return options;
}

class Open : public testing::Test {
 protected:
  Caught fails(const std::string& path, const OpenOptions& options = {}) {
    return caught([&] { open_matrix(path, options); });
  }
  Folder folder;
};

TEST_F(Open, ReadsNpyInCOrder) {
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  const std::string path = put(folder / "x.npy", npy_file("<f4", "(2, 3)", bytes_of(values)));
  const auto source = open_matrix(path);
  EXPECT_EQ(source->info().format, "npy 1.0");
  EXPECT_EQ(source->info().path, path);
  EXPECT_EQ(source->info().rows, 2);
  EXPECT_TRUE(source->flat());
  EXPECT_EQ(source->data_offset() % 64, 0u);
  EXPECT_EQ(all<float>(*source), values);
  float column[2] = {};
  source->read({0, 1, 2, 1}, column, sizeof(float));
  EXPECT_EQ(column[0], 2);
  EXPECT_EQ(column[1], 5);
  float wide[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
  source->read({0, 1, 2, 2}, wide, 4 * sizeof(float));
  EXPECT_EQ(std::vector<float>(wide, wide + 8), (std::vector<float>{2, 3, -1, -1, 5, 6, -1, -1}));
  EXPECT_THROW(source->read({0, 2, 2, 2}, wide, 8), std::out_of_range);
}

TEST_F(Open, ReadsFortranOrderByColumns) {
  // The matrix {{1, 2, 3}, {4, 5, 6}}.
  const std::vector<double> stored{1, 4, 2, 5, 3, 6};
  const auto source = open_matrix(put(folder / "x.npy", npy_file("<f8", "(2, 3)", bytes_of(stored), "True")));
  EXPECT_TRUE(source->info().fortran);
  double tile[4] = {};
  source->read({1, 1, 1, 2}, tile, 2 * sizeof(double));
  EXPECT_EQ(tile[0], 5);
  EXPECT_EQ(tile[2], 6);
}

TEST_F(Open, BigEndianStaysAsStoredAndIsSaid) {
  const auto source =
      open_matrix(put(folder / "x.npy", npy_file(">u2", "(1, 2)", std::string("\x01\x02\x03\x04", 4))));
  EXPECT_TRUE(source->info().swapped);
  EXPECT_EQ(all<std::uint16_t>(*source), (std::vector<std::uint16_t>{0x0201, 0x0403}));
}

TEST_F(Open, EmptyMatricesAndMoreDataAreFine) {
  EXPECT_EQ(open_matrix(put(folder / "e.npy", npy_file("<f4", "(0, 5)", "")))->info().rows, 0);
  const auto source = open_matrix(put(folder / "m.npy", npy_file("|i1", "(2,)", "ab more")));
  EXPECT_EQ(source->info().dimensions, 1);
  EXPECT_EQ(source->info().rows, 1);
  EXPECT_EQ(all<char>(*source), (std::vector<char>{'a', 'b'}));
}

TEST_F(Open, WhatIsNoMatrixIsSaid) {
  const std::string path = folder / "x.npy";
  EXPECT_EQ(fails(path).what, path + ": no such file");
  put(path, "");
  EXPECT_EQ(fails(path).what, path + ": is empty: expected a matrix, found 0 bytes");
  put(path, "1,2,3\n");
  EXPECT_EQ(fails(path).what, path + ": not a .npy file: expected it to begin with \\x93NUMPY");
  EXPECT_EQ(fails(folder / ".").what, folder / "." + ": is a folder: expected a file");
  const std::string zip = put(folder / "x.npz", "PK\3\4....");
  EXPECT_EQ(fails(zip).what, zip + ": a zip archive (.npz): expected .npy, HDF5 or raw data");
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(fails(pipe).what, pipe + ": is a pipe or a device: expected a file");
  EXPECT_EQ(fails("-").kind, ErrorKind::kUsage);
  const std::string hdf5 = put(folder / "x.h5", "not HDF5 at all");
  EXPECT_EQ(fails(hdf5).what.find(hdf5 + ": not a readable HDF5 file: "), 0u) << fails(hdf5).what;
  put(path, npy_file("<f4", "(1,)", "1234"));
  EXPECT_EQ(fails(path + ":/a").what, path + ":/a: not an HDF5 file: only these hold datasets");
  EXPECT_EQ(fails(folder / "no.h5:/a").what, folder / "no.h5" + ": no such file");
}

TEST_F(Open, LyingHeaderIsFoundBeforeReading) {
  const std::string path = put(folder / "x.npy", npy_file("<f4", "(1000, 1000)", "1234"));
  const Caught error = fails(path);
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_EQ(error.what,
            path +
                ": truncated: its header promises more than the file holds: expected 4000128 bytes, "
                "found 132");
}

TEST_F(Open, HeaderLongerThanTheFile) {
  const std::string path = put(folder / "x.npy", npy_file("<f4", "(2, 2)", "").substr(0, 100));
  EXPECT_EQ(fails(path).what, path + ": truncated header: expected 128 bytes, found 100");
}

TEST_F(Open, FileThatShrinksWhileBeingRead) {
  const std::string path = put(folder / "x.npy", npy_file("<f4", "(4,)", "0123456789abcdef"));
  const auto source = open_matrix(path);
  std::filesystem::resize_file(path, 136);
  float values[4];
  const Caught error = caught([&] { source->read({0, 0, 1, 4}, values, 16); });
  EXPECT_EQ(error.what, path + ": truncated: expected data up to byte 144, found the end at byte 136");
}

TEST_F(Open, RawNeedsShapeAndType) {
  const std::string path = put(folder / "x.bin", "0123456789ab");
  const Caught neither = fails(path);
  EXPECT_EQ(neither.kind, ErrorKind::kUsage);
  EXPECT_EQ(neither.what,
            path + ": raw data (neither .npy nor HDF5): expected --shape and --dtype, found neither");
  OpenOptions options = raw(3, 1, DType::kFloat32);
  options.has_type = false;
  EXPECT_NE(fails(path, options).what.find("found no --dtype"), std::string::npos);
}

TEST_F(Open, RawReadsAfterAHeader) {
  const std::string path = put(folder / "x.bin", "HEAD" + bytes_of<std::int16_t>({1, 2, 3, 4, 5, 6}));
  OpenOptions options = raw(2, 3, DType::kInt16, 4);
  const auto source = open_matrix(path, options);
  EXPECT_EQ(source->info().format, "raw");
  EXPECT_EQ(source->data_offset(), 4u);
  EXPECT_EQ(all<std::int16_t>(*source), (std::vector<std::int16_t>{1, 2, 3, 4, 5, 6}));
  options.fortran = options.swapped = true;
  EXPECT_TRUE(open_matrix(path, options)->info().fortran);
  EXPECT_TRUE(open_matrix(path, options)->info().swapped);
}

TEST_F(Open, ShapeAndTypeByHandWinOverTheBytesButNotOverTheName) {
  const std::string npy = npy_file("<f4", "(2,)", "12345678");
  const OpenOptions header_too = raw(1, std::int64_t(npy.size() / 4), DType::kFloat32);
  EXPECT_EQ(open_matrix(put(folder / "x.bin", npy), header_too)->info().format, "raw");
  EXPECT_EQ(open_matrix(put(folder / "x.bin", npy))->info().columns, 2);
  EXPECT_EQ(open_matrix(put(folder / "x.npy", npy), header_too)->info().columns, 2);
}

TEST_F(Open, RawSizesMustBeExact) {
  const std::string path = put(folder / "x.bin", std::string(48, 'a'));
  const Caught shorter = fails(path, raw(5, 3, DType::kFloat32));
  EXPECT_EQ(shorter.kind, ErrorKind::kInput);
  EXPECT_EQ(shorter.what, path + ": wrong size: expected 60 bytes (5x3 float32), found 48");
  EXPECT_EQ(shorter.advice, "the size fits --shape 4x3");
  const Caught longer = fails(path, raw(4, 2, DType::kFloat32, 6));
  EXPECT_EQ(longer.what, path + ": wrong size: expected 38 bytes (4x2 float32 after 6 of header), found 48");
  EXPECT_EQ(longer.advice, "a header before the data is stepped over by --header-bytes 16");
  EXPECT_EQ(fails(path, raw(3, 3, DType::kFloat32)).advice, "the size fits --shape 4x3");
}

TEST_F(Open, RawShapesAreChecked) {
  const std::string path = put(folder / "x.bin", "1234");
  EXPECT_EQ(fails(path, raw(-1, 3, DType::kInt8)).what,
            path + ": --shape: expected extents of at least 0, found -1x3");
  const Caught error = fails(path, raw(std::int64_t(1) << 40, std::int64_t(1) << 40, DType::kFloat64));
  EXPECT_EQ(error.kind, ErrorKind::kUsage);
  EXPECT_EQ(error.what, path +
                            ": --shape 1099511627776x1099511627776 of float64 overflows: expected less than "
                            "2^63 bytes");
}

}  // namespace
}  // namespace sluice
