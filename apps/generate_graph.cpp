// `sluice generate graph`: graphs of known kinds, the same on every machine.
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/generate_graph.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct GraphKind {
  Settings settings;
  GenerateGraphOptions options;
  bool has_kind = false;
};

int run(GraphKind& g) {
  GenerateGraphOptions& o = g.options;
  o.seed = g.settings.seed;
  if (!g.has_kind)
    throw Error(ErrorKind::kUsage, "--kind is missing", "for example --kind grid --vertices 100");
  Progress progress(g.settings);
  RunOptions options = resolve(g.settings);
  options.observer = &progress;
  const GenerateGraphSummary s = generate_graph(o, options);
  progress.clear();
  if (g.settings.json) {
    Json output = Json::object();
    output.add("path", o.output).add("bytes", s.bytes);
    output.add("positions", o.positions.empty() ? Json() : Json(o.positions));
    Json json = summary_of("generate graph").add("output", output).add("kind", name_of(o.kind));
    json.add("vertices", s.vertices).add("edges", s.edges).add("seed", o.seed);
    say(json.add("run", json_of(s.run, 0)).text() + "\n");
  }
  if (g.settings.quiet) return 0;
  tell(o.output + ": " + name_of(o.kind) + ", " + counted(s.vertices, "vertex") + ", " +
       counted(s.edges, "edge") + ", " + human_bytes(double(s.bytes)) + ", in " +
       human_seconds(s.run.seconds));
  if (g.settings.verbose > 0) tell(stages_text(s.run));
  if (!o.positions.empty())
    tell("coordinates of the vertices: np.load('" + o.positions + "', mmap_mode='r')");
  return 0;
}

}  // namespace

frame::Command generate_graph_kind() {
  const auto g = std::make_shared<GraphKind>();
  GenerateGraphOptions& o = g->options;
  Command c;
  c.name = "generate graph";
  c.summary = "a graph: grid, tree, rgg, barabasi-albert, delaunay, complete, path or star";
  c.description =
      "Writes a graph of a known kind. It depends on the kind, its options and the seed alone (Philox), so "
      "that "
      "the file has the same bytes on every machine and at any number of threads.\n\n"
      "Kinds: grid (rows of the square root of N), tree (each vertex hangs on a random earlier one, or with "
      "--children on the one that makes all levels full), rgg (random points of the unit square, joined up "
      "to "
      "--radius), barabasi-albert (each vertex brings --attach edges to earlier ones, likelier to those that "
      "have many), delaunay (the triangulation of random points), complete, path and star.";
  c.examples = {
      "sluice generate graph --kind grid --vertices 289 -o grid.mtx",
      "sluice generate graph --kind delaunay --vertices 1000 --seed 1 -o d.graphml --positions d.npy"};
  const char* group = "Graph";
  Options shared = only(result_options(g->settings), {"--force"}) +
                   only(machine_options(g->settings), {"--memory", "--threads"}) +
                   message_options(g->settings);
  c.options = Options{output_option(o.output,
                                    "the graph: .mtx (Matrix Market), .txt, .csv or .tsv (edges), .graph "
                                    "(METIS), .graphml or .gml"),
                      {{"--positions"},
                       "FILE",
                       "also the coordinates of the vertices (.npy), of grid, rgg and delaunay",
                       "Output",
                       [&o](const std::string& v) { o.positions = v; }},
                      {{"--kind"},
                       "NAME",
                       "grid, tree, rgg, barabasi-albert, delaunay, complete, path or star",
                       group,
                       [&o, g](const std::string& v) { o.kind = parse_graph_kind(v), g->has_kind = true; }},
                      {{"--vertices"},
                       "N",
                       "vertices, such as 1000 or 1e6",
                       group,
                       [&o](const std::string& v) { o.vertices = parse_count("--vertices", v); }},
                      {{"--attach"},
                       "N",
                       "barabasi-albert: edges that each vertex brings; default: 3",
                       group,
                       [&o](const std::string& v) { o.attach = parse_count("--attach", v); }},
                      {{"--children"},
                       "N",
                       "tree: of each vertex; default: a random tree",
                       group,
                       [&o](const std::string& v) { o.children = parse_count("--children", v); }},
                      {{"--radius"},
                       "R",
                       "rgg: points this near are joined; default: 0.55 sqrt(ln N / N)",
                       group,
                       [&o](const std::string& v) { o.radius = parse_number("--radius", v); }},
                      seed_option(g->settings, "another seed gives another graph; default: 0")} +
              shared;
  c.run = [g] { return run(*g); };
  return c;
}

}  // namespace sluice
