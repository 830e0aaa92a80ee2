// Animated GIF: written by GifWriter, read back with giflib and put together as a viewer does.
#include <gif_lib.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <set>

#include "host/error.h"
#include "host/picture/gif.h"
#include "picture_support.h"

namespace sluice::picture {
namespace {

using Frame = std::vector<std::uint32_t>;

Raster raster(const Frame& frame, int width, int height) {
  return {frame.data(), width, height, width};
}

struct Shown {
  Frame pixels;
  int hundredths = 0, left = 0, top = 0, width = 0, height = 0;
};

struct Animation {
  int width = 0, height = 0, loops = -1;  // -1: no loop
  std::vector<Shown> frames;
};

/// What a viewer shows after each image of the file.
Animation read_gif(const std::string& path) {
  Animation result;
  int error = 0;
  GifFileType* gif = DGifOpenFileName(path.c_str(), &error);
  EXPECT_NE(gif, nullptr) << path << ": " << error;
  if (gif == nullptr) return result;
  EXPECT_EQ(DGifSlurp(gif), GIF_OK);
  result.width = gif->SWidth, result.height = gif->SHeight;
  Frame canvas(std::size_t(gif->SWidth) * std::size_t(gif->SHeight), 0xff00ff);
  for (int k = 0; k < gif->ImageCount; ++k) {
    const SavedImage& image = gif->SavedImages[k];
    for (int e = 0; e + 1 < image.ExtensionBlockCount; ++e) {
      const ExtensionBlock& block = image.ExtensionBlocks[e];
      if (block.Function == APPLICATION_EXT_FUNC_CODE && block.ByteCount == 11)
        result.loops = image.ExtensionBlocks[e + 1].Bytes[1] | image.ExtensionBlocks[e + 1].Bytes[2] << 8;
    }
    GraphicsControlBlock control{};
    EXPECT_EQ(DGifSavedExtensionToGCB(gif, k, &control), GIF_OK);
    EXPECT_EQ(control.DisposalMode, DISPOSE_DO_NOT);
    const GifImageDesc& d = image.ImageDesc;
    for (int y = 0; y < d.Height; ++y)
      for (int x = 0; x < d.Width; ++x) {
        const int index = image.RasterBits[y * d.Width + x];
        if (index == control.TransparentColor) continue;
        const GifColorType& c = gif->SColorMap->Colors[index];
        canvas[std::size_t(d.Top + y) * std::size_t(gif->SWidth) + std::size_t(d.Left + x)] =
            std::uint32_t(c.Red << 16 | c.Green << 8 | c.Blue);
      }
    result.frames.push_back({canvas, control.DelayTime, d.Left, d.Top, d.Width, d.Height});
  }
  DGifCloseFile(gif, &error);
  return result;
}

std::vector<Rgb> palette_of(const std::vector<Frame>& frames, int width, int height,
                            int most = GifWriter::kMostColors) {
  PaletteBuilder builder;
  for (const Frame& frame : frames) builder.add(raster(frame, width, height));
  return builder.build(most);
}

void write(const std::string& path, const std::vector<Frame>& frames, int width, int height, double ms = 40,
           int repeats = 0) {
  GifWriter gif(path, {width, height, repeats}, palette_of(frames, width, height));
  for (const Frame& frame : frames) gif.add(raster(frame, width, height), ms);
  gif.finish();
}

/// A square of one colour that moves over stripes: few colours.
std::vector<Frame> moving_square(int width, int height, int n) {
  std::vector<Frame> frames;
  for (int k = 0; k < n; ++k) {
    Frame frame(std::size_t(width * height));
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const bool inside = x >= 3 * k && x < 3 * k + 10 && y >= k && y < k + 10;
        frame[std::size_t(y * width + x)] = inside      ? 0xd55e00
                                            : x % 8 < 4 ? 0xffffff
                                                        : 0x0072b2u + std::uint32_t(y % 16);
      }
    frames.push_back(frame);
  }
  return frames;
}

class Gif : public PictureFolder {};

TEST_F(Gif, FramesOfFewColoursComeBackExactly) {
  const std::vector<Frame> frames = moving_square(61, 47, 9);
  write(path("a.gif"), frames, 61, 47);
  const Animation back = read_gif(path("a.gif"));
  ASSERT_EQ(back.frames.size(), 9u);
  EXPECT_EQ(back.width, 61);
  EXPECT_EQ(back.height, 47);
  EXPECT_EQ(back.loops, 0);
  for (std::size_t k = 0; k < 9; ++k) {
    EXPECT_EQ(back.frames[k].pixels, frames[k]) << k;
    EXPECT_EQ(back.frames[k].hundredths, 4);
  }
}

TEST_F(Gif, OnlyTheChangedRectangleIsStored) {
  const std::vector<Frame> frames = moving_square(61, 47, 3);
  write(path("a.gif"), frames, 61, 47);
  const Animation back = read_gif(path("a.gif"));
  ASSERT_EQ(back.frames.size(), 3u);
  EXPECT_EQ(back.frames[0].width * back.frames[0].height, 61 * 47);
  EXPECT_EQ(back.frames[1].left, 0);
  EXPECT_EQ(back.frames[1].top, 0);
  EXPECT_EQ(back.frames[1].width, 13);
  EXPECT_EQ(back.frames[1].height, 11);
  EXPECT_EQ(back.frames[2].left, 3);
  EXPECT_EQ(back.frames[2].top, 1);
}

TEST_F(Gif, EqualFramesAreJoinedAndTimesAddUp) {
  std::vector<Frame> frames = moving_square(20, 20, 2);
  frames.insert(frames.begin() + 1, 4, frames[0]);  // the first one five times
  write(path("a.gif"), frames, 20, 20, 33.3);
  const Animation back = read_gif(path("a.gif"));
  ASSERT_EQ(back.frames.size(), 2u);
  EXPECT_EQ(back.frames[0].hundredths, 17);                              // 166.5 ms
  EXPECT_EQ(back.frames[0].hundredths + back.frames[1].hundredths, 20);  // 199.8 ms in all
}

TEST_F(Gif, RoundedTimesDoNotDrift) {
  const std::vector<Frame> frames = moving_square(200, 200, 60);
  write(path("a.gif"), frames, 200, 200, 1000.0 / 30);
  int sum = 0;
  const Animation back = read_gif(path("a.gif"));
  for (const Shown& frame : back.frames) sum += frame.hundredths;
  EXPECT_EQ(back.frames.size(), 60u);
  EXPECT_EQ(sum, 200);
}

TEST_F(Gif, TimesBeyondWhatAFrameCanLast) {
  const std::vector<Frame> frames = moving_square(20, 20, 2);
  GifWriter gif(path("a.gif"), {20, 20, 0}, palette_of(frames, 20, 20));
  gif.add(raster(frames[0], 20, 20), 1.5e6);  // 150,000 hundredths
  gif.add(raster(frames[1], 20, 20), 1);      // shorter than browsers play
  gif.finish();
  const Animation back = read_gif(path("a.gif"));
  ASSERT_EQ(back.frames.size(), 4u);
  EXPECT_EQ(gif.frames(), 4);
  int sum = 0;
  for (int k = 0; k < 3; ++k) {
    sum += back.frames[std::size_t(k)].hundredths;
    EXPECT_EQ(back.frames[std::size_t(k)].pixels, frames[0]);
  }
  EXPECT_EQ(sum, 150000);
  EXPECT_EQ(back.frames[3].pixels, frames[1]);
  EXPECT_EQ(back.frames[3].hundredths, 2);
}

TEST_F(Gif, PlaysAsOftenAsAsked) {
  const std::vector<Frame> frames = moving_square(20, 20, 2);
  for (const auto& [repeats, loops] : {std::pair{0, 0}, {1, -1}, {2, 1}, {1000, 999}}) {
    write(path("a.gif"), frames, 20, 20, 40, repeats);
    EXPECT_EQ(read_gif(path("a.gif")).loops, loops) << repeats;
  }
}

TEST_F(Gif, ManyColoursComeNear) {
  std::vector<Frame> frames;
  for (int k = 0; k < 4; ++k) {
    Frame frame;
    for (int y = 0; y < 128; ++y)
      for (int x = 0; x < 128; ++x)
        frame.push_back(std::uint32_t(2 * x << 16 | 2 * y << 8 | (x + y + 32 * k) % 256));
    frames.push_back(frame);
  }
  write(path("a.gif"), frames, 128, 128);
  const Animation back = read_gif(path("a.gif"));
  ASSERT_EQ(back.frames.size(), 4u);
  double squares = 0;
  for (std::size_t k = 0; k < 4; ++k)
    for (std::size_t i = 0; i < frames[k].size(); ++i)
      for (const int shift : {0, 8, 16}) {
        const double d =
            double(frames[k][i] >> shift & 255) - double(back.frames[k].pixels[i] >> shift & 255);
        squares += d * d;
      }
  EXPECT_LT(std::sqrt(squares / (4 * 128 * 128 * 3)),
            20);  // 255 colours spread evenly over this cube: about 18
}

TEST_F(Gif, PaletteIsExactWhereColoursAreFew) {
  const std::vector<Frame> frames = moving_square(61, 47, 3);
  std::set<std::uint32_t> colors;
  for (const Frame& frame : frames) colors.insert(frame.begin(), frame.end());
  const std::vector<Rgb> palette = palette_of(frames, 61, 47);
  std::set<std::uint32_t> found;
  for (const Rgb c : palette) found.insert(packed(c));
  EXPECT_EQ(found, colors);
  EXPECT_EQ(palette.size(), colors.size());
}

TEST_F(Gif, PaletteDoesNotDependOnOrder) {
  Random random;
  Frame frame(5000);
  for (std::uint32_t& pixel : frame) pixel = std::uint32_t(random() * 0x1000000);
  Frame turned(frame.rbegin(), frame.rend());
  for (const int most : {1, 2, 16, 200, 255})
    EXPECT_EQ(palette_of({frame}, 100, 50, most), palette_of({turned}, 100, 50, most)) << most;
}

TEST_F(Gif, PaletteKeepsARareColour) {
  Frame frame(256 * 256);
  for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = std::uint32_t(i % 256 << 16 | i / 256 << 8);
  for (std::size_t i = 0; i < 60; ++i) frame[i * 1000] = 0x0000ff;
  PaletteLookup lookup(palette_of({frame}, 256, 256));
  EXPECT_EQ(lookup.palette().size(), 255u);
  EXPECT_LE(largest_difference(packed(lookup.palette()[lookup.nearest(0x0000ff)]), 0x0000ff), 24);
}

TEST_F(Gif, LookupFindsTheNearest) {
  Random random;
  std::vector<Rgb> palette;
  for (int i = 0; i < 255; ++i)
    palette.push_back(
        {std::uint8_t(random() * 256), std::uint8_t(random() * 256), std::uint8_t(random() * 256)});
  PaletteLookup lookup(palette);
  const auto far = [](std::uint32_t a, Rgb b) {
    const double r = double(a >> 16) - b.red, g = double(a >> 8 & 255) - b.green,
                 c = double(a & 255) - b.blue;
    return 30 * r * r + 59 * g * g + 11 * c * c;
  };
  for (int k = 0; k < 20000; ++k) {
    const auto pixel = std::uint32_t(random() * 0x1000000);
    double least = 1e300;
    for (const Rgb c : palette) least = std::min(least, far(pixel, c));
    EXPECT_EQ(far(pixel, palette[lookup.nearest(pixel | 0xff000000)]), least);
  }
}

TEST_F(Gif, OnePixelOneColour) {
  write(path("a.gif"), {Frame{0x123456}}, 1, 1);
  const Animation back = read_gif(path("a.gif"));
  ASSERT_EQ(back.frames.size(), 1u);
  EXPECT_EQ(back.frames[0].pixels, Frame{0x123456});
}

TEST_F(Gif, RowsMayLieApart) {
  const Frame wide = {1, 2, 99, 3, 4, 99};
  PaletteBuilder builder;
  builder.add({wide.data(), 2, 2, 3});
  GifWriter gif(path("a.gif"), {2, 2, 0}, builder.build(255));
  gif.add({wide.data(), 2, 2, 3}, 40);
  gif.finish();
  EXPECT_EQ(read_gif(path("a.gif")).frames.at(0).pixels, (Frame{1, 2, 3, 4}));
}

TEST_F(Gif, RefusesWhatGifCannotHave) {
  const std::vector<Rgb> one = {{}}, many(256);
  EXPECT_THROW(GifWriter(path("a.gif"), {0, 5, 0}, one), Error);
  EXPECT_THROW(GifWriter(path("a.gif"), {5, 70000, 0}, one), Error);
  EXPECT_THROW(GifWriter(path("a.gif"), {5, 5, 0}, many), Error);
  EXPECT_THROW(GifWriter(path("a.gif"), {5, 5, 0}, {}), Error);
  EXPECT_THROW(GifWriter(path("a.gif"), {5, 5, -1}, one), Error);
  EXPECT_THROW(GifWriter(path("none/a.gif"), {5, 5, 0}, one), Error);
  const Frame frame(25);
  GifWriter gif(path("a.gif"), {5, 5, 0}, one);
  EXPECT_THROW(gif.add(raster(frame, 4, 5), 40), Error);
  EXPECT_THROW(gif.add(raster(frame, 5, 5), kNan), Error);
  EXPECT_THROW(gif.finish(), Error);  // no frame
}

TEST_F(Gif, UnfinishedLeavesWhatWasThere) {
  std::ofstream(path("a.gif")) << "before";
  {
    GifWriter gif(path("a.gif"), {5, 5, 0}, {{}});
    const Frame frame(25);
    gif.add(raster(frame, 5, 5), 40);
    EXPECT_TRUE(std::filesystem::exists(path("a.gif.partial")));
  }
  EXPECT_FALSE(std::filesystem::exists(path("a.gif.partial")));
  EXPECT_EQ(bytes_of(path("a.gif")), "before");
}

TEST_F(Gif, SameBytesAgain) {
  const std::vector<Frame> frames = moving_square(61, 47, 9);
  write(path("a.gif"), frames, 61, 47);
  write(path("b.gif"), frames, 61, 47);
  EXPECT_EQ(bytes_of(path("a.gif")), bytes_of(path("b.gif")));
}

/// For picture_gif_pillow.py: an animation and what its frames must be.
TEST_F(Gif, SampleForAnotherReader) {
  const char* named = std::getenv("SLUICE_GIF_SAMPLE");
  const std::string folder = named != nullptr ? named : folder_;
  const std::vector<Frame> frames = moving_square(61, 47, 9);
  write(folder + "/sample.gif", frames, 61, 47, 70);
  std::ofstream raw(folder + "/sample.raw", std::ios::binary);
  for (const Frame& frame : frames)
    for (const std::uint32_t pixel : frame)
      for (const int shift : {16, 8, 0}) raw.put(char(pixel >> shift & 255));
  raw.close();
  ASSERT_TRUE(raw.good());
  EXPECT_EQ(read_gif(folder + "/sample.gif").frames.size(), 9u);
}

}  // namespace
}  // namespace sluice::picture
