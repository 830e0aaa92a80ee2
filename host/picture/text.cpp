// Text by Cairo's toy interface with hinting off, so that widths scale with the size and PNGs repeat exactly.
#include "host/picture/text.h"

#include <cairo.h>

#include <algorithm>
#include <cstddef>

#include "host/picture/font.h"

namespace sluice::picture {
namespace {

constexpr double kPowerSize = 0.72, kPowerRise = 0.38;  // of the font size

double plain_width(cairo_t* cr, const std::string& text, double size) {
  cairo_set_font_size(cr, size);
  cairo_text_extents_t extents;
  cairo_text_extents(cr, text.c_str(), &extents);
  return extents.x_advance;
}

/// Bytes of the well-formed UTF-8 character at `at`, 0 where there is none.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + bytes > text.size()) return 0;
  for (std::size_t i = 1; i < bytes; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  const unsigned second = byte(at + 1);  // overlong forms, surrogates, above U+10FFFF
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  if (lead == 0xef && second == 0xbf && byte(at + 2) >= 0xbe) return 0;  // U+FFFE, U+FFFF: not in XML
  return bytes;
}

/// A piece of a line: text, and the power behind it (or nothing).
struct Run {
  std::string base, power;
};

std::vector<Run> split_powers(const std::string& line) {
  std::vector<Run> runs;
  std::size_t from = 0;
  for (std::size_t caret = line.find('^'); caret != std::string::npos; caret = line.find('^', caret + 1)) {
    const std::size_t digits = caret + 1 + (line.compare(caret + 1, 1, "-") == 0);
    const std::size_t end = std::min(line.find_first_not_of("0123456789", digits), line.size());
    if (end == digits || (end < line.size() && line[end] != ' ' && line[end] != ')')) continue;
    std::string power = line.substr(caret + 1, end - caret - 1);
    if (power[0] == '-') power.replace(0, 1, "\u2212");
    runs.push_back({line.substr(from, caret - from), power});
    from = end;
  }
  runs.push_back({line.substr(from), {}});
  return runs;
}

/// The text with its middle left out, as long as fits.
std::string shorten(cairo_t* cr, const std::string& text, double size, double width) {
  std::vector<std::size_t> starts;  // of characters
  for (std::size_t i = 0; i < text.size(); i += std::max<std::size_t>(1, character_bytes(text, i)))
    starts.push_back(i);
  const auto candidate = [&](std::size_t kept) {
    const std::size_t head = (kept + 1) / 2, tail = kept / 2;
    std::string result = text.substr(0, head < starts.size() ? starts[head] : text.size()) + "\u2026";
    if (tail > 0) result += text.substr(starts[starts.size() - tail]);
    return result;
  };
  std::size_t fits = 0, too_many = starts.size();  // by halves: names may be as long as a wrong header
  if (too_many == 0 || text_width(cr, candidate(0), size) > width) return {};
  while (fits + 1 < too_many) {
    const std::size_t middle = fits + (too_many - fits) / 2;
    (text_width(cr, candidate(middle), size) <= width ? fits : too_many) = middle;
  }
  return candidate(fits);
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t bytes = character_bytes(text, i);
    const auto c = static_cast<unsigned char>(text[i]);
    if (bytes == 0) {
      clean += "\ufffd";
    } else if (c == '\n' || c == '\r' || c == '\t') {
      clean += ' ';
    } else if (c < 0x20 || c == 0x7f || (c == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0)) {
      clean += "\ufffd";
    } else {
      clean.append(text, i, bytes);
    }
    i += std::max<std::size_t>(bytes, 1);
  }
  return clean;
}

void choose_font(cairo_t* cr, bool bold) {
  cairo_set_font_face(cr, font_face(bold));
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options(cr, options);
  cairo_font_options_destroy(options);
}

double text_width(cairo_t* cr, const std::string& line, double size) {
  double width = 0;
  for (const auto& [base, power] : split_powers(line))
    width += plain_width(cr, base, size) + (power.empty() ? 0 : plain_width(cr, power, kPowerSize * size));
  return width;
}

void draw_text(cairo_t* cr, const std::string& line, double size, double x, double y, Align align,
               double angle) {
  const double width = text_width(cr, line, size);
  cairo_save(cr);
  cairo_translate(cr, x, y);
  cairo_rotate(cr, angle);
  cairo_move_to(cr, align == Align::kLeft ? 0 : align == Align::kCenter ? -width / 2 : -width, 0);
  for (const auto& [base, power] : split_powers(line)) {
    cairo_set_font_size(cr, size);
    cairo_show_text(cr, base.c_str());
    if (power.empty()) continue;
    cairo_rel_move_to(cr, 0, -kPowerRise * size);
    cairo_set_font_size(cr, kPowerSize * size);
    cairo_show_text(cr, power.c_str());
    cairo_rel_move_to(cr, 0, kPowerRise * size);
  }
  cairo_restore(cr);
}

std::vector<std::string> fit_text(cairo_t* cr, const std::string& text, double size, double width,
                                  int lines) {
  std::vector<std::string> result;
  std::string rest = text;
  while (!rest.empty() && int(result.size()) < lines) {
    const bool last = int(result.size()) + 1 == lines;
    if (text_width(cr, rest, size) <= width) {
      result.push_back(rest);
      break;
    }
    std::size_t cut = std::string::npos;
    if (!last) {
      for (std::size_t space = rest.find(' '); space != std::string::npos;
           space = rest.find(' ', space + 1)) {
        if (text_width(cr, rest.substr(0, space), size) > width) break;
        cut = space;
      }
    }
    if (cut == std::string::npos || cut == 0) {
      result.push_back(shorten(cr, rest, size, width));
      break;
    }
    result.push_back(rest.substr(0, cut));
    rest = rest.substr(cut + 1);
  }
  return result;
}

}  // namespace sluice::picture
