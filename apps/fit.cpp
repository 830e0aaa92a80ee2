// `sluice fit DATA FORMULA`: linear regression by formula. One call into host/fit.h; what is wrong with a
// formula is shown with a caret under it.
#include <algorithm>
#include <memory>

#include "apps/commands.h"
#include "apps/fit_report.h"
#include "apps/fit_store.h"
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
  std::vector<std::string> arguments;
  std::vector<double> truth;
};

/// The one argument that holds ~ is the formula; with --from there may be none.
void set_arguments(FitCommand& f) {
  const auto holds = [](const std::string& text) { return text.find('~') != std::string::npos; };
  std::vector<std::string> data;
  for (const std::string& argument : f.arguments)
    if (holds(argument) && f.options.formula.empty())
      f.options.formula = argument;
    else
      data.push_back(argument);
  if (!f.options.from.empty() && data.empty()) return;
  if (!f.options.from.empty())
    throw Error(ErrorKind::kUsage, "'" + data[0] + "' with --from: the store is the data");
  if (data.size() > 1 && f.options.formula.empty())
    throw Error(ErrorKind::kUsage, "'" + data[1] + "': expected a formula, found no ~",
                "for example: sluice fit data.csv 'y ~ a + b'");
  const char* missing = data.empty() ? "DATA is missing: expected a table"
                        : f.options.formula.empty()
                            ? "FORMULA is missing: expected a formula such as 'y ~ a + b'"
                            : nullptr;
  if (missing != nullptr) throw Error(ErrorKind::kUsage, missing, "'sluice fit --help' lists what it takes");
  if (data.size() > 1)
    throw Error(ErrorKind::kUsage, "'" + data[1] + "': expected one table and one formula",
                "a folder or a quoted pattern stands for many files");
  f.options.input.path = data[0];
}

/// How many columns a design has is known when the table was read: the result is there, so it is said,
/// without the truth beside it.
void check_truth(FitCommand& f, FitResult& result) {
  if (f.truth.empty() || f.truth.size() == result.coefficients.size()) return;
  std::vector<std::string> names;
  for (const Coefficient& c : result.coefficients) names.push_back(c.name);
  result.warnings.push_back("--truth is left out: expected " + std::to_string(names.size()) +
                            " numbers, one for each column of the design (" + joined(names, ", ") +
                            "), found " + std::to_string(f.truth.size()));
  f.truth.clear();
}

int run(FitCommand& f) {
  set_arguments(f);
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
  check_truth(f, result);
  if (f.settings.json)
    say(fit_summary(result, f.options, f.truth).text() + "\n");
  else
    say(fit_text(result, f.options, f.truth));
  if (f.settings.quiet) return 0;
  for (const std::string& warning : result.warnings) note(warning);
  if (!result.residuals && f.options.residuals == "auto")
    note("Durbin-Watson and the residuals' moments take a second pass: --residuals yes");
  if (result.predictions)
    tell(f.options.output + ": predictions for " + counted(result.predictions->rows, "row") +
         (result.predictions->missing > 0
              ? ", " + count(result.predictions->missing) + " of them missing for missing values"
              : ""));
  if (result.store) tell(store_text(*result.store, result.coefficients.size()));
  if (f.settings.verbose > 0) {
    tell(counted(result.rows, "row") + " " + how(result.run));
    tell(stages_text(result.run));
  }
  return 0;
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
      "Poly or Diff, and levels=[...]. I(a ** 2), np.log(a) and other functions of numbers, Q('a name').";
  c.examples = {"sluice generate table --rows 1000 --columns 'y:normal,a:normal,kind:category(3)' -o t.csv",
                "sluice fit t.csv 'y ~ a + C(kind)'"};
  const char* group = "Model";
  Options table = table_options(o.input);  // the formula says which columns
  std::erase_if(table, [](const Option& option) { return option.long_name() == "--columns"; });
  c.positionals = {
      {"DATA|FORMULA",
       "a table (.csv, .tsv, ...; also .gz and .zst), a folder of parts of one, or a quoted pattern; and the "
       "formula, the one argument that holds ~, such as 'y ~ a + b'",
       [f](const std::string& v) { f->arguments.push_back(v); }, true}};
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
           "standard errors: classic (the default), or robust ones of a second pass: HC0, HC1, HC2, HC3",
           group,
           [&o](const std::string& v) { o.errors = v; },
           {"classic", "HC0", "HC1", "HC2", "HC3"}},
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
           [&o](const std::string& v) { o.level = parse_number("--level", v); }},
          {{"--residuals"},
           "WHEN",
           "a second pass for Durbin-Watson and the residuals' moments: yes, no, or auto (the default), for "
           "files up to 64 MiB",
           group,
           [&o](const std::string& v) { o.residuals = v; },
           {"auto", "yes", "no"}},
          {{"--truth"},
           "LIST",
           "the coefficients that a table was made with, to stand beside the estimates",
           group,
           [f](const std::string& v) {
             f->truth.clear();
             for (const std::string& part : parse_list("--truth", v))
               f->truth.push_back(parse_number("--truth", part));
           }},
          {{"--predict"},
           "TABLE",
           "another table, each row of which gets a prediction in -o: mean, its error and interval, and the "
           "interval of an observation",
           group,
           [&o](const std::string& v) { o.predict = v; }},
          output_option(o.output, "the predictions: .tsv and .tab with tabs, else commas"),
          define_option(o.levels, group)} +
      fit_store_options(o, "Store") + table +
      only(result_options(f->settings), {"--resume", "--force", "--checkpoint"}) +
      machine_options(f->settings) + message_options(f->settings);
  c.run = [f] { return run(*f); };
  return c;
}

}  // namespace sluice
