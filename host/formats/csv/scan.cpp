// The first pass: what each column is.
#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "host/error.h"
#include "host/formats/csv/inference.h"
#include "host/formats/csv/reader.h"
#include "host/formats/csv/walk.h"

namespace sluice::csv {
namespace {

int index_of(const Walk& walk, const std::string& name, const std::string& path) {
  if (const int index = walk.index_of(name); index >= 0) return index;
  const std::vector<std::string>& names = walk.names();
  std::string all;
  for (std::size_t i = 0; i < names.size() && i < 20; ++i)
    all += (i == 0 ? "'" : ", '") + shown(names[i]) + "'";
  if (names.size() > 20) all += ", ...";
  throw Error(ErrorKind::kUsage,
              path + ": unknown column: expected one of " + all + ", found '" + shown(name) + "'");
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
    column.index = index_of(walk, name, path);
    request.wanted.push_back(
        {false, Type::kText, false, options.max_levels, options.dialect.decimal, options.ranges});
  }
  std::unordered_map<std::string_view, const Given*> given;
  for (const Given& one : options.given) {
    index_of(walk, one.column, path);
    if (!given.emplace(one.column, &one).second)
      throw Error(ErrorKind::kUsage,
                  path + ": type given twice for '" + shown(one.column) + "': expected one, found two");
  }
  for (std::size_t i = 0; i < request.wanted.size(); ++i) {
    Column& column = request.schema.columns[i];
    const auto found = given.find(column.name);
    if (found == given.end()) continue;
    Wanted& wanted = request.wanted[i];
    wanted.given = true;
    wanted.type = found->second->type;
    wanted.fixed_levels = wanted.type == Type::kCategory && !found->second->levels.empty();
    if (wanted.fixed_levels)
      for (const std::string& level : found->second->levels) column.levels.add(level, 0);
  }
  return request;
}

class ScanJob : public Job {
 public:
  ScanJob(const Options& options, const Request& request, Budget& budget)
      : options_(options), request_(request), budget_(budget), total_(fresh()) {}

  void slots(std::size_t count) override {
    for (std::size_t i = 0; i < count; ++i) parts_.push_back({{}, Fields(options_.dialect), 0});
  }

  void begin(std::size_t slot) override {
    parts_[slot].columns.clear();
    parts_[slot].rows = 0;
  }

  void process(std::size_t slot, Block& block, FaultLog& faults) override {
    Part& part = parts_[slot];
    if (part.columns.empty()) part.columns = fresh();
    leave_out_bad(block, part.fields, faults);
    part.rows += std::int64_t(block.rows.size());
    for (std::size_t i = 0; i < part.columns.size(); ++i)
      part.columns[i].add(block, std::size_t(request_.schema.columns[i].index), part.fields);
  }

  void merge(std::size_t slot) override {
    rows_ += parts_[slot].rows;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < total_.size(); ++i) {
      if (!parts_[slot].columns.empty()) total_[i].merge(parts_[slot].columns[i]);
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
    std::vector<Inference> columns;  // none before the first rows
    Fields fields;
    std::int64_t rows = 0;
  };

  std::vector<Inference> fresh() const {
    std::vector<Inference> columns;
    for (const Wanted& wanted : request_.wanted) columns.emplace_back(wanted);
    return columns;
  }

  // Rows with a value that the type given does not allow.
  void leave_out_bad(Block& block, Fields& fields, FaultLog& faults) const {
    BadRows bad(block.rows.size());
    for (std::size_t i = 0; i < request_.wanted.size(); ++i) {
      const Wanted& wanted = request_.wanted[i];
      if (!wanted.given || wanted.type == Type::kText ||
          (wanted.type == Type::kCategory && !wanted.fixed_levels))
        continue;
      const Column& column = request_.schema.columns[i];
      for (std::size_t row = 0; row < block.rows.size(); ++row)
        if (!allowed(wanted, column.levels, block.field(row, std::size_t(column.index)), fields))
          bad.add(row, i);
    }
    if (!bad.any()) return;
    log_bad(block, bad, typed(), options_.dialect, faults);
    std::size_t kept = 0;
    for (std::size_t row = 0; row < block.rows.size(); ++row)
      if (!bad.contains(row)) block.rows[kept++] = block.rows[row];
    block.rows.resize(kept);
  }

  Schema typed() const {
    Schema schema = request_.schema;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) schema.columns[i].type = request_.wanted[i].type;
    return schema;
  }

  const Options& options_;
  const Request& request_;
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
