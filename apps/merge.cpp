// `sluice merge`: states of fits (--save-state) to the fit of all their rows. One call into host/fit_model.h.
#include <memory>

#include "apps/commands.h"
#include "apps/fit_report.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/values.h"
#include "host/fit/files.h"
#include "host/fit_model.h"

namespace sluice {
namespace {

using namespace frame;

struct Merge {
  Settings settings;
  MergeOptions options;
  std::vector<std::string> arguments;
  std::string files_from;
};

int run(Merge& m) {
  m.options.states = fit::input_files(m.arguments, m.files_from);
  Progress progress(m.settings);
  RunOptions options = resolve(m.settings);
  options.observer = &progress;
  const FitResult result = merge_fits(m.options, options);
  progress.clear();
  FitOptions fit;
  fit.formula = result.formula, fit.ridge = m.options.ridge, fit.level = m.options.level;
  fit.residuals = "no";
  if (m.settings.json)
    say(fit_summary(result, fit, {}, "merge").text() + "\n");
  else
    say(fit_text(result, fit, {}));
  if (m.settings.quiet) return 0;
  for (const std::string& warning : result.warnings) note(warning);
  if (m.settings.verbose > 0) tell(stages_text(result.run));
  return 0;
}

}  // namespace

frame::Command merge_command() {
  const auto m = std::make_shared<Merge>();
  MergeOptions& o = m->options;
  Command c;
  c.name = "merge";
  c.summary = "fits of parts of a table, merged to the fit of the whole";
  c.description =
      "Adds up what 'sluice fit --save-state' wrote for parts of a table: the coefficients, errors and tests "
      "are those of a fit of all rows. Parts may lack levels that others have. Durbin-Watson and other "
      "things that go by the residuals need the rows and are not there.";
  c.examples = {
      "sluice generate table --rows 900 --columns 'y:normal,a:normal,kind:category(3)' -o t.csv",
      "sluice fit t.csv 'y ~ a + kind' --save-state s1.json",
      "sluice generate table --rows 400 --columns 'y:normal,a:normal,kind:category(3)' --seed 7 -o u.csv",
      "sluice fit u.csv 'y ~ a + kind' --save-state s2.json", "sluice merge s1.json s2.json --model m.json"};
  const char* group = "Model";
  c.positionals = {
      {"STATE", "states of fits of one formula: files, folders of them, quoted patterns; -: standard input",
       [m](const std::string& v) { m->arguments.push_back(v); }, true}};
  c.options =
      Options{output_option(o.output, "the merged state, for more to be added later"),
              {{"--files-from"},
               "FILE",
               "states whose names stand in a file, one a line (-: standard input)",
               group,
               [m](const std::string& v) { m->files_from = v; }},
              {{"--model"},
               "FILE",
               "the fit as a model, for 'sluice fit --model FILE --predict TABLE'",
               group,
               [&o](const std::string& v) { o.model = v; }},
              {{"--ridge"},
               "ALPHA",
               "adds ALPHA times the sum of the squared coefficients but the intercept's to what is made "
               "small; estimates without errors",
               group,
               [&o](const std::string& v) { o.ridge = parse_number("--ridge", v); }},
              {{"--level"},
               "SHARE",
               "of the intervals; default: 0.95",
               group,
               [&o](const std::string& v) { o.level = parse_number("--level", v); }}} +
      only(result_options(m->settings), {"--force"}) + only(machine_options(m->settings), {"--memory"}) +
      message_options(m->settings);
  c.run = [m] { return run(*m); };
  return c;
}

}  // namespace sluice
