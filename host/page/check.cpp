#include "host/page/check.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"

namespace sluice::page {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorKind::kUsage, "page: " + what);
}

void check_length(const char* what, std::size_t found, std::size_t expected) {
  if (found != 0 && found != expected)
    refuse(std::string(what) + ": expected " + std::to_string(expected) + " values, found " +
           std::to_string(found));
}

void check_errors(const char* what, const ErrorBars& errors, std::size_t n) {
  check_length(what, size_of(errors.below), n);
  check_length(what, size_of(errors.above), n);
  if (size_of(errors.above) > 0 && size_of(errors.below) == 0)
    refuse(std::string(what) + ": expected lengths below where there are lengths above, found none");
}

void check_layer(const Points& points, const Page&) {
  const std::size_t n = size_of(points.x);
  if (size_of(points.y) != n) check_length("y of points", size_of(points.y), n), refuse("points have no y");
  if (points.values && size_of(points.values->data) != n)
    refuse("values of points: expected " + std::to_string(n) + ", found " +
           std::to_string(size_of(points.values->data)));
  if (points.values && points.categories) refuse("points: expected values or categories, found both");
  if (points.categories) {
    const Categories& c = *points.categories;
    if (c.data.size() != n)
      refuse("categories of points: expected " + std::to_string(n) + ", found " +
             std::to_string(c.data.size()));
    const auto largest = std::max_element(c.data.begin(), c.data.end());
    if (largest != c.data.end() && *largest >= c.names.size())
      refuse("categories of points: expected indices below " + std::to_string(c.names.size()) + ", found " +
             std::to_string(*largest));
  }
  check_length("sizes of points", size_of(points.sizes), n);
  check_length("labels of points", points.labels.size(), n);
  for (const Column& column : points.columns) {
    check_length("column of points", size_of(column.data), n);
    if (size_of(column.data) != n)
      refuse("column of points: expected " + std::to_string(n) + " values, found none");
  }
  check_errors("errors along x", points.x_errors, n);
  check_errors("errors along y", points.y_errors, n);
}

void check_layer(const Lines& lines, const Page&) {
  if (size_of(lines.x) != size_of(lines.y))
    refuse("line: expected as many x as y, found " + std::to_string(size_of(lines.x)) + " and " +
           std::to_string(size_of(lines.y)));
}

void check_layer(const Segments& segments, const Page& page) {
  const Points* points =
      segments.points < page.layers.size() ? std::get_if<Points>(&page.layers[segments.points]) : nullptr;
  if (points == nullptr)
    refuse("segments: expected the number of a layer of points, found " + std::to_string(segments.points));
  if (segments.pairs.size() % 2 != 0)
    refuse("segments: expected pairs of indices, found an odd number of them");
  const std::size_t n = size_of(points->x);
  for (const std::uint32_t i : segments.pairs)
    if (i >= n)
      refuse("segments: expected indices below " + std::to_string(n) + ", found " + std::to_string(i));
}

void check_layer(const Cells& cells, const Page&) {
  if (cells.rows < 1 || cells.columns < 1 || cells.rows > 32767 || cells.columns > 32767 ||
      cells.data.size() != std::size_t(cells.rows) * std::size_t(cells.columns))
    refuse("cells: expected 1 to 32767 rows and columns and a value for each, found " +
           std::to_string(cells.rows) + " x " + std::to_string(cells.columns) + " and " +
           std::to_string(cells.data.size()) + " values");
  if (!(cells.x_low < cells.x_high && cells.y_low < cells.y_high))
    refuse("cells: expected ends in ascending order");
}

void check_axis(const char* name, const Axis& axis) {
  const std::string what = std::string("axis ") + name;
  if (axis.scale == picture::ScaleKind::kLog && axis.origin != 0)
    refuse(what + ": a logarithmic axis has no origin");
  if (!std::isfinite(axis.origin)) refuse(what + ": expected a finite origin");
  if (axis.scale == picture::ScaleKind::kLog && (axis.low <= 0 || axis.high <= 0))
    refuse(what + ": expected positive ends of a logarithmic axis");
  if (axis.low >= axis.high) refuse(what + ": expected ends in ascending order");
}

}  // namespace

void check_page(const Page& page) {
  check_axis("x", page.x);
  check_axis("y", page.y);
  for (const Layer& layer : page.layers) std::visit([&](const auto& l) { check_layer(l, page); }, layer);
}

}  // namespace sluice::page
