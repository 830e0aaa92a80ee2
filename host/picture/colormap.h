// Colour maps: viridis and gray for values, blue-white-red for signed values centred on 0. All have even
// steps of lightness, so that they read without colour vision and in black and white. Never jet.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::picture {

struct Rgb {
  std::uint8_t red = 0, green = 0, blue = 0;
  bool operator==(const Rgb&) const = default;
};

class Colormap {
 public:
  static constexpr int kEntries = 257;  // odd: the middle entry of a diverging map is its centre

  /// "viridis", "diverging", "gray", or "auto": diverging where the values are signed, else viridis.
  /// Error{kUsage} for another name, with the names there are and the one that was probably meant.
  Colormap(const std::string& name, bool signed_values);

  const std::string& name() const { return name_; }
  bool diverging() const { return name_ == "diverging"; }
  /// t in [0, 1] (clamped): from the colour of the lowest to that of the highest value.
  Rgb at(double t) const;
  /// Where there is no value. Not a colour of the map.
  Rgb missing() const { return missing_; }
  void set_missing(Rgb color) { missing_ = color; }

  static const std::vector<std::string>& names();

 private:
  std::string name_;
  std::array<Rgb, kEntries> table_;
  Rgb missing_;
};

}  // namespace sluice::picture
