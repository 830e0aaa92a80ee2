// Numbers of many blocks of rows are drawn by the backend at once; then each block becomes text on a thread
// of its own. A block's place in the file is known when the lengths of those before it are.
#include "host/generate_table.h"

#include <algorithm>
#include <mutex>

#include "host/block_places.h"
#include "host/clock.h"
#include "host/error.h"
#include "host/formats/csv/format.h"
#include "host/generate/model.h"
#include "host/machine.h"
#include "host/parallel.h"
#include "host/result.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice {
namespace {

using i64 = std::int64_t;
constexpr i64 kBlockBytes = i64(1) << 20;  // of text, about
constexpr i64 kBlocksAThread = 8;          // drawn at once

csv::Dialect dialect_of(const std::string& output) {
  csv::Dialect dialect;
  if (output.ends_with(".tsv") || output.ends_with(".tab")) dialect.separator = '\t';
  return dialect;
}

/// Random numbers of a range of rows: a row of the backend's matrix for each column, and one behind them all
/// that says where it is missing.
class Numbers {
 public:
  Numbers(const GenerateTableOptions& o, Machine& m, i64 most_rows)
      : o_(o), m_(m), most_(most_rows), stream_(*m.device) {
    const i64 columns = i64(o.columns.size());
    host_ = Held(*m.device, Memory::kPinned, columns * bytes(), m.budgets->host, "random numbers");
    if (!m.shared())
      device_ = Held(*m.device, Memory::kDevice, bytes(), m.budgets->device(), "random numbers");
  }
  void draw(i64 first_row, i64 rows) {
    for (std::size_t i = 0; i < o_.columns.size(); ++i) {
      const RandomColumn& column = o_.columns[i];
      if (column.random())
        draw(i64(i),
             column.kind == RandomColumn::Kind::kNormal ? Distribution::kNormal : Distribution::kUniform,
             DType::kFloat64, first_row, rows, values(i));
      if (has_missing(i))
        draw(i64(i + o_.columns.size()), Distribution::kUniform, DType::kFloat32, first_row, rows, absent(i));
    }
    stream_.finish();
  }
  bool has_missing(std::size_t column) const {
    return o_.missing > 0 && o_.columns[column].kind != RandomColumn::Kind::kRow;
  }
  double* values(std::size_t column) const {
    return reinterpret_cast<double*>(host_.as<char>() + i64(column) * bytes());
  }
  float* absent(std::size_t column) const { return reinterpret_cast<float*>(values(column) + most_); }
  static i64 bytes_a_row(std::size_t columns) { return i64(columns) * 12; }

 private:
  /// Of a column; the next begins where a double may.
  i64 bytes() const { return (most_ * 12 + 7) / 8 * 8; }
  void draw(i64 row, Distribution distribution, DType type, i64 first, i64 count, void* to) {
    GenerateArgs args{};
    args.seed = o_.seed, args.distribution = distribution, args.type = type;
    args.first_row = row, args.rows = 1, args.first_column = first, args.columns = args.ld = count;
    args.total_columns = o_.rows;
    args.out = m_.shared() ? to : device_.as<>();
    stream_.run(args);
    if (!m_.shared()) stream_.copy(to, device_.as<>(), count * i64(size_of(type)));
  }
  const GenerateTableOptions& o_;
  Machine& m_;
  i64 most_;
  Stream stream_;
  Held host_, device_;
};

/// What a thread needs for a block; handed on to the next one.
struct Scratch {
  csv::Batch batch;
  std::string text;
};

class ScratchPool {
 public:
  std::unique_ptr<Scratch> take(const csv::Schema& schema) {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      auto fresh = std::make_unique<Scratch>();
      fresh->batch.schema = &schema;
      fresh->batch.columns.resize(schema.columns.size());
      return fresh;
    }
    auto scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void give(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

class TableMaker {
 public:
  TableMaker(const GenerateTableOptions& o)
      : o_(o), schema_(schema_of(o.columns)), formatter_(o.output, dialect_of(o.output), schema_) {
    if (o.formula.empty()) return;
    const std::vector<RandomColumn> others(o.columns.begin(), o.columns.end() - 1);
    model_ = std::make_unique<TableModel>(others, o.formula, o.beta, o.noise);
  }

  void header(std::string& to) const { formatter_.put_header(schema_, to); }
  const csv::Schema& schema() const { return schema_; }
  /// Rows [row, row + rows) as text in scratch.text; `numbers` were drawn from row `drawn` on.
  void make(i64 row, i64 rows, const Numbers& numbers, i64 drawn, Scratch& scratch) const {
    for (std::size_t i = 0; i < o_.columns.size(); ++i)
      fill(o_.columns[i], row, rows, numbers.values(i) + (row - drawn),
           numbers.has_missing(i) ? numbers.absent(i) + (row - drawn) : nullptr, o_.missing,
           scratch.batch.columns[i]);
    if (model_) model_->add(scratch.batch.columns, std::size_t(rows));
    scratch.batch.rows = rows;
    formatter_.put_rows(scratch.batch, 0, rows, scratch.text);
  }

 private:
  const GenerateTableOptions& o_;
  csv::Schema schema_;
  csv::RowFormatter formatter_;
  std::unique_ptr<TableModel> model_;
};

/// Bytes of a row, of samples from all parts of the table.
double sampled_row_bytes(const GenerateTableOptions& o, const TableMaker& maker, Machine& m) {
  constexpr i64 kSamples = 16, kRows = 64;
  if (o.rows == 0) return 0;
  Numbers numbers(o, m, kRows);
  Scratch scratch;
  scratch.batch.columns.resize(o.columns.size());
  scratch.batch.schema = &maker.schema();
  i64 seen = 0;
  for (i64 k = 0; k < kSamples; ++k) {
    const i64 row = i64(__int128(o.rows - 1) * k / (kSamples - 1)), rows = std::min(kRows, o.rows - row);
    numbers.draw(row, rows);
    maker.make(row, rows, numbers, row, scratch);
    seen += rows;
  }
  return double(scratch.text.size()) / double(seen);
}

std::string fingerprint(const GenerateTableOptions& o) {
  std::string t = "operation: generate table\nversion: " + std::string(SLUICE_VERSION) + "\n";
  t += "--rows: " + std::to_string(o.rows) + "\n--columns: " + text_of(o.columns) + "\n";
  t += "--missing: " + number(o.missing) + "\n--seed: " + std::to_string(o.seed) + "\n";
  if (!o.formula.empty()) {
    t += "--formula: " + o.formula + "\n--beta:";
    for (const double b : o.beta) t += " " + number(b);
    t += "\n";
  }
  return t + "separator: " + (dialect_of(o.output).separator == '\t' ? "tab" : "comma") + "\n";
}

/// Where to go on: behind the blocks that follow each other from the first row. A block's record holds its
/// rows and, as columns, its bytes.
struct Position {
  i64 row = 0;
  std::uint64_t offset = 0;
};
Position end_of(std::vector<TileRecord> found, std::uint64_t header) {
  std::sort(found.begin(), found.end(),
            [](const TileRecord& a, const TileRecord& b) { return a.rect.row < b.rect.row; });
  Position at{0, header};
  for (const TileRecord& t : found)
    if (t.rect.row == at.row && std::uint64_t(t.rect.column) == at.offset)
      at = {at.row + t.rect.rows, at.offset + std::uint64_t(t.rect.columns)};
  return at;
}

/// Where blocks go: to a file, or in order to whoever takes them.
struct Output {
  const std::function<bool(std::string_view)>& sink;
  Result* result;
  Position at;  // of the first block
  const std::string& header;
};

/// Rows of a block: its text and its columns, as drawn and as values, are held by each thread; text may be
/// longer than the samples.
i64 block_rows(const GenerateTableOptions& o, const Machine& m, double row_bytes, double held_a_row) {
  const double drawn = double(kBlocksAThread) * double(Numbers::bytes_a_row(o.columns.size()));
  const double fit = (double(m.memory) - double(m.scratch)) / 2 / (double(m.threads) * (held_a_row + drawn));
  return std::clamp<i64>(i64(std::min(double(kBlockBytes) / row_bytes, fit)), 1, 65536);
}

/// All rows from to.at on. Returns where the text ends.
std::uint64_t make_blocks(const GenerateTableOptions& o, const TableMaker& maker, Machine& m,
                          double row_bytes, const Output& to, const RunOptions& run,
                          std::vector<StageTime>& stages) {
  const double held_a_row = 2 * row_bytes + double(o.columns.size()) * 17;
  const i64 block = block_rows(o, m, row_bytes, held_a_row), at_once = block * kBlocksAThread * m.threads;
  Numbers numbers(o, m, std::min(at_once, std::max<i64>(o.rows - to.at.row, 1)));
  const Share texts(m.budgets->host, std::uint64_t(double(m.threads) * held_a_row * double(block)),
                    "the text of rows");
  Observer quiet;
  Observer& observer = run.observer != nullptr ? *run.observer : quiet;
  observer.begin("generate", double(o.rows), "rows", double(to.at.row));
  Places places(to.at.offset);
  if (to.at.row == 0 && to.result) to.result->write(0, 0, to.header.data(), to.header.size());
  if (to.sink && !to.sink(to.header)) places.fail();
  ScratchPool pool;
  double drawing = 0, all = 0;
  for (i64 row = to.at.row; row < o.rows && !places.failed(); row += at_once) {
    if (run.stop != nullptr && run.stop->load(std::memory_order_relaxed))
      throw Error(ErrorKind::kInterrupted, "interrupted");
    const i64 rows = std::min(at_once, o.rows - row);
    const Clock clock;
    numbers.draw(row, rows);
    drawing += clock.seconds();
    places.restart();
    const auto make = [&](i64 k) {
      auto s = pool.take(maker.schema());
      s->text.clear();
      const i64 first = row + k * block, count = std::min(block, row + rows - first);
      maker.make(first, count, numbers, row, *s);
      std::uint64_t offset = 0;
      const bool placed =
          places.place(k, s->text.size(), offset, [&] { return !to.sink || to.sink(s->text); });
      if (placed && to.result) {
        to.result->write(0, offset, s->text.data(), s->text.size());
        TileRecord record;
        record.rect = {first, i64(offset), count, i64(s->text.size())};
        to.result->completed(record);
      }
      pool.give(std::move(s));
    };
    in_parallel(std::size_t(m.threads), std::size_t((rows + block - 1) / block), [&](std::size_t k) {
      try {
        make(i64(k));
      } catch (...) {
        places.fail();  // those that wait for this block's length wait in vain
        throw;
      }
    });
    all += clock.seconds();
    observer.progress(double(row + rows));
  }
  observer.end();
  stages = {{"draw", drawing, 0, 0}, {"format", all - drawing, double(places.end() - to.at.offset), 0}};
  return places.end();
}

void check_space(const GenerateTableOptions& o, std::uint64_t needed) {
  const std::uint64_t free = sys::free_space(o.output);
  if (double(needed) * 0.98 > double(free))  // of an estimate
    throw Error(ErrorKind::kOutput,
                o.output + ": not enough space on its disk: needed about " + sys::size_text(needed) +
                    ", free " + sys::size_text(free),
                "free some space, or write to another disk");
}

}  // namespace

GenerateTableOptions with_response(GenerateTableOptions o) {
  if (!o.formula.empty()) o.columns.push_back(TableModel(o.columns, o.formula, o.beta, o.noise).response());
  return o;
}

void check_generate_table(const GenerateTableOptions& o) {
  if (o.rows < 0) throw Error(ErrorKind::kUsage, "--rows is missing", "for example --rows 1e6");
  if (o.rows > (i64(1) << 50))
    throw Error(ErrorKind::kUsage, "--rows " + std::to_string(o.rows) + ": more than a file can hold");
  if (o.columns.empty())
    throw Error(ErrorKind::kUsage, "--columns is missing", "for example --columns a:normal,kind:category(5)");
  if (!(o.missing >= 0 && o.missing <= 1))
    throw Error(ErrorKind::kUsage, "--missing " + number(o.missing) + ": expected a share from 0 to 1");
  if (o.formula.empty() && o.noise != 0)
    throw Error(ErrorKind::kUsage,
                "--noise without --formula: expected a formula whose column it is added to");
  if (o.formula.empty() && !o.beta.empty())
    throw Error(ErrorKind::kUsage, "--beta without --formula: expected the formula whose columns it is of");
  if (!o.formula.empty() && !(o.noise >= 0 && o.noise < 1e300))
    throw Error(ErrorKind::kUsage, "--noise " + number(o.noise) + ": expected a deviation of 0 or more");
  check_rows(o.columns, o.rows);
  if (o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o t.csv");
  for (const char* end : {".gz", ".zst", ".npy", ".h5", ".hdf5"})
    if (o.output.ends_with(end))
      throw Error(ErrorKind::kUsage, o.output + ": expected the name of a table as plain text, found " + end,
                  "for example -o t.csv");
}

std::uint64_t estimated_bytes(const GenerateTableOptions& given, const RunOptions& run) {
  check_generate_table(given);
  const GenerateTableOptions o = with_response(given);
  Machine m = open_machine(run);
  const TableMaker maker(o);
  std::string header;
  maker.header(header);
  return header.size() + std::uint64_t(sampled_row_bytes(o, maker, m) * double(o.rows));
}

GenerateTableSummary generate_table(const GenerateTableOptions& given, const RunOptions& run) {
  const Clock total;
  check_generate_table(given);
  const GenerateTableOptions o = with_response(given);
  Machine m = open_machine(run);
  GenerateTableSummary out;
  const TableMaker maker(o);
  OutputSpec spec;
  spec.path = o.output, spec.format = FileFormat::kText;
  spec.rows = o.rows, spec.columns = i64(o.columns.size());
  std::optional<Result> result;
  if (!o.sink)
    result.emplace(std::vector<OutputSpec>{spec}, fingerprint(o),
                   Provenance{{"command", run.command}, {"version", std::string("sluice ") + SLUICE_VERSION}},
                   run);
  if (!result || !result->complete()) {
    Share scratch(m.budgets->device(), std::uint64_t(m.scratch), "the backend's scratch");
    std::string header;
    maker.header(header);
    const double row_bytes = std::max(1.0, sampled_row_bytes(o, maker, m));
    Position at{0, header.size()};
    if (result) at = end_of(result->found(), header.size());
    if (result) check_space(o, std::uint64_t(row_bytes * double(o.rows - at.row)));
    const Output to{o.sink, result ? &*result : nullptr, at, header};
    out.bytes = make_blocks(o, maker, m, row_bytes, to, run, out.run.stages);
    out.run.compute_seconds = total.seconds();
    if (result) result->cut(0, out.bytes), result->finish();
  } else if (run.observer != nullptr) {
    run.observer->note("complete: nothing was left to do");
  }
  m.report(out.run);
  if (result) {
    out.run.resumed = result->resumed();
    out.run.bytes_written = result->bytes_written();
    out.run.sync_seconds = result->sync_seconds();
    out.bytes = sys::identity(sys::File(o.output, 0)).bytes;
    out.open_hint = open_hint(spec);
  }
  out.run.seconds = total.seconds();
  return out;
}

}  // namespace sluice
