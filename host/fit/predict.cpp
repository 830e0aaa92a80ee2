// The fit's own pass over rows, with the response left out of the plan.
#include "host/fit/predict.h"

#include <fcntl.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "host/error.h"
#include "host/fit/design_rows.h"
#include "host/fit/files.h"
#include "host/formats/csv/writer.h"

namespace sluice::fit {
namespace {

constexpr std::size_t kRows = RowBlock::kRows, kColumns = 6;
constexpr const char* kNames[kColumns] = {"mean",          "mean_se",      "mean_ci_lower",
                                          "mean_ci_upper", "obs_ci_lower", "obs_ci_upper"};

class Piece : public PassPiece {
 public:
  Piece(const Fitted& fitted, const Source& source, const std::vector<std::vector<std::int32_t>>& level_of)
      : fitted_(fitted),
        p_(fitted.design.columns.size()),
        rows_(source.plan, fitted.design, level_of),
        x_(p_ * kRows),
        white_(p_ * kRows) {}
  void restart() override {
    for (auto& column : columns) column.clear();
    before_ = missing = 0;
  }
  void take(const RowBlock& block) override {
    const std::size_t n = block.rows;
    rows_.fill(block, x_.data(), kRows);
    double mean[kRows] = {}, squares[kRows] = {};
    for (std::size_t j = 0; j < p_; ++j)
      for (std::size_t i = 0; i < n; ++i) mean[i] += x_[j * kRows + i] * fitted_.estimates[j];
    whiten(n);
    for (std::size_t k = 0; k < p_; ++k)
      for (std::size_t i = 0; i < n; ++i) squares[i] += white_[k * kRows + i] * white_[k * kRows + i];
    grow(before_ + block.group);
    for (std::size_t i = 0; i < n; ++i) {
      const double error = std::sqrt(squares[i]), width = fitted_.width * error;
      const double wide = fitted_.width * std::sqrt(squares[i] + fitted_.variance);
      const double values[kColumns] = {mean[i],         error,          mean[i] - width,
                                       mean[i] + width, mean[i] - wide, mean[i] + wide};
      for (std::size_t k = 0; k < kColumns; ++k) columns[k][before_ + block.places[i]] = values[k];
    }
  }
  void finish(std::size_t rows) override {
    grow(before_ + rows);
    before_ += rows;
  }
  std::vector<double> columns[kColumns];  // NaN where there is no prediction
  std::int64_t missing = 0;

 private:
  void grow(std::size_t rows) {
    for (auto& column : columns)
      if (column.size() < rows) column.resize(rows, std::numeric_limits<double>::quiet_NaN());
  }
  /// Rows of X G.
  void whiten(std::size_t n) {
    std::fill(white_.begin(), white_.end(), 0.0);
    for (std::size_t k = 0; k < p_; ++k)
      for (std::size_t j = 0; j < p_; ++j) {
        const double g = fitted_.root.at(j, k);
        for (std::size_t i = 0; g != 0 && i < n; ++i) white_[k * kRows + i] += x_[j * kRows + i] * g;
      }
  }
  const Fitted& fitted_;
  std::size_t p_, before_ = 0;
  DesignRows rows_;
  std::vector<double> x_, white_;
};

/// The new table, without the response, with the fit's levels.
Source source_of(const Source& fitted, const csv::Input& table, Budget& budget) {
  Source source = fitted;
  source.files = table_files(table.path);
  source.identities = identities_of(source.files);
  source.input = table;
  source.input.path = source.files[0];
  if (!is_record_file(source.input.path)) source.format = csv::detect(source.input, budget);
  keep_for_predictions(source);
  return of_file(source, source.files[0], budget);  // whose columns have other places
}

csv::Schema schema_of_predictions() {
  csv::Schema schema;
  for (const char* name : kNames) {
    csv::Column& column = schema.columns.emplace_back();
    column.name = name, column.type = csv::Type::kFloat, column.index = int(schema.columns.size()) - 1;
  }
  schema.file_columns = int(kColumns);
  return schema;
}

}  // namespace

csv::Input table_to_predict(const Source& fitted, const FitOptions& options) {
  csv::Input table = fitted.input;
  table.path = options.predict;
  table.find_separator = options.input.find_separator;
  table.options.dialect.encoding = options.input.options.dialect.encoding;
  return table;
}

void check_table(const Source& fitted, const FitOptions& options, Budget& budget) {
  try {
    source_of(fitted, table_to_predict(fitted, options), budget);
  } catch (const csv::NotUtf8&) {  // predict() takes it as Latin-1, where it may
  }
}

PredictionFacts predict(const Fitted& fitted, const csv::Input& table, const std::string& output,
                        Budget& budget, const RunOptions& run, RunSummary& summary) {
  const Source source = source_of(fitted.source, table, budget);
  AllLevels levels;
  std::vector<std::vector<std::int32_t>> level_of;
  for (std::size_t k = 0; k < source.plan.categories.size(); ++k)
    levels.emplace_back(fitted.design.levels[k]);
  for (const Levels& one : levels) level_of.push_back(one.sorted().level_of);
  csv::Dialect dialect;
  if (output.ends_with(".tsv") || output.ends_with(".tab")) dialect.separator = '\t';
  const csv::Schema schema = schema_of_predictions();
  csv::Writer writer(output, dialect, schema);
  csv::Batch batch;
  batch.schema = &schema;
  batch.columns.resize(kColumns);
  PredictionFacts facts;
  Pass pass;
  pass.stage = "predict";
  pass.piece = [&] { return std::make_unique<Piece>(fitted, source, level_of); };
  pass.merge = [&](PassPiece& piece) {
    auto& own = static_cast<Piece&>(piece);
    batch.first_row = facts.rows;
    batch.rows = std::int64_t(own.columns[0].size());
    for (std::size_t k = 0; k < kColumns; ++k) {
      csv::ColumnData& to = batch.columns[k];
      to.floats = own.columns[k];
      to.missing.assign(to.floats.size(), 0);
      for (std::size_t i = 0; i < to.floats.size(); ++i) to.missing[i] = std::isnan(to.floats[i]);
    }
    for (const std::uint8_t missing : batch.columns[0].missing) facts.missing += missing;
    facts.rows += batch.rows;
    if (batch.rows > 0) writer.write(batch);
  };
  pass.piece_memory = 8 * fitted.design.columns.size() * 2 * kRows + (std::uint64_t(1) << 20);
  try {
    facts.faults = run_pass(pass, source, levels, budget, run, summary).faults;
  } catch (const csv::NotUtf8&) {
    throw;
  } catch (const Error& error) {
    if (error.advice() != "--on-error skip leaves such rows out") throw;
    throw Error(error.kind(), error.what(), "--on-error skip leaves their predictions empty");
  }
  facts.missing -= facts.faults.rows();
  writer.finish();
  summary.bytes_written += sys::identity(sys::File(output, O_RDONLY)).bytes;
  return facts;
}

}  // namespace sluice::fit
