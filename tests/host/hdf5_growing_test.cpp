// Files of chunked datasets whose trees are written by hand: the library reads trees of every depth, adds
// rows until their nodes split, and inflates chunks whose random digits are stored.
#include <fcntl.h>

#include <cmath>
#include <cstring>
#include <random>

#include "hdf5_by_library.h"
#include "host/formats/hdf5_encode.h"
#include "host/formats/hdf5_growing.h"
#include "matrix_files.h"

namespace sluice {
namespace {

using namespace test;

TEST(Hdf5Growing, TreesOfAnyDepthAreTheLibrarys) {
  const TempDir folder;
  for (const std::int64_t bands : {0, 1, 32, 33, 64, 65, 2048, 2049, 4097}) {
    const std::string path = folder / "g.h5";
    GrowingFile file;
    const std::int64_t rows = bands == 0 ? 0 : 3 * bands - 1;
    // Three columns in chunks of two: the second chunk of a band is half empty.
    file.datasets = {{"X", 3, 3, 2, 1, true, {"one", "two", "three"}}, {"Y", 0, 3, 1, 0}};
    file.texts = {{"formula", "y ~ \u00e4"}};
    file.numbers = {{"schema", 1}};
    std::vector<std::vector<ChunkPlace>> places(2);
    std::vector<unsigned char> bytes;
    ChunkEncoder encoder(1), plain(0);
    const std::uint64_t head = growing_head(file, path);
    const auto value = [](std::int64_t row, std::int64_t column) { return double(3 * row + column); };
    for (std::int64_t b = 0; b < bands; ++b) {
      for (int c = 0; c < 2; ++c) {
        double x[6] = {};
        for (int i = 0; i < 6; ++i)
          if (2 * c + i % 2 < 3) x[i] = value(3 * b + i / 2, 2 * c + i % 2);
        const std::uint64_t at = head + bytes.size();
        places[0].push_back({at, encoder.encode(x, 6, bytes)});
      }
      const double y[3] = {-3.0 * double(b), -3.0 * double(b) - 1, -3.0 * double(b) - 2};
      const std::uint64_t at = head + bytes.size();
      places[1].push_back({at, plain.encode(y, 3, bytes)});
    }
    {
      const sys::File made(path, O_RDWR | O_CREAT | O_TRUNC);
      sys::write_at(made, bytes.data(), bytes.size(), head);
      const auto put = [&](std::uint64_t to, const void* from, std::size_t size) {
        sys::write_at(made, from, size, to);
      };
      sys::set_size(made, finish_growing(file, path, rows, places, head + bytes.size(), put));
    }
    std::vector<hsize_t> shape;
    std::vector<double> x = by_library(path, "X", &shape);
    EXPECT_EQ(shape, (std::vector<hsize_t>{hsize_t(rows), 3}));
    ASSERT_EQ(x.size(), std::size_t(3 * rows));
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(x[i], double(i)) << bands;
    const std::vector<double> y = by_library(path, "Y");
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], -double(i)) << bands;
    // More rows, enough to split nodes.
    std::vector<double> more(3 * 3 * 70);
    for (std::size_t i = 0; i < more.size(); ++i) more[i] = double(x.size() + i);
    append_by_library(path, "X", 3, hsize_t(rows), more);
    x = by_library(path, "X");
    ASSERT_EQ(x.size(), 3 * std::size_t(rows) + more.size());
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(x[i], double(i)) << bands;
  }
}

TEST(Hdf5Growing, RandomDigitsAreStoredAndTheLibraryInflatesThem) {
  const TempDir folder;
  const std::string path = folder / "r.h5";
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  constexpr std::int64_t kRows = 8192;
  // Random, constant, counted, of few digits, with random bits everywhere: each as it compresses best.
  std::vector<std::vector<double>> columns(5, std::vector<double>(kRows));
  for (std::int64_t i = 0; i < kRows; ++i) {
    const std::uint64_t bits = random();
    columns[0][std::size_t(i)] = normal(random);
    columns[2][std::size_t(i)] = double(i);
    columns[3][std::size_t(i)] = double(bits % 1000) / 100;
    std::memcpy(&columns[4][std::size_t(i)], &bits, 8);
    if (!std::isfinite(columns[4][std::size_t(i)])) columns[4][std::size_t(i)] = 0;
  }
  GrowingFile file;
  file.datasets = {{"X", 5, kRows, 1, 1, true}};
  std::vector<unsigned char> bytes;
  std::vector<std::vector<ChunkPlace>> places(1);
  const std::uint64_t head = growing_head(file, path);
  ChunkEncoder encoder(1);
  for (const auto& column : columns) {
    const std::uint64_t at = head + bytes.size();
    places[0].push_back({at, encoder.encode(column.data(), std::size_t(kRows), bytes)});
  }
  const auto share = [&](std::size_t column) { return double(places[0][column].bytes) / (8.0 * kRows); };
  EXPECT_LT(share(0), 0.97);
  EXPECT_LT(share(1), 0.01);
  EXPECT_LT(share(2), 0.1);
  EXPECT_LT(share(3), 0.7);
  EXPECT_LT(share(4), 1.001);
  {
    const sys::File made(path, O_RDWR | O_CREAT | O_TRUNC);
    sys::write_at(made, bytes.data(), bytes.size(), head);
    const auto put = [&](std::uint64_t to, const void* from, std::size_t size) {
      sys::write_at(made, from, size, to);
    };
    sys::set_size(made, finish_growing(file, path, kRows, places, head + bytes.size(), put));
  }
  const std::vector<double> x = by_library(path, "X");
  ASSERT_EQ(x.size(), 5 * std::size_t(kRows));
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(x[i], columns[i % 5][i / 5]) << i;
}

}  // namespace
}  // namespace sluice
