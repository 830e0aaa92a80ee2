// The first pass finds everything but means, which need the types; the head is read anew from the front.
#include "host/inspect_table.h"

#include <algorithm>
#include <cmath>

#include "host/clock.h"
#include "host/error.h"
#include "host/formats/csv/reader.h"
#include "host/processor.h"

namespace sluice {
namespace {

struct Enough {};  // ends a walk when the head is there

/// Progress and interruption of a walk, as the observer's stage.
class Stage {
 public:
  Stage(const char* name, csv::Options& options, std::uint64_t bytes, const RunOptions& run,
        RunSummary& summary)
      : name_(name), options_(options), run_(run), summary_(summary) {
    if (run.observer != nullptr) run.observer->begin(name, double(bytes), "bytes", 0);
    options.progress = [this](std::uint64_t done) {
      done_ = done;
      if (run_.observer != nullptr) run_.observer->progress(double(done));
      if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    };
  }
  ~Stage() { options_.progress = nullptr; }
  void end() {
    if (run_.observer != nullptr) run_.observer->end();
    summary_.stages.push_back({name_, clock_.seconds(), double(done_), 0});
    summary_.bytes_read += done_;
  }

 private:
  const char* name_;
  csv::Options& options_;
  const RunOptions& run_;
  RunSummary& summary_;
  Clock clock_;
  std::uint64_t done_ = 0;
};

/// Chan's merge of what a batch holds. Sums are of distances from the batch's first number, so that large
/// offsets cost no digits.
template <class T>
void add(NumberStats& stats, const std::vector<T>& values, const std::vector<std::uint8_t>& missing) {
  const auto counts = [&](std::size_t i) { return missing[i] == 0 && std::isfinite(double(values[i])); };
  std::size_t first = 0;
  while (first < values.size() && !counts(first)) {
    stats.infinite += missing[first] == 0 && std::isinf(double(values[first]));
    ++first;
  }
  if (first == values.size()) return;
  const double origin = double(values[first]);
  std::int64_t n = 0;
  double sum = 0, squares = 0;
  for (std::size_t i = first; i < values.size(); ++i) {
    if (!counts(i)) {
      stats.infinite += missing[i] == 0 && std::isinf(double(values[i]));
      continue;
    }
    ++n;
    sum += double(values[i]) - origin;
  }
  const double mean = origin + sum / double(n);
  double rest = 0;
  for (std::size_t i = first; i < values.size(); ++i) {
    if (!counts(i)) continue;
    const double d = double(values[i]) - mean;
    rest += d;
    squares += d * d;
  }
  if (std::isfinite(squares)) squares -= rest * rest / double(n);
  const double all = double(stats.finite + n), delta = mean - stats.mean;
  if (stats.finite == 0) {
    stats.mean = mean;
    stats.m2 = squares;
  } else {
    stats.m2 += squares + delta * delta * (double(stats.finite) * double(n) / all);
    stats.mean += delta * (double(n) / all);
  }
  stats.finite += n;
}

bool is_number(const csv::Column& column) {
  return column.type == csv::Type::kInteger || column.type == csv::Type::kFloat;
}

bool type_is_given(const csv::Column& column, const csv::Options& options) {
  return std::any_of(options.given.begin(), options.given.end(),
                     [&](const csv::Given& g) { return g.column == column.name; });
}

void find_stats(TableFacts& facts, Budget& budget, const RunOptions& run) {
  csv::Options& options = facts.input.options;
  facts.stats.resize(facts.schema.columns.size());
  csv::Schema numbers = facts.schema;
  numbers.columns.clear();
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < facts.schema.columns.size(); ++i) {
    const csv::Column& column = facts.schema.columns[i];
    // Columns whose values decide which rows are left out have to be read too.
    if (!is_number(column) && !type_is_given(column, options)) continue;
    numbers.columns.push_back(column);
    places.push_back(i);
  }
  if (numbers.columns.empty()) return;
  Stage stage("stats", options, facts.file_bytes, run, facts.run);
  csv::read(facts.input.path, options, numbers, budget, [&](const csv::Batch& batch) {
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      if (numbers.columns[i].type == csv::Type::kInteger)
        add(facts.stats[places[i]], batch.columns[i].integers, batch.columns[i].missing);
      if (numbers.columns[i].type == csv::Type::kFloat)
        add(facts.stats[places[i]], batch.columns[i].floats, batch.columns[i].missing);
    }
  });
  stage.end();
}

void find_head(TableFacts& facts, std::int64_t rows, Budget& budget) {
  facts.head.resize(facts.schema.columns.size());
  csv::Options options = facts.input.options;
  options.batch_rows = rows;
  options.range_bytes = 64 << 10;
  try {
    csv::read(facts.input.path, options, facts.schema, budget, [&](const csv::Batch& batch) {
      facts.head = batch.columns;
      facts.head_rows = batch.rows;
      throw Enough();
    });
  } catch (const Enough&) {
  }
}

}  // namespace

double NumberStats::deviation() const {
  return finite > 1 ? std::sqrt(m2 / double(finite - 1)) : NAN;
}

TableFacts inspect_table(const InspectTableOptions& o, const RunOptions& run) {
  const Clock total;
  expect_processor(run, "a table is read by the processor");
  TableFacts facts;
  facts.input = o.input;
  facts.input.options.threads = run.threads;
  facts.file_bytes = csv::file_bytes(o.input.path);
  facts.provenance = read_provenance(o.input.path);
  facts.run.device = "cpu";
  facts.run.threads = run.threads > 0 ? run.threads : available_cores();
  facts.run.memory_limit = run.memory > 0 ? run.memory : available_memory() / 2;
  Budget budget(facts.run.memory_limit, "--memory");
  {
    Stage stage("scan", facts.input.options, facts.file_bytes, run, facts.run);
    facts.schema = csv::scan_as_found(facts.input, budget, facts.format);
    stage.end();
  }
  if (o.head > 0) find_head(facts, o.head, budget);
  if (o.stats) find_stats(facts, budget, run);
  facts.run.memory_peak = budget.peak();
  facts.run.seconds = facts.run.compute_seconds = total.seconds();
  return facts;
}

}  // namespace sluice
