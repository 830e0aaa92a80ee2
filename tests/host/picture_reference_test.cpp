// Sample figures against stored pictures. SLUICE_WRITE_PICTURES=FOLDER writes new ones there, in the stored
// and in larger sizes, to be looked at before they are stored.
#include "picture_samples.h"

namespace sluice::picture {
namespace {

TEST_F(PictureFolder, FiguresLookAsStored) {
  const std::string stored = std::string(SLUICE_TEST_DATA) + "/picture/";
  const char* folder = std::getenv("SLUICE_WRITE_PICTURES");
  for (const auto& [name, figure] : sample_figures()) {
    if (folder) {
      draw(figure, std::string(folder) + "/" + name + ".png", 240, 180);
      draw(figure, std::string(folder) + "/" + name + "-640.png", 640, 480);
      draw(figure, std::string(folder) + "/" + name + "-1600.png", 1600, 1200);
      draw(figure, std::string(folder) + "/" + name + ".svg", 640, 480);
      continue;
    }
    draw(figure, path(name + ".png"), 240, 180);
    const Pixels drawn = read_png(path(name + ".png")), wanted = read_png(stored + name + ".png");
    ASSERT_EQ(drawn.rgb.size(), wanted.rgb.size()) << name;
    // Fonts and anti-aliasing differ a little from machine to machine; a mark elsewhere is more than that.
    std::size_t different = 0;
    for (std::size_t i = 0; i < drawn.rgb.size(); ++i)
      different += largest_difference(drawn.rgb[i], wanted.rgb[i]) > 64;
    EXPECT_LT(different, drawn.rgb.size() / 100) << name;
  }
}

}  // namespace
}  // namespace sluice::picture
