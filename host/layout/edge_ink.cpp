#include "host/layout/edge_ink.h"

#include <algorithm>
#include <cmath>

namespace sluice::layout {
namespace {

constexpr double kDarkest = 0.8;  // covered in the densest places

/// Cuts a line at a rectangle (Liang and Barsky 1984); false where nothing is left.
bool cut(picture::Point& a, picture::Point& b, double width, double height) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  double first = 0, last = 1;
  const auto side = [&](double step, double room) {
    if (step == 0) return room >= 0;
    const double t = room / step;
    if (step < 0)
      first = std::max(first, t);
    else
      last = std::min(last, t);
    return first <= last;
  };
  if (!side(-dx, a.x) || !side(dx, width - a.x) || !side(-dy, a.y) || !side(dy, height - a.y)) return false;
  const picture::Point start = a;
  a = {start.x + first * dx, start.y + first * dy};
  b = {start.x + last * dx, start.y + last * dy};
  return true;
}

}  // namespace

EdgeInk::EdgeInk(std::int64_t width, std::int64_t height)
    : width_(width), height_(height), ink_(std::size_t(width * height)) {}

void EdgeInk::add(std::int64_t x, std::int64_t y, double amount) {
  if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
  std::uint16_t& ink = ink_[std::size_t(y * width_ + x)];
  ink = std::uint16_t(std::min(65535, int(ink) + int(amount + 0.5)));
}

void EdgeInk::line(picture::Point a, picture::Point b, double weight) {
  if (!cut(a, b, double(width_), double(height_))) return;
  // Pixels have their centres at halves.
  a.x -= 0.5, a.y -= 0.5, b.x -= 0.5, b.y -= 0.5;
  const bool steep = std::abs(b.y - a.y) > std::abs(b.x - a.x);
  if (steep) std::swap(a.x, a.y), std::swap(b.x, b.y);
  if (a.x > b.x) std::swap(a, b);
  const double length = b.x - a.x, slope = length > 0 ? (b.y - a.y) / length : 0;
  const std::int64_t first = std::int64_t(std::floor(a.x + 0.5)), last = std::int64_t(std::floor(b.x + 0.5));
  for (std::int64_t x = first; x <= last; ++x) {
    // The first and last pixel are covered in part.
    const double from = std::max(a.x, double(x) - 0.5), to = std::min(b.x, double(x) + 0.5);
    const double part = std::max(to - from, 0.0) * kFull * weight;
    const double y = a.y + slope * (std::clamp(double(x), a.x, b.x) - a.x), row = std::floor(y);
    const std::int64_t at = std::int64_t(row);
    if (steep) {
      add(at, x, part * (1 - (y - row)));
      add(at + 1, x, part * (y - row));
    } else {
      add(x, at, part * (1 - (y - row)));
      add(x, at + 1, part * (y - row));
    }
  }
}

double EdgeInk::densest() const {
  std::vector<std::int64_t> pixels(65536);  // by their ink
  std::int64_t inked = 0;
  for (const std::uint16_t ink : ink_) ++pixels[ink], inked += ink > 0;
  std::size_t ink = pixels.size() - 1;
  for (std::int64_t above = pixels[ink]; ink > 0 && above <= inked / 200; above += pixels[ink]) --ink;
  return double(ink) / kFull;
}

/// Of an amount of ink: 0 to 1.
std::vector<double> EdgeInk::covers(double opacity) const {
  std::vector<double> cover(65536);
  const double log_clear = std::log1p(-std::min(opacity, 0.999)), densest = this->densest();
  const bool dense = -std::expm1(densest * log_clear) > kDarkest && opacity < kDarkest / 2;
  double s = 1;
  if (dense) {  // the share of one line falls as s grows, from nearly all to 1 / densest of it
    double low = 1e-6, high = 1e6;
    while (high > low * 1.001) {
      s = std::sqrt(low * high);
      (kDarkest * std::log1p(1 / s) / std::log1p(densest / s) > opacity ? low : high) = s;
    }
  }
  for (std::size_t k = 0; k < cover.size(); ++k) {
    const double lines = double(k) / kFull;
    cover[k] = dense ? std::min(0.95, kDarkest * std::log1p(lines / s) / std::log1p(densest / s))
                     : -std::expm1(lines * log_clear);
  }
  return cover;
}

void EdgeInk::print(const picture::PixelGrid& grid, picture::Rgb color, double opacity) const {
  std::vector<std::uint8_t> cover;
  for (const double share : covers(opacity)) cover.push_back(std::uint8_t(std::lround(255 * share)));
  const std::int64_t rows = std::min(height_, grid.height), columns = std::min(width_, grid.width);
  for (std::int64_t y = 0; y < rows; ++y)
    for (std::int64_t x = 0; x < columns; ++x) {
      const std::uint32_t c = cover[ink_[std::size_t(y * width_ + x)]];
      if (c == 0) continue;
      std::uint32_t& pixel = grid.data[y * grid.stride + x];
      const auto mixed = [&](std::uint32_t below, std::uint32_t above) {
        return (below * (255 - c) + above * c + 127) / 255;
      };
      pixel = mixed(pixel >> 24, 255) << 24 | mixed(pixel >> 16 & 255, color.red) << 16 |
              mixed(pixel >> 8 & 255, color.green) << 8 | mixed(pixel & 255, color.blue);
    }
}

}  // namespace sluice::layout
