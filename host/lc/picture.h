// Light curves as a figure: a panel an object, flux with its error against time, a colour and a shape a band.
// The same band looks the same on every picture.
#pragma once
#include <string>
#include <vector>

#include "host/lc/curves.h"
#include "host/picture/figure.h"

namespace sluice::lc {

struct BandLook {
  picture::Rgb color;
  picture::Marker marker = picture::Marker::kCircle;
};

/// u g r i z y have looks of their own, with colours that read without full colour vision (Okabe and Ito);
/// other bands take what is left, in their order.
std::vector<BandLook> looks_of(const std::vector<std::string>& bands);

struct PictureText {
  std::string title;                 // of the sheet
  std::vector<std::string> objects;  // a title for each object
  std::string time = "MJD", flux = "flux";
};

/// Objects row by row on a sheet as square as can be. Limits along y follow the points; an error bar may
/// reach beyond them. One legend stands in the panel that has most room for it.
picture::Figure figure_of(const Curves& curves, const PictureText& text);

/// One panel with a series for each object and band, for pages, which have no sheets.
picture::Figure page_figure_of(const Curves& curves, const PictureText& text);

}  // namespace sluice::lc
