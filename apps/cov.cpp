// `sluice cov`: records, one call into host/cov.h, and the exit code of its checks. Texts are in
// cov_report.cpp.
#include <map>
#include <memory>

#include "apps/commands.h"
#include "apps/cov_report.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/cov.h"
#include "host/error.h"

namespace sluice {
namespace {

using namespace frame;

struct Cov {
  Settings settings;
  CovOptions options;
};

/// What was typed, as the library takes it.
void settle(Cov& c) {
  static const std::map<std::string, Precision> precisions = {{"input", Precision::kInput},
                                                              {"float32", Precision::kFloat32},
                                                              {"float64", Precision::kFloat64},
                                                              {"tf32", Precision::kTf32}};
  CovOptions& o = c.options;
  if (o.output == "-")
    throw Error(ErrorKind::kUsage, "-o -: the result is written in tiles, out of order: expected a file",
                "for example -o C.npy");
  if (o.output.empty() && !c.settings.dry_run)
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o C.npy");
  if (o.joint && o.with.empty())
    throw Error(ErrorKind::kUsage, "--joint: the variables of two matrices together: expected --with Y");
  o.variables_are_rows = c.settings.variables == "rows";
  o.precision = precisions.at(c.settings.precision);
  o.seed = c.settings.seed;
  o.picture = c.settings.picture;
  std::tie(o.picture_width, o.picture_height) = c.settings.picture_size;
  o.colormap = c.settings.colormap;
}

/// Exit code 3 and one line where a check found a wrong entry.
void judge(const std::string& option, const std::optional<Verification>& v, const std::string& output) {
  if (!v || v->passed) return;
  throw Error(ErrorKind::kCheck, output + ": " + option + " failed: entry (" + std::to_string(v->row) + ", " +
                                     std::to_string(v->column) + "): expected an error of at most " +
                                     significant(v->bound, 3) + " sqrt(Cii Cjj), found " +
                                     significant(v->worst, 3));
}

int run(Cov& c) {
  settle(c);
  Progress progress(c.settings);
  RunOptions options = resolve(c.settings);
  options.observer = &progress;
  if (c.settings.dry_run) {
    const CovPlan plan = plan_cov(c.options, options);
    progress.clear();
    say(c.settings.json ? plan_summary(c.options, plan).text() + "\n" : plan_text(c.options, plan));
    return 0;
  }
  const CovSummary summary = cov(c.options, options);
  progress.clear();
  if (c.settings.json)
    say(cov_summary(c.options, summary).text() + "\n");
  else
    say(checks_text(c.options, summary));
  if (!c.settings.quiet) tell(closing_text(c.options, summary, c.settings.verbose > 0));
  judge("--verify", summary.verification, c.options.output);
  judge("--device check", summary.check, c.options.output);
  return 0;
}

Options numbers(Cov& c) {
  CovOptions& o = c.options;
  const char* group = "Numbers";
  return Options{
      {{"--corr"},
       "",
       "the correlation matrix (numpy's corrcoef)",
       group,
       [&o](const std::string&) { o.correlation = true; }},
      {{"--ddof"},
       "N",
       "divide by observations - N; default: 1",
       group,
       [&o](const std::string& v) { o.ddof = parse_integer("--ddof", v); }},
      {{"--bias"},
       "",
       "divide by the number of observations: --ddof 0 where --ddof is not given",
       group,
       [&o](const std::string&) { o.bias = true; }},
      {{"--fweights"},
       "FILE",
       "how often each observation counts: integers, one an observation",
       group,
       [&o](const std::string& v) { o.fweights = v; }},
      {{"--aweights"},
       "FILE",
       "importance of each observation: numbers of at least 0, one an observation",
       group,
       [&o](const std::string& v) { o.aweights = v; }},
      {{"--nan"},
       "WAY",
       "propagate (as numpy, the default) or error: what NaN and infinities in the input do",
       group,
       [&o](const std::string& v) { o.nan_is_error = v == "error"; },
       {"propagate", "error"}},
      precision_option(c.settings),
      {{"--out-dtype"},
       "TYPE",
       "float32 or float64; default: that of the computation",
       group,
       [&o](const std::string& v) { o.out_type = parse_dtype("--out-dtype", v).type; },
       {"float32", "float64"}},
  };
}

Options outputs(Cov& c) {
  CovOptions& o = c.options;
  const char* group = "Output";
  return Options{output_option(o.output, "the result: .npy, .h5 (file.h5:/path), else raw"),
                 {{"--means"},
                  "FILE",
                  "also write the variables' means (float64)",
                  group,
                  [&o](const std::string& v) { o.means = v; }},
                 {{"--variances"},
                  "FILE",
                  "also write the variables' variances (float64)",
                  group,
                  [&o](const std::string& v) { o.variances = v; }}};
}

Options checks(Cov& c) {
  CovOptions& o = c.options;
  const char* group = "Checks";
  Option seed = seed_option(c.settings, "of the entries that the checks choose; default: 0");
  seed.group = group;
  return Options{{{"--verify"},
                  "N",
                  "compute N random entries and the largest again in float64; exit 3 when one is wrong",
                  group,
                  [&o](const std::string& v) { o.verify = parse_count("--verify", v); }},
                 {{"--report-pairs"},
                  "FILE",
                  "mean covariance of the pairs of rows in a CSV, and of as many other pairs",
                  group,
                  [&o](const std::string& v) { o.report_pairs = v; }},
                 seed};
}

}  // namespace

frame::Command cov_command() {
  const auto c = std::make_shared<Cov>();
  CovOptions& o = c->options;
  Command command;
  command.name = "cov";
  command.summary = "covariance, correlation or cross-covariance of a matrix, file to file";
  command.description =
      "Covariance or correlation of the variables of a matrix that need not fit into memory, file to file, "
      "with "
      "the meaning of numpy's cov and corrcoef. Holds at most --memory, goes on with --resume after a crash.";
  command.examples = {"sluice generate matrix --shape 1000x500 --seed 7 -o X.npy",
                      "sluice cov X.npy -o C.npy --memory 64M --verify 100"};
  command.positionals = {{"X", "the matrix: .npy, an HDF5 dataset (file.h5:/path) or raw data",
                          [&o](const std::string& v) { o.input = v; }}};
  const char* input = "Input";
  command.options = outputs(*c) +
                    Options{variables_option(c->settings),
                            {{"--with"},
                             "Y",
                             "the cross-covariance of X's variables with those of Y",
                             input,
                             [&o](const std::string& v) { o.with = v; }},
                            {{"--joint"},
                             "",
                             "with --with: one matrix of the variables of both, as numpy's cov(X, Y)",
                             input,
                             [&o](const std::string&) { o.joint = true; }}} +
                    numbers(*c) + checks(*c) + picture_options(c->settings) + result_options(c->settings) +
                    machine_options(c->settings) + raw_options(o.input_options) +
                    message_options(c->settings);
  command.run = [c] { return run(*c); };
  return command;
}

}  // namespace sluice
