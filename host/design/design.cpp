// `sluice design`: levels where the formula does not give them, then the store.
#include "host/design.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "host/clock.h"
#include "host/design/packer.h"
#include "host/design/store.h"
#include "host/error.h"
#include "host/fit/checks.h"
#include "host/fit/encoding.h"
#include "host/fit/files.h"
#include "host/fit/tall.h"
#include "host/fit/whole_column.h"
#include "host/processor.h"

namespace sluice {
namespace {

using namespace design;
using fit::Design;
constexpr double kHead = 16 << 10;  // of a file, about, whatever it holds
using LevelOf = std::vector<std::vector<std::int32_t>>;

/// Takes no rows: parsing them finds the levels.
class NoPiece : public fit::PassPiece {
 public:
  void restart() override {}
  void take(const fit::RowBlock&) override {}
};

class DesignRun {
 public:
  DesignRun(const DesignOptions& options, const std::vector<std::string>& files, const RunOptions& run,
            Budget& budget)
      : o_(options), files_(files), run_(run), budget_(budget) {}

  void open(const csv::Input& input) {
    source_ = fit::open_source({input, o_.formula, o_.levels, o_.weights.empty() ? o_.repeats : o_.weights,
                                !o_.repeats.empty(), files_},
                               budget_);
    levels_.clear();
    known_ = true;
    for (const std::size_t f : source_.plan.categories) {
      levels_.emplace_back(source_.formula.factors[f].levels);
      known_ &= source_.formula.factors[f].levels.has_value();
    }
  }
  void write(DesignResult& r) {
    r.passes = fit::whole_column_passes(source_);
    fit::measure_whole_columns(source_, levels_, budget_, run_, r.run, 0);
    if (!known_) {
      ++r.passes;
      if (run_.observer != nullptr)
        run_.observer->note("levels that the formula does not give are found in a pass of their own");
      fit::Pass pass;
      pass.stage = "levels";
      pass.piece = [] { return std::make_unique<NoPiece>(); };
      pass.merge = [](fit::PassPiece&) {};
      r.faults = fit::run_pass(pass, source_, levels_, budget_, run_, r.run).faults;
      for (fit::Levels& one : levels_) one.close();
    }
    set_design();
    StoreWriter store(source_, design_, level_of_, {o_.output, o_.compression}, budget_, run_);
    if (!store.complete()) {
      const fit::PassCounts counts = pass_over(store, r);
      ++r.passes;
      r.dropped = counts.dropped, r.faults = counts.faults;
    }
    r.store = store.finish(r.dropped, r.run);
    r.dropped = r.store.dropped;
    r.columns = design_.names();
    r.input = source_.input;
    r.input.path = o_.input.path;
    r.files = source_.files.size();
    r.format = source_.format;
    r.response = source_.formula.factors[source_.formula.response].name;
    for (const std::string& note : source_.format.notes) r.warnings.push_back(note);
  }

  DesignPlan plan() {
    DesignPlan plan;
    plan.passes = fit::whole_column_passes(source_);
    source_.measured = true;  // means change no names
    plan.levels_sampled = !known_;
    plan.passes += known_ ? 1 : 2;
    struct Enough {};
    struct Piece : fit::PassPiece {
      void restart() override { rows.clear(); }
      void take(const fit::RowBlock& block) override { rows.add(block); }
      ParsedRows rows;
    };
    constexpr std::size_t kPiece = 64 << 10, kSample = std::size_t(2) << 20;
    ParsedRows sample;
    std::size_t bytes = 0;
    fit::Pass pass;
    pass.stage = "sample", pass.piece_bytes = kPiece;
    pass.piece = [] { return std::make_unique<Piece>(); };
    pass.merge = [&](fit::PassPiece& piece) {
      const ParsedRows& rows = static_cast<Piece&>(piece).rows;
      sample.add(rows, 0, rows.rows);
      bytes += kPiece;
      if (bytes >= kSample) throw Enough();
    };
    plan.whole = true;
    RunSummary ignored;
    RunOptions one = run_;
    one.observer = nullptr, one.threads = 1;
    try {
      plan.sample_dropped = fit::run_pass(pass, source_, levels_, budget_, one, ignored).dropped;
    } catch (const Enough&) {
      plan.whole = false;
    }
    set_design();
    plan.columns = design_.names();
    plan.sample_rows = std::int64_t(sample.rows);
    plan.rows = plan.whole ? double(sample.rows)
                : source_.format.compression.empty()
                    ? double(sample.rows) * double(fit::bytes_of(source_)) / double(bytes)
                    : NAN;
    const double width = double(plan.columns.size()) + 1 + (source_.weight_column >= 0 ? 1 : 0);
    plan.bytes = 8 * plan.rows * width;
    plan.chunk_rows = fit::chunk_rows(plan.columns.size());
    plan.stored_bytes = plan.rows * stored_bytes(sample) + kHead;
    plan.memory = Packer::memory(shape(), std::size_t(run_.threads > 0 ? run_.threads : available_cores()));
    auto folder = std::filesystem::path(o_.output).parent_path();
    struct statvfs s {};
    if (!o_.output.empty() && statvfs(folder.empty() ? "." : folder.c_str(), &s) == 0)
      plan.disk_free = std::uint64_t(s.f_bavail) * s.f_frsize;
    return plan;
  }

 private:
  fit::PassCounts pass_over(StoreWriter& store, DesignResult& r) {
    try {
      return fit::run_pass(store.pass(), source_, levels_, budget_, run_, r.run);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInput) store.discard();  // the table is at fault
      throw;
    }
  }
  void set_design() {
    std::vector<std::vector<std::string>> levels;
    level_of_.clear();
    for (const fit::Levels& one : levels_) {
      fit::Levels::Sorted sorted = one.sorted();
      levels.push_back(std::move(sorted.levels));
      level_of_.push_back(std::move(sorted.level_of));
    }
    design_ = fit::design_of(source_.formula, source_.plan, std::move(levels));
    if (design_.columns.empty())
      throw Error(ErrorKind::kInput,
                  o_.input.path + ": the formula has no columns: every category has one level");
  }
  BandShape shape() const {
    const std::size_t p = design_.columns.size();
    return {&source_.plan,         &design_,      &level_of_, source_.weight_column >= 0, fit::chunk_rows(p),
            fit::chunk_columns(p), o_.compression};
  }
  /// Of a row, as a band of the sample is stored.
  double stored_bytes(const ParsedRows& sample) const {
    BandShape band = shape();
    band.rows = std::min(band.rows, std::int64_t(sample.rows));
    if (band.rows == 0) return 0;
    ParsedRows rows;
    rows.add(sample, 0, std::size_t(band.rows));
    BandEncoder encoder(band);
    encoder.encode(rows);
    return double(encoder.stored.size()) / double(band.rows);
  }

  const DesignOptions& o_;
  const std::vector<std::string>& files_;
  const RunOptions& run_;
  Budget& budget_;
  fit::Source source_;
  fit::AllLevels levels_;
  bool known_ = true;
  Design design_;
  LevelOf level_of_;
};

void check(const DesignOptions& o, const RunOptions& run) {
  if (!o.weights.empty() && !o.repeats.empty())
    throw Error(ErrorKind::kUsage, "--weights with --freq-weights: expected one of them");
  expect_processor(run, "a table is read by the processor");
}

std::vector<std::string> files_of(const DesignOptions& o) {
  return o.files.empty() ? fit::input_files({o.input.path}, "") : o.files;
}

std::uint64_t limit_of(const RunOptions& run) {
  return run.memory > 0 ? run.memory : available_memory() / 2;
}

}  // namespace

DesignResult write_design(const DesignOptions& options, const RunOptions& run) {
  const Clock total;
  check(options, run);
  std::vector<std::string> inputs = options.files;
  inputs.push_back(options.input.path);
  fit::check_distinct(inputs, {options.output});
  check_store({options.output, options.compression}, run);
  DesignResult result;
  result.run.device = "cpu";
  result.run.threads = run.threads > 0 ? run.threads : available_cores();
  result.run.memory_limit = limit_of(run);
  Budget budget(result.run.memory_limit, "--memory");
  std::vector<std::string> files = files_of(options);
  const fit::StandardInput spool(files, run.stop);
  try {
    fit::read_as_found(options.input, run, [&](const csv::Input& input) {
      result.warnings.clear();
      DesignRun work(options, files, run, budget);
      work.open(input);
      work.write(result);
    });
  } catch (...) {
    spool.rethrow();
  }
  for (std::string& warning : result.warnings) warning = spool.shown(warning);
  result.run.memory_peak = budget.peak();
  result.run.resumed = result.store.resumed;
  result.run.seconds = total.seconds();
  result.run.compute_seconds = result.run.seconds - result.run.sync_seconds;
  return result;
}

DesignPlan plan_design(const DesignOptions& options, const RunOptions& run) {
  check(options, run);
  Budget budget(limit_of(run), "--memory");
  DesignPlan plan;
  std::vector<std::string> files = files_of(options);
  const fit::StandardInput spool(files, run.stop);
  try {
    fit::read_as_found(options.input, run, [&](const csv::Input& input) {
      DesignRun work(options, files, run, budget);
      work.open(input);
      plan = work.plan();
    });
  } catch (...) {
    spool.rethrow();
  }
  return plan;
}

}  // namespace sluice
