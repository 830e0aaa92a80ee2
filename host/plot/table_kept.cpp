// Rows in memory, so that a second look at them costs no second reading.
#include <algorithm>

#include "host/plot/table.h"

namespace sluice::plot_detail {
namespace {

class KeptTable : public Table {
 public:
  KeptTable(Table& from, Budget& budget)
      : share_(budget, bytes(from), "rows kept in memory"), values_(from.columns().size()) {
    columns_ = from.columns(), rows_ = from.rows(), faulty_ = from.faulty();
    for (auto& column : values_) column.reserve(std::size_t(rows_));
    from.read([&](const Rows& rows) {
      for (std::size_t i = 0; i < values_.size(); ++i)
        values_[i].insert(values_[i].end(), rows.columns[i], rows.columns[i] + rows.rows);
    });
  }

  static std::uint64_t bytes(const Table& table) {
    return 8 * std::uint64_t(table.rows()) * table.columns().size();
  }

  void read(const std::function<void(const Rows&)>& take) override {
    constexpr std::int64_t step = 1 << 16;
    Rows rows;
    for (std::int64_t first = 0; first < rows_; first += step) {
      rows.first = first, rows.rows = std::min(step, rows_ - first);
      rows.columns.clear();
      for (const auto& column : values_) rows.columns.push_back(column.data() + first);
      take(rows);
    }
  }

 private:
  Share share_;
  std::vector<std::vector<double>> values_;
};

}  // namespace

std::unique_ptr<Table> kept_table(std::unique_ptr<Table> table, Budget& budget) {
  if (KeptTable::bytes(*table) > budget.limit() / 4) return table;
  return std::make_unique<KeptTable>(*table, budget);
}

}  // namespace sluice::plot_detail
