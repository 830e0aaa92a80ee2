// A palette that serves all frames of an animation. Where the frames have no more colours than it holds it is
// exactly those; else boxes of colours are cut where they vary most (median cut by variance) and the result
// is moved to the means of what it stands for. Memory: 1.2 MiB, however many pixels are seen.
#pragma once
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "host/picture/colormap.h"

namespace sluice::picture {

/// Pixels 0x00RRGGBB (the top byte is not looked at), as an image surface of Cairo has them; `stride` pixels
/// from a row to the next.
struct Raster {
  const std::uint32_t* pixels = nullptr;
  int width = 0, height = 0;
  std::int64_t stride = 0;
};

class PaletteBuilder {
 public:
  PaletteBuilder();
  /// Frames that have the animation's colours: all of them, or a sample.
  void add(const Raster& frame);
  /// At most `most` colours (1 to 256); the same for the same pixels in any order. Black where none was
  /// added.
  std::vector<Rgb> build(int most) const;

 private:
  struct Bin {  // of colours that share the upper five bits of red, green and blue
    std::uint64_t count = 0, red = 0, green = 0, blue = 0;
  };
  std::vector<Bin> bins_;
  std::unordered_set<std::uint32_t> exact_;  // up to 257 colours
};

/// The nearest colour of a palette, by distance in red, green and blue weighted as eyes do.
class PaletteLookup {
 public:
  explicit PaletteLookup(std::vector<Rgb> palette);
  const std::vector<Rgb>& palette() const { return palette_; }
  std::uint8_t nearest(std::uint32_t pixel);

 private:
  struct Known {
    std::uint32_t pixel = ~0u;  // no pixel
    std::uint8_t index = 0;
  };
  std::vector<Rgb> palette_;
  std::vector<Known> known_;
};

}  // namespace sluice::picture
