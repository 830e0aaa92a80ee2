// `sluice svd MATRIX`: singular values and right vectors of a tall matrix. One call into host/svd.h.
#include "host/svd.h"

#include <cmath>
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"

namespace sluice {
namespace {

using namespace frame;

struct SvdCommand {
  Settings settings;
  SvdOptions options;
};

std::string finite(double value, int digits) {
  return std::isinf(value) ? "infinite" : significant(value, digits);
}

std::string text_of(const SvdOptions& o, const SvdResult& r) {
  double squares = 0;
  for (const double value : r.values) squares += value * value;
  std::string text = table(
      {{"matrix", r.matrix.path + ", " + count(r.rows) + " x " + count(r.columns)},
       {"method", r.method == "tsqr" ? "TSQR" : "Gram matrix, whose squares keep half of the digits"},
       {"columns", o.center ? "less their means" : "as they are"},
       {"rank", count(std::int64_t(r.rank)) + ", of columns of unit length at " + significant(r.share, 2)},
       {"condition", finite(r.condition, 6) + ", of columns of unit length " + finite(r.unit_condition, 6)}});
  std::vector<std::vector<std::string>> lines{{"", "singular value", "share of squares"}};
  constexpr std::size_t kShown = 40;
  const std::size_t shown = std::min(kShown, r.right.size());
  for (std::size_t k = 0; k < shown; ++k)
    lines.push_back({std::to_string(k + 1), significant(r.values[k], 12),
                     squares > 0 ? significant(r.values[k] * r.values[k] / squares, 6) : "-"});
  text += "\n" + table(lines, {true, true, true});
  if (shown < r.values.size())
    text += "... " + count(std::int64_t(r.values.size() - shown)) + " more, down to " +
            significant(r.values.back(), 12) + "\n";
  return text;
}

Json json_of_result(const SvdOptions& o, const SvdResult& r) {
  const auto numbers = [](const std::vector<double>& values) {
    Json json = Json::array();
    for (const double value : values) json.push(value);
    return json;
  };
  Json json = summary_of("svd");
  json.add("matrix", json_of(r.matrix)).add("method", r.method).add("center", o.center);
  json.add("singular_values", numbers(r.values)).add("kept", r.right.size());
  json.add("rank", r.rank).add("rank_share", r.share);
  json.add("condition", r.condition).add("unit_condition", r.unit_condition);
  json.add("digits", r.digits);
  const auto name = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  json.add("output", name(o.output)).add("scores", o.scores);
  Json warnings = Json::array();
  for (const std::string& warning : r.warnings) warnings.push(warning);
  return json.add("warnings", warnings).add("run", json_of(r.run, 0));
}

int run(SvdCommand& s) {
  Progress progress(s.settings);
  RunOptions options = resolve(s.settings);
  options.observer = &progress;
  const SvdResult r = svd(s.options, options);
  progress.clear();
  say(s.settings.json ? json_of_result(s.options, r).text() + "\n" : text_of(s.options, r));
  if (s.settings.quiet) return 0;
  for (const std::string& warning : r.warnings) warn(warning);
  if (!r.why.empty() && (r.method == "gram" || s.settings.verbose > 0))
    note("--method auto is " + r.method + ": " + r.why);
  if (!r.open_hint.empty()) tell(s.options.output + ": " + r.open_hint);
  if (s.settings.verbose > 0) tell(how(r.run) + "\n" + stages_text(r.run));
  return 0;
}

}  // namespace

frame::Command svd_command() {
  const auto s = std::make_shared<SvdCommand>();
  SvdOptions& o = s->options;
  Command c;
  c.name = "svd";
  c.summary = "singular values and right vectors of a tall matrix larger than memory";
  c.description =
      "Singular values, right singular vectors, rank and scores of a matrix with many rows, in one pass "
      "(scores: "
      "two) and memory that does not grow with the rows: numpy.linalg.svd without the left side. TSQR keeps "
      "values to the rounding of the largest; the Gram matrix is faster for many columns and keeps half of "
      "the "
      "digits. With --center they are principal components.";
  c.examples = {"sluice generate matrix --shape 10000x8 --seed 7 -o X.npy",
                "sluice svd X.npy -k 3 -o svd.h5"};
  const char* group = "Decomposition";
  c.positionals = {{"MATRIX", "the matrix: .npy, an HDF5 dataset (file.h5:/path) or raw data; rows are many",
                    [&o](const std::string& v) { o.input = v; }}};
  c.options =
      Options{{{"-k", "--keep"},
               "N",
               "how many values and vectors to keep; default: all",
               group,
               [&o](const std::string& v) { o.keep = parse_count("-k", v); }},
              {{"--method"},
               "NAME",
               "tsqr (accurate), gram (fast for many columns), or auto (the default): tsqr up to 400 "
               "columns",
               group,
               [&o](const std::string& v) { o.method = v; },
               {"auto", "tsqr", "gram"}},
              {{"--center"},
               "",
               "columns less their means: principal components",
               group,
               [&o](const std::string&) { o.center = true; }},
              {{"--scores"},
               "",
               "also the rows times the right vectors, to -o: one more pass",
               group,
               [&o](const std::string&) { o.scores = true; }},
              {{"--rcond"},
               "SHARE",
               "the rank counts singular values of unit columns above this share of the largest; default: "
               "by precision",
               group,
               [&o](const std::string& v) { o.share = parse_number("--rcond", v); }},
              output_option(o.output, "an HDF5 file: singular_values, right_vectors, means, scores")} +
      only(result_options(s->settings), {"--force"}) + machine_options(s->settings) + raw_options(o.raw) +
      message_options(s->settings);
  c.run = [s] { return run(*s); };
  return c;
}

}  // namespace sluice
