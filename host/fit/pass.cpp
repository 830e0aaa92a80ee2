// The reader's walk with a maker of rows in each slot.
#include "host/fit/pass.h"

#include <fcntl.h>

#include <algorithm>
#include <thread>

#include "host/clock.h"
#include "host/error.h"
#include "host/formats/csv/walk.h"
#include "host/formats/names.h"
#include "host/io/sys.h"
#include "host/units.h"

namespace sluice::fit {
namespace {

constexpr std::size_t kPieceBytes = std::size_t(128) << 10;
constexpr std::uint64_t kGrowth = 34;  // of the reader: bytes of memory for one of text

class PassJob : public csv::Job {
 public:
  PassJob(const Pass& pass, const Source& source, AllLevels& levels, Budget& budget)
      : pass_(pass),
        source_(source),
        levels_(levels),
        budget_(budget),
        limit_(levels, limited_categories(source)) {}

  void slots(std::size_t count) override {
    share_ = Share(budget_, count * pass_.piece_memory, "sums of the table's pieces");
    for (std::size_t i = 0; i < count; ++i)
      parts_.push_back({std::make_unique<RowMaker>(source_, levels_), pass_.piece()});
  }
  void begin(std::size_t slot) override {
    parts_[slot].maker->restart();
    parts_[slot].piece->restart();
    if (pass_.profile == nullptr) return;
    parts_[slot].begun = parts_[slot].ended = pass_.profile->now();
    parts_[slot].thread = std::this_thread::get_id();
    parts_[slot].bytes = 0;
  }
  void process(std::size_t slot, csv::Block& block, csv::FaultLog& faults) override {
    parts_[slot].maker->make(block, faults, *parts_[slot].piece);
    if (pass_.profile == nullptr) return;
    parts_[slot].ended = pass_.profile->now();
    if (!block.rows.empty())
      parts_[slot].bytes += csv::End::offset(block.ends[block.rows.back().first]) - block.rows[0].start;
  }
  bool counts_unsound() const override { return source_.every_row; }
  void unsound(std::size_t slot) override { parts_[slot].piece->finish(1); }
  void merge(std::size_t slot) override {
    dropped_ += parts_[slot].maker->dropped();
    limit_.check();
    take_levels();
    const double begun = pass_.profile != nullptr ? pass_.profile->now() : 0;
    pass_.merge(*parts_[slot].piece);
    if (pass_.profile == nullptr) return;
    const Part& part = parts_[slot];
    pass_.profile->add(pass_.stage, part.thread, part.begun, part.ended, part.bytes);
    pass_.profile->add("merge", std::this_thread::get_id(), begun, pass_.profile->now(), 0);
    pass_.profile->sample();
  }
  std::int64_t dropped() const { return dropped_; }

 private:
  /// The levels' texts, and each slot's own copy of them.
  void take_levels() {
    std::uint64_t bytes = 0;
    for (const Levels& one : levels_) bytes += one.bytes();
    if (bytes <= held_) return;
    levels_share_ = {};
    held_ = bytes + bytes / 2 + (16 << 10);
    levels_share_ = Share(budget_, held_ * (parts_.size() + 1), "levels of the formula's categories");
  }
  struct Part {
    std::unique_ptr<RowMaker> maker;
    std::unique_ptr<PassPiece> piece;
    std::thread::id thread = {};  // of a profile: who parsed it, from when to when
    double begun = 0, ended = 0;
    std::uint64_t bytes = 0;
  };
  const Pass& pass_;
  const Source& source_;
  AllLevels& levels_;
  Budget& budget_;
  LevelLimit limit_;
  Share share_, levels_share_;
  std::uint64_t held_ = 0;  // bytes of levels that are paid for
  std::vector<Part> parts_;
  std::int64_t dropped_ = 0;
};

std::uint64_t slot_memory(std::size_t piece, std::uint64_t more) {
  return 2 * kGrowth * piece + 4 * more;
}

int threads_that_fit(const RunOptions& run, const Budget& budget, std::size_t piece, std::uint64_t more) {
  const int wanted = run.threads > 0 ? run.threads : available_cores();
  const std::uint64_t slots = budget.limit() / slot_memory(piece, more);
  if (slots < 5)
    throw Error(ErrorKind::kMemory, "--memory " + size_argument(budget.limit()) +
                                        " is too small: a fit needs at least " +
                                        size_argument(least_pass_memory(more)));
  return int(std::clamp<std::uint64_t>((slots - 3) / 2, 1, std::uint64_t(wanted)));
}

void check_identity(const Source& source, const sys::Identity& wanted) {
  const std::string& path = source.input.path;
  if (!(sys::identity(sys::File(split_input(path).file, O_RDONLY)) == wanted))
    throw Error(ErrorKind::kInput,
                path + ": the file changed while it was read: expected it to stay as it is");
}

/// One file of a pass.
csv::Faults walk_file(const Pass& pass, const Source& source, const csv::Options& options, AllLevels& levels,
                      Budget& budget, const sys::Identity& wanted, PassCounts& counts) {
  const std::string& path = source.input.path;
  const auto check = [&] { check_identity(source, wanted); };
  check();  // an earlier pass, or the look at the first rows, met another file
  PassJob job(pass, source, levels, budget);
  csv::Walk walk(path, options, budget);
  const csv::Faults faults = walk.run(job);
  counts.dropped += job.dropped();
  check();
  return faults;
}

void add_faults(csv::Faults& to, const csv::Faults& from) {
  to.ragged += from.ragged, to.bad_value += from.bad_value;
  to.not_utf8 += from.not_utf8, to.open_quote += from.open_quote;
  for (const std::string& line : from.first)
    if (to.first.size() < csv::Faults::kListed) to.first.push_back(line);
}

}  // namespace

std::uint64_t least_pass_memory(std::uint64_t piece_memory) {
  return 5 * slot_memory(kPieceBytes, piece_memory);
}

std::vector<std::string> limited_categories(const Source& source) {
  std::vector<std::string> names;
  for (const std::size_t f : source.plan.categories) names.push_back(source.formula.factors[f].name);
  if (source.cluster) names.back().clear();
  return names;
}

PassCounts run_pass(const Pass& pass, const Source& source, AllLevels& levels, Budget& budget,
                    const RunOptions& run, RunSummary& summary) {
  if (!source.measured)
    throw Error(ErrorKind::kUsage,
                "formula: center(), standardize() and poly() need a pass of their own: not here");
  const Clock clock;
  csv::Options options = source.input.options;
  options.range_bytes = pass.piece_bytes != 0 ? pass.piece_bytes : kPieceBytes;
  options.threads = threads_that_fit(run, budget, options.range_bytes, pass.piece_memory);
  std::uint64_t before = 0, done = 0;  // bytes of earlier files, of this one
  if (run.observer != nullptr) run.observer->begin(pass.stage, double(bytes_of(source)), "bytes", 0);
  options.progress = [&](std::uint64_t at) {
    done = at;
    if (run.observer != nullptr) run.observer->progress(double(before + at));
    if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
  };
  PassCounts counts;
  for (std::size_t i = 0; i < source.files.size(); ++i) {
    const Source here = i == 0 ? source : of_file(source, source.files[i], budget);
    if (here.records) {
      check_identity(here, source.identities.at(i));
      run_record_file(pass, here, levels, budget, run, options.progress, counts);
      check_identity(here, source.identities.at(i));
      before += done;
      done = 0;
      continue;
    }
    options.dialect = here.input.options.dialect;  // files may differ in their separators
    add_faults(counts.faults,
               walk_file(pass, here, options, levels, budget, source.identities.at(i), counts));
    before += done;
    done = 0;
  }
  if (run.observer != nullptr) run.observer->end();
  summary.stages.push_back({pass.stage, clock.seconds(), double(before), 0});
  summary.bytes_read += before;
  return counts;
}

}  // namespace sluice::fit
