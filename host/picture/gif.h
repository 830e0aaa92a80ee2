// An animated GIF, a frame after the other, of any length: one palette for all, and of each frame only the
// rectangle that changed, where what did not change is transparent. No dithering: it would flicker.
// Memory: three bytes a pixel of one frame, and 2 MiB.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/picture/gif_palette.h"

namespace sluice::picture {

struct GifOptions {
  int width = 0, height = 0;  // 1 to 65535
  int repeats = 0;            // 0: for ever; 1: plays once
};

class GifWriter {
 public:
  static constexpr int kMostColors = 255;  // one more is "as before"

  /// Writes path.partial. Error{kUsage}: a size or a palette that GIF cannot have. Error{kOutput}.
  GifWriter(const std::string& path, const GifOptions& options, const std::vector<Rgb>& palette);
  ~GifWriter();  // removes path.partial where finish() was not reached
  GifWriter(const GifWriter&) = delete;
  GifWriter& operator=(const GifWriter&) = delete;

  /// Shown for so many milliseconds; GIF counts hundredths of a second, and what is rounded away is carried
  /// to the next frame. Below 20 ms browsers slow down, so that is the least. A frame like the one before
  /// makes that one last longer. Error{kUsage}: another size than the animation's.
  void add(const Raster& frame, double milliseconds);
  /// Ends the file and renames it. Error{kUsage} without a frame.
  void finish();

  std::int64_t frames() const;  // in the file, so far

 private:
  struct File;
  std::unique_ptr<File> file_;
};

}  // namespace sluice::picture
