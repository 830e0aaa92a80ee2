// The order of passes: sums, where these are too few digits a triangle, and residuals where they are wanted.
#include "host/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/budget.h"
#include "host/clock.h"
#include "host/design/store.h"
#include "host/error.h"
#include "host/fit/checks.h"
#include "host/fit/covariance_root.h"
#include "host/fit/distributions.h"
#include "host/fit/encoding.h"
#include "host/fit/files.h"
#include "host/fit/least_squares.h"
#include "host/fit/model.h"
#include "host/fit/on_device.h"
#include "host/fit/picture.h"
#include "host/fit/predict.h"
#include "host/fit/residuals.h"
#include "host/fit/scale.h"
#include "host/fit/state.h"
#include "host/fit/statistics.h"
#include "host/fit/stored.h"
#include "host/fit/svd.h"
#include "host/fit/system.h"
#include "host/fit/whole_column.h"
#include "host/page/figure_page.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace fit;

constexpr double kMostForAuto = 1e4;    // of the condition: the normal equations square it
constexpr double kMostForNormal = 1e7;  // no digit is left
constexpr double kLeastShare = 1e-9;    // of y's squares in the residuals: sums keep half of the digits
constexpr std::uint64_t kSmall = std::uint64_t(64) << 20;

class Fit {
 public:
  Fit(const FitOptions& options, const RunOptions& run, Budget& budget, FitResult& result)
      : options_(options), run_(run), budget_(budget), r_(result) {}

  void run(const csv::Input& input, const std::vector<std::string>& files) {
    const Clock clock;
    known_ = open(input, files);
    r_.run.stages.push_back({"open", clock.seconds(), 0, 0});
    if (!stored_) measure_whole_columns(source_, levels_, budget_, run_, r_.run, options_.piece_bytes);
    if (known_ && !options_.store.empty()) set_design();  // the store goes with the first pass
    if (!triangular() && stored_ && wants_device(run_, stored_->tall.columns(), stored_->tall.bytes()))
      gram_ = gram_on_device(stored_->tall, budget_, run_, r_.run);
    else if (!triangular() || !known_)
      sum(triangular() ? "levels" : "sums");
    r_.formula = source_.formula.text.empty() ? options_.formula : source_.formula.text;
    r_.repeats = source_.repeats;
    r_.input = source_.input;
    r_.input.path = options_.input.path;
    r_.files = source_.files.size();
    r_.format = source_.format;
    try {
      fit();
    } catch (const Error& error) {  // other parts may have the level that a contrast names
      const bool here = dynamic_cast<const Unsolvable*>(&error) != nullptr;
      if (options_.state.empty() || (!here && dynamic_cast<const FormulaError*>(&error) == nullptr)) throw;
      r_.rows = sums_->total().rows;
      r_.unsolved = error.what();
    }
    for (const std::string& note : source_.format.notes) r_.warnings.push_back(note);
  }

  /// When the run is over.
  void write_profile() const {
    if (options_.profile.empty()) return;
    page::write_page(profile_.page("sluice fit '" + options_.formula + "'", r_.run, available_cores()),
                     options_.profile);
  }

 private:
  bool triangular() const { return options_.solver == "qr" || options_.solver == "svd"; }
  void fit() {
    check_rows(sums_ ? double(sums_->total().rows) : 1);
    if (design_.columns.empty()) set_design();
    r_.solver = "normal";
    if (!triangular()) normal();
    if (r_.solver == "qr" || triangular()) triangle();
    stop();
    refuse_dependent(source_, design_, solution_, empty_, r_.dropped, options_.input.path);
    residuals();
    if (store_ && !store_taken_ && !store_->complete()) pass({});
    r_.response = source_.formula.factors[source_.formula.response].name;
    try {
      if (!options_.model.empty() || !options_.predict.empty()) leave();
      if (!options_.picture.empty()) draw();
    } catch (const Error& error) {  // the coefficients are there
      if (error.kind() == ErrorKind::kInterrupted) throw;
      r_.failed = error;
    }
    stop();
  }
  /// Whether all levels are known.
  bool open(const csv::Input& input, const std::vector<std::string>& files) {
    if (!options_.from.empty()) {
      stored_.emplace(open_stored(options_.from, options_.formula, budget_));
      source_ = stored_->source, design_ = stored_->design;
      layout_ = layout_of(source_.plan);
      r_.dropped = stored_->dropped, r_.weights = stored_->weights_name;
      check_from(options_, r_.weights);
      return true;
    }
    source_ = open_source({input, options_.formula, options_.levels, weights(), !options_.repeats.empty(),
                           files, options_.cluster},
                          budget_);
    if (!options_.state.empty() && !whole_columns_of(source_.formula).empty())
      throw Error(
          ErrorKind::kUsage,
          "--save-state: center(), standardize() and poly() of a part are not those of the whole table");
    if (!options_.predict.empty()) check_table(source_, options_, budget_);
    r_.weights = weights();
    layout_ = layout_of(source_.plan);
    bool known = true;
    for (const std::size_t f : source_.plan.categories) {
      levels_.emplace_back(source_.formula.factors[f].levels);
      known &= source_.formula.factors[f].levels.has_value();
    }
    return known;
  }
  const std::string& weights() const {
    return options_.weights.empty() ? options_.repeats : options_.weights;
  }
  void warn(const std::string& text) {
    if (!text.empty()) r_.warnings.push_back(text);
  }
  /// After a stage that does not look itself.
  void stop() const {
    if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
  }
  /// The store, where one is made, goes with the first pass that knows the design's columns.
  PassCounts pass(Pass pass) {
    PassCounts counts;
    if (stored_) {
      run_tall(pass, stored_->tall, budget_, run_, r_.run);
      return counts;
    }
    const bool along = store_ && !store_taken_ && !store_->complete();
    if (along) pass = pass.piece ? design::together(pass, store_->pass()) : store_->pass();
    pass.piece_bytes = options_.piece_bytes;
    if (!options_.profile.empty()) pass.profile = &profile_;
    try {
      counts = run_pass(pass, source_, levels_, budget_, run_, r_.run);
    } catch (const Error& error) {
      if (along && error.kind() == ErrorKind::kInput) store_->discard();  // the table is at fault
      throw;
    }
    r_.dropped = counts.dropped;
    r_.faults = counts.faults;
    if (along) r_.store = store_->finish(counts.dropped, r_.run), store_taken_ = true;
    return counts;
  }
  void sum(const char* stage) {
    sums_.emplace(layout_, source_, budget_);
    if (std::string(stage) == "levels")
      note("QR needs the levels of the formula's categories: they are found in a pass of their own");
    pass(sums_->pass(stage));
    sums_->total().settle();
    for (Levels& one : levels_) one.close();
    check_scale(source_.formula, source_.plan, layout_, sums_->total(), source_.spreads, options_.input.path);
    if (!options_.state.empty()) save_state();
  }
  void save_state() {
    State state;
    sums_->total().dropped = r_.dropped;
    state.meaning = meaning_of(source_, options_.levels);
    state.weights = weights(), state.repeats = source_.repeats;
    for (const Levels& one : levels_) state.found.push_back(one.texts());
    if (source_.cluster) state.found.pop_back();
    state.shifts = source_.shifts;
    write_state(state, layout_, sums_->total(), options_.state);
  }
  void check_rows(double rows) const {
    if (rows == 0)
      throw Unsolvable(
          options_.input.path +
              ": no rows to fit: expected rows with a value in each column of the formula, found none",
          why_no_rows(source_, r_.dropped));
  }
  void set_design() {
    std::vector<std::vector<std::string>> levels;
    level_of_.clear();
    std::uint64_t bytes = 0;
    const std::size_t contrasts =
        levels_.size() - std::size_t(!options_.cluster.empty());  // clusters come last
    for (const Levels& one : levels_) {
      Levels::Sorted sorted = one.sorted();
      if (level_of_.size() < contrasts) bytes += 8 * sorted.levels.size() * sorted.levels.size();
      levels.push_back(std::move(sorted.levels));
      level_of_.push_back(std::move(sorted.level_of));
    }
    contrasts_ = Share(budget_, bytes, "contrasts of the formula's categories");
    design_ = design_of(source_.formula, source_.plan, std::move(levels));
    if (design_.columns.empty())
      throw Unsolvable(options_.input.path + ": the formula has no columns: every category has one level");
    if (options_.store.empty()) return;
    store_ = std::make_unique<design::StoreWriter>(source_, design_, level_of_,
                                                   design::StoreOptions{options_.store, options_.compression},
                                                   budget_, run_);
    if (store_->complete()) r_.store = store_->finish(0, r_.run);
  }
  void check_width(double rows) const {
    const double p = double(design_.columns.size());
    if (rows < p)
      throw Unsolvable(options_.input.path + ": fewer rows than columns: expected at least " +
                       std::to_string(design_.columns.size()) + ", found " + number(rows));
  }
  void normal() {
    const Clock clock;
    check_width(gram_ ? gram_->rows : double(sums_->total().rows));
    system_ =
        gram_ ? system_of(*stored_, *gram_)
              : system_of(source_.plan, layout_, design_, level_of_, source_.shifts, sums_->total(), budget_);
    y_ = gram_ ? response_sums(system_, gram_->rows, gram_->log_weights, source_.repeats)
               : response_sums(system_, double(sums_->total().rows), sums_->total().log_weights,
                               source_.repeats);
    if (options_.ridge > 0) add_ridge(system_, design_.intercept, options_.ridge);
    solution_ = solve_normal(system_);
    r_.run.stages.push_back({"solve", clock.seconds(), 0, 0});
    for (const std::size_t j : solution_.dependent)
      if (system_.squares[j] == 0) empty_.push_back(j);  // a column without a row: no pass says more
    const bool doubtful = !solution_.dependent.empty() || solution_.condition > kMostForAuto;
    if (!doubtful || !empty_.empty()) return;
    if (!options_.state.empty() && !solution_.dependent.empty()) return;  // of a part: said, not looked into
    const std::string why =
        solution_.dependent.empty()
            ? "the condition number " + two_digits(solution_.condition) + " spends half of the digits"
            : "columns are sums of others, or close to it";
    if (options_.solver == "auto") {
      note(why + ": reading once more, for QR");
      r_.solver = "qr";
    } else if (solution_.dependent.empty() && solution_.condition > kMostForNormal) {
      throw Unsolvable(options_.input.path + ": the normal equations have no digit left: condition number " +
                           two_digits(solution_.condition),
                       "--solver qr keeps the digits that the data have");
    } else if (solution_.dependent.empty()) {
      r_.warnings.push_back(why + ": --solver qr keeps them");
    }
  }
  TriangleSums reflect() {
    if (stored_)
      if (auto sums = triangle_sums_on_device(stored_->tall, source_.shifts.back(), budget_, run_, r_.run))
        return std::move(*sums);
    TrianglePass triangle(source_, design_, level_of_);
    pass(triangle.pass());
    return std::move(triangle.total());
  }
  void triangle() {
    const std::uint64_t p = design_.columns.size() + 2;
    const std::uint64_t svd_bytes = options_.solver == "svd" ? svd_memory(p) : 0;
    const Share share(budget_, 40 * p * p + svd_bytes, "the triangle of QR");
    const TriangleSums sums = reflect();
    const Square& upper = sums.triangle.upper();
    check_rows(sums.rows);
    if (options_.solver != "svd") check_width(sums.rows);
    check_scale(design_, source_.formula.factors[source_.formula.response].name, upper, options_.input.path);
    const double n = source_.repeats ? sums.weight : sums.rows;
    const double logs = source_.repeats ? 0 : sums.log_weights;
    y_ = {n, sums.weight, logs, sums.response, sums.response_squares, source_.shifts.back()};
    const Clock clock;
    const bool svd = options_.solver == "svd";
    solution_ = options_.ridge > 0 ? solve_ridge(sums.triangle, design_.intercept, options_.ridge)
                : svd              ? solve_svd(upper)
                                   : solve_triangle(upper);
    for (const std::size_t j : solution_.dependent)
      if (upper.is_empty(j)) empty_.push_back(j);
    r_.solver = svd ? "svd" : "qr";
    r_.run.stages.push_back({"solve", clock.seconds(), 0, 0});
  }
  void residuals() {
    const bool robust = options_.errors != "classic";
    const bool lost = r_.solver == "normal" && !(solution_.residual_share > kLeastShare);
    const bool wanted = options_.residuals == "yes" || robust || options_.ridge > 0 ||
                        (options_.residuals == "auto" && (bytes_of(source_) <= kSmall || lost));
    if (lost && !wanted)
      r_.warnings.push_back(
          "the residuals are so small beside the response that their sum of squares has few digits, and so "
          "have errors, t and F: a second pass (--residuals yes) keeps them");
    if (wanted) {
      auto cells = sums_ && r_.solver == "normal"
                       ? cell_way(source_, layout_, design_, level_of_, sums_->total(), system_, solution_,
                                  options_.errors, budget_)
                       : nullptr;
      const auto found = read_residuals(source_, design_, level_of_, solution_, options_.errors,
                                        std::move(cells), budget_, [&](const Pass& one) { pass(one); });
      solution_.residual_squares = found->squares();
      r_.residuals = found->facts();
      if (robust) meat_ = found->meat().values;
      r_.clusters = found->clusters();
      if (options_.errors == "cluster" && r_.clusters < 2)
        throw Unsolvable(options_.input.path + ": errors by clusters: expected at least 2 values of '" +
                         options_.cluster + "', found " + std::to_string(r_.clusters));
      warn(lone_text(found->lone(), options_.errors));
    }
    const Clock counting;
    set_statistics(r_, solution_, design_.names(), design_.intercept, y_, options_,
                   meat_ ? &*meat_ : nullptr);
    r_.run.stages.push_back({"statistics", counting.seconds(), 0, 0});
    warn(empty_errors_text(r_, solution_, options_.cluster));
  }
  /// A model file, and predictions for another table.
  void leave() {
    const double factor = options_.ridge > 0 ? std::numeric_limits<double>::quiet_NaN()
                          : !meat_           ? r_.residual_error * r_.residual_error
                                             : robust_factor(options_.errors, r_);
    const Square root = covariance_root(solution_.root, meat_ ? &*meat_ : nullptr, factor);
    if (!options_.model.empty())
      write_model(model_of(meaning_of(source_, options_.levels), design_, root, r_, options_),
                  options_.model);
    if (options_.predict.empty()) return;
    const double variance = r_.residual_error * r_.residual_error;
    const double width = t_quantile(options_.level, inference_degrees(r_));
    const Fitted fitted{source_, design_, solution_.estimates, root, variance, width};
    read_as_found(table_to_predict(source_, options_), run_, [&](const csv::Input& table) {
      r_.predictions = predict(fitted, table, options_.output, budget_, run_, r_.run);
    });
  }
  void draw() {
    const double error = r_.residual_error;
    Diagnostics rows(source_, design_, level_of_, solution_, error > 0 ? error : 1);
    pass(rows.ranges());
    pass(rows.counts());
    draw_figure(rows, options_, r_);
  }
  void note(const std::string& line) const {
    if (run_.observer != nullptr) run_.observer->note(line);
  }

  const FitOptions& options_;
  const RunOptions& run_;
  Budget& budget_;
  FitResult& r_;
  std::optional<Stored> stored_;
  bool known_ = false, store_taken_ = false;  // all levels, before the table is read; the store is made
  Source source_;
  CellLayout layout_;
  AllLevels levels_;
  std::optional<SumsPass> sums_;
  std::optional<Gram> gram_;  // in their place
  Share contrasts_;
  std::vector<std::vector<std::int32_t>> level_of_;
  Design design_;
  std::unique_ptr<design::StoreWriter> store_;
  System system_;  // of the normal equations
  Solution solution_;
  std::vector<std::size_t> empty_;  // its dependent columns that are 0 in all rows
  std::optional<Square> meat_;
  ResponseSums y_;
  Profile profile_;
};

}  // namespace

FitResult fit_table(const FitOptions& given, const RunOptions& run) {
  const Clock total;
  FitOptions options = given;
  if (!options.from.empty()) options.input.path = options.from;
  check_options(options, run);
  FitResult result;
  RunSummary& summary = result.run;
  summary.device = "cpu";
  summary.threads = run.threads > 0 ? run.threads : available_cores();
  summary.memory_limit = run.memory > 0 ? run.memory : available_memory() / 2;
  Budget budget(summary.memory_limit, "--memory");
  std::vector<std::string> files =
      options.files.empty() ? input_files({options.input.path}, "") : options.files;
  files.push_back(options.predict);
  const StandardInput spool(files, run.stop);
  options.predict = files.back(), files.pop_back();
  try {
    read_as_found(options.input, run, [&](const csv::Input& input) {
      result.warnings.clear();
      Fit fit(options, run, budget, result);
      fit.run(input, files);
      summary.seconds = total.seconds();
      fit.write_profile();
    });
  } catch (...) {
    spool.rethrow();
  }
  for (std::string& warning : result.warnings) warning = spool.shown(warning);
  if (const auto& e = result.failed) result.failed = Error(e->kind(), spool.shown(e->what()), e->advice());
  summary.memory_peak = std::max(summary.memory_peak, budget.peak());
  summary.seconds = summary.compute_seconds = total.seconds();
  return result;
}

}  // namespace sluice
