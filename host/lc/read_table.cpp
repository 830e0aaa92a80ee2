// Tables with an object column, of any size: the reader of separated values walks over them, rows are parsed
// in its pieces and merged in the file's order.
#include <algorithm>
#include <utility>

#include "host/error.h"
#include "host/formats/csv/detect.h"
#include "host/formats/csv/walk.h"
#include "host/lc/collector.h"

namespace sluice::lc {
namespace {

class RowJob : public csv::Job {
 public:
  RowJob(const ReadOptions& options, const csv::Options& table, const csv::Walk& walk,
         const std::string& path, std::uint32_t file, Budget& budget, Collector& collector)
      : options_(options),
        table_(table),
        names_(walk.names()),
        layout_(layout_of(names_, options, path)),
        path_(path),
        file_(file),
        budget_(budget),
        collector_(collector) {}

  void slots(std::size_t count) override {
    for (std::size_t i = 0; i < count; ++i) {
      parts_.push_back(std::make_unique<Part>());
      parts_.back()->parser =
          std::make_unique<RowParser>(options_, table_.dialect, layout_, names_, options_.id == "order");
    }
  }

  void begin(std::size_t slot) override {
    Part& part = *parts_[slot];
    part.parsed.rows.clear();
    part.parsed.bands = {};
    part.parsed.objects = {};
  }

  void process(std::size_t slot, csv::Block& block, csv::FaultLog& faults) override {
    Part& part = *parts_[slot];
    part.parser->append(block, table_.on_error == csv::OnError::kFail, part.parsed, faults);
    const std::uint64_t held = part.parsed.rows.capacity() * sizeof(Row);
    if (held <= part.paid) return;
    Share more(budget_, held, "rows of the table");
    part.share = std::move(more);
    part.paid = held;
  }

  void merge(std::size_t slot) override {
    const ParsedRows& parsed = parts_[slot]->parsed;
    const std::vector<std::int32_t> bands = collector_.bands_of(parsed.bands, path_);
    std::int64_t last = 0, id = 0;
    bool any = false;
    for (const Row& row : parsed.rows) {
      if (!any || row.object != last)
        id = number_of(row.object, parsed.objects), last = row.object, any = true;
      collector_.add({id, row.t, row.flux, row.error, bands[std::size_t(row.band)], file_});
      collector_.offer();
    }
    rows_ += std::int64_t(parsed.rows.size());
  }

  std::int64_t rows() const { return rows_; }

 private:
  struct Part {
    std::unique_ptr<RowParser> parser;
    ParsedRows parsed;
    Share share;
    std::uint64_t paid = 0;
  };

  std::int64_t number_of(std::int64_t object, const csv::Dictionary& texts) {
    if (object >= 0) {
      if (object == known_ && is_known_) return object;
      const ObjectNumbers::Known known = collector_.numbers.of_number(path_, object);
      if (known.first) collector_.add(ObjectFacts{known.id, std::to_string(known.id), {}, {}, file_});
      known_ = object, is_known_ = true;
      return known.id;
    }
    const std::string& text = texts[std::size_t(-1 - object)];
    const ObjectNumbers::Known known = collector_.numbers.of_text(path_, text);
    if (known.first) collector_.add(ObjectFacts{known.id, text, {}, {}, file_});
    return known.id;
  }

  const ReadOptions& options_;
  const csv::Options& table_;
  std::vector<std::string> names_;
  Layout layout_;
  std::string path_;
  std::uint32_t file_;
  Budget& budget_;
  Collector& collector_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::int64_t rows_ = 0, known_ = 0;
  bool is_known_ = false;
};

/// What a walk over one table needs; making it looks at the table's first rows.
struct Reading {
  Reading(csv::Input& input, const ReadOptions& options, std::uint32_t file, Budget& budget,
          Collector& collector)
      // The walk takes what it may of a budget: it gets half of what is left, rows the rest.
      : share(budget, budget.left() / 2, "reading the table"),
        half(budget.left(), "--memory"),
        walk((csv::detect(input, half), input.path), input.options, half),
        job(options, input.options, walk, input.path, file, budget, collector) {}
  Share share;
  Budget half;
  csv::Walk walk;
  RowJob job;
};

/// Null where the file cannot be begun and such files are left out; within one, the walk leaves out rows.
std::unique_ptr<Reading> begin(csv::Input& input, const ReadOptions& options, std::uint32_t file,
                               Budget& budget, Collector& collector) {
  try {
    return std::make_unique<Reading>(input, options, file, budget, collector);
  } catch (const Error& error) {
    if (input.options.on_error == csv::OnError::kFail || error.kind() != ErrorKind::kInput) throw;
    ++collector.counts.bad_files;
    collector.fault(error.what());
    return nullptr;
  }
}

}  // namespace

void read_tables(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector) {
  double total = 0, before = 0;
  for (const std::string& path : collector.files) total += double(csv::file_bytes(path));
  if (run.observer != nullptr) run.observer->begin("read", total, "bytes", 0);
  for (std::size_t file = 0; file < collector.files.size(); ++file) {
    csv::Input input = options.table;
    input.path = collector.files[file];
    if (run.threads > 0) input.options.threads = run.threads;
    input.options.progress = [&](std::uint64_t bytes) {
      if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
      if (run.observer != nullptr) run.observer->progress(before + double(bytes));
    };
    ReadCounts& counts = collector.counts;
    ++counts.files;
    if (const auto reading = begin(input, options, std::uint32_t(file), budget, collector)) {
      const csv::Faults faults = reading->walk.run(reading->job);
      counts.bad_rows += faults.rows();
      for (const std::string& fault : faults.first) collector.fault(fault);
      counts.empty_files += std::int64_t(reading->job.rows() == 0);
    }
    before += double(csv::file_bytes(input.path));
    collector.counts.bytes = std::uint64_t(before);
  }
  collector.flush();
  if (run.observer != nullptr) run.observer->end();
}

}  // namespace sluice::lc
