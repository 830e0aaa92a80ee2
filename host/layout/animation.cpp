// Frames are drawn on several threads, some at a time, and written in order. The palette is made from a few.
#include "host/layout/animation.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "host/budget.h"
#include "host/error.h"
#include "host/layout/page_of_graphs.h"
#include "host/parallel.h"
#include "host/picture/gif.h"
#include "host/picture/text.h"
#include "host/picture/ticks.h"

namespace sluice::layout {
namespace {

constexpr double kSeconds = 6;                    // of the whole descent
constexpr double kShortest = 40, kLongest = 250;  // milliseconds a frame
constexpr double kLastFrame = 2500;
constexpr std::size_t kSmoothed = 3;  // frames to either side
constexpr std::size_t kPaletteFrames = 5;

/// What is seen in each frame: everything, but it grows and shrinks calmly. A mean of the largest extents
/// nearby, so nothing is cut.
std::vector<Extent> extents_of(const Frames& frames) {
  const std::size_t n = frames.list.size();
  std::vector<Extent> own(n), wide(n), smooth(n);
  for (std::size_t k = 0; k < n; ++k) own[k] = extent_of(frames.positions(k));
  const auto nearby = [&](std::size_t k, const auto& visit) {
    const std::size_t last = std::min(n - 1, k + kSmoothed);
    for (std::size_t i = k - std::min(k, kSmoothed); i <= last; ++i) visit(i);
  };
  for (std::size_t k = 0; k < n; ++k)
    nearby(k, [&](std::size_t i) {
      wide[k].add(own[i].x_low, own[i].y_low), wide[k].add(own[i].x_high, own[i].y_high);
    });
  for (std::size_t k = 0; k < n; ++k) {
    Extent sum{0, 0, 0, 0};
    double count = 0;
    nearby(k, [&](std::size_t i) {
      sum.x_low += wide[i].x_low, sum.x_high += wide[i].x_high;
      sum.y_low += wide[i].y_low, sum.y_high += wide[i].y_high;
      ++count;
    });
    smooth[k] = {sum.x_low / count, sum.x_high / count, sum.y_low / count, sum.y_high / count};
  }
  smooth[n - 1] = own[n - 1];
  return smooth;
}

struct Surface {
  Surface(int width, int height) : it(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)) {}
  ~Surface() { cairo_surface_destroy(it); }
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;
  picture::Raster raster() const {
    return {reinterpret_cast<const std::uint32_t*>(cairo_image_surface_get_data(it)),
            cairo_image_surface_get_width(it), cairo_image_surface_get_height(it),
            cairo_image_surface_get_stride(it) / 4};
  }
  cairo_surface_t* it;
};

class Film {
 public:
  Film(const Drawing& drawing, const std::vector<Moving>& panels, const AnimationText& text, int width,
       int height)
      : drawing_(drawing), panels_(panels), text_(text), width_(width), height_(height) {
    for (const Moving& panel : panels) {
      extents_.push_back(extents_of(*panel.frames));
      apart_.push_back(apart_of(panel.frames->positions(panel.frames->list.size() - 1)));
      length_ = std::max(length_, panel.frames->list.size());
    }
  }
  std::size_t length() const { return length_; }

  std::unique_ptr<Surface> frame(std::size_t k) const {
    std::vector<graph::Positions> positions;
    for (const Moving& panel : panels_)
      positions.push_back(panel.frames->positions(std::min(k, panel.frames->list.size() - 1)));
    GraphPage page;
    page.drawing = &drawing_, page.title = text_.title;
    for (std::size_t p = 0; p < panels_.size(); ++p) {
      const std::size_t at = std::min(k, extents_[p].size() - 1);
      page.panels.push_back(
          {&positions[p], extents_[p][at], panels_[p].title, panels_[p].best && k + 1 == length_, apart_[p]});
    }
    const Frames& first = *panels_.front().frames;
    const Frame& shown = first.list[std::min(k, first.list.size() - 1)];
    page.caption = "iteration " + std::to_string(shown.iteration);
    if (panels_.size() == 1 && std::isfinite(shown.loss))
      page.caption += ", " + (&shown == &first.list.back() ? text_.loss : text_.passing) + " " +
                      picture::short_number(shown.loss, 4);
    auto surface = std::make_unique<Surface>(width_, height_);
    cairo_t* cr = cairo_create(surface->it);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    picture::choose_font(cr);
    draw_page(cr, false, page, width_, height_, picture::Style::for_page(width_, height_));
    const cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface->it);
    if (status != CAIRO_STATUS_SUCCESS)
      throw Error(ErrorKind::kMemory,
                  std::string("a frame cannot be drawn: ") + cairo_status_to_string(status),
                  "ask for a smaller picture with --picture-size");
    return surface;
  }

 private:
  const Drawing& drawing_;
  const std::vector<Moving>& panels_;
  const AnimationText& text_;
  int width_, height_;
  std::vector<std::vector<Extent>> extents_;
  std::vector<double> apart_;  // of the last frames: dots keep their sizes
  std::size_t length_ = 0;
};

std::vector<picture::Rgb> palette_of(const Film& film) {
  picture::PaletteBuilder builder;
  for (std::size_t k = 0; k < kPaletteFrames; ++k) {
    const auto surface = film.frame((film.length() - 1) * k / (kPaletteFrames - 1));
    builder.add(surface->raster());
  }
  return builder.build(picture::GifWriter::kMostColors);
}

}  // namespace

void draw_animation(const Drawing& drawing, const std::vector<Moving>& panels, const AnimationText& text,
                    const std::string& path, int width, int height, const RunOptions& run) {
  const Film film(drawing, panels, text, width, height);
  picture::GifOptions options;
  options.width = width, options.height = height;
  picture::GifWriter writer(path, options, palette_of(film));
  const double apart = std::clamp(1000 * kSeconds / double(film.length()), kShortest, kLongest);
  const std::size_t threads = std::size_t(run.threads > 0 ? run.threads : available_cores());
  for (std::size_t first = 0; first < film.length(); first += threads) {
    if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    std::vector<std::unique_ptr<Surface>> drawn(std::min(threads, film.length() - first));
    in_parallel(threads, drawn.size(), [&](std::size_t k) { drawn[k] = film.frame(first + k); });
    for (std::size_t k = 0; k < drawn.size(); ++k)
      writer.add(drawn[k]->raster(), first + k + 1 == film.length() ? kLastFrame : apart);
  }
  writer.finish();
}

}  // namespace sluice::layout
