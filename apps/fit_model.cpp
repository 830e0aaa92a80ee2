// One call into host/fit_model.h, and what is said of it.
#include "apps/fit_model.h"

#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "host/error.h"
#include "host/fit_model.h"

namespace sluice {

using namespace frame;

std::string predictions_text(const std::string& output, const PredictionFacts& facts) {
  const bool tabs = output.ends_with(".tsv") || output.ends_with(".tab");
  return output + ": predictions for " + counted(facts.rows, "row") +
         (facts.missing > 0 ? ", " + count(facts.missing) + " of them missing for missing values" : "") +
         (facts.faults.rows() > 0 ? ", empty in bad rows: " + reasons_text(facts.faults) : "") +
         "; pandas.read_csv('" + output + (tabs ? "', sep='\\t')" : "')");
}

int predict_by_model(const Settings& settings, const FitOptions& fit, std::optional<double> level) {
  if (fit.output.empty()) throw Error(ErrorKind::kUsage, "--predict needs an output: -o FILE");
  const char* other = fit.errors != "classic"     ? "--se"
                      : !fit.cluster.empty()      ? "--cluster"
                      : !fit.weights.empty()      ? "--weights"
                      : !fit.repeats.empty()      ? "--freq-weights"
                      : fit.ridge != 0            ? "--ridge"
                      : fit.solver != "auto"      ? "--solver"
                      : !fit.store.empty()        ? "--store"
                      : !fit.state.empty()        ? "--save-state"
                      : !settings.picture.empty() ? "--picture"
                      : !fit.profile.empty()      ? "--profile"
                                                  : nullptr;
  if (other != nullptr)
    throw Error(ErrorKind::kUsage,
                std::string(other) + " with --model and no formula: " + fit.model +
                    " is a fit that was made without it",
                "give the table and the formula to fit anew");
  Progress progress(settings);
  RunOptions options = resolve(settings);
  options.observer = &progress;
  PredictOptions predict;
  predict.input = fit.input, predict.input.path = fit.predict;
  predict.model = fit.model, predict.output = fit.output, predict.level = level;
  const PredictResult result = predict_table(predict, options);
  progress.clear();
  if (settings.json) {
    Json json = summary_of("fit"), predictions = Json::object();
    predictions.add("table", fit.predict).add("output", fit.output);
    predictions.add("rows", result.facts.rows).add("missing", result.facts.missing);
    predictions.add("left_out", json_of(result.facts.faults));
    json.add("model", fit.model).add("formula", result.formula).add("response", result.response);
    json.add("level", result.level).add("predictions", predictions).add("run", json_of(result.run, 0));
    say(json.text() + "\n");
  }
  if (settings.quiet) return 0;
  tell(predictions_text(fit.output, result.facts));
  if (settings.verbose > 0) tell(stages_text(result.run));
  return 0;
}

}  // namespace sluice
