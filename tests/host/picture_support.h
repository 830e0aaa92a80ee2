// What tests of figures share: pixels of a PNG, a folder that goes away, sample figures.
#pragma once
#include <cairo/cairo.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "host/picture/colormap.h"
#include "host/picture/figure.h"

namespace sluice::picture {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

struct Pixels {
  int width = 0, height = 0;
  std::vector<std::uint32_t> rgb;
  std::uint32_t at(int x, int y) const { return rgb[std::size_t(y) * std::size_t(width) + std::size_t(x)]; }
};

inline Pixels read_png(const std::string& path) {
  cairo_surface_t* image = cairo_image_surface_create_from_png(path.c_str());
  EXPECT_EQ(cairo_surface_status(image), CAIRO_STATUS_SUCCESS) << path;
  Pixels pixels{cairo_image_surface_get_width(image), cairo_image_surface_get_height(image), {}};
  for (int y = 0; y < pixels.height; ++y) {
    const unsigned char* row =
        cairo_image_surface_get_data(image) + y * cairo_image_surface_get_stride(image);
    for (int x = 0; x < pixels.width; ++x)
      pixels.rgb.push_back(reinterpret_cast<const std::uint32_t*>(row)[x] & 0xffffff);
  }
  cairo_surface_destroy(image);
  return pixels;
}

/// Whether the outermost two pixels are white all around, and whether anything within is not.
struct Margin {
  bool clean = true, any = false;
};
inline Margin margin_of(const Pixels& pixels) {
  Margin margin;
  for (int x = 0; x < pixels.width; ++x)
    for (int y = 0; y < pixels.height; ++y) {
      if (pixels.at(x, y) == 0xffffff) continue;
      const bool edge = x < 2 || y < 2 || x >= pixels.width - 2 || y >= pixels.height - 2;
      if (edge)
        margin.clean = false;
      else
        margin.any = true;
    }
  return margin;
}

inline std::uint32_t packed(Rgb c) {
  return std::uint32_t(c.red << 16 | c.green << 8 | c.blue);
}

/// Of the red, green and blue of two pixels.
inline int largest_difference(std::uint32_t a, std::uint32_t b) {
  int most = 0;
  for (const int shift : {0, 8, 16})
    most = std::max(most, std::abs(int(a >> shift & 255) - int(b >> shift & 255)));
  return most;
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PictureFolder : public testing::Test {
 protected:
  PictureFolder() {
    std::string name = std::filesystem::temp_directory_path() / "sluice_picture_XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~PictureFolder() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string folder_;
};

/// Numbers in [0, 1), the same everywhere.
class Random {
 public:
  double operator()() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return double(state_ >> 11) / 9007199254740992.0;
  }
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - (*this)()));
    return radius * std::cos(6.283185307179586 * (*this)());
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace sluice::picture
