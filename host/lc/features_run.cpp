#include "host/lc/features_run.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "host/clock.h"
#include "host/error.h"
#include "host/io/sys.h"
#include "host/lc/useful_memory.h"

namespace sluice::lc {
namespace {

std::string listed(const std::vector<std::pair<std::string, std::int64_t>>& bands) {
  std::string text;
  for (const auto& [name, rows] : bands) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

/// Bands that were asked for by name must be there; of the others one must.
void check_bands(const FeaturesRunOptions& o, const std::string& input,
                 const std::vector<std::pair<std::string, std::int64_t>>& there,
                 std::vector<std::string>& notes) {
  std::string absent;
  std::size_t found = 0;
  for (const std::string& band : o.bands) {
    const bool is_there = std::any_of(there.begin(), there.end(),
                                      [&](const auto& b) { return b.first == band && b.second > 0; });
    found += is_there;
    if (is_there) continue;
    if (o.bands_given)
      throw Error(ErrorKind::kInput, input + ": there is no band '" + band + "': expected one of " +
                                         listed(there) + ", found none of its rows");
    absent += (absent.empty() ? "" : ", ") + band;
  }
  if (found == 0)
    throw Error(ErrorKind::kInput,
                input + ": no rows in the bands " + absent + ": there are " + listed(there),
                "name the bands with --bands");
  if (!absent.empty()) notes.push_back("no rows in the bands " + absent + ": their columns are undefined");
}

/// Errors are used where any row of the whole input has one, wherever parts of it end.
bool has_errors(const Curves& curves) {
  return std::any_of(curves.error.begin(), curves.error.end(), [](double e) { return !std::isnan(e); });
}

/// Parts were computed as without errors, and now one has some.
struct ErrorsAfterAll {};

/// The loop: each part computed and handed on.
class Loop {
 public:
  Loop(const FeaturesRunOptions& o, Errors errors, Machine& machine, FeaturesRunSummary& out)
      : o_(o), errors_(errors), machine_(machine), out_(out) {}

  void take(const Curves& curves, FeatureSink& sink) {
    any_errors_ = any_errors_ || has_errors(curves);
    if (errors_ != Errors::kUse && any_errors_) {
      if (out_.objects > 0) throw ErrorsAfterAll();
      errors_ = Errors::kUse;
      extractor_.reset();
    }
    if (!extractor_) start();
    const Clock all;
    const double written = write_;
    extractor_->compute(curves, [&](const Features& part) {
      device_ += part.compute_seconds;
      out_.objects += std::int64_t(part.objects.size());
      out_.rows += part.rows, out_.bad += part.bad, out_.cut += part.cut;
      const Clock writing;
      sink.add(part);
      write_ += writing.seconds();
    });
    compute_ += all.seconds() - (write_ - written);
  }
  void start() {
    FeatureOptions options = o_.features;
    options.errors = errors_;
    extractor_ = std::make_unique<FeatureExtractor>(machine_, o_.bands, options);
  }
  /// `all`: seconds of the loop over what is read.
  void done(double all) {
    read_ = all - compute_ - write_;
    if (o_.features.least_snr > 0 && !any_errors_)
      throw Error(ErrorKind::kUsage, "--min-snr: expected errors of the fluxes, found none in the input");
  }
  std::vector<StageTime> stages() const {
    return {{"read", read_, 0, 0},
            {"features", compute_, double(out_.rows) * 24, 0},
            {"device", device_, double(out_.rows) * 24, 0},
            {"write", write_, 0, 0}};
  }

 private:
  const FeaturesRunOptions& o_;
  Errors errors_;
  bool any_errors_ = false;
  Machine& machine_;
  FeaturesRunSummary& out_;
  std::unique_ptr<FeatureExtractor> extractor_;
  double read_ = 0, compute_ = 0, write_ = 0, device_ = 0;
};

void check(const FeaturesRunOptions& o, const RunOptions& run) {
  if (run.device == "check")
    throw Error(ErrorKind::kUsage, "--device check: features are not compared with serial",
                "run twice, with --device cpu and --device serial");
  if (o.database.empty() && o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o features.csv");
  if (!o.output.empty()) check_feature_file(o.output, run);
  if (o.missing && !std::isfinite(*o.missing))
    throw Error(ErrorKind::kUsage, "--missing: expected a finite number");
}

void check_set(const Store& store, const std::string& set) {
  if (store.has_set(set)) return;
  std::string sets;
  for (const std::string& name : store.sets()) sets += (sets.empty() ? "" : ", ") + name;
  throw Error(ErrorKind::kInput, store.path() + ": there is no set '" + set + "': expected one of " +
                                     (sets.empty() ? "none" : sets));
}

void from_store(const FeaturesRunOptions& o, const RunOptions& run, Machine& machine, FeaturesRunSummary& out,
                Loop& loop) {
  const bool to_tables = o.output.empty();
  Store store = to_tables ? Store::open_to_write(o.database) : Store::open_to_read(o.database);
  check_set(store, o.set);
  const auto there = store.bands(o.set);
  check_bands(o, o.database, there, out.notes);
  const std::vector<FeatureColumnName> columns = feature_columns(o.bands, o.features.features, &out.notes);
  const std::unique_ptr<FeatureSink> sink = to_tables
                                                ? store_sink(store, o.set, columns, o.missing, run.force)
                                                : file_sink(o.output, columns, o.missing, run);
  double total = 0;
  for (const auto& [band, rows] : there)
    if (std::find(o.bands.begin(), o.bands.end(), band) != o.bands.end()) total += double(rows);
  Observer quiet;
  Observer& observer = run.observer != nullptr ? *run.observer : quiet;
  observer.begin("features", total, "rows", 0);
  const Clock reading;
  const SelectedCounts counts =
      read_curves(store, {o.set, o.bands, {}}, run, machine.budgets->host, [&](const Curves& curves) {
        loop.take(curves, *sink);
        observer.progress(double(out.rows));
      });
  observer.end();
  loop.done(reading.seconds());
  sink->finish();
  if (to_tables) store.finish();
  out.other_rows = counts.other_rows;
  for (std::size_t b = 0; b < counts.bands.size(); ++b)
    out.bands.emplace_back(counts.bands[b], counts.rows_by_band[b]);
  const auto renamed = sink->notes();
  out.notes.insert(out.notes.end(), renamed.begin(), renamed.end());
  out.tables = sink->tables, out.open_hints = sink->open_hints;
  out.run.bytes_written = sink->bytes_written();
}

void from_files(const FeaturesRunOptions& o, const RunOptions& run, Machine& machine, FeaturesRunSummary& out,
                Loop& loop) {
  const std::vector<FeatureColumnName> columns = feature_columns(o.bands, o.features.features, &out.notes);
  const std::unique_ptr<FeatureSink> sink = file_sink(o.output, columns, o.missing, run);
  const Clock reading;
  const SelectedCounts counts = read_curves(
      o.files, o.bands, run, machine.budgets->host, o.output,
      [&](const Curves& curves) { loop.take(curves, *sink); }, &out.read);
  loop.done(reading.seconds());
  out.other_rows = counts.other_rows;
  for (std::size_t b = 0; b < counts.bands.size(); ++b)
    out.bands.emplace_back(counts.bands[b], counts.rows_by_band[b]);
  check_bands(o, o.files.files->front(), out.bands, out.notes);
  sink->finish();
  out.tables = sink->tables, out.open_hints = sink->open_hints;
  out.run.bytes_read = out.read.bytes;
  out.run.bytes_written = sink->bytes_written();
}

}  // namespace

bool is_database(const std::string& path) {
  if (!sys::exists(path)) return false;
  char head[16] = {};
  const sys::File file(path, O_RDONLY);
  struct stat facts {};
  if (::fstat(file.fd(), &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
  return sys::read_some(file, head, sizeof head, 0) == sizeof head &&
         std::memcmp(head, "SQLite format 3", sizeof head) == 0;
}

FeaturesRunPlan plan_features(const FeaturesRunOptions& o, const RunOptions& run) {
  check(o, run);
  Machine machine = open_machine(run);
  FeaturesRunPlan plan;
  std::vector<std::string> notes;
  plan.memory = machine.memory, plan.device = machine.info().name;
  plan.columns = feature_columns(o.bands, o.features.features, &notes);
  if (o.database.empty()) {
    const std::vector<std::string> files = files_of(o.files);
    plan.files = std::int64_t(files.size());
    for (const std::string& file : files) plan.bytes += sys::identity(sys::File(file, O_RDONLY)).bytes;
    plan.tables = {o.output};
    return plan;
  }
  const Store store = Store::open_to_read(o.database);
  check_set(store, o.set);
  const auto there = store.bands(o.set);
  check_bands(o, o.database, there, notes);
  plan.objects = store.objects(), plan.rows = plan.other_rows = 0;
  for (const auto& [band, rows] : there)
    (std::find(o.bands.begin(), o.bands.end(), band) != o.bands.end() ? plan.rows : plan.other_rows) += rows;
  plan.bytes = sys::identity(sys::File(o.database, O_RDONLY)).bytes;
  if (!o.output.empty()) {
    plan.tables = {o.output};
    return plan;
  }
  for (const auto& [features, name] : {std::pair(FeatureSet::kBase, "base"), {FeatureSet::kField, "field"}})
    if (std::any_of(plan.columns.begin(), plan.columns.end(),
                    [set = features](const FeatureColumnName& c) { return c.set == set; }))
      plan.tables.push_back(feature_table(o.set, name));
  return plan;
}

FeaturesRunSummary run_features(const FeaturesRunOptions& options, const RunOptions& asked) {
  const Clock total;
  check(options, asked);
  FeaturesRunOptions o = options;
  if (o.database.empty()) o.files.files = std::make_shared<const std::vector<std::string>>(files_of(o.files));
  RunOptions run = asked;
  run.memory = useful_memory(run, o.database.empty() ? *o.files.files : std::vector{o.database});
  Machine machine = open_machine(run);
  FeatureExtractor(machine, o.bands, o.features);  // what makes no sense is said before anything is read
  FeaturesRunSummary out;
  const auto pass = [&](Errors errors) {
    out = {};
    Loop loop(o, errors, machine, out);
    if (o.database.empty())
      from_files(o, run, machine, out, loop);
    else
      from_store(o, run, machine, out, loop);
    out.run.stages = loop.stages();
  };
  try {
    pass(o.features.least_snr > 0 ? Errors::kUse : Errors::kNone);
  } catch (const ErrorsAfterAll&) {
    pass(Errors::kUse);
  }
  for (const FeatureTable& table : out.tables)
    for (const std::int64_t undefined : table.undefined) out.undefined += undefined;
  machine.report(out.run);
  out.run.seconds = out.run.compute_seconds = total.seconds();
  return out;
}

}  // namespace sluice::lc
