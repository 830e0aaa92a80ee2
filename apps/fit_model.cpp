// One call into host/fit_model.h, and what is said of it.
#include "apps/fit_model.h"

#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "host/fit_model.h"

namespace sluice {

using namespace frame;

std::string predictions_text(const std::string& output, const PredictionFacts& facts) {
  return output + ": predictions for " + counted(facts.rows, "row") +
         (facts.missing > 0 ? ", " + count(facts.missing) + " of them missing for missing values" : "");
}

int predict_by_model(const Settings& settings, const FitOptions& fit, std::optional<double> level) {
  if (fit.output.empty()) throw Error(ErrorKind::kUsage, "--predict needs an output: -o FILE");
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
