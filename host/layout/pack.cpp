// Shelves of columns: boxes go by falling height, side by side and, where one leaves room in its shelf, on
// top of each other. Several widths of the page are tried; the one that fits the smallest 4:3 page is taken.
#include "host/layout/pack.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "host/graph/components.h"

namespace sluice::layout {
namespace {

using graph::Vertex;
using i64 = std::int64_t;

struct Box {
  std::vector<double> low, high;  // of all dimensions
  i64 vertices = 0;
  bool fixed = false;
  double x = 0, y = 0;  // of its lower left corner on the page, y downwards
  double width(double gap) const { return high[0] - low[0] + gap; }
  double height(double gap) const { return low.size() > 1 ? high[1] - low[1] + gap : gap; }
};

double mean_edge(const graph::Graph& graph, const graph::Positions& positions) {
  double sum = 0;
  i64 count = 0;
  for (Vertex v = 0; v < graph.vertices(); ++v)
    for (const Vertex u : graph.of(v)) {
      if (u < v) continue;
      double squared = 0;
      for (int c = 0; c < positions.dimensions; ++c) {
        const double x = positions.of(v)[c] - positions.of(u)[c];
        squared += x * x;
      }
      sum += std::sqrt(squared);
      ++count;
    }
  return sum > 0 ? sum / double(count) : 1;
}

struct Page {
  double width = 0, height = 0;
};

/// Fills in x and y of boxes given by falling height.
Page fill(std::vector<Box*>& boxes, double width, double gap) {
  Page page;
  double shelf = 0, shelf_height = 0, column = 0, column_width = 0, used = 0;
  for (Box* box : boxes) {
    const double w = box->width(gap), h = box->height(gap);
    const bool on_top = used > 0 && used + h <= shelf_height && column + std::max(column_width, w) <= width;
    if (!on_top && column + column_width + w <= width * (1 + 1e-12)) {
      column += column_width;
      column_width = 0;
      used = 0;
    } else if (!on_top) {
      shelf += shelf_height;
      shelf_height = column = column_width = used = 0;
    }
    shelf_height = std::max(shelf_height, h);
    box->x = column;
    box->y = shelf + used;
    used += h;
    column_width = std::max(column_width, w);
    page.width = std::max(page.width, column + column_width);
  }
  page.height = shelf + shelf_height;
  return page;
}

i64 grid_columns(double width, double gap, i64 isolated) {
  return std::clamp<i64>(i64(width / gap + 1e-9), 1, std::max<i64>(isolated, 1));
}

/// The width at which boxes and grid fit the smallest page of 4:3.
double best_width(std::vector<Box*>& boxes, i64 isolated, double gap) {
  double widest = gap, area = double(isolated) * gap * gap;
  for (const Box* box : boxes) {
    widest = std::max(widest, box->width(gap));
    area += box->width(gap) * box->height(gap);
  }
  double best = widest, least = std::numeric_limits<double>::infinity();
  for (int i = 0; i <= 24; ++i) {
    const double width = std::max(widest, std::sqrt(area * 4 / 3) * std::pow(2.0, double(i - 8) / 12));
    const Page page = fill(boxes, width, gap);
    const i64 columns = grid_columns(width, gap, isolated);
    const double height = page.height + (isolated > 0 ? double((isolated + columns - 1) / columns) * gap : 0);
    const double wide = std::max(page.width, isolated > 0 ? double(columns) * gap : 0);
    const double size = std::max(wide / 4, height / 3);
    if (size < least * (1 - 1e-9)) {
      least = size;
      best = width;
    }
  }
  return best;
}

}  // namespace

void pack(const graph::Graph& graph, std::span<const Vertex> pinned, graph::Positions& positions) {
  const graph::Components parts = graph::components(graph);
  if (parts.count() <= 1) return;
  const int d = positions.dimensions;
  std::vector<Box> boxes(std::size_t(parts.count()));
  const auto box_of = [&](Vertex v) -> Box& { return boxes[std::size_t(parts.of[std::size_t(v)])]; };
  for (Vertex v = 0; v < graph.vertices(); ++v) {
    Box& box = box_of(v);
    const double* at = positions.of(v);
    if (box.vertices++ == 0) box.low.assign(at, at + d), box.high.assign(at, at + d);
    for (std::size_t c = 0; c < std::size_t(d); ++c) {
      box.low[c] = std::min(box.low[c], at[c]);
      box.high[c] = std::max(box.high[c], at[c]);
    }
  }
  for (const Vertex v : pinned) box_of(v).fixed = true;

  const double gap = mean_edge(graph, positions);
  std::vector<Box*> shelved, isolated;
  bool any_fixed = false;
  double right = -std::numeric_limits<double>::infinity(), top = right;
  Box fixed;  // around all of them
  fixed.low.resize(std::size_t(d)), fixed.high.resize(std::size_t(d));
  for (Box& box : boxes) {
    if (box.fixed) {
      for (std::size_t c = 0; c < std::size_t(d); ++c) {
        fixed.low[c] = any_fixed ? std::min(fixed.low[c], box.low[c]) : box.low[c];
        fixed.high[c] = any_fixed ? std::max(fixed.high[c], box.high[c]) : box.high[c];
      }
      any_fixed = true;
      right = std::max(right, box.high[0]);
      if (d > 1) top = std::max(top, box.high[1]);
    } else {
      (box.vertices > 1 ? shelved : isolated).push_back(&box);
    }
  }
  std::stable_sort(shelved.begin(), shelved.end(), [&](const Box* a, const Box* b) {
    return d > 1 ? a->height(gap) > b->height(gap) : a->vertices > b->vertices;
  });
  const i64 alone = i64(isolated.size());
  // One dimension has one shelf.
  const double width = d > 1 ? best_width(shelved, alone, gap) : std::numeric_limits<double>::max();
  const Page page = fill(shelved, width, gap);
  const i64 columns = d > 1 ? grid_columns(width, gap, alone) : std::max<i64>(alone, 1);
  const double grid_x = d > 1 ? 0 : page.width, grid_y = d > 1 ? page.height : 0;
  for (i64 i = 0; i < alone; ++i) {
    isolated[std::size_t(i)]->x = grid_x + double(i % columns) * gap;
    isolated[std::size_t(i)]->y = grid_y + double(i / columns) * gap;
  }
  const double wide = std::max(d > 1 ? page.width : grid_x,
                               alone > 0 ? grid_x + double(std::min(alone, columns)) * gap : 0.0);
  const double high = grid_y + double((alone + columns - 1) / columns) * gap;
  const double left = any_fixed ? right + gap : -(wide - gap) / 2;
  const double upper = any_fixed && d > 1 ? top : (high - gap) / 2;

  for (Vertex v = 0; v < graph.vertices(); ++v) {
    const Box& box = box_of(v);
    if (box.fixed) continue;
    double* at = positions.of(v);
    at[0] += left + box.x - box.low[0];
    if (d > 1) at[1] += upper - box.y - box.high[1];
    for (std::size_t c = 2; c < std::size_t(d); ++c)
      at[c] += (any_fixed ? (fixed.low[c] + fixed.high[c]) / 2 : 0) - (box.low[c] + box.high[c]) / 2;
  }
}

}  // namespace sluice::layout
