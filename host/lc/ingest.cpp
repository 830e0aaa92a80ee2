// The caller's thread and its helpers read and sort, a thread of its own inserts.
// Memory: the reader's pieces, batches (one filling, one waiting, one being inserted, and what sorting takes)
// and SQLite's cache of pages, as Parts shares --memory out.
#include "host/lc/ingest.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "host/clock.h"
#include "host/error.h"
#include "host/formats/csv/detect.h"
#include "host/formats/output.h"
#include "host/formats/sqlite.h"
#include "host/io/sys.h"
#include "host/lc/columns.h"
#include "host/lc/front.h"
#include "host/lc/labels.h"
#include "host/lc/sort.h"
#include "host/lc/useful_memory.h"

namespace sluice::lc {
namespace {

constexpr std::uint64_t kLeastBatch = 64 << 10, kMostBatch = 64 << 20;
constexpr std::uint64_t kMostCache = 256 << 20;

struct Parts {
  explicit Parts(std::uint64_t memory)
      : cache(std::min(memory / 8, kMostCache)), batch(std::clamp(memory / 16, kLeastBatch, kMostBatch)) {}
  std::uint64_t cache, batch;
};

/// Batches on their way to the store, one waiting at most.
class Inserter {
 public:
  Inserter(Store& store, const IngestOptions& options) : store_(store), options_(options) {
    thread_ = std::thread([this] { work(); });
  }
  ~Inserter() {
    close();
    if (thread_.joinable()) thread_.join();
  }
  /// Waits for room. Throws what went wrong in the store.
  void put(Batch&& batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_ || failure_; });
    if (failure_) std::rethrow_exception(failure_);
    waiting_ = std::move(batch);
    batch.rows = std::move(spare_);  // to fill again
    changed_.notify_all();
  }
  /// Everything that was put is stored, or the reason why not.
  void finish() {
    close();
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
  }
  // After finish().
  AddCounts counts;
  std::int64_t batches = 0;
  double seconds = 0;

 private:
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  void work() {
    try {
      for (;;) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ || closed_; });
        if (!waiting_) return;
        Batch batch = std::move(*waiting_);
        waiting_.reset();
        changed_.notify_all();
        lock.unlock();
        add(batch);
        lock.lock();
        spare_ = std::move(batch.rows);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      changed_.notify_all();
    }
  }
  void add(Batch& batch) {
    const Clock clock;
    const AddCounts added = store_.add(options_.set, batch, options_.on_conflict);
    counts.rows += added.rows, counts.same += added.same, counts.replaced += added.replaced;
    counts.objects += added.objects, counts.labels += added.labels;
    counts.shared += added.shared, counts.metadata_kept += added.metadata_kept;
    ++batches;
    seconds += clock.seconds();
  }
  Store& store_;
  const IngestOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Batch> waiting_;
  std::vector<Row> spare_;
  bool closed_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

/// The part of ingest() that leaves whole batches behind wherever it ends.
void run_through(const IngestOptions& options, const ReadOptions& read, const RunOptions& run,
                 const Parts& parts, Store& store, Budget& budget, IngestSummary& summary) {
  const Share cache(budget, parts.cache, "SQLite's pages");
  const Share batches(budget, 3 * parts.batch, "batches of rows");
  store.database().execute("PRAGMA cache_size = -" +
                           std::to_string(std::max<std::uint64_t>(1, parts.cache >> 10)));
  std::map<std::string, std::int64_t> by_band;
  Inserter inserter(store, options);
  const Clock clock;
  double waited = 0;
  const auto take = [&](Batch&& batch) {
    sort(batch, options.on_conflict == OnConflict::kReplace ? Ties::kAsTheyCame : Ties::kByValue);
    std::vector<std::int64_t> counts(batch.bands.size(), 0);
    for (const Row& row : batch.rows) ++counts[std::size_t(row.band)];
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts[i] > 0) by_band[batch.bands[i]] += counts[i];
    const double before = clock.seconds();
    inserter.put(std::move(batch));
    waited += clock.seconds() - before;
  };
  std::vector<std::pair<std::int64_t, std::string>> names;
  if (options.read.id == "order")
    store.each_object([&](std::int64_t id, std::string name) { names.emplace_back(id, std::move(name)); });
  const KnownNames known = [&](const std::function<void(std::int64_t, std::string)>& each) {
    for (auto& [id, name] : names) each(id, std::move(name));
    names = {};
  };
  summary.read = read_rows(read, run, budget, parts.batch, take, known);
  summary.run.stages.push_back({"read", clock.seconds() - waited, double(summary.read.bytes), 0});
  inserter.finish();
  summary.run.stages.push_back({"insert", inserter.seconds, 0, 0});
  summary.added = inserter.counts;
  summary.batches = inserter.batches;
  summary.bands.assign(by_band.begin(), by_band.end());
}

/// What the counts alone do not say.
void tell(const IngestOptions& options, const AddCounts& added, std::int64_t empty_labels,
          Observer* observer) {
  if (observer == nullptr) return;
  if (added.shared > 0)
    observer->note(std::to_string(added.shared) + " of the objects read for the set " + options.set +
                   " are in another set too: they share name, metadata and label");
  if (added.metadata_kept > 0)
    observer->note("metadata of " + std::to_string(added.metadata_kept) +
                   " objects differ: the old ones are kept");
  if (added.unknown_labels > 0)
    observer->note(options.labels + ": " + std::to_string(added.unknown_labels) +
                   " labels are of objects that are not in the database");
  if (empty_labels > 0)
    observer->note(options.labels + ": " + std::to_string(empty_labels) + " rows have no object or no label");
}

void check(const IngestOptions& options) {
  if (options.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o survey.db");
  tables_of(options.set);
  check(options.read);
}

std::uint64_t size_of(const std::string& path) {
  std::error_code ignored;
  const std::uintmax_t bytes = std::filesystem::file_size(path, ignored);
  return ignored ? 0 : std::uint64_t(bytes);
}

}  // namespace

IngestPlan plan_ingest(const IngestOptions& options, const RunOptions& run) {
  check(options);
  ReadOptions read = options.read;
  read.except = options.output;
  const std::vector<std::string> files = files_of(read);
  const std::uint64_t memory = useful_memory(run, files);
  Budget budget(memory, "--memory");
  const Parts parts(memory);
  IngestPlan plan;
  plan.files = std::int64_t(files.size());
  for (const std::string& file : files) plan.bytes += csv::file_bytes(file);
  plan.object_column = front(files.front(), options.read, budget).table;
  // A row takes about 65 bytes with its entry in the index, 38 in a table of text and 48 in one object's
  // file.
  plan.database_bytes = std::uint64_t(double(plan.bytes) * 65 / (plan.object_column ? 38 : 48));
  plan.disk_free = sys::free_space(options.output);
  plan.memory = memory;
  plan.batch_rows = parts.batch / sizeof(Row);
  if (!options.labels.empty()) read_labels(options.labels, options.read, budget);
  plan.database_exists = sys::exists(options.output);
  if (plan.database_exists) Store::open_to_read(options.output);
  return plan;
}

IngestSummary ingest(const IngestOptions& options, const RunOptions& run) {
  check(options);
  const Clock clock;
  ReadOptions read = options.read;
  read.except = options.output;
  read.files = std::make_shared<const std::vector<std::string>>(files_of(read));
  const std::uint64_t memory = useful_memory(run, *read.files);
  Budget budget(memory, "--memory");
  const Parts parts(memory);
  const bool was_there = sys::exists(options.output);
  IngestSummary summary;
  LabelFile labels;  // before all else: a slip in its name costs nothing
  if (!options.labels.empty()) labels = read_labels(options.labels, options.read, budget);
  std::optional<Store> store = Store::open_to_write(options.output);
  try {
    run_through(options, read, run, parts, *store, budget, summary);
    const bool by_name = options.read.id == "order" || !key_of(options.read.id, "meta").empty();
    const AddCounts labelled = store->add_labels(labels.labels, options.on_conflict, by_name, run.stop);
    summary.added.labels += labelled.labels, summary.added.unknown_labels = labelled.unknown_labels;
    store->finish();
  } catch (...) {
    bool nothing = false;
    try {
      nothing = !was_there && store->objects() == 0;
      store->finish();
    } catch (const Error&) {
      // The first error is the one to tell.
    }
    store.reset();
    if (nothing) sys::unlink(options.output);
    throw;
  }
  tell(options, summary.added, labels.empty, run.observer);
  summary.objects = store->objects();
  summary.rows = store->rows(options.set);
  store.reset();
  summary.bytes = size_of(options.output);
  summary.open_hints = {"sqlite3.connect(" + python_text(options.output) + ")"};
  RunSummary& ran = summary.run;
  ran.device = "cpu";
  ran.threads = run.threads > 0 ? run.threads : available_cores();
  ran.memory_limit = memory, ran.memory_peak = budget.peak();
  ran.bytes_read = summary.read.bytes, ran.bytes_written = summary.bytes;
  ran.seconds = ran.compute_seconds = clock.seconds();
  return summary;
}

}  // namespace sluice::lc
