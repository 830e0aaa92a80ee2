// The shell's places are filled in one pass, so no text of the data is taken for a place. Arrays are base64
// in elements of their own; the description in JSON names them by number and type.
#include "host/page/page.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "host/page/check.h"
#include "host/page/json.h"
#include "host/page/shell.h"
#include "host/page/sink.h"
#include "host/picture/marker.h"
#include "host/picture/text.h"
#include "host/picture/value_range.h"

namespace sluice::page {
namespace {

static_assert(sizeof(float) == 4 && sizeof(double) == 8);

/// Writes arrays into the page and returns how JSON refers to them.
class Arrays {
 public:
  explicit Arrays(Sink& sink) : sink_(sink) {}

  std::string add(const Numbers& numbers) {
    return std::visit([&](const auto& v) { return add(v.data(), v.size(), sizeof v[0] == 4 ? "f4" : "f8"); },
                      numbers);
  }
  template <class T>
  std::string add(const T* data, std::size_t n, const char* type) {
    if (n == 0) return "null";
    const std::string id = begin("application/octet-stream");
    sink_.base64(data, n * sizeof(T));
    sink_.end_base64();
    sink_.text("</script>\n");
    return "{\"id\":" + id + ",\"type\":\"" + type + "\"}";
  }
  /// Indices below `count`, in as few bytes as hold them.
  std::string add_indices(const std::vector<std::uint32_t>& indices, std::size_t count) {
    if (count > 65536) return add(indices.data(), indices.size(), "u4");
    return count > 256 ? add_narrow<std::uint16_t>(indices, "u2") : add_narrow<std::uint8_t>(indices, "u1");
  }
  std::string add(const std::vector<std::string>& texts) {
    if (texts.empty()) return "null";
    const std::string id = begin("application/json");
    for (std::size_t i = 0; i < texts.size(); ++i) sink_.text((i == 0 ? "[" : ",") + script_text(texts[i]));
    sink_.text("]</script>\n");
    return "{\"id\":" + id + "}";
  }

 private:
  std::string begin(const char* type) {
    const std::string id = std::to_string(next_++);
    sink_.text("<script type=\"" + std::string(type) + "\" id=\"array-" + id + "\">");
    return id;
  }
  template <class T>
  std::string add_narrow(const std::vector<std::uint32_t>& indices, const char* type) {
    if (indices.empty()) return "null";
    const std::string id = begin("application/octet-stream");
    std::vector<T> piece(std::min<std::size_t>(indices.size(), 1 << 16));
    for (std::size_t at = 0; at < indices.size(); at += piece.size()) {
      const std::size_t n = std::min(piece.size(), indices.size() - at);
      for (std::size_t i = 0; i < n; ++i) piece[i] = T(indices[at + i]);
      sink_.base64(piece.data(), n * sizeof(T));
    }
    sink_.end_base64();
    sink_.text("</script>\n");
    return "{\"id\":" + id + ",\"type\":\"" + type + "\"}";
  }

  Sink& sink_;
  int next_ = 0;
};

std::string hex(picture::Rgb c) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t part : {c.red, c.green, c.blue}) text += {digits[part >> 4], digits[part & 15]};
  return text;
}

Object& add_color(Object& object, const std::optional<picture::Rgb>& color) {
  return color ? object.text("color", "#" + hex(*color)) : object;
}

/// The rule with its ends.
template <class T>
Object& add_rule(Object& object, const ColorRule& rule, const std::vector<T>& data) {
  double low = rule.low, high = rule.high;
  std::int64_t below = 0, above = 0;
  if (std::isnan(low) || std::isnan(high)) {
    std::vector<double> values(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) {
      const double v = double(data[i]);
      values[i] = !rule.log ? v : v > 0 ? std::log10(v) : kFromData;
    }
    const picture::ValueRange range = picture::value_range(values, rule.diverging && !rule.log, 0);
    if (std::isnan(low)) low = rule.log ? std::pow(10, range.low) : range.low, below = range.beyond_low;
    if (std::isnan(high)) high = rule.log ? std::pow(10, range.high) : range.high, above = range.beyond_high;
  }
  const picture::Colormap map(rule.colormap, rule.diverging);
  object.text("label", rule.label).text("colormap", map.name()).flag("log", rule.log);
  object.number("low", low).number("high", high).flag("blank", rule.blank);
  return object.number("beyond_low", double(below)).number("beyond_high", double(above));
}

std::string json_of(const Points& points, Arrays& arrays) {
  Object o;
  o.text("kind", "points").text("name", points.name).number("size", points.size);
  o.raw("x", arrays.add(points.x)).raw("y", arrays.add(points.y));
  if (points.values) {
    Object values;
    std::visit([&](const auto& data) { add_rule(values, points.values->rule, data); }, points.values->data);
    o.raw("values", values.raw("data", arrays.add(points.values->data)).json());
  }
  if (points.categories) {
    const Categories& c = *points.categories;
    std::string names;
    for (const std::string& name : c.names) names += (names.empty() ? "" : ",") + script_text(name);
    Object categories;
    categories.text("label", c.label).raw("names", "[" + names + "]");
    o.raw("categories", categories.raw("data", arrays.add_indices(c.data, c.names.size())).json());
  }
  o.raw("sizes", arrays.add(points.sizes)).text("size_label", points.size_label);
  if (!points.labels.empty()) o.raw("labels", arrays.add(points.labels));
  std::string columns;
  for (const Column& column : points.columns)
    columns += (columns.empty() ? "" : ",") +
               Object().text("name", column.name).raw("data", arrays.add(column.data)).json();
  Object errors;
  errors.raw("left", arrays.add(points.x_errors.below)).raw("right", arrays.add(points.x_errors.above));
  errors.raw("below", arrays.add(points.y_errors.below)).raw("above", arrays.add(points.y_errors.above));
  o.raw("columns", "[" + columns + "]").raw("errors", errors.json()).number("from_zoom", points.from_zoom);
  return add_color(o, points.color).json();
}

std::string json_of(const Lines& lines, Arrays& arrays) {
  Object o;
  o.text("kind", "lines").text("name", lines.name).number("width", lines.width).flag("bars", lines.bars);
  o.raw("x", arrays.add(lines.x)).raw("y", arrays.add(lines.y));
  if (!lines.said.empty()) o.text("said", lines.said);
  return add_color(o, lines.color).json();
}

std::string json_of(const Segments& segments, Arrays& arrays) {
  Object o;
  o.text("kind", "segments").text("name", segments.name).number("points", double(segments.points));
  o.raw("pairs", arrays.add(segments.pairs.data(), segments.pairs.size(), "u4"))
      .number("opacity", segments.opacity);
  return add_color(o, segments.color).json();
}

std::string json_of(const Cells& cells, Arrays& arrays) {
  Object o;
  o.text("kind", "cells").text("name", cells.name);
  o.number("rows", double(cells.rows)).number("columns", double(cells.columns));
  o.number("x_low", cells.x_low).number("x_high", cells.x_high);
  o.number("y_low", cells.y_low).number("y_high", cells.y_high);
  add_rule(o, cells.rule, cells.data);
  return o.raw("data", arrays.add(cells.data.data(), cells.data.size(), "f4")).json();
}

std::string json_of(const Axis& axis) {
  const bool time = axis.scale == picture::ScaleKind::kTime;
  Object o;
  o.text("label", axis.label).text("unit", axis.unit);
  o.text("kind", time ? "time" : axis.scale == picture::ScaleKind::kLog ? "log" : "linear");
  if (time)
    o.text("origin", std::to_string(axis.origin_ns));  // a text: JSON's numbers end at 53 bits
  else
    o.number("origin", axis.origin);
  if (!axis.ticks.empty()) {
    std::string ticks;
    for (const auto& [at, label] : axis.ticks)
      ticks += (ticks.empty() ? "" : ",") + Object().number("at", at).text("label", label).json();
    o.raw("ticks", "[" + ticks + "]");
  }
  return o.flag("utc", axis.utc)
      .flag("reversed", axis.reversed)
      .number("low", axis.low)
      .number("high", axis.high)
      .json();
}

std::string colormaps() {
  Object o;
  for (const std::string& name : picture::Colormap::names()) {
    if (name == "auto") continue;
    const picture::Colormap map(name, false);
    std::string colors;
    for (int i = 0; i < picture::Colormap::kEntries; ++i)
      colors += hex(map.at(double(i) / (picture::Colormap::kEntries - 1)));
    o.text(name.c_str(), colors);
  }
  return o.json();
}

std::string category_marks() {
  static const char* const names[] = {"circle", "square", "triangle", "diamond", "cross"};
  std::string colors, markers;
  for (std::size_t i = 0; i < 8; ++i)
    colors += (i == 0 ? "\"#" : ",\"#") + hex(picture::category_color(i)) + "\"";
  for (std::size_t i = 0; i < 5; ++i)
    markers += std::string(i == 0 ? "\"" : ",\"") + names[std::size_t(picture::category_marker(i))] + "\"";
  return Object().raw("colors", "[" + colors + "]").raw("markers", "[" + markers + "]").json();
}

void write_data(const Page& page, Sink& sink) {
  Arrays arrays(sink);
  std::string layers;
  int lines = 0;
  for (const Layer& layer : page.layers) {
    std::string json = std::visit([&](const auto& l) { return json_of(l, arrays); }, layer);
    if (std::holds_alternative<Lines>(layer))
      json.insert(json.size() - 1, ",\"index\":" + std::to_string(lines++));
    layers += (layers.empty() ? "" : ",") + json;
  }
  Object o;
  o.number("schema", 1).text("title", page.title).text("note", page.note);
  o.flag("axes", page.axes).flag("equal", page.equal).raw("x", json_of(page.x)).raw("y", json_of(page.y));
  o.raw("colormaps", colormaps()).raw("categories", category_marks()).raw("layers", "[" + layers + "]");
  sink.text("<script type=\"application/json\" id=\"spec\">" + o.json() + "</script>\n");
}

std::string script_hash() {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < kShellScriptHash.size(); i += 2)
    bytes += char(std::stoi(std::string(kShellScriptHash.substr(i, 2)), nullptr, 16));
  return base64_of(bytes);
}

}  // namespace

std::size_t size_of(const Numbers& numbers) {
  return std::visit([](const auto& v) { return v.size(); }, numbers);
}

void write_page(const Page& page, const std::string& path) {
  check_page(page);
  Sink sink(path);
  const std::string title = html_text(picture::clean_text(page.title));
  const std::string description = html_text(picture::clean_text(page.description));
  const auto fill = [&](std::string_view place) {
    if (place == "title") sink.text(title);
    if (place == "description") sink.text(description);
    if (place == "style") sink.text(kShellCss);
    if (place == "script") sink.text(kShellScript);
    if (place == "hash") sink.text(script_hash());
    if (place == "data") write_data(page, sink);
  };
  std::string_view rest = kShellHtml;
  while (!rest.empty()) {
    const std::size_t begin = rest.find('@');
    sink.text(rest.substr(0, begin));
    if (begin == std::string_view::npos) break;
    const std::size_t end = rest.find('@', begin + 1);
    fill(rest.substr(begin + 1, end - begin - 1));
    rest.remove_prefix(end + 1);
  }
  sink.finish();
}

}  // namespace sluice::page
