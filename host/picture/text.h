// Measuring and drawing of text, one font for all pictures: DejaVu Sans, which the library holds. Widths are
// measured before anything is placed; text is never cut by an edge.
#pragma once
#include <string>
#include <string_view>
#include <vector>

typedef struct _cairo cairo_t;

namespace sluice::picture {

enum class Align { kLeft, kCenter, kRight };

constexpr double kCapHeight = 0.73;  // of the font size: capitals and digits above the baseline
constexpr double kDescent = 0.24;    // below the baseline

/// Valid UTF-8 without control characters: broken bytes become U+FFFD, line breaks and tabs spaces. File
/// names may hold any bytes, and neither Cairo nor XML takes them.
std::string clean_text(std::string_view text);

void choose_font(cairo_t* cr, bool bold = false);

double text_width(cairo_t* cr, const std::string& line, double size);

/// A line of text: a "^" with a number behind it at the end of a word is set as a power: "×10^-3",
/// "(10^5 W m^-2)". Draws it with its baseline at y; `angle` turns it around (x, y), in radians, clockwise.
void draw_text(cairo_t* cr, const std::string& line, double size, double x, double y, Align align,
               double angle = 0);

/// At most `lines` lines no wider than `width`, broken at spaces where that works; what does not fit is taken
/// from the middle ("covariance of a…f.npy"), as the ends of file names tell more.
std::vector<std::string> fit_text(cairo_t* cr, const std::string& text, double size, double width, int lines);

}  // namespace sluice::picture
