// Tables with an object column, of any size: the reader of separated values walks over them, rows are parsed
// in its pieces and merged in the file's order.
#include <algorithm>
#include <optional>
#include <utility>

#include "host/error.h"
#include "host/formats/csv/detect.h"
#include "host/formats/csv/walk.h"
#include "host/lc/collector.h"
#include "host/lc/front.h"
#include "host/lc/text_table.h"

namespace sluice::lc {
namespace {

constexpr std::uint64_t kAlone = 1 << 20;  // bytes below which one thread reads a table

class RowJob : public csv::Job {
 public:
  RowJob(const ReadOptions& options, const csv::Options& table, const csv::Walk& walk,
         const std::string& path, std::uint32_t file, bool one_object, Budget& budget, Collector& collector)
      : options_(options),
        table_(table),
        names_(walk.names()),
        layout_(one_object ? text_layout_of(names_, options, path) : table_layout_of(names_, options, path)),
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
  /// All rows are this object's.
  void set_object(std::int64_t object) { object_ = object; }

 private:
  struct Part {
    std::unique_ptr<RowParser> parser;
    ParsedRows parsed;
    Share share;
    std::uint64_t paid = 0;
  };

  std::int64_t number_of(std::int64_t object, const csv::Dictionary& texts) {
    if (object_) return *object_;
    if (object >= 0) {
      if (object == known_ && is_known_) return object;
      const ObjectNumbers::Known known = collector_.numbers.of_number(path_, object);
      if (known.first) collector_.add(ObjectFacts{known.id, std::to_string(known.id), {}, {}, file_});
      known_ = object, is_known_ = true;
      return known.id;
    }
    const std::string& text = texts[std::size_t(-1 - object)];
    const ObjectNumbers::Known known = collector_.numbers.of_text(path_, text);
    if (known.first) {
      // "615.0" is the number 615, whose name is that.
      std::int64_t whole = 0;
      const bool is_number = options_.id != "order" && whole_number(text, whole);
      collector_.add(ObjectFacts{known.id, is_number ? std::to_string(whole) : text, {}, {}, file_});
    }
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
  std::optional<std::int64_t> object_;
};

/// What a walk over one table needs; making it looks at the table's first rows.
struct Reading {
  Reading(csv::Input& input, const ReadOptions& options, std::uint32_t file, bool one_object, Budget& budget,
          Collector& collector)
      // The walk takes what it may of a budget: it gets half of what is left, rows the rest.
      : share(budget, budget.left() / 2, "reading the table"),
        half(budget.left(), "--memory"),
        walk((csv::detect(input, half), input.path), input.options, half),
        job(options, input.options, walk, input.path, file, one_object, budget, collector) {}
  Share share;
  Budget half;
  csv::Walk walk;
  RowJob job;
};

/// Null where the file cannot be begun and such files are left out; within one, the walk leaves out rows.
std::unique_ptr<Reading> begin(csv::Input& input, const ReadOptions& options, std::uint32_t file,
                               bool one_object, Budget& budget, Collector& collector) {
  try {
    return std::make_unique<Reading>(input, options, file, one_object, budget, collector);
  } catch (const Error& error) {
    collector.leave_out(error, options);
    return nullptr;
  }
}

void walk_through(Reading& reading, Collector& collector) {
  const csv::Faults faults = reading.walk.run(reading.job);
  collector.counts.bad_rows += faults.rows();
  for (const std::string& fault : faults.first) collector.fault(fault);
  collector.counts.empty_files += std::int64_t(reading.job.rows() == 0);
}

/// What the front says of an object's file, and how its rows are to be read.
ObjectFacts facts_of(csv::Input& input, const ReadOptions& options, Budget& budget, std::string& key) {
  bool whole = false;
  const std::string bytes = front_of(input.path, budget, whole);
  const TextHead head = head_of(bytes, whole, options.table);
  if (head.names.empty())
    throw Error(ErrorKind::kInput, input.path +
                                       ": no line of names in the first 64 KiB: expected one as 't pb "
                                       "flux dflux', found none");
  input.options.dialect = dialect_of(head, options.table);
  input.options.dialect.encoding =
      encoding_of(std::string_view(bytes).substr(0, bytes.find_last_of("\n\r")), options.table);
  input.find_separator = false;
  ObjectFacts facts;
  facts.name = ObjectNumbers::name_of_file(input.path);
  take_metadata(head, input.options.dialect.encoding, key_of(options.id, "meta"), facts.metadata, facts.label,
                key);
  return facts;
}

}  // namespace

void read_large(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector,
                std::uint32_t file) {
  csv::Input input = options.table;
  input.path = collector.files[file];
  if (run.threads > 0) input.options.threads = run.threads;
  input.options.progress = [&](std::uint64_t) {
    if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
  };
  ++collector.counts.files;
  std::unique_ptr<Reading> reading;
  try {
    std::string key;
    ObjectFacts facts = facts_of(input, options, budget, key);
    reading = std::make_unique<Reading>(input, options, file, true, budget, collector);
    facts.id = collector.numbers.of_file(collector.files, file, facts.name, key);
    facts.file = file;
    reading->job.set_object(facts.id);
    collector.add(std::move(facts));
  } catch (const Error& error) {
    return collector.leave_out(error, options);
  }
  walk_through(*reading, collector);
  collector.counts.bytes += csv::file_bytes(input.path);
}

void read_tables(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector) {
  double total = 0, before = 0;
  for (const std::string& path : collector.files) total += double(csv::file_bytes(path));
  if (run.observer != nullptr) run.observer->begin("read", total, "bytes", 0);
  for (std::size_t file = 0; file < collector.files.size(); ++file) {
    csv::Input input = options.table;
    input.path = collector.files[file];
    if (run.threads > 0) input.options.threads = run.threads;
    // Threads are started for each file: it has to be worth that.
    if (csv::file_bytes(input.path) < kAlone) input.options.threads = 1;
    input.options.progress = [&](std::uint64_t bytes) {
      if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
      if (run.observer != nullptr) run.observer->progress(before + double(bytes));
    };
    ++collector.counts.files;
    if (const auto reading = begin(input, options, std::uint32_t(file), false, budget, collector))
      walk_through(*reading, collector);
    before += double(csv::file_bytes(input.path));
    collector.counts.bytes = std::uint64_t(before);
  }
  collector.flush();
  if (run.observer != nullptr) run.observer->end();
}

}  // namespace sluice::lc
