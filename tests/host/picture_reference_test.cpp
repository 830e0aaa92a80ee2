// Sample figures against stored pictures. SLUICE_WRITE_PICTURES=FOLDER writes new ones there, in the stored
// and in larger sizes, to be looked at before they are stored.
#include "picture_samples.h"

namespace sluice::picture {
namespace {

constexpr int kWide = 480, kHigh = 360;

/// Means of red, green and blue over blocks of pixels, one after another.
std::vector<double> block_means(const Pixels& pixels, int side) {
  std::vector<double> means;
  for (int y = 0; y + side <= pixels.height; y += side)
    for (int x = 0; x + side <= pixels.width; x += side)
      for (const int shift : {0, 8, 16}) {
        double sum = 0;
        for (int k = 0; k < side * side; ++k) sum += pixels.at(x + k % side, y + k / side) >> shift & 255;
        means.push_back(sum / (side * side));
      }
  return means;
}

TEST_F(PictureFolder, FiguresLookAsStored) {
  const std::string stored = std::string(SLUICE_TEST_DATA) + "/picture/";
  const char* folder = std::getenv("SLUICE_WRITE_PICTURES");
  for (const auto& [name, figure] : sample_figures()) {
    if (folder) {
      draw(figure, std::string(folder) + "/" + name + ".png", kWide, kHigh);
      draw(figure, std::string(folder) + "/" + name + "-1600.png", 1600, 1200);
      draw(figure, std::string(folder) + "/" + name + ".svg", 640, 480);
      continue;
    }
    draw(figure, path(name + ".png"), kWide, kHigh);
    const Pixels drawn = read_png(path(name + ".png")), wanted = read_png(stored + name + ".png");
    ASSERT_EQ(drawn.rgb.size(), wanted.rgb.size()) << name;
    // The font is the library's own. Versions of Cairo differ in how they blend the edges of shapes: means of
    // blocks do not see that.
    if (std::string(cairo_version_string()) == "1.16.0") {
      std::size_t different = 0;
      for (std::size_t i = 0; i < drawn.rgb.size(); ++i)
        different += largest_difference(drawn.rgb[i], wanted.rgb[i]) > 64;
      EXPECT_LT(different, drawn.rgb.size() / 1000) << name;
    }
    const std::vector<double> a = block_means(drawn, 8), b = block_means(wanted, 8);
    std::size_t far = 0;
    for (std::size_t i = 0; i < a.size(); ++i) far += std::abs(a[i] - b[i]) > 20;
    EXPECT_LT(far, a.size() / 200) << name;
  }
}

}  // namespace
}  // namespace sluice::picture
