// The first pass: what each column is.
#include <algorithm>
#include <optional>

#include "host/error.h"
#include "host/formats/csv/inference.h"
#include "host/formats/csv/reader.h"

namespace sluice::csv {
namespace {

int index_of(const std::vector<std::string>& names, const std::string& name, const std::string& path) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return int(found - names.begin());
  std::string all;
  for (std::size_t i = 0; i < names.size() && i < 20; ++i) all += (i == 0 ? "'" : ", '") + names[i] + "'";
  if (names.size() > 20) all += ", ...";
  throw Error(ErrorKind::kUsage,
              path + ": unknown column: expected one of " + all + ", found '" + name + "'");
}

/// The columns asked for, with what was given for them.
struct Request {
  Schema schema;
  std::vector<Wanted> wanted;
};

Request request_of(const Walk& walk, const Options& options, const std::string& path) {
  Request request;
  request.schema.file_columns = int(walk.names().size());
  request.schema.renamed = walk.renamed();
  for (const std::string& name : options.select.empty() ? walk.names() : options.select) {
    Column& column = request.schema.columns.emplace_back();
    column.name = name;
    column.index = index_of(walk.names(), name, path);
    request.wanted.push_back({false, Type::kText, false, options.max_levels, options.dialect.decimal});
  }
  for (const Given& given : options.given) {
    index_of(walk.names(), given.column, path);
    for (std::size_t i = 0; i < request.wanted.size(); ++i) {
      Column& column = request.schema.columns[i];
      if (column.name != given.column) continue;
      request.wanted[i].given = true;
      request.wanted[i].type = given.type;
      request.wanted[i].fixed_levels = given.type == Type::kCategory && !given.levels.empty();
      if (request.wanted[i].fixed_levels)
        for (const std::string& level : given.levels) column.levels.add(level, 0);
    }
  }
  return request;
}

class ScanJob : public Job {
 public:
  ScanJob(const Options& options, const Request& request, Budget& budget)
      : options_(options), request_(request), missing_(options.dialect), budget_(budget), total_(fresh()) {}

  void slots(std::size_t count) override { parts_.resize(count, {fresh(), 0}); }

  void process(std::size_t slot, Rows& rows, FaultLog& faults) override {
    Part& part = parts_[slot];
    part = {fresh(), 0};
    std::string scratch;
    Row row;
    while (rows.next(row)) {
      if (sound(row, request_.schema.file_columns, options_.dialect, faults) &&
          values_allowed(row, faults, scratch)) {
        add(row, part, scratch);
      } else if (options_.on_error == OnError::kFail) {
        return;
      }
    }
  }

  void merge(std::size_t slot) override {
    rows_ += parts_[slot].rows;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < total_.size(); ++i) {
      total_[i].merge(parts_[slot].columns[i]);
      bytes += total_[i].bytes();
    }
    parts_[slot].columns.clear();
    if (bytes <= held_) return;
    share_ = {};
    held_ = 2 * bytes;
    share_ = Share(budget_, held_, "levels of the table's categories");
  }

  bool needs_another_look(std::vector<Wanted>& wanted) const {
    bool any = false;
    for (std::size_t i = 0; i < total_.size(); ++i)
      if (total_[i].needs_another_look()) {
        wanted[i].text_from_start = true;
        any = true;
      }
    return any;
  }

  void conclude(Schema& schema) const {
    schema.rows = rows_;
    for (std::size_t i = 0; i < total_.size(); ++i) total_[i].conclude(schema.columns[i]);
  }

 private:
  struct Part {
    std::vector<Inference> columns;
    std::int64_t rows = 0;
  };

  std::vector<Inference> fresh() const {
    std::vector<Inference> columns;
    for (const Wanted& wanted : request_.wanted) columns.emplace_back(wanted);
    return columns;
  }

  bool values_allowed(const Row& row, FaultLog& faults, std::string& scratch) const {
    for (std::size_t i = 0; i < request_.wanted.size(); ++i) {
      if (!request_.wanted[i].given) continue;
      const Column& column = request_.schema.columns[i];
      const Decoded value = decode(row.field(column.index), options_.dialect, scratch);
      if (missing_.contains(value) || allowed(request_.wanted[i], column.levels, value.text)) continue;
      faults.add({Fault::Kind::kBadValue, row.begin_of(column.index), column.index + 1,
                  bad_value(column.name, request_.wanted[i].type, value.text)});
      return false;
    }
    return true;
  }

  void add(const Row& row, Part& part, std::string& scratch) const {
    ++part.rows;
    for (std::size_t i = 0; i < part.columns.size(); ++i) {
      const Decoded value = decode(row.field(request_.schema.columns[i].index), options_.dialect, scratch);
      if (missing_.contains(value))
        part.columns[i].add_missing();
      else
        part.columns[i].add(value.text);
    }
  }

  const Options& options_;
  const Request& request_;
  MissingWords missing_;
  Budget& budget_;
  Share share_;
  std::uint64_t held_ = 0;
  std::vector<Inference> total_;
  std::vector<Part> parts_;
  std::int64_t rows_ = 0;
};

}  // namespace

Schema scan(const std::string& path, const Options& options, Budget& budget) {
  std::optional<Request> request;
  for (;;) {
    Walk walk(path, options, budget);
    if (!request) request = request_of(walk, options, path);
    ScanJob job(options, *request, budget);
    request->schema.faults = walk.run(job);
    if (job.needs_another_look(request->wanted)) continue;
    job.conclude(request->schema);
    return std::move(request->schema);
  }
}

}  // namespace sluice::csv
