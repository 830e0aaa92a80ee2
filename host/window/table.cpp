#include "host/window/table.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "host/error.h"
#include "host/formats/csv/reader.h"
#include "host/window/times.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

bool numeric(const csv::Column& column) {
  return column.type == csv::Type::kInteger || column.type == csv::Type::kFloat;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 10; ++i) text += (i > 0 ? ", " : "") + names[i];
  return names.size() > 10 ? text + ", ... (" + std::to_string(names.size()) + " in all)" : text;
}

double number_at(const csv::ColumnData& column, csv::Type type, std::size_t row) {
  if (column.missing[row] != 0) return std::numeric_limits<double>::quiet_NaN();
  return type == csv::Type::kInteger ? double(column.integers[row]) : column.floats[row];
}

}  // namespace

bool is_table(const WindowOptions& options, const std::vector<std::string>& files) {
  return options.table.is_table || (!options.input_options.has_shape && csv::has_table_name(files[0]));
}

Table::Table(const WindowOptions& o, std::vector<std::string> files, const RunOptions& run)
    : run_(run),
      budget_((run.memory > 0 ? run.memory : available_memory() / 2) / 2, "--memory"),
      name_(o.input),
      time_(o.time) {
  if (o.channels_are_rows)
    throw Error(ErrorKind::kUsage, o.input + ": --variables rows: the columns of a table are its channels",
                "leave it out");
  for (std::string& file : files) {
    csv::Input input = o.table;
    input.path = std::move(file);
    input.options.threads = run.threads;
    if (!time_.empty() && !input.options.select.empty() &&
        std::find(input.options.select.begin(), input.options.select.end(), time_) ==
            input.options.select.end())
      input.options.select.push_back(time_);
    identities_.push_back(sys::identity(sys::File(input.path, O_RDONLY)));
    inputs_.push_back(std::move(input));
  }
  scan(o);
}

void Table::scan(const WindowOptions& o) {
  Observer quiet;
  Observer& observer = run_.observer != nullptr ? *run_.observer : quiet;
  double total = 0, before = 0;
  for (const csv::Input& input : inputs_) total += double(csv::file_bytes(input.path));
  observer.begin("scan", total, "bytes", 0);
  std::vector<std::string> left_out;
  for (csv::Input& input : inputs_) {
    input.options.progress = [&](std::uint64_t bytes) {
      if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
      observer.progress(before + double(bytes));
    };
    csv::Format format;
    csv::Schema schema = csv::scan_as_found(input, budget_, format);
    before += double(csv::file_bytes(input.path));
    for (const std::string& note : format.notes) observer.note(note);
    if (schema.faults.rows() > 0)
      observer.note(input.path + ": " + std::to_string(schema.faults.rows()) + " bad rows are left out");
    const bool first = schemas_.empty();
    std::vector<std::string> names;
    csv::Schema kept = schema;
    kept.columns.clear();
    bool time_found = time_.empty();
    for (const csv::Column& column : schema.columns) {
      if (column.name == time_) {
        time_found = true;
        if (column.type != csv::Type::kTime && !numeric(column))
          throw Error(ErrorKind::kUsage,
                      input.path + ": --time " + time_ + ": expected times or numbers, found " +
                          csv::name_of(column.type),
                      "for example 2024-03-05T12:00:00, or seconds");
        if (first) iso_ = column.type == csv::Type::kTime, zoned_ = column.zoned;
        if (iso_ != (column.type == csv::Type::kTime))
          throw Error(ErrorKind::kInput, input.path + ": does not continue " + inputs_[0].path + ": " +
                                             time_ + ": expected " + (iso_ ? "times" : "numbers"));
        kept.columns.push_back(column);
      } else if (numeric(column)) {
        names.push_back(column.name);
        kept.columns.push_back(column);
      } else if (!o.table.options.select.empty()) {
        throw Error(ErrorKind::kUsage, input.path + ": --columns " + column.name +
                                           ": expected numbers, found " + csv::name_of(column.type));
      } else if (first) {
        left_out.push_back(column.name + " (" + csv::name_of(column.type) + ")");
      }
    }
    if (!time_found) {
      std::vector<std::string> there;
      for (const csv::Column& column : schema.columns) there.push_back(column.name);
      throw Error(ErrorKind::kUsage, input.path + ": --time " + time_ + ": there is no such column",
                  "there are: " + listed(there));
    }
    if (first) channels_ = names;
    if (names != channels_)
      throw Error(ErrorKind::kInput, input.path + ": does not continue " + inputs_[0].path +
                                         ": numeric columns: expected " + listed(channels_) + ", found " +
                                         listed(names));
    // Where rows may be left out for a bad value of any column, all of them are looked at again.
    schemas_.push_back(input.options.given.empty() ? std::move(kept) : std::move(schema));
    rows_ += schemas_.back().rows;
  }
  observer.end();
  if (channels_.empty())
    throw Error(ErrorKind::kInput, name_ + ": holds no numeric column besides the time: expected channels");
  if (!left_out.empty()) observer.note("left out, as they hold no numbers: " + listed(left_out));
}

std::string Table::dialect_text() const {
  const csv::Options& o = inputs_[0].options;
  std::string text = std::string("separator ") + o.dialect.separator + ", quote " + o.dialect.quote +
                     ", decimal " + o.dialect.decimal + ", comment " + o.dialect.comment;
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 32) c = '?';
  if (o.dialect.spaces) text += ", spaces";
  if (!o.dialect.header) text += ", no header";
  for (const std::string& word : o.dialect.missing) text += ", missing " + word;
  for (const csv::Given& given : o.given) text += ", " + given.column + " " + csv::name_of(given.type);
  return text + (o.on_error == csv::OnError::kSkip ? ", bad rows skipped" : "");
}

void Table::read(const std::string& beside) {
  const std::uint64_t bytes = 8 * std::uint64_t(rows_);
  values_ = std::make_shared<Spill>(beside, bytes * (channels_.size() + (time_.empty() ? 0 : 1)));
  if (!time_.empty()) times_ = std::make_shared<Spill>(beside, 0);
  go_over(true);
}

void Table::read_times() {
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  times_ = std::make_shared<Spill>((folder / "times").string(), 8 * std::uint64_t(rows_));
  go_over(false);
}

void Table::go_over(bool values) {
  Observer quiet;
  Observer& observer = run_.observer != nullptr ? *run_.observer : quiet;
  double total = 0, before = 0;
  for (const csv::Input& input : inputs_) total += double(csv::file_bytes(input.path));
  observer.begin("read", total, "bytes", 0);
  std::vector<double> rows;
  std::vector<i64> times;
  Share share;
  TimeCheck check;
  for (std::size_t f = 0; f < inputs_.size(); ++f) {
    csv::Input& input = inputs_[f];
    input.options.progress = [&](std::uint64_t bytes) {
      if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
      observer.progress(before + double(bytes));
    };
    csv::Schema schema = schemas_[f];
    if (!values) {
      schema.columns.clear();
      for (const csv::Column& column : schemas_[f].columns)
        if (column.name == time_) schema.columns.push_back(column);
    }
    i64 here = 0;
    csv::read(input.path, input.options, schema, budget_, [&](const csv::Batch& batch) {
      const std::size_t n = std::size_t(batch.rows), width = values ? channels_.size() : 0;
      if (rows.size() < n * width || times.size() < n) {
        share = {};
        share = Share(budget_, 8 * n * (width + 1), "rows of the table");
        rows.resize(n * width), times.resize(n);
      }
      std::size_t channel = 0;
      for (std::size_t i = 0; i < batch.columns.size(); ++i) {
        const csv::Column& column = batch.schema->columns[i];
        const csv::ColumnData& data = batch.columns[i];
        if (!time_.empty() && column.name == time_) {
          for (std::size_t r = 0; r < n; ++r) {
            const i64 row = batch.first_row + i64(r) + 1;
            if (data.missing[r] != 0) check.refuse_missing(input.path, time_, row);
            times[r] = column.type == csv::Type::kTime
                           ? data.integers[r]
                           : check.nanoseconds(number_at(data, column.type, r), input.path, time_, row);
            check.follows(times[r], input.path, time_, row);
          }
        } else if (values && numeric(column)) {
          for (std::size_t r = 0; r < n; ++r) rows[r * width + channel] = number_at(data, column.type, r);
          ++channel;
        }
      }
      if (values) values_->append(rows.data(), n * width * 8);
      if (times_) times_->append(times.data(), n * 8);
      here += batch.rows;
    });
    if (here != schemas_[f].rows || sys::identity(sys::File(input.path, O_RDONLY)) != identities_[f])
      throw Error(ErrorKind::kInput, input.path + ": changed while it was read",
                  "run again on a file at rest");
    before += double(csv::file_bytes(input.path));
  }
  observer.end();
}

std::unique_ptr<MatrixSource> Table::matrix() const {
  MatrixInfo info;
  info.path = name_, info.format = "table";
  if (inputs_.size() > 1) info.format = std::to_string(inputs_.size()) + " files, table";
  info.rows = rows_, info.columns = i64(channels_.size());
  info.type = DType::kFloat64;
  return spilled_matrix(std::move(info), values_, identities_);
}

}  // namespace sluice::window_detail
