// The second pass: batches.
#include "host/formats/csv/reader.h"

#include <algorithm>

#include "host/error.h"

namespace sluice::csv {
namespace {

std::int64_t batch_rows_for(const Options& options, std::size_t columns) {
  if (options.batch_rows > 0) return options.batch_rows;
  return std::clamp<std::int64_t>((std::int64_t(1) << 20) / std::int64_t(std::max<std::size_t>(columns, 1)),
                                  64, 65536);
}

class ReadJob : public Job {
 public:
  ReadJob(const Options& options, const Schema& schema, Budget& budget,
          const std::function<void(const Batch&)>& take)
      : options_(options),
        schema_(schema),
        budget_(budget),
        take_(take),
        batch_rows_(batch_rows_for(options, schema.columns.size())) {
    batch_.schema = &schema;
    batch_.columns.resize(schema.columns.size());
  }

  void slots(std::size_t count) override {
    parts_.resize(count,
                  {RowParser(options_.dialect, schema_), std::vector<ColumnData>(schema_.columns.size()), 0});
  }

  void process(std::size_t slot, Rows& rows, FaultLog& faults) override {
    Part& part = parts_[slot];
    for (ColumnData& column : part.columns) column.clear();
    part.rows = 0;
    Row row;
    while (rows.next(row)) {
      if (part.parser.append(row, part.columns, faults))
        ++part.rows;
      else if (options_.on_error == OnError::kFail)
        return;
    }
  }

  void merge(std::size_t slot) override {
    const Part& part = parts_[slot];
    for (std::int64_t done = 0; done < part.rows;) {
      const std::int64_t count = std::min(part.rows - done, batch_rows_ - batch_.rows);
      for (std::size_t i = 0; i < batch_.columns.size(); ++i)
        batch_.columns[i].append(part.columns[i], std::size_t(done), std::size_t(count));
      batch_.rows += count;
      done += count;
      pay();
      if (batch_.rows == batch_rows_) flush();
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
    RowParser parser;
    std::vector<ColumnData> columns;
    std::int64_t rows = 0;
  };

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
  std::int64_t batch_rows_;
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
    const auto found = std::find(walk.names().begin(), walk.names().end(), column.name);
    if (found == walk.names().end())
      throw Error(ErrorKind::kInput,
                  path + ": missing column: expected '" + column.name + "', found none of that name");
    column.index = int(found - walk.names().begin());
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
