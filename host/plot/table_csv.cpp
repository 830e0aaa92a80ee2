// Columns of a file of separated values: one look for types and ranges, then batches.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/error.h"
#include "host/formats/csv/reader.h"
#include "host/formats/csv/walk.h"
#include "host/plot/table.h"

namespace sluice::plot_detail {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kSecond = 1000000000;

std::int64_t floor_seconds(std::int64_t ns) {
  return ns / kSecond - (ns % kSecond < 0);
}

/// "a2" before "a10".
bool naturally_before(const std::string& a, const std::string& b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!digit(a[i]) || !digit(b[j])) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i, ++j;
      continue;
    }
    std::size_t end_a = i, end_b = j;
    while (end_a < a.size() && digit(a[end_a])) ++end_a;
    while (end_b < b.size() && digit(b[end_b])) ++end_b;
    while (i < end_a && a[i] == '0') ++i;
    while (j < end_b && b[j] == '0') ++j;
    if (end_a - i != end_b - j) return end_a - i < end_b - j;
    if (const int order = a.compare(i, end_a - i, b, j, end_b - j); order != 0) return order < 0;
    i = end_a, j = end_b;
  }
  return a.size() - i < b.size() - j || (i == a.size() && j == b.size() && a < b);
}

class CsvTable : public Table {
 public:
  CsvTable(csv::Input input, const std::vector<std::string>& names, const RunOptions& run, Budget& budget)
      : input_(std::move(input)),
        run_(run),
        budget_(budget),
        half_(budget, budget.limit() / 2, "reading the table"),
        reading_(budget.limit() / 2, "--memory") {
    input_.options.select = names;
    if (run.threads > 0) input_.options.threads = run.threads;
    input_.options.progress = [this](std::uint64_t bytes) {
      if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
      done_ = bytes;
      if (run_.observer != nullptr) run_.observer->progress(double(bytes));
    };
    csv::Format format;
    begin("scan");
    schema_ = csv::scan_as_found(input_, reading_, format);
    end();
    for (const std::string& note : format.notes)
      if (run.observer != nullptr) run.observer->note(note);
    rows_ = schema_.rows;
    faulty_ = schema_.faults.rows();
    for (const csv::Column& column : schema_.columns) {
      TableColumn& made = columns_.emplace_back();
      made.name = column.name;
      made.whole = column.type == csv::Type::kInteger;
      if (column.type == csv::Type::kText)
        throw Error(ErrorKind::kUsage, input_.path + ": column '" + column.name +
                                           "' holds text: expected numbers, times or at most " +
                                           std::to_string(input_.options.max_levels) + " categories");
      if (column.type == csv::Type::kTime) {
        made.kind = ColumnKind::kTime;
        made.utc = column.zoned;
        if (column.values > 0) made.origin = floor_seconds(column.least);
      }
      if (column.type == csv::Type::kCategory) {
        made.kind = ColumnKind::kCategory;
        sort_levels(column.levels.levels(), made);
      }
    }
  }

  void read(const std::function<void(const Rows&)>& take) override {
    std::vector<std::vector<double>> values(columns_.size());
    Share share;
    Rows rows;
    begin("read");
    csv::read(input_.path, input_.options, schema_, reading_, [&](const csv::Batch& batch) {
      rows.first = batch.first_row, rows.rows = batch.rows;
      rows.columns.clear();
      if (values.front().size() < std::size_t(batch.rows)) {
        share = {};
        share = Share(budget_, std::uint64_t(8 * batch.rows) * columns_.size(), "columns");
      }
      for (std::size_t i = 0; i < columns_.size(); ++i)
        rows.columns.push_back(numbers_of(batch.columns[i], i, values[i]));
      take(rows);
    });
    end();
  }

 private:
  void begin(const char* stage) const {
    if (run_.observer != nullptr)
      run_.observer->begin(stage, double(csv::file_bytes(input_.path)), "bytes", 0);
  }
  void end() {
    bytes_read_ += done_;
    if (run_.observer != nullptr) run_.observer->end();
  }

  /// By name, so that colours do not depend on which row comes first.
  void sort_levels(const std::vector<std::string>& levels, TableColumn& column) {
    std::vector<std::size_t> order(levels.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return naturally_before(levels[a], levels[b]); });
    places_.resize(columns_.size());
    places_.back().resize(levels.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      places_.back()[order[i]] = i;
      column.levels.push_back(levels[order[i]]);
    }
  }

  const double* numbers_of(const csv::ColumnData& data, std::size_t column, std::vector<double>& to) const {
    const csv::Type type = schema_.columns[column].type;
    if (type == csv::Type::kFloat) return data.floats.data();
    to.resize(std::max(to.size(), data.rows()));
    const std::int64_t origin = columns_[column].origin * kSecond;
    for (std::size_t i = 0; i < data.rows(); ++i) {
      if (data.missing[i] != 0)
        to[i] = kNone;
      else if (type == csv::Type::kInteger)
        to[i] = double(data.integers[i]);
      else if (type == csv::Type::kTime)
        to[i] = double(((long double)(data.integers[i]) - (long double)(origin)) / (long double)(kSecond));
      else
        to[i] = double(places_[column][std::size_t(data.codes[i])]);
    }
    return to.data();
  }

  csv::Input input_;
  std::uint64_t done_ = 0;
  const RunOptions& run_;
  Budget& budget_;
  Share half_;  // the reader takes all that it may: it gets half, the rest is for what is drawn
  Budget reading_;
  csv::Schema schema_;
  std::vector<std::vector<std::size_t>> places_;  // of the levels of a category, sorted
};

}  // namespace

std::vector<std::string> csv_names(csv::Input& input, Budget& budget) {
  csv::detect(input, budget);
  return csv::Walk(input.path, input.options, budget).names();
}

std::unique_ptr<Table> open_csv(csv::Input input, const std::vector<std::string>& names,
                                const RunOptions& run, Budget& budget) {
  return std::make_unique<CsvTable>(std::move(input), names, run, budget);
}

}  // namespace sluice::plot_detail
