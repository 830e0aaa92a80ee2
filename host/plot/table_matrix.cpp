// Columns of a matrix. In C order one tile holds all columns from the first wanted to the last; in Fortran
// order each column is read by itself.
#include <algorithm>

#include "host/error.h"
#include "host/plot/table.h"
#include "host/plot/tiles.h"

namespace sluice::plot_detail {
namespace {

class ColumnTable : public Table {
 public:
  ColumnTable(const MatrixSource& matrix, const std::vector<std::int64_t>& numbers, Machine& machine,
              const RunOptions& run)
      : matrix_(matrix), numbers_(numbers), machine_(machine), run_(run) {
    const MatrixInfo& info = matrix.info();
    one_ = info.dimensions < 2;
    rows_ = one_ ? info.columns : info.rows;
    for (const std::int64_t number : numbers) {
      TableColumn& column = columns_.emplace_back();
      column.name = one_ ? "value" : "column " + std::to_string(number);
      column.whole = !is_float(info.type);
    }
  }

  void read(const std::function<void(const Rows&)>& take) override {
    if (rows_ == 0) return;
    const MatrixInfo& info = matrix_.info();
    const auto element = std::int64_t(size_of(info.type));
    const std::int64_t first = one_ ? 0 : *std::min_element(numbers_.begin(), numbers_.end());
    const std::int64_t last = one_ ? 0 : *std::max_element(numbers_.begin(), numbers_.end());
    // Elements of one column follow each other in the file: a tile a column.
    const bool by_column = one_ || info.fortran;
    const std::int64_t width = by_column ? 1 : last - first + 1;
    const auto budget = std::int64_t(std::min<std::uint64_t>(machine_.memory / 16, 8 << 20));
    const std::int64_t step = std::clamp<std::int64_t>(
        budget / std::max(element * width, std::int64_t(8 * numbers_.size())), 1, std::int64_t(1) << 16);
    std::vector<TileRequest> schedule;
    for (std::int64_t r = 0; r < rows_; r += step) {
      const std::int64_t n = std::min(step, rows_ - r);
      if (!by_column) schedule.push_back({&matrix_, {r, first, n, width}});
      for (std::size_t k = 0; by_column && k < numbers_.size(); ++k)
        schedule.push_back({&matrix_, one_ ? Rect{0, r, 1, n} : Rect{r, numbers_[k], n, 1}});
    }
    const Share share(machine_.budgets->host, std::uint64_t(8 * step) * numbers_.size(), "columns");
    std::vector<std::vector<double>> values(numbers_.size(), std::vector<double>(std::size_t(step)));
    Rows rows;
    for (const auto& column : values) rows.columns.push_back(column.data());
    std::size_t filled = 0;
    for_each_tile(machine_, run_, schedule, [&](const HostTile& tile) {
      const Rect& rect = tile.request.rect;
      rows.first = one_ ? rect.column : rect.row;
      rows.rows = one_ ? rect.columns : rect.rows;
      const auto* data = static_cast<const unsigned char*>(tile.data);
      if (by_column) {
        to_doubles(data, element, info.type, info.swapped, rows.rows, values[filled].data());
        if (++filled < numbers_.size()) return;
        filled = 0;
      } else {
        for (std::size_t k = 0; k < numbers_.size(); ++k)
          to_doubles(data + (numbers_[k] - first) * element, tile.stride, info.type, info.swapped, rows.rows,
                     values[k].data());
      }
      take(rows);
    });
  }

 private:
  const MatrixSource& matrix_;
  std::vector<std::int64_t> numbers_;
  Machine& machine_;
  const RunOptions& run_;
  bool one_ = false;
};

class EntriesTable : public Table {
 public:
  EntriesTable(const MatrixSource& matrix, Machine& machine, const RunOptions& run)
      : matrix_(matrix), machine_(machine), run_(run) {
    const MatrixInfo& info = matrix.info();
    rows_ = info.rows * info.columns;
    TableColumn& column = columns_.emplace_back();
    column.name = "value", column.whole = !is_float(info.type);
  }

  void read(const std::function<void(const Rows&)>& take) override {
    const MatrixInfo& info = matrix_.info();
    const auto element = std::int64_t(size_of(info.type));
    std::vector<double> values;
    Rows rows;
    for_each_tile(machine_, run_, tiles_of_runs(matrix_, machine_), [&](const HostTile& tile) {
      const std::int64_t length = tile.request.run_bytes() / element;
      values.resize(std::size_t(length));
      rows.columns = {values.data()};
      rows.rows = length;
      for (std::int64_t run = 0; run < tile.request.runs(); ++run) {
        to_doubles(static_cast<const unsigned char*>(tile.data) + run * tile.stride, element, info.type,
                   info.swapped, length, values.data());
        take(rows);
        rows.first += length;
      }
    });
  }

 private:
  const MatrixSource& matrix_;
  Machine& machine_;
  const RunOptions& run_;
};

}  // namespace

std::unique_ptr<Table> open_columns(const MatrixSource& matrix, const std::vector<std::int64_t>& numbers,
                                    Machine& machine, const RunOptions& run) {
  if (numbers.empty()) return std::make_unique<EntriesTable>(matrix, machine, run);
  return std::make_unique<ColumnTable>(matrix, numbers, machine, run);
}

}  // namespace sluice::plot_detail
