// A page to draw on: PNG, SVG or PDF by the file's extension, white, with a title and a description inside
// the file. Nothing touches the disk before save(), which leaves either the whole picture or what was there.
#pragma once
#include <string>
#include <vector>

#include "host/picture/layout.h"

typedef struct _cairo cairo_t;
typedef struct _cairo_surface cairo_surface_t;

namespace sluice::picture {

enum class PictureFormat { kPng, kSvg, kPdf };

/// By the extension, in either case. Error{kUsage} where it is none of png, svg, pdf.
PictureFormat picture_format(const std::string& path);

constexpr int kMinWidth = 120, kMinHeight = 90, kMaxExtent = 16384;  // of a page

/// Error{kUsage} outside these limits.
void check_extents(int width, int height);

class Canvas {
 public:
  /// Error{kUsage}: an unknown extension, or extents outside the limits above.
  Canvas(const std::string& path, int width, int height);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  cairo_t* context() const { return cr_; }
  bool vector() const { return format_ != PictureFormat::kPng; }
  int width() const { return width_; }
  int height() const { return height_; }
  const Style& style() const { return style_; }
  /// To be told of each image in its turn. sharp: the edges of its pixels stay when a viewer enlarges an SVG.
  void image_was_drawn(bool sharp) { sharp_images_.push_back(sharp); }

  /// Ends the picture and writes it through `path`.partial and a rename. Once. Error{kOutput}.
  void save(const std::string& title, const std::string& description);

 private:
  std::string path_;
  PictureFormat format_;
  int width_, height_;
  Style style_;
  std::vector<bool> sharp_images_;
  std::string bytes_;  // what Cairo has written so far
  cairo_surface_t* surface_ = nullptr;
  cairo_t* cr_ = nullptr;
};

}  // namespace sluice::picture
