// Surfaces of Cairo behind one class. Files are the same bytes for the same picture: no dates inside.
#include "host/picture/canvas.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include <algorithm>
#include <cctype>

#include "host/error.h"
#include "host/io/whole_file.h"
#include "host/picture/metadata.h"
#include "host/picture/text.h"

namespace sluice::picture {
namespace {

cairo_status_t append(void* to, const unsigned char* data, unsigned length) {
  try {
    static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
  } catch (...) {  // this frame is called from C
    return CAIRO_STATUS_NO_MEMORY;
  }
}

void check(cairo_status_t status, const std::string& path) {
  if (status == CAIRO_STATUS_SUCCESS) return;
  const bool memory = status == CAIRO_STATUS_NO_MEMORY;
  throw Error(memory ? ErrorKind::kMemory : ErrorKind::kOutput,
              path + ": the picture cannot be drawn: " + cairo_status_to_string(status),
              memory ? "ask for a smaller picture with --picture-size" : "");
}

}  // namespace

PictureFormat picture_format(const std::string& path) {
  const std::size_t slash = path.find_last_of('/') + 1, dot = path.find_last_of('.');
  std::string extension = dot == std::string::npos || dot <= slash ? "" : path.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  if (extension == "png") return PictureFormat::kPng;
  if (extension == "svg") return PictureFormat::kSvg;
  if (extension == "pdf") return PictureFormat::kPdf;
  throw Error(
      ErrorKind::kUsage,
      path + ": the kind of picture is not known: expected a name that ends in .png, .svg or .pdf, found " +
          (extension.empty() ? "no extension" : "'." + clean_text(extension) + "'"));
}

void check_extents(int width, int height) {
  if (width < kMinWidth || height < kMinHeight || width > kMaxExtent || height > kMaxExtent) {
    const auto extents = [](int w, int h) { return std::to_string(w) + "x" + std::to_string(h); };
    throw Error(ErrorKind::kUsage, "size of the picture: expected from " + extents(kMinWidth, kMinHeight) +
                                       " to " + extents(kMaxExtent, kMaxExtent) + ", found " +
                                       extents(width, height));
  }
}

Canvas::Canvas(const std::string& path, int width, int height)
    : path_(path),
      format_(picture_format(path)),
      width_(width),
      height_(height),
      style_(Style::for_page(width, height)) {
  check_extents(width, height);
  if (format_ == PictureFormat::kPng)
    surface_ = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  if (format_ == PictureFormat::kSvg)
    surface_ = cairo_svg_surface_create_for_stream(append, &bytes_, width, height);
  if (format_ == PictureFormat::kPdf)
    surface_ = cairo_pdf_surface_create_for_stream(append, &bytes_, width, height);
  cr_ = cairo_create(surface_);
  cairo_set_source_rgb(cr_, 1, 1, 1);
  cairo_paint(cr_);
  choose_font(cr_);
}

Canvas::~Canvas() {
  cairo_destroy(cr_);
  cairo_surface_destroy(surface_);  // writes to bytes_, which lives until after this
}

void Canvas::save(const std::string& raw_title, const std::string& raw_description) {
  const std::string title = clean_text(raw_title), description = clean_text(raw_description);
  check(cairo_status(cr_), path_);
  if (format_ == PictureFormat::kPdf) {
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_SUBJECT, description.c_str());
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATE_DATE, nullptr);
  }
  if (format_ == PictureFormat::kPng) {
    cairo_surface_flush(surface_);
    check(cairo_surface_write_to_png_stream(surface_, append, &bytes_), path_);
  } else {
    cairo_surface_finish(surface_);
  }
  check(cairo_surface_status(surface_), path_);
  if (format_ == PictureFormat::kPng) bytes_ = png_with_text(bytes_, title, description);
  if (format_ == PictureFormat::kSvg) bytes_ = svg_with_text(bytes_, title, description, sharp_images_);
  write_whole(path_, bytes_);
}

}  // namespace sluice::picture
