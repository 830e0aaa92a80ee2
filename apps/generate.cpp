// `sluice generate KIND`: random data of any size, the same bytes on every machine. A kind is a command of
// its own; they are listed at the end.
#include <filesystem>
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
  return json.add("correlated_pairs", pairs).add("run", json_of(s.run, 0));
}

int plan(const Matrix& m) {
  const GenerateOptions& o = m.options;
  check_generate(o);
  const double bytes = double(o.rows) * double(o.columns) * double(size_of(o.type));
  std::error_code error;
  auto folder = std::filesystem::path(o.output).parent_path();
  const auto space = std::filesystem::space(folder.empty() ? "." : folder, error);
  const double free = error ? 0 : double(space.available);
  if (m.settings.json) {
    Json json = summary_of("generate matrix");
    json.add("dry_run", true).add("rows", o.rows).add("columns", o.columns).add("dtype", name_of(o.type));
    return say(json.add("output_bytes", bytes).add("disk_free", free).text() + "\n"), 0;
  }
  say(table({{"matrix", shape_of(o)},
             {"output", o.output + ", " + human_bytes(bytes)},
             {"disk", error ? folder.string() + ": " + error.message() : human_bytes(free) + " free"},
             {"pairs", o.correlated_pairs > 0 ? counted(o.correlated_pairs, "correlated pair") + " of rows"
                                              : "none"}}));
  if (!error && bytes > free)
    warn("the output needs " + human_bytes(bytes) + " and the disk has " + human_bytes(free) +
         " free; choose another disk with -o");
  return 0;
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
  if (m.settings.json) say(summary(m.options, s).text() + "\n");
  if (m.settings.quiet) return 0;
  tell(m.options.output + ": " + shape_of(m.options) + ", " + human_bytes(double(s.bytes)) + ", " +
       how(s.run) + " (" + rate(double(s.bytes), "bytes", s.run.seconds) + ")");
  if (m.settings.verbose > 0) tell(stages_text(s.run));
  if (!s.pairs_file.empty()) tell("correlated pairs of rows: " + s.pairs_file);
  tell("open it with " + s.open_hint);
  return 0;
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
                "sluice generate table --rows 1000 --columns a:normal,b:uniform -o t.csv"};
  c.kinds = {matrix_kind(), generate_table_kind()};
  return c;
}

}  // namespace sluice
