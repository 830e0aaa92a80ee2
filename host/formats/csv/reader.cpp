// The second pass: batches.
#include "host/formats/csv/reader.h"

#include <algorithm>

#include "host/error.h"
#include "host/formats/csv/walk.h"

namespace sluice::csv {
namespace {

// Of values in a batch whose rows are not given; one row may have more.
constexpr std::uint64_t kBatchBytes = 1 << 20;
constexpr std::int64_t kBatchRows = 65536;
constexpr std::uint64_t kKept = 4 << 20;

std::uint64_t row_bytes(const Schema& schema) {  // without texts
  std::uint64_t bytes = 0;
  for (const Column& column : schema.columns) bytes += column.type == Type::kCategory ? 5 : 9;
  return bytes;
}

class ReadJob : public Job {
 public:
  ReadJob(const Options& options, const Schema& schema, Budget& budget,
          const std::function<void(const Batch&)>& take)
      : options_(options),
        schema_(schema),
        budget_(budget),
        take_(take),
        row_bytes_(row_bytes(schema)),
        most_rows_(options.batch_rows > 0 ? options.batch_rows : kBatchRows) {
    batch_.schema = &schema;
    batch_.columns.resize(schema.columns.size());
  }

  void slots(std::size_t count) override {
    for (std::size_t i = 0; i < count; ++i) parts_.push_back({BlockParser(options_.dialect, schema_), {}, 0});
  }

  void begin(std::size_t slot) override {
    Part& part = parts_[slot];
    part.columns.resize(schema_.columns.size());
    for (ColumnData& column : part.columns) {
      if (column.bytes() > kKept) column = {};  // of a long row
      column.clear();
    }
    part.rows = 0;
  }

  void process(std::size_t slot, Block& block, FaultLog& faults) override {
    Part& part = parts_[slot];
    const bool fail = options_.on_error == OnError::kFail;
    part.rows += part.parser.append(block, fail, part.columns, faults);
  }

  void merge(std::size_t slot) override {
    Part& part = parts_[slot];
    for (std::size_t done = 0; done < part.rows;) {
      const std::size_t count = that_fit(part, done);
      if (count == 0) {
        flush();
        continue;
      }
      for (std::size_t i = 0; i < batch_.columns.size(); ++i)
        batch_.columns[i].append(part.columns[i], done, count);
      batch_.rows += std::int64_t(count);
      done += count;
      pay();
    }
  }

  void flush() {
    if (batch_.rows == 0) return;
    take_(batch_);
    batch_.first_row += batch_.rows;
    batch_.rows = 0;
    for (ColumnData& column : batch_.columns) column.clear();
  }

 private:
  struct Part {
    BlockParser parser;
    std::vector<ColumnData> columns;
    std::size_t rows = 0;
  };

  // How many rows of a part, from `first` on, still belong to the batch: a matter of the rows alone.
  std::size_t that_fit(const Part& part, std::size_t first) const {
    const std::size_t most = std::min(part.rows - first, std::size_t(most_rows_ - batch_.rows));
    if (options_.batch_rows > 0) return most;
    std::uint64_t held = row_bytes_ * std::uint64_t(batch_.rows);
    for (const ColumnData& column : batch_.columns) held += column.text.size();
    const auto fit = [&](std::size_t count) {
      std::uint64_t bytes = held + row_bytes_ * count;
      for (const ColumnData& column : part.columns)
        if (!column.text_ends.empty())
          bytes += std::uint64_t(column.text_ends[first + count - 1] -
                                 (first == 0 ? 0 : column.text_ends[first - 1]));
      return bytes <= kBatchBytes || (batch_.rows == 0 && count == 1);
    };
    std::size_t low = 0, high = most;  // all up to `low` fit
    if (high != 0 && fit(high)) return high;
    while (low + 1 < high) {
      const std::size_t middle = (low + high) / 2;
      (fit(middle) ? low : high) = middle;
    }
    return low;
  }

  void pay() {
    std::uint64_t bytes = 0;
    for (const ColumnData& column : batch_.columns) bytes += column.bytes();
    if (bytes <= paid_) return;
    share_ = {};
    share_ = Share(budget_, bytes, "a batch of the table's rows");
    paid_ = bytes;
  }

  const Options& options_;
  const Schema& schema_;
  Budget& budget_;
  const std::function<void(const Batch&)>& take_;
  std::uint64_t row_bytes_;
  std::int64_t most_rows_;
  Batch batch_;
  Share share_;
  std::uint64_t paid_ = 0;
  std::vector<Part> parts_;
};

// The file's own order of columns may differ from that of the file that was scanned.
Schema placed(const Schema& schema, const Walk& walk, const std::string& path) {
  Schema result = schema;
  result.file_columns = int(walk.names().size());
  for (Column& column : result.columns) {
    column.index = walk.index_of(column.name);
    if (column.index < 0)
      throw Error(ErrorKind::kInput,
                  path + ": missing column: expected '" + column.name + "', found none of that name");
  }
  return result;
}

}  // namespace

Faults read(const std::string& path, const Options& options, const Schema& schema, Budget& budget,
            const std::function<void(const Batch&)>& take) {
  Walk walk(path, options, budget);
  const Schema here = placed(schema, walk, path);
  ReadJob job(options, here, budget, take);
  const Faults faults = walk.run(job);
  job.flush();
  return faults;
}

}  // namespace sluice::csv
