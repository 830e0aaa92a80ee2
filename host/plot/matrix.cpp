// A heat map of a matrix: block means, from tiles that stream by once.
#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/picture/block_average.h"
#include "host/plot/build.h"
#include "host/plot/tiles.h"

namespace sluice::plot_detail {
namespace {

/// Runs of the file are the rows of what is averaged: a matrix in Fortran order is averaged as its transpose.
void average(const HostTile& tile, const MatrixInfo& info, std::vector<double>& line,
             picture::BlockAverage& blocks) {
  const Rect& rect = tile.request.rect;
  const std::int64_t row = info.fortran ? rect.column : rect.row,
                     column = info.fortran ? rect.row : rect.column;
  const auto element = std::int64_t(size_of(info.type));
  const std::int64_t runs = tile.request.runs(), length = tile.request.run_bytes() / element;
  if (!info.swapped && info.type == DType::kFloat32)
    return blocks.add(row, column, runs, length, static_cast<const float*>(tile.data), tile.stride / element);
  if (!info.swapped && info.type == DType::kFloat64)
    return blocks.add(row, column, runs, length, static_cast<const double*>(tile.data),
                      tile.stride / element);
  line.resize(std::size_t(length));
  for (std::int64_t r = 0; r < runs; ++r) {
    to_doubles(static_cast<const unsigned char*>(tile.data) + r * tile.stride, element, info.type,
               info.swapped, length, line.data());
    blocks.add(row + r, column, 1, length, line.data(), length);
  }
}

std::vector<double> transposed(const std::vector<double>& cells, std::int64_t rows, std::int64_t columns) {
  std::vector<double> result(cells.size());
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      result[std::size_t(j * rows + i)] = cells[std::size_t(i * columns + j)];
  return result;
}

}  // namespace

void build_matrix(const PlotOptions& options, const MatrixSource& matrix, Machine& machine,
                  const RunOptions& run, PlotSummary& out, picture::Panel& panel) {
  const MatrixInfo& info = matrix.info();
  constexpr std::int64_t most_cells = 1000;
  const std::int64_t runs = info.fortran ? info.columns : info.rows,
                     length = info.fortran ? info.rows : info.columns;
  const Share share(machine.budgets->host, 3 * 16 * most_cells * most_cells, "the cells of a heat map");
  picture::BlockAverage blocks(runs, length, most_cells);
  std::vector<double> line;
  for_each_tile(machine, run, tiles_of_runs(matrix, machine),
                [&](const HostTile& tile) { average(tile, info, line, blocks); });
  picture::HeatMap map;
  map.cells = info.fortran ? transposed(blocks.grid(), blocks.rows(), blocks.columns()) : blocks.grid();
  map.rows = info.fortran ? blocks.columns() : blocks.rows();
  map.columns = info.fortran ? blocks.rows() : blocks.columns();
  map.full_rows = info.rows, map.full_columns = info.columns;
  double low = 0, high = 0;
  for (const double cell : map.cells)
    if (std::isfinite(cell)) low = std::min(low, cell), high = std::max(high, cell);
  map.diverging = low < 0 && high > 0;
  map.bar_label = "value", map.x_label = "column", map.y_label = "row";
  out.rows = info.rows, out.columns = info.columns;
  out.points = blocks.counted();
  out.missing = info.rows * info.columns - out.points;
  if (map.rows < info.rows || map.columns < info.columns) {
    map.bar_label = "value, mean of a block";
    out.form = "block means in " + std::to_string(map.rows) + " x " + std::to_string(map.columns) + " cells";
    out.form_reason = "as the matrix has " + grouped(info.rows) + " x " + grouped(info.columns) + " entries";
  }
  panel = picture::figure_of(map, options.colormap).panels.front();
  constexpr double most_oblong = 2;  // rows and columns of data seldom compare: these fill the page
  if (panel.aspect > most_oblong || panel.aspect < 1 / most_oblong) panel.aspect = 0;
}

}  // namespace sluice::plot_detail
