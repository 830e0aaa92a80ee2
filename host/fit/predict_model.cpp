// Predictions by a model file. The formula is read as it was for the table of the fit; of the new table only
// its columns' places are asked for.
#include <algorithm>

#include "host/budget.h"
#include "host/clock.h"
#include "host/error.h"
#include "host/fit/checks.h"
#include "host/fit/distributions.h"
#include "host/fit/encoding.h"
#include "host/fit/files.h"
#include "host/fit/model.h"
#include "host/fit/predict.h"
#include "host/fit_model.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace fit;

/// A source that names columns without places, which predict() finds in the new table.
Source source_of(const Model& model, const PredictOptions& options) {
  Source source;
  source.formula = formula_of(model.meaning, options.model);
  source.plan = plan_of(source.formula);
  source.category_columns.assign(source.plan.categories.size(), -1);
  source.files = {options.model};
  return source;
}

Design design_of_model(const Model& model, const Source& source, const std::string& path) {
  if (model.levels.size() != source.plan.categories.size())
    throw Error(ErrorKind::kInput, path + ": expected levels of " +
                                       std::to_string(source.plan.categories.size()) + " categories, found " +
                                       std::to_string(model.levels.size()));
  Design design = design_of(source.formula, source.plan, model.levels);
  const std::vector<std::string> names = design.names();
  bool same = names.size() == model.coefficients.size();
  for (std::size_t j = 0; same && j < names.size(); ++j) same = names[j] == model.coefficients[j].name;
  if (!same) throw Error(ErrorKind::kInput, path + ": its coefficients are not those of its formula");
  return design;
}

}  // namespace

PredictResult predict_table(const PredictOptions& options, const RunOptions& run) {
  const Clock total;
  fit::check_predictions(options.output);
  fit::check_distinct({options.input.path, options.model}, {options.output});
  fit::check_output(options.output, run);
  PredictResult result;
  RunSummary& summary = result.run;
  summary.device = "cpu";
  summary.threads = run.threads > 0 ? run.threads : available_cores();
  summary.memory_limit = run.memory > 0 ? run.memory : available_memory() / 2;
  Budget budget(summary.memory_limit, "--memory");
  const Model model = read_model(options.model, budget);
  const Source source = source_of(model, options);
  const Design design = design_of_model(model, source, options.model);
  std::vector<double> estimates;
  for (const Coefficient& c : model.coefficients) estimates.push_back(c.estimate);
  result.formula = model.meaning.formula, result.response = model.response;
  result.level = options.level.value_or(model.level);
  if (!(result.level > 0 && result.level < 1))
    throw Error(ErrorKind::kUsage,
                "--level: expected a share between 0 and 1, found " + number(result.level));
  const Fitted fitted{source,     design,         estimates,
                      model.root, model.variance, t_quantile(result.level, model.degrees)};
  std::vector<std::string> files{options.input.path};
  const StandardInput spool(files, run.stop);
  csv::Input table = options.input;
  table.path = files[0];
  try {
    read_as_found(table, run, [&](const csv::Input& input) {
      result.facts = predict(fitted, input, options.output, budget, run, summary);
    });
  } catch (...) {
    spool.rethrow();
  }
  summary.memory_peak = budget.peak();
  summary.seconds = summary.compute_seconds = total.seconds();
  return result;
}

}  // namespace sluice
