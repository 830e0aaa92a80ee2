// The order of passes: sums, where these are too few digits a triangle, and residuals where they are wanted.
#include "host/fit.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "host/budget.h"
#include "host/clock.h"
#include "host/design/store.h"
#include "host/error.h"
#include "host/fit/distributions.h"
#include "host/fit/least_squares.h"
#include "host/fit/predict.h"
#include "host/fit/residuals.h"
#include "host/fit/statistics.h"
#include "host/fit/stored.h"
#include "host/fit/svd.h"
#include "host/fit/system.h"
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

  void run(const csv::Input& input) {
    const bool known = open(input);
    const bool triangular = options_.solver == "qr" || options_.solver == "svd";
    if (known && !stored_) set_design();
    if (!triangular && stored_ && !stored_->weights && wants_device(run_, stored_->tall.columns()))
      sum_on_device();
    else if (!triangular || !known)
      sum(triangular ? "levels" : "sums");
    if (!known) set_design();
    r_.solver = "normal";
    if (!triangular) normal();
    if (r_.solver == "qr" || triangular) triangle();
    stop();
    if (!solution_.dependent.empty()) refuse_dependent();
    residuals();
    if (store_ && !store_taken_ && !store_->complete()) pass({});
    if (!options_.predict.empty()) predictions();
    stop();
    for (const std::string& note : source_.format.notes) r_.warnings.push_back(note);
    r_.input = source_.input;
    r_.input.path = options_.input.path;
    r_.files = source_.files.size();
    r_.format = source_.format;
    r_.formula = source_.formula.text.empty() ? options_.formula : source_.formula.text;
    r_.repeats = source_.repeats;
    r_.response = source_.formula.factors[source_.formula.response].name;
  }

 private:
  /// Whether all levels are known.
  bool open(const csv::Input& input) {
    if (!options_.from.empty()) {
      stored_.emplace(open_stored(options_.from, options_.formula));
      source_ = stored_->source, design_ = stored_->design;
      layout_ = layout_of(source_.plan);
      r_.dropped = stored_->dropped, r_.weights = stored_->weights_name;
      check_from();
      return true;
    }
    source_ = open_source({input, options_.formula, options_.levels, weights(), !options_.repeats.empty()},
                          budget_);
    r_.weights = weights();
    layout_ = layout_of(source_.plan);
    bool known = true;
    for (const std::size_t f : source_.plan.categories) {
      levels_.emplace_back(source_.formula.factors[f].levels);
      known &= source_.formula.factors[f].levels.has_value();
    }
    return known;
  }
  void check_from() const {
    const char* other = !options_.predict.empty()                       ? "--predict"
                        : !options_.store.empty()                       ? "--store"
                        : !weights().empty() && weights() != r_.weights ? "--weights"
                                                                        : nullptr;
    if (other != nullptr)
      throw Error(ErrorKind::kUsage,
                  std::string(other) + " with --from: " + options_.from +
                      " holds X, Y and the weights that it was made with",
                  "give the table and the formula");
  }
  const std::string& weights() const {
    return options_.weights.empty() ? options_.repeats : options_.weights;
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
    check_rows(double(sums_->total().rows));
    for (Levels& one : levels_) one.close();
  }
  void sum_on_device() {
    Machine machine = open_machine(run_);
    if (run_.device == "check") check_gram(stored_->tall, machine, run_);
    gram_ = device_gram(stored_->tall, machine, run_, r_.run);
    machine.report(r_.run);
  }
  void check_rows(double rows) const {
    if (rows == 0)
      throw Error(
          ErrorKind::kInput,
          options_.input.path +
              ": no rows to fit: expected rows with a value in each column of the formula, found none",
          r_.dropped > 0 ? std::to_string(r_.dropped) + " rows lack a value" : "");
  }
  void set_design() {
    std::vector<std::vector<std::string>> levels;
    level_of_.clear();
    std::uint64_t bytes = 0;
    for (const Levels& one : levels_) {
      Levels::Sorted sorted = one.sorted();
      bytes += 8 * sorted.levels.size() * sorted.levels.size();
      levels.push_back(std::move(sorted.levels));
      level_of_.push_back(std::move(sorted.level_of));
    }
    contrasts_ = Share(budget_, bytes, "contrasts of the formula's categories");
    design_ = design_of(source_.formula, source_.plan, std::move(levels));
    if (design_.columns.empty())
      throw Error(ErrorKind::kInput,
                  options_.input.path + ": the formula has no columns: every category has one level");
    if (options_.store.empty()) return;
    store_ = std::make_unique<design::StoreWriter>(source_, design_, level_of_,
                                                   design::StoreOptions{options_.store, options_.compression},
                                                   budget_, run_);
    if (store_->complete()) r_.store = store_->finish(0, r_.run);
  }
  void check_width(double rows) const {
    const double p = double(design_.columns.size());
    if (rows < p)
      throw Error(ErrorKind::kInput, options_.input.path + ": fewer rows than columns: expected at least " +
                                         std::to_string(design_.columns.size()) + ", found " + number(rows));
  }
  void normal() {
    const Clock clock;
    const double rows = gram_ ? gram_->rows : double(sums_->total().rows);
    check_width(rows);
    System system =
        gram_ ? system_of(*stored_, *gram_)
              : system_of(source_.plan, layout_, design_, level_of_, source_.shifts, sums_->total(), budget_);
    y_ = {source_.repeats ? system.rows : rows,
          system.rows,
          source_.repeats || gram_ ? 0 : sums_->total().log_weights,
          system.response_sum,
          system.response_squares,
          system.response_shift};
    if (options_.ridge > 0) add_ridge(system, design_.intercept, options_.ridge);
    solution_ = solve_normal(system);
    r_.run.stages.push_back({"solve", clock.seconds(), 0, 0});
    bool empty = false;  // a column without a row: no pass says more
    for (const std::size_t j : solution_.dependent) empty |= system.squares[j] == 0;
    const bool doubtful = !solution_.dependent.empty() || solution_.condition > kMostForAuto;
    if (!doubtful || empty) return;
    const std::string why =
        solution_.dependent.empty()
            ? "the condition number " + significant(solution_.condition) + " spends half of the digits"
            : "columns are sums of others, or close to it";
    if (options_.solver == "auto") {
      note(why + ": reading once more, for QR");
      r_.solver = "qr";
    } else if (solution_.dependent.empty() && solution_.condition > kMostForNormal) {
      throw Error(ErrorKind::kInput,
                  options_.input.path + ": the normal equations have no digit left: condition number " +
                      significant(solution_.condition),
                  "--solver qr keeps the digits that the data have");
    } else if (solution_.dependent.empty()) {
      r_.warnings.push_back(why + ": --solver qr keeps them");
    }
  }
  static std::string significant(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2g", value);
    return text;
  }
  void triangle() {
    TrianglePass triangle(source_, design_, level_of_);
    const std::uint64_t p = design_.columns.size() + 2;
    const Share share(budget_, 40 * p * p, "the triangle of QR");
    pass(triangle.pass());
    check_rows(triangle.rows());
    if (options_.solver != "svd") check_width(triangle.rows());
    y_ = {source_.repeats ? triangle.weight() : triangle.rows(),
          triangle.weight(),
          source_.repeats ? 0 : triangle.log_weights(),
          triangle.response_sum(),
          triangle.response_squares(),
          source_.shifts.back()};
    const Clock clock;
    const bool svd = options_.solver == "svd";
    solution_ = options_.ridge > 0 ? solve_ridge(triangle)
                : svd              ? solve_svd(triangle.triangle())
                                   : solve_triangle(triangle.triangle());
    r_.solver = svd ? "svd" : "qr";
    r_.run.stages.push_back({"solve", clock.seconds(), 0, 0});
  }
  /// A row for each penalised column, with the root of the penalty; whether there is a constant is a matter
  /// of the table's rows alone.
  Solution solve_ridge(const TrianglePass& triangle) const {
    const std::size_t p = design_.columns.size();
    const bool constant = solve_triangle(triangle.triangle()).has_constant;
    Triangle more = triangle.total();
    std::vector<double> rows(p * (p + 2), 0.0);
    for (std::size_t j = 0; j < p; ++j)
      if (int(j) != design_.intercept) rows[j * p + j] = std::sqrt(options_.ridge);
    more.add(rows.data(), p, p);
    Solution solution = solve_triangle(more.upper());
    solution.has_constant = constant;
    return solution;
  }
  [[noreturn]] void refuse_dependent() const {
    std::string names;
    for (std::size_t i = 0; i < solution_.dependent.size() && i < 10; ++i)
      names += (i == 0 ? "" : ", ") + design_.columns[solution_.dependent[i]].name;
    if (solution_.dependent.size() > 10) names += ", ...";
    throw Error(ErrorKind::kInput,
                options_.input.path + ": collinear columns: " + names +
                    (solution_.dependent.size() == 1 ? " is a sum" : " are sums") + " of columns before " +
                    (solution_.dependent.size() == 1 ? "it" : "them") + ", or 0",
                "leave such terms out of the formula; or --solver svd: of all answers the shortest");
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
      ResidualSums residuals(source_, design_, level_of_, solution_, options_.errors);
      pass(residuals.pass());
      solution_.residual_squares = residuals.squares();
      r_.residuals = residuals.facts();
      if (robust) meat_ = residuals.meat();
      if (residuals.lone() > 0)
        r_.warnings.push_back(number(double(residuals.lone())) +
                              (residuals.lone() == 1 ? " row has" : " rows have") + " leverage 1, where " +
                              options_.errors +
                              " has no value: left out of the errors, which are too small where a "
                              "coefficient rests on such rows alone");
    }
    set_statistics(r_, solution_, design_.names(), design_.intercept, y_, options_,
                   meat_ ? &*meat_ : nullptr);
  }
  void predictions() {
    const double degrees = double(r_.residual_degrees);
    const double factor = options_.errors == "HC1" ? double(r_.rows) / degrees : 1;
    const Fitted fitted{source_,
                        design_,
                        solution_,
                        meat_ ? &*meat_ : nullptr,
                        r_.residual_error * r_.residual_error,
                        factor,
                        t_quantile(options_.level, degrees)};
    r_.predictions = predict(fitted, options_, budget_, run_, r_.run);
  }
  void note(const std::string& line) const {
    if (run_.observer != nullptr) run_.observer->note(line);
  }

  const FitOptions& options_;
  const RunOptions& run_;
  Budget& budget_;
  FitResult& r_;
  std::optional<Stored> stored_;
  Source source_;
  CellLayout layout_;
  AllLevels levels_;
  std::optional<SumsPass> sums_;
  std::optional<Gram> gram_;  // in their place
  Share contrasts_;
  std::vector<std::vector<std::int32_t>> level_of_;
  Design design_;
  std::unique_ptr<design::StoreWriter> store_;
  bool store_taken_ = false;
  Solution solution_;
  std::optional<Square> meat_;
  ResponseSums y_;
};

void check(const FitOptions& o, const RunOptions& run) {
  if (o.predict.empty() != o.output.empty())
    throw Error(ErrorKind::kUsage, o.output.empty()
                                       ? "--predict needs an output: -o FILE"
                                       : "-o without --predict: expected a table to predict for");
  std::error_code ignored;
  if (!o.output.empty() && !run.force && std::filesystem::exists(o.output, ignored))
    throw Error(ErrorKind::kOutput, o.output + ": the output exists", "--force replaces it");
  if (o.from.empty() && run.device != "auto" && run.device != "cpu")
    throw Error(ErrorKind::kUsage,
                "--device " + run.device + ": a table is read by the processor: expected auto or cpu");
  if (!o.store.empty()) design::check_store({o.store, o.compression}, run);
  if (o.store.empty() && run.resume)
    throw Error(ErrorKind::kUsage, "--resume: there is nothing to resume without --store");
  if (o.ridge > 0 && o.solver == "svd")
    throw Error(ErrorKind::kUsage, "--ridge with --solver svd: expected one of them");
  if (!o.weights.empty() && !o.repeats.empty())
    throw Error(ErrorKind::kUsage, "--weights with --freq-weights: expected one of them");
  if (!(o.ridge >= 0 && o.ridge < 1e300))
    throw Error(ErrorKind::kUsage, "--ridge: expected 0 or more, found " + number(o.ridge));
  if (o.ridge > 0 && o.errors != "classic")
    throw Error(ErrorKind::kUsage,
                "--ridge with --se " + o.errors + ": estimates of ridge regression have no such errors");
  if (!(o.level > 0 && o.level < 1))
    throw Error(ErrorKind::kUsage, "--level: expected a share between 0 and 1, found " + number(o.level));
}

}  // namespace

FitResult fit_table(const FitOptions& given, const RunOptions& run) {
  const Clock total;
  FitOptions options = given;
  if (!options.from.empty()) options.input.path = options.from;
  check(options, run);
  FitResult result;
  RunSummary& summary = result.run;
  summary.device = "cpu";
  summary.threads = run.threads > 0 ? run.threads : available_cores();
  summary.memory_limit = run.memory > 0 ? run.memory : available_memory() / 2;
  Budget budget(summary.memory_limit, "--memory");
  csv::Input input = options.input;
  for (;;) {
    try {
      Fit(options, run, budget, result).run(input);
      break;
    } catch (const csv::NotUtf8& error) {
      if (!input.find_encoding || input.options.dialect.encoding == csv::Encoding::kLatin1) throw;
      if (run.observer != nullptr)
        run.observer->note(std::string(error.what()) +
                           ": read as Latin-1; --encoding utf-8 refuses such bytes");
      input.options.dialect.encoding = csv::Encoding::kLatin1;
      result.warnings.clear();
    }
  }
  summary.memory_peak = budget.peak();
  summary.seconds = summary.compute_seconds = total.seconds();
  return result;
}

}  // namespace sluice
