// `sluice fit DATA FORMULA`: linear regression by formula. One call into host/fit.h; what is wrong with a
// formula is shown with a caret under it.
#include <algorithm>
#include <memory>

#include "apps/commands.h"
#include "apps/fit_inputs.h"
#include "apps/fit_model.h"
#include "apps/fit_plan.h"
#include "apps/fit_report.h"
#include "apps/fit_store.h"
#include "apps/fit_truth.h"
#include "apps/formula_error.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"

namespace sluice {
namespace {

using namespace frame;

struct FitCommand {
  Settings settings;
  FitOptions options;
  FitInputs inputs;
  std::optional<double> level;  // where given
  Truth truth;
};

void say_notes(const FitCommand& f, const FitResult& result) {
  for (const std::string& warning : result.warnings) note(warning);
  if (!result.residuals && f.options.residuals == "auto")
    note("Durbin-Watson and the residuals' moments take a second pass: --residuals yes");
  if (result.predictions) tell(predictions_text(f.options.output, *result.predictions));
  if (!f.options.model.empty() && !result.failed)
    note(f.options.model + ": the model; sluice fit --model " + shell_word(f.options.model) +
         " --predict TABLE -o FILE");
  if (result.store) tell(store_text(*result.store, result.coefficients.size()));
  if (f.settings.verbose > 0) {
    tell(counted(result.rows, "row") + " " + how(result.run));
    tell(stages_text(result.run));
  }
}

int run(FitCommand& f) {
  if (f.inputs.arguments.empty() && !f.options.model.empty() && !f.options.predict.empty())
    return predict_by_model(f.settings, f.options, f.level);
  f.options.picture = f.settings.picture;
  settle(f.inputs, f.options);
  std::tie(f.options.picture_width, f.options.picture_height) = f.settings.picture_size;
  if (f.settings.dry_run && !f.options.from.empty())
    throw Error(ErrorKind::kUsage, "--dry-run with --from: expected a table");
  if (f.settings.dry_run) {
    try {
      return show_plan(f.settings, f.options);
    } catch (const fit::FormulaError& error) {
      return show_formula_error("sluice fit", error);
    }
  }
  Progress progress(f.settings);
  RunOptions options = resolve(f.settings);
  options.observer = &progress;
  FitResult result;
  try {
    result = fit_table(f.options, options);
  } catch (const fit::FormulaError& error) {
    progress.clear();
    return show_formula_error("sluice fit", error);
  }
  progress.clear();
  if (!result.unsolved.empty()) {
    note(result.unsolved);
    note(f.options.state + " is saved: 'sluice merge' fits it together with others");
    return 0;
  }
  // How many columns a design has is known when the table was read: the result is there, so it is said,
  // without a truth of another design beside it.
  std::string problem;
  const std::vector<double> truth = truth_of(f.truth, result, problem);
  if (!problem.empty())
    result.warnings.push_back((truth.empty() ? "--truth is left out: " : "--truth: ") + problem);
  if (f.settings.json)
    say(fit_summary(result, f.options, truth).text() + "\n");
  else
    say(fit_text(result, f.options, truth));
  if (!f.settings.quiet) say_notes(f, result);
  if (result.failed) throw Error(*result.failed);
  return 0;
}

Options picture_of_fit(Settings& settings) {
  Options options = only(picture_options(settings), {"--picture", "--picture-size"});
  for (Option& option : options)
    if (option.long_name() == "--picture")
      option.help =
          "draw residuals against fitted values, their quantiles and spread, and the coefficients with their "
          "intervals (.png, .svg or .pdf)";
  return options;
}

}  // namespace

frame::Command fit_command() {
  const auto f = std::make_shared<FitCommand>();
  FitOptions& o = f->options;
  Command c;
  c.name = "fit";
  c.summary = "linear regression by formula from a table larger than memory";
  c.description =
      "Fits a linear model to a table of any size: coefficients with errors, tests and intervals, in memory "
      "that does not grow with the table. The formula is patsy's, with its coding, column names and order; "
      "levels of categories are found while the table is read. Rows that lack a value of the formula's "
      "columns are dropped and counted.\n\n"
      "Operators: + - : * / ** ( ) 0 1 and . for all other columns. C(x, Treatment('b')), with Sum, Helmert, "
      "Poly or Diff, and levels=[...]. poly(a, 2), I(a ** 2), np.log(a) and other functions, Q('a name').";
  c.examples = {"sluice generate table --rows 1000 --columns 'y:normal,a:normal,kind:category(3)' -o t.csv",
                "sluice fit t.csv 'y ~ a + C(kind)'"};
  const char* group = "Model";
  Options table = table_options(o.input);  // the formula says which columns
  std::erase_if(table, [](const Option& option) { return option.long_name() == "--columns"; });
  c.positionals = {
      {"DATA|FORMULA",
       "tables (.csv, .tsv, ...; also .gz and .zst; -: standard input), folders of parts of one, quoted "
       "patterns; and the formula, the one argument that holds ~, such as 'y ~ a + b'",
       [f](const std::string& v) { f->inputs.arguments.push_back(v); }, true}};
  c.options =
      Options{
          {{"--solver"},
           "NAME",
           "normal (equations, one pass), qr (TSQR, keeps more digits), svd (the shortest answer where "
           "columns "
           "are collinear), or auto (the default): normal, and once more qr where the condition number "
           "spends "
           "half of the digits",
           group,
           [&o](const std::string& v) { o.solver = v; },
           {"auto", "normal", "qr", "svd"}},
          {{"--se"},
           "KIND",
           "standard errors: classic (the default), or robust ones of a second pass: HC0, HC1, HC2, HC3, "
           "or cluster, with --cluster",
           group,
           [&o](const std::string& v) { o.errors = v; },
           {"classic", "HC0", "HC1", "HC2", "HC3", "cluster"}},
          {{"--cluster"},
           "COLUMN",
           "of --se cluster: rows of one value of it may depend on each other",
           group,
           [&o](const std::string& v) { o.cluster = v; }},
          {{"--ridge"},
           "ALPHA",
           "adds ALPHA times the sum of the squared coefficients but the intercept's to what is made small "
           "(scikit-learn's Ridge); estimates without errors",
           group,
           [&o](const std::string& v) { o.ridge = parse_number("--ridge", v); }},
          {{"--weights"},
           "COLUMN",
           "analytic weights, 1 by the variance of a row's error, as R's lm and statsmodels' WLS take them",
           group,
           [&o](const std::string& v) { o.weights = v; }},
          {{"--freq-weights"},
           "COLUMN",
           "how many rows each stands for: whole numbers",
           group,
           [&o](const std::string& v) { o.repeats = v; }},
          {{"--level"},
           "SHARE",
           "of the intervals; default: 0.95",
           group,
           [f](const std::string& v) {
             f->options.level = parse_number("--level", v);
             f->level = f->options.level;
           }},
          {{"--residuals"},
           "WHEN",
           "a second pass for Durbin-Watson and the residuals' moments: yes, no, or auto (the default), for "
           "files up to 64 MiB",
           group,
           [&o](const std::string& v) { o.residuals = v; },
           {"auto", "yes", "no"}},
          {{"--truth"},
           "LIST|FILE",
           "the coefficients that a table was made with, to stand beside the estimates: numbers with commas "
           "between them, or a file (.json, .csv) of names and numbers",
           group,
           [f](const std::string& v) { f->truth = parse_truth(v); }},
          {{"--predict"},
           "TABLE",
           "another table, each row of which gets a prediction in -o: mean, its error and interval, and the "
           "interval of an observation",
           group,
           [&o](const std::string& v) { o.predict = v; }},
          {{"--model"},
           "FILE",
           "the fit as a file of JSON; without a formula, the fit that --predict goes by",
           group,
           [&o](const std::string& v) { o.model = v; }},
          {{"--save-state"},
           "FILE",
           "the sums of this fit, for 'sluice merge' with those of other parts",
           group,
           [&o](const std::string& v) { o.state = v; }},
          {{"--profile"},
           "FILE",
           "a page (.html) of the run: stages by thread over time, with bytes, busy cores and memory",
           group,
           [&o](const std::string& v) { o.profile = v; }},
          output_option(o.output, "the predictions: .tsv and .tab with tabs, else commas"),
          define_option(o.levels, group)} +
      fit_input_options(f->inputs, group) + fit_store_options(o, "Store") + picture_of_fit(f->settings) +
      table + only(result_options(f->settings), {"--resume", "--force", "--checkpoint", "--dry-run"}) +
      machine_options(f->settings) + message_options(f->settings);
  c.run = [f] { return run(*f); };
  return c;
}

}  // namespace sluice
