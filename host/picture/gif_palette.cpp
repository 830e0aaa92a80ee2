#include "host/picture/gif_palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace sluice::picture {
namespace {

constexpr int kBits = 5, kSide = 1 << kBits;
constexpr std::size_t kKnown = 1 << 14;
constexpr std::array<double, 3> kWeights = {0.30, 0.59, 0.11};  // of red, green and blue in what eyes see

using Color = std::array<double, 3>;

struct Sample {
  Color color{};
  double weight = 0;
};

double distance(const Color& a, const Color& b) {
  double sum = 0;
  for (std::size_t k = 0; k < 3; ++k) sum += kWeights[k] * (a[k] - b[k]) * (a[k] - b[k]);
  return sum;
}

/// A range of the samples, what it varies by, and along which channel most.
struct CutBox {
  std::size_t begin = 0, end = 0, channel = 0;
  double spread = 0;  // weighted sum of squares around the mean
};

CutBox box_of(const std::vector<Sample>& samples, std::size_t begin, std::size_t end) {
  double weight = 0;
  Color sum{}, squares{};
  for (std::size_t i = begin; i < end; ++i) {
    weight += samples[i].weight;
    for (std::size_t k = 0; k < 3; ++k) sum[k] += samples[i].weight * samples[i].color[k];
  }
  for (std::size_t i = begin; i < end; ++i)
    for (std::size_t k = 0; k < 3; ++k) {
      const double d = samples[i].color[k] - sum[k] / weight;
      squares[k] += kWeights[k] * samples[i].weight * d * d;
    }
  const auto most = std::max_element(squares.begin(), squares.end());
  return {begin, end, std::size_t(most - squares.begin()),
          end - begin < 2 ? 0 : squares[0] + squares[1] + squares[2]};
}

Color mean(const std::vector<Sample>& samples, const CutBox& box) {
  Color sum{};
  double weight = 0;
  for (std::size_t i = box.begin; i < box.end; ++i) {
    weight += samples[i].weight;
    for (std::size_t k = 0; k < 3; ++k) sum[k] += samples[i].weight * samples[i].color[k];
  }
  for (double& part : sum) part /= weight;
  return sum;
}

/// Cuts the box at the mean along its channel, which leaves samples on both sides.
std::size_t cut(std::vector<Sample>& samples, const CutBox& box) {
  const double at = mean(samples, box)[box.channel];
  const auto first = samples.begin() + std::ptrdiff_t(box.begin),
             last = samples.begin() + std::ptrdiff_t(box.end);
  const auto middle =
      std::stable_partition(first, last, [&](const Sample& s) { return s.color[box.channel] < at; });
  const auto split = std::size_t(middle - samples.begin());
  return split == box.begin || split == box.end ? box.begin + (box.end - box.begin) / 2 : split;
}

/// Each colour moves to the mean of the samples that are nearest to it (Lloyd's iteration).
void refine(const std::vector<Sample>& samples, std::vector<Color>& colors) {
  for (int round = 0; round < 4; ++round) {
    std::vector<Sample> sums(colors.size());
    for (const Sample& sample : samples) {
      std::size_t best = 0;
      for (std::size_t i = 1; i < colors.size(); ++i)
        if (distance(sample.color, colors[i]) < distance(sample.color, colors[best])) best = i;
      sums[best].weight += sample.weight;
      for (std::size_t k = 0; k < 3; ++k) sums[best].color[k] += sample.weight * sample.color[k];
    }
    for (std::size_t i = 0; i < colors.size(); ++i)
      if (sums[i].weight > 0)
        for (std::size_t k = 0; k < 3; ++k) colors[i][k] = sums[i].color[k] / sums[i].weight;
  }
}

Rgb rounded(const Color& color) {
  const auto part = [](double v) { return std::uint8_t(std::clamp(std::lround(v), 0L, 255L)); };
  return {part(color[0]), part(color[1]), part(color[2])};
}

Rgb of_pixel(std::uint32_t pixel) {
  return {std::uint8_t(pixel >> 16), std::uint8_t(pixel >> 8), std::uint8_t(pixel)};
}

}  // namespace

PaletteBuilder::PaletteBuilder() : bins_(std::size_t(kSide) * kSide * kSide) {}

void PaletteBuilder::add(const Raster& frame) {
  std::uint32_t last = ~0u;
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x) {
      const std::uint32_t pixel = frame.pixels[y * frame.stride + x] & 0xffffff;
      const std::uint32_t red = pixel >> 16, green = pixel >> 8 & 255, blue = pixel & 255;
      Bin& bin = bins_[(red >> 3) << 10 | (green >> 3) << 5 | blue >> 3];
      ++bin.count;
      bin.red += red, bin.green += green, bin.blue += blue;
      if (pixel != last && exact_.size() <= 256) exact_.insert(pixel);
      last = pixel;
    }
}

std::vector<Rgb> PaletteBuilder::build(int most) const {
  std::vector<Rgb> palette;
  if (exact_.size() <= std::size_t(most)) {
    std::vector<std::uint32_t> colors(exact_.begin(), exact_.end());
    std::sort(colors.begin(), colors.end());
    for (const std::uint32_t pixel : colors) palette.push_back(of_pixel(pixel));
    if (palette.empty()) palette.push_back({});
    return palette;
  }
  std::vector<Sample> samples;
  for (const Bin& bin : bins_)
    if (bin.count > 0) {
      const double n = double(bin.count);
      // Thin lines and texts are few pixels of a picture: they weigh more than their number.
      samples.push_back({{double(bin.red) / n, double(bin.green) / n, double(bin.blue) / n}, std::sqrt(n)});
    }
  std::vector<CutBox> boxes = {box_of(samples, 0, samples.size())};
  while (boxes.size() < std::size_t(most)) {
    const auto widest = std::max_element(
        boxes.begin(), boxes.end(), [](const CutBox& a, const CutBox& b) { return a.spread < b.spread; });
    if (!(widest->spread > 0)) break;
    const CutBox box = *widest;
    const std::size_t split = cut(samples, box);
    *widest = box_of(samples, box.begin, split);
    boxes.push_back(box_of(samples, split, box.end));
  }
  std::vector<Color> colors;
  for (const CutBox& box : boxes) colors.push_back(mean(samples, box));
  refine(samples, colors);
  for (const Color& color : colors) palette.push_back(rounded(color));
  return palette;
}

PaletteLookup::PaletteLookup(std::vector<Rgb> palette) : palette_(std::move(palette)), known_(kKnown) {}

std::uint8_t PaletteLookup::nearest(std::uint32_t pixel) {
  pixel &= 0xffffff;
  Known& known = known_[(pixel * 2654435761u) >> 18];
  if (known.pixel == pixel) return known.index;
  const Rgb c = of_pixel(pixel);
  int best = 0, least = 1 << 30;
  for (int i = 0; i < int(palette_.size()); ++i) {
    const Rgb p = palette_[std::size_t(i)];
    const int r = p.red - c.red, g = p.green - c.green, b = p.blue - c.blue;
    const int d = 30 * r * r + 59 * g * g + 11 * b * b;
    if (d < least) least = d, best = i;
  }
  known = {pixel, std::uint8_t(best)};
  return known.index;
}

}  // namespace sluice::picture
