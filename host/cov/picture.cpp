#include "host/cov/picture.h"

#include <algorithm>
#include <vector>

#include "host/picture/block_average.h"

namespace sluice::cov_detail {
namespace {

template <class T>
void average(const MatrixSource& m, picture::BlockAverage& blocks, const std::function<void()>& go_on) {
  const std::int64_t rows = m.info().rows, columns = m.info().columns;
  const std::int64_t stripe = std::max<std::int64_t>(
      1, (std::int64_t(8) << 20) / std::int64_t(sizeof(T)) / std::max<std::int64_t>(1, columns));
  std::vector<T> values(std::size_t(std::min(stripe, rows) * columns));
  for (std::int64_t r = 0; r < rows; r += stripe) {
    go_on();
    const std::int64_t n = std::min(stripe, rows - r);
    m.read({r, 0, n, columns}, values.data(), columns * std::int64_t(sizeof(T)));
    blocks.add(r, 0, n, columns, values.data(), columns);
  }
}

}  // namespace

void draw_result(const MatrixSource& m, const CovOptions& o, const Problem& p,
                 const std::function<void()>& go_on) {
  picture::BlockAverage blocks(m.info().rows, m.info().columns, 600);
  if (m.info().type == DType::kFloat64)
    average<double>(m, blocks, go_on);
  else
    average<float>(m, blocks, go_on);
  picture::HeatMap map;
  blocks.fill(map);
  const std::string what = o.correlation ? "Correlation" : "Covariance";
  map.title = what + " of " + o.input.substr(o.input.find_last_of('/') + 1);
  map.description = what + " of " + std::to_string(p.rows.variables()) + " variables over " +
                    std::to_string(p.observations) +
                    " observations; each cell is the mean of a block of entries.";
  map.x_label = p.symmetric ? "variable" : "variable of " + o.with.substr(o.with.find_last_of('/') + 1);
  map.y_label = "variable";
  map.bar_label = o.correlation ? "correlation" : "covariance";
  if (map.rows < map.full_rows || map.columns < map.full_columns) map.bar_label += ", mean of blocks";
  map.diverging = true;
  picture::draw(map, o.picture, o.picture_width, o.picture_height, o.colormap);
}

}  // namespace sluice::cov_detail
