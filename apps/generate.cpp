// `sluice generate KIND`: random data of any size, the same bytes on every machine. A kind is a command of
// its own; they are listed at the end.
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/generate.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct Matrix {
  Settings settings;
  GenerateOptions options;
};

std::string shape_of(const GenerateOptions& o) {
  return count(o.rows) + " x " + count(o.columns) + " " + name_of(o.type);
}

Json summary(const GenerateOptions& o, const GenerateSummary& s) {
  Json pairs = Json::object();
  pairs.add("count", o.correlated_pairs).add("low", o.low).add("high", o.high).add("distance", o.distance);
  pairs.add("file", s.pairs_file.empty() ? Json() : Json(s.pairs_file));
  Json output = Json::object();
  output.add("path", o.output).add("format", s.format).add("rows", o.rows).add("columns", o.columns);
  output.add("dtype", name_of(o.type)).add("bytes", s.bytes).add("open", s.open_hint);
  Json json = summary_of("generate matrix");
  json.add("output", output).add("seed", o.seed);
  json.add("distribution", o.distribution == Distribution::kNormal ? "normal" : "uniform");
  Json check;
  if (s.check) check = Json::object().add("entries", s.check->entries).add("differing", s.check->differing);
  return json.add("correlated_pairs", pairs).add("check", check).add("run", json_of(s.run, 0));
}

int plan(const Matrix& m) {
  const GenerateOptions& o = m.options;
  const GeneratePlan p = plan_generate(o, resolve(m.settings));
  if (m.settings.json) {
    Json json = summary_of("generate matrix");
    json.add("dry_run", true).add("rows", o.rows).add("columns", o.columns).add("dtype", name_of(o.type));
    json.add("output_bytes", p.bytes).add("disk_free", p.disk_free).add("memory", p.memory);
    return say(json.add("estimated_seconds", p.estimated_seconds).text() + "\n"), 0;
  }
  say(table({{"matrix", shape_of(o)},
             {"device", p.device},
             {"output", o.output + ", " + human_bytes(double(p.bytes)) + " (" +
                            human_bytes(double(p.disk_free)) + " free)"},
             {"pairs",
              o.correlated_pairs > 0 ? counted(o.correlated_pairs, "correlated pair") + " of rows" : "none"},
             {"memory", human_bytes(double(p.memory))},
             {"time", "about " + human_seconds(p.estimated_seconds)}}));
  if (p.bytes > p.disk_free)
    warn("the output needs " + human_bytes(double(p.bytes)) + " and the disk has " +
         human_bytes(double(p.disk_free)) + " free; choose another disk with -o");
  return 0;
}

int failed_check(const GenerateCheck& check) {
  const std::string of = count(check.entries) + " entries of sampled tiles against serial: ";
  if (check.differing == 0) return tell("check: " + of + "the same bytes: passed"), 0;
  tell("check: " + of + count(check.differing) + " differ, the first at (" + count(check.row) + ", " +
       count(check.column) + "): FAILED");
  return 3;
}

int run(Matrix& m) {
  if (m.options.rows == 0 && m.options.columns == 0)
    throw Error(ErrorKind::kUsage, "--shape is missing: expected ROWSxCOLUMNS",
                "for example --shape 1000x200");
  if (m.options.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o X.npy");
  if (m.options.output == "-")
    throw Error(ErrorKind::kUsage, "-o -: a matrix is written in tiles, out of order: expected a file",
                "for example -o X.npy");
  m.options.seed = m.settings.seed;
  if (m.settings.dry_run) return plan(m);
  Progress progress(m.settings);
  RunOptions options = resolve(m.settings);
  options.observer = &progress;
  const GenerateSummary s = generate_matrix(m.options, options);
  progress.clear();
  const int code = s.check ? failed_check(*s.check) : 0;
  if (m.settings.json) say(summary(m.options, s).text() + "\n");
  if (m.settings.quiet) return code;
  tell(m.options.output + ": " + shape_of(m.options) + ", " + human_bytes(double(s.bytes)) + ", " +
       how(s.run) + " (" + rate(double(s.bytes), "bytes", s.run.seconds) + ")");
  if (m.settings.verbose > 0) tell(stages_text(s.run));
  if (!s.pairs_file.empty()) tell("correlated pairs of rows: " + s.pairs_file);
  tell("open it with " + s.open_hint);
  return code;
}

Command matrix_kind() {
  const auto m = std::make_shared<Matrix>();
  GenerateOptions& o = m->options;
  Command c;
  c.name = "generate matrix";
  c.summary = "a random matrix, uniform or normal, with correlated pairs of rows if wanted";
  c.description =
      "Writes a random matrix of any size. Every element depends on the seed and its place alone (Philox), "
      "so "
      "that the file has the same bytes on every device and at any number of threads.";
  c.examples = {"sluice generate matrix --shape 1000x500 --dist normal --seed 7 -o X.npy"};
  const char* group = "Matrix";
  c.options =
      Options{output_option(o.output, "the matrix: .npy, .h5 (file.h5:/path), else raw"),
              {{"--shape"},
               "RxC",
               "rows and columns, such as 1000x500 or 1e5x200",
               group,
               [&o](const std::string& v) { std::tie(o.rows, o.columns) = parse_shape("--shape", v); }},
              {{"--dtype"},
               "TYPE",
               "float32 (the default) or float64",
               group,
               [&o](const std::string& v) { o.type = parse_dtype("--dtype", v).type; },
               {"float32", "float64"}},
              {{"--dist"},
               "NAME",
               "uniform on [0, 1) (the default) or normal (mean 0, deviation 1)",
               group,
               [&o](const std::string& v) {
                 o.distribution = v == "normal" ? Distribution::kNormal : Distribution::kUniform;
               },
               {"uniform", "normal"}},
              seed_option(m->settings, "another seed gives another matrix; default: 0"),
              {{"--correlated-pairs"},
               "N",
               "N disjoint pairs of rows are correlated: row b is row a times uniform numbers, element by "
               "element; "
               "the pairs are listed in FILE.pairs.csv",
               "Correlated pairs",
               [&o](const std::string& v) { o.correlated_pairs = parse_count("--correlated-pairs", v); }},
              {{"--strength"},
               "LOW:HIGH",
               "range of those numbers; default: 0.8:0.9",
               "Correlated pairs",
               [&o](const std::string& v) { std::tie(o.low, o.high) = parse_range("--strength", v); }},
              {{"--distance"},
               "D",
               "rows between the two of a pair; default: any",
               "Correlated pairs",
               [&o](const std::string& v) { o.distance = parse_count("--distance", v); }}} +
      result_options(m->settings) + machine_options(m->settings) + message_options(m->settings);
  c.run = [m] { return run(*m); };
  return c;
}

}  // namespace

frame::Command generate_command() {
  Command c;
  c.name = "generate";
  c.summary = "random data of any size, the same bytes on every machine";
  c.description = "Writes random data of any size to a file, the same bytes on every machine.";
  c.examples = {"sluice generate matrix --shape 1000x500 --seed 7 -o X.npy",
                "sluice generate series --rate 1Hz --samples 9000 --channels normal,sine:0.01 -o S.npy",
                "sluice generate table --rows 1000 --columns a:normal,b:uniform -o t.csv",
                "sluice generate lightcurves --objects 100 --seed 1 -o lc.csv",
                "sluice generate graph --kind grid --vertices 100 -o g.mtx"};
  c.kinds = {matrix_kind(), generate_series_kind(), generate_table_kind(), generate_lightcurves_kind(),
             generate_graph_kind()};
  return c;
}

}  // namespace sluice
