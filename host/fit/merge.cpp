// Parts' sums to one fit: the same system and statistics as a table's own, without a look at rows.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "host/budget.h"
#include "host/clock.h"
#include "host/error.h"
#include "host/fit/checks.h"
#include "host/fit/covariance_root.h"
#include "host/fit/files.h"
#include "host/fit/levels.h"
#include "host/fit/scale.h"
#include "host/fit/state.h"
#include "host/fit/statistics.h"
#include "host/fit/system.h"
#include "host/fit_model.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace fit;

constexpr double kMostForAll = 1e4, kMostForAny = 1e7;  // of the condition, as for a table's own fit
constexpr double kLeastShare = 1e-9;

void check(const MergeOptions& o, const RunOptions& run) {
  if (o.states.empty()) throw Error(ErrorKind::kUsage, "no states: expected at least one, found none");
  check_distinct(o.states, {o.output, o.model});
  std::error_code ignored;
  for (const std::string& output : {o.output, o.model})
    if (!output.empty() && !run.force && std::filesystem::exists(output, ignored))
      throw Error(ErrorKind::kOutput, output + ": the output exists", "--force replaces it");
  if (!(o.ridge >= 0 && o.ridge < 1e300))
    throw Error(ErrorKind::kUsage, "--ridge: expected 0 or more, found " + number(o.ridge));
  if (!(o.level > 0 && o.level < 1))
    throw Error(ErrorKind::kUsage, "--level: expected a share between 0 and 1, found " + number(o.level));
}

State merged(const std::vector<std::string>& states, const RunOptions& run, Budget& budget, Share& share) {
  State total = read_state(states[0], budget, share);
  if (run.observer != nullptr) run.observer->begin("merge", double(states.size()), "states", 0);
  for (std::size_t i = 1; i < states.size(); ++i) {
    if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    Share of_part;
    merge_state(total, read_state(states[i], budget, of_part), states[i]);
    if (run.observer != nullptr) run.observer->progress(double(i + 1));
  }
  if (run.observer != nullptr) run.observer->end();
  return total;
}

std::string two_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2g", value);
  return text;
}

void check_solution(const Solution& s, const Design& design, std::vector<std::string>& warnings) {
  std::string names;
  for (std::size_t i = 0; i < s.dependent.size() && i < 10; ++i)
    names += (i == 0 ? "" : ", ") + design.columns[s.dependent[i]].name;
  if (!names.empty())
    throw Error(ErrorKind::kInput,
                "the merged states: collinear columns: " + names +
                    (s.dependent.size() == 1 ? " is a sum" : " are sums") +
                    " of columns before, or 0, as far as sums of products tell",
                "--solver qr on the tables themselves looks closer");
  if (s.condition > kMostForAny)
    throw Error(ErrorKind::kInput,
                "the merged states: the normal equations have no digit left: condition number " +
                    two_digits(s.condition),
                "--solver qr on the tables themselves keeps the digits that the data have");
  if (s.condition > kMostForAll)
    warnings.push_back("the condition number " + two_digits(s.condition) +
                       " spends half of the digits: --solver qr on the tables themselves keeps them");
  if (!(s.residual_share > kLeastShare))
    warnings.push_back(
        "the residuals are so small beside the response that their sum of squares has few digits, and so "
        "have errors, t and F: a fit of the tables themselves with --residuals yes keeps them");
}

}  // namespace

FitResult merge_fits(const MergeOptions& options, const RunOptions& run) {
  const Clock total;
  check(options, run);
  FitResult result;
  RunSummary& summary = result.run;
  summary.device = "cpu", summary.threads = 1;
  summary.memory_limit = run.memory > 0 ? run.memory : available_memory() / 2;
  Budget budget(summary.memory_limit, "--memory");
  Share share;
  std::vector<std::string> states = options.states;
  const StandardInput spool(states, run.stop);
  State state;
  try {
    state = merged(states, run, budget, share);
  } catch (...) {
    spool.rethrow();
  }
  check_scale(state.formula, state.plan, *state.layout, *state.sums, {}, "the merged states");
  if (!options.output.empty()) write_state(state, *state.layout, *state.sums, options.output);
  std::vector<std::vector<std::string>> levels;
  std::vector<std::vector<std::int32_t>> level_of;
  for (std::size_t k = 0; k < state.found.size(); ++k) {
    Levels one(state.formula.factors[state.plan.categories[k]].levels);
    for (const std::string& text : state.found[k]) one.code(text);
    Levels::Sorted sorted = one.sorted();
    levels.push_back(std::move(sorted.levels));
    level_of.push_back(std::move(sorted.level_of));
  }
  const Design design = design_of(state.formula, state.plan, std::move(levels));
  const Sums& sums = *state.sums;
  if (design.columns.empty() || sums.rows < std::int64_t(design.columns.size()))
    throw Error(ErrorKind::kInput, "the merged states: fewer rows than columns: expected at least " +
                                       std::to_string(std::max<std::size_t>(1, design.columns.size())) +
                                       ", found " + std::to_string(sums.rows));
  const Clock solving;
  System system = system_of(state.plan, *state.layout, design, level_of, state.shifts, sums, budget);
  const ResponseSums y = response_sums(system, double(sums.rows), sums.log_weights, state.repeats);
  if (options.ridge > 0) add_ridge(system, design.intercept, options.ridge);
  Solution solution = solve_normal(system);
  check_solution(solution, design, result.warnings);
  // What was added is not the rows'.
  for (std::size_t j = 0; j < design.columns.size() && options.ridge > 0; ++j)
    if (int(j) != design.intercept)
      solution.residual_squares -= options.ridge * solution.estimates[j] * solution.estimates[j];
  summary.stages.push_back({"solve", solving.seconds(), 0, 0});
  FitOptions fit;
  fit.formula = state.meaning.formula, fit.ridge = options.ridge, fit.level = options.level;
  (state.repeats ? fit.repeats : fit.weights) = state.weights;
  result.solver = "normal";
  result.files = options.states.size();
  result.input.path = options.states[0];
  result.formula = state.meaning.formula;
  result.dropped = sums.dropped;
  result.response = state.formula.factors[state.formula.response].name;
  set_statistics(result, solution, design.names(), design.intercept, y, fit, nullptr);
  if (!options.model.empty()) {
    const double factor = options.ridge > 0 ? NAN : result.residual_error * result.residual_error;
    write_model(model_of(state.meaning, design, covariance_root(solution.root, nullptr, factor), result, fit),
                options.model);
  }
  summary.memory_peak = budget.peak();
  summary.seconds = summary.compute_seconds = total.seconds();
  return result;
}

}  // namespace sluice
