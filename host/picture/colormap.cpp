// Tables of the colour maps. Viridis is every fifth entry of the published table (S. van der Walt, N. Smith,
// E. Firing; CC0), straight lines between: within 1/255 of it everywhere. The diverging map is a curve in
// Oklab.
#include "host/picture/colormap.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "host/error.h"
#include "host/nearest.h"

namespace sluice::picture {
namespace {

constexpr std::uint32_t kViridis[] = {
    0x440154, 0x46085c, 0x471063, 0x481769, 0x481d6f, 0x482475, 0x472a7a, 0x46307e, 0x453781,
    0x433d84, 0x414287, 0x3f4889, 0x3d4e8a, 0x3a538b, 0x38598c, 0x355e8d, 0x33638d, 0x31688e,
    0x2e6d8e, 0x2c718e, 0x2a768e, 0x297b8e, 0x27808e, 0x25848e, 0x23898e, 0x218e8d, 0x20928c,
    0x1f978b, 0x1e9c89, 0x1fa188, 0x21a585, 0x24aa83, 0x28ae80, 0x2eb37c, 0x35b779, 0x3dbc74,
    0x46c06f, 0x50c46a, 0x5ac864, 0x65cb5e, 0x70cf57, 0x7cd250, 0x89d548, 0x95d840, 0xa2da37,
    0xb0dd2f, 0xbddf26, 0xcae11f, 0xd8e219, 0xe5e419, 0xf1e51d, 0xfde725};

Rgb viridis(double t) {
  constexpr int last = int(std::size(kViridis)) - 1;
  const int i = std::min(int(t * last), last - 1);
  const double f = t * last - i;
  auto mix = [&](int shift) {
    const double a = (kViridis[i] >> shift) & 255, b = (kViridis[i + 1] >> shift) & 255;
    return std::uint8_t(std::lround(a + f * (b - a)));
  };
  return {mix(16), mix(8), mix(0)};
}

/// An Oklab colour (lightness, and green-red, blue-yellow axes) in sRGB; cut to what a screen can show.
Rgb from_oklab(double lightness, double a, double b) {
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  auto encode = [](double x) {
    x = std::clamp(x, 0.0, 1.0);
    x = x <= 0.0031308 ? 12.92 * x : 1.055 * std::pow(x, 1 / 2.4) - 0.055;
    return std::uint8_t(std::lround(255 * x));
  };
  return {encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

/// Both arms have the same lightness and chroma at the same distance from 0: neither sign looks stronger.
/// Blue and red of hue 258 and 28 degrees stay apart for every common kind of colour blindness.
Rgb blue_red(double t) {
  const double u = std::abs(2 * t - 1);
  const double hue = (t < 0.5 ? 258.0 : 28.0) * std::acos(-1.0) / 180;
  const double chroma =
      u * (0.318 + u * (0.070 - u * 0.253));  // inside the screen's colours at each lightness
  return from_oklab(0.975 - 0.575 * u, chroma * std::cos(hue), chroma * std::sin(hue));
}

Rgb gray(double t) {
  return from_oklab(0.12 + 0.87 * t, 0, 0);
}

[[noreturn]] void refuse(const std::string& name) {
  std::string list;
  for (const std::string& known : Colormap::names()) list += (list.empty() ? "" : ", ") + known;
  const std::string near = nearest(name, Colormap::names());
  throw Error(ErrorKind::kUsage, "colour map: expected one of " + list + ", found '" + name + "'",
              near.empty() ? "" : "did you mean '" + near + "'?");
}

}  // namespace

const std::vector<std::string>& Colormap::names() {
  static const std::vector<std::string> names = {"auto", "viridis", "diverging", "gray"};
  return names;
}

Colormap::Colormap(const std::string& name, bool signed_values) : name_(name) {
  if (std::find(names().begin(), names().end(), name) == names().end()) refuse(name);
  if (name == "auto") name_ = signed_values ? "diverging" : "viridis";
  for (int i = 0; i < kEntries; ++i) {
    const double t = double(i) / (kEntries - 1);
    table_[i] = name_ == "viridis" ? viridis(t) : name_ == "gray" ? gray(t) : blue_red(t);
  }
  missing_ = name_ == "gray" ? Rgb{0xd9, 0x8b, 0x4a} : Rgb{0x9b, 0x9b, 0x9b};
}

Rgb Colormap::at(double t) const {
  if (!(t > 0)) return table_.front();
  if (t >= 1) return table_.back();
  return table_[std::size_t(std::lround(t * (kEntries - 1)))];
}

}  // namespace sluice::picture
