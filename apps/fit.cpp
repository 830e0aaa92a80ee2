// `sluice fit DATA FORMULA`: linear regression by formula. One call into host/fit.h; what is wrong with a
// formula is shown with a caret under it.
#include <algorithm>
#include <memory>

#include "apps/commands.h"
#include "apps/fit_report.h"
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

/// The one argument that holds ~ is the formula.
void set_arguments(FitCommand& f) {
  const auto holds = [](const std::string& text) { return text.find('~') != std::string::npos; };
  std::string data = f.arguments[0], formula = f.arguments[1];
  if (holds(data) && !holds(formula)) std::swap(data, formula);
  if (!holds(formula))
    throw Error(ErrorKind::kUsage, "'" + formula + "': expected a formula, found no ~",
                "for example: sluice fit data.csv 'y ~ a + b'");
  f.options.input.path = data, f.options.formula = formula;
}

/// lnames=0,1,2
void add_levels(FitOptions& o, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Error(ErrorKind::kUsage, "--define: expected NAME=A,B,C, found '" + text + "'");
  o.levels[text.substr(0, equals)] = parse_list("--define", text.substr(equals + 1));
}

void check_truth(const FitCommand& f, const FitResult& result) {
  if (f.truth.empty() || f.truth.size() == result.coefficients.size()) return;
  std::vector<std::string> names;
  for (const Coefficient& c : result.coefficients) names.push_back(c.name);
  throw Error(ErrorKind::kUsage,
              "--truth: expected " + std::to_string(names.size()) +
                  " numbers with commas between them, found " + std::to_string(f.truth.size()),
              "one for each column of the design: " + joined(names, ", "));
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
      {"DATA", "a table (.csv, .tsv, ...; also .gz and .zst), a folder of parts of one, or a quoted pattern",
       [f](const std::string& v) { f->arguments.push_back(v); }},
      {"FORMULA", "a formula such as 'y ~ a + b'", [f](const std::string& v) { f->arguments.push_back(v); }}};
  c.options =
      Options{
          {{"--solver"},
           "NAME",
           "normal (equations, one pass), qr (TSQR, keeps more digits), or auto (the default): normal, and "
           "once more qr where the condition number spends half of the digits",
           group,
           [&o](const std::string& v) { o.solver = v; },
           {"auto", "normal", "qr"}},
          {{"--se"},
           "KIND",
           "standard errors: classic (the default), or robust ones of a second pass: HC0, HC1, HC2, HC3",
           group,
           [&o](const std::string& v) { o.errors = v; },
           {"classic", "HC0", "HC1", "HC2", "HC3"}},
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
          {{"--define"},
           "NAME=LIST",
           "a list of levels that the formula names, such as lnames=0,1,2 for C(x, levels=lnames)",
           group,
           [&o](const std::string& v) { add_levels(o, v); },
           {},
           {},
           true}} +
      table + only(machine_options(f->settings), {"--memory", "--threads"}) + message_options(f->settings);
  c.run = [f] { return run(*f); };
  return c;
}

}  // namespace sluice
