// `sluice layout`: records, one call into host/layout.h. Texts are in layout_report.cpp.
#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/graph_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "apps/layout_report.h"
#include "host/error.h"
#include "host/layout.h"

namespace sluice {
namespace {

using namespace frame;

struct Layout {
  Settings settings;
  LayoutOptions options;
  std::set<std::string> of_base, of_stress;  // options given that belong to one objective
};

void check_objective(const Layout& l) {
  const bool stress = l.options.objective == Objective::kStress;
  for (const std::string& name : stress ? l.of_base : l.of_stress)
    throw Error(
        ErrorKind::kUsage, name + ": is an option of the " + (stress ? "base" : "stress") + " objective",
        stress ? "leave it out, or give --objective base" : "leave it out, or give --objective stress");
}

int run(Layout& l) {
  LayoutOptions& o = l.options;
  check_objective(l);
  for (const std::string& path : o.outputs)
    if (path == "-")
      throw Error(ErrorKind::kUsage, "-o -: expected a file", "for example -o XY.npy or -o G.svg");
  if (o.outputs.empty() && !l.settings.dry_run)
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o XY.npy or -o G.svg");
  o.seed = l.settings.seed;
  std::tie(o.width, o.height) = l.settings.picture_size;
  Progress progress(l.settings);
  RunOptions options = resolve(l.settings);
  options.observer = &progress;
  o.on_loss = [&progress](double loss) { progress.detail("loss " + significant(loss, 5)); };
  if (o.objective == Objective::kStress && options.device != "auto" && options.device != "cpu")
    progress.note("the stress objective is the processor's work: --device " + options.device +
                  " is not used");
  if (l.settings.dry_run) {
    const LayoutPlan plan = plan_layout(o, options);
    progress.clear();
    say(l.settings.json ? plan_summary(o, plan).text() + "\n" : plan_text(o, plan));
    return 0;
  }
  const LayoutResult result = layout_graph(o, options);
  progress.clear();
  if (l.settings.json) say(layout_summary(o, result).text() + "\n");
  if (l.settings.quiet) return 0;
  for (const std::string& line : result.notes) note(line);
  const std::string text = closing_text(o, result, l.settings.verbose > 0);
  if (!text.empty()) tell(text);
  return 0;
}

/// An option of one objective alone, remembered when given.
Option of(std::set<std::string>& given, Option option) {
  option.set = [&given, name = option.long_name(), set = option.set](const std::string& v) {
    given.insert(name), set(v);
  };
  return option;
}

Options objective_options(Layout& l) {
  LayoutOptions& o = l.options;
  const char* group = "What is made small";
  const auto weight = [group](const char* name, double& to, const std::string& help) {
    return Option{
        {name}, "X", help, group, [name, &to](const std::string& v) { to = parse_number(name, v); }};
  };
  return {
      {{"--objective"},
       "NAME",
       "base (attraction of neighbours, repulsion of all others, a pull to the centre; the default) or "
       "stress "
       "(distances as in the graph)",
       group,
       [&o](const std::string& v) { o.objective = v == "stress" ? Objective::kStress : Objective::kBase; },
       {"base", "stress"}},
      of(l.of_base, weight("--attraction", o.base.attraction, "base: weight of attraction; default: 1")),
      of(l.of_base, weight("--repulsion", o.base.repulsion, "base: weight of repulsion; default: 1")),
      of(l.of_base,
         weight("--centering", o.base.centering, "base: weight of the pull to the centre; default: 1")),
      of(l.of_base, weight("--eps", o.base.eps, "base: repulsion is 1 / (D + EPS); default: 1e-6")),
      of(l.of_base, {{"--distance"},
                     "NAME",
                     "base: D, squared (Euclidean, the default), manhattan or cosine",
                     group,
                     [&o](const std::string& v) {
                       o.base.distance = v == "manhattan" ? layout::Distance::kManhattan
                                         : v == "cosine"  ? layout::Distance::kCosine
                                                          : layout::Distance::kSquared;
                     },
                     {"squared", "manhattan", "cosine"}}),
      of(l.of_base,
         weight("--min-distance", o.base.min_distance,
                "base: no two vertices end closer than this, or a warning says so; default: 0, no such "
                "constraint")),
      of(l.of_stress, {{"--pivots"},
                       "N",
                       "stress: 0 (all pairs) or pairs with so many pivots; default: all pairs up to 20,000 "
                       "vertices, then 200; what --memory does not hold is refused",
                       group,
                       [&o](const std::string& v) { o.stress.pivots = parse_count("--pivots", v); }}),
      of(l.of_stress, {{"--lengths"},
                       "",
                       "stress: edges are as long as their weights; default: all of length 1",
                       group,
                       [&o](const std::string&) { o.stress.lengths = true; }}),
  };
}

Options descent_options(Layout& l) {
  LayoutOptions& o = l.options;
  const char* group = "The descent";
  return {
      {{"--dim"},
       "D",
       "dimensions, 1 to 16; default: 2, or those of --start FILE",
       group,
       [&o](const std::string& v) {
         o.dimensions = int(std::min<std::int64_t>(parse_count("--dim", v), 1 << 20));
       }},
      {{"--start"},
       "START",
       "random (standard normal), pivot-mds, or a file: a matrix (.npy) with a row a vertex, or a table with "
       "columns id, x, y; default: random, of stress pivot-mds",
       group,
       [&o](const std::string& v) { o.start = v; }},
      {{"--pin"},
       "FILE",
       "vertices that do not move: lines `id` (where the start has it) or `id x y`",
       group,
       [&o](const std::string& v) { o.pins = v; }},
      {{"--iterations"},
       "N",
       "default: 10000, of stress 60",
       group,
       [&o](const std::string& v) { o.iterations = parse_count("--iterations", v); }},
      {{"--tolerance"},
       "X",
       "end where no vertex moves by more in an iteration; default: 0, never",
       group,
       [&o](const std::string& v) { o.tolerance = parse_number("--tolerance", v); }},
      of(l.of_base, {{"--optimizer"},
                     "NAME",
                     "base: adam (the default), momentum or sgd",
                     group,
                     [&o](const std::string& v) {
                       o.base.optimizer = v == "momentum" ? layout::Optimizer::kMomentum
                                          : v == "sgd"    ? layout::Optimizer::kSgd
                                                          : layout::Optimizer::kAdam;
                     },
                     {"adam", "momentum", "sgd"}}),
      of(l.of_base, {{"--lr"},
                     "X",
                     "base: learning rate; default: 0.001",
                     group,
                     [&o](const std::string& v) { o.base.rate = parse_number("--lr", v); }}),
      of(l.of_base,
         {{"--clip"},
          "X",
          "base: shorten the gradient of a vertex to this length; default: not at all, of momentum and "
          "sgd to a step of length 1",
          group,
          [&o](const std::string& v) { o.base.clip = parse_number("--clip", v); }}),
      of(l.of_base, {{"--precision"},
                     "TYPE",
                     "base: float32 (the default) or float64, of the descent; results are float64",
                     group,
                     [&o](const std::string& v) {
                       o.base.precision =
                           v == "float64" ? layout::Precision::kFloat64 : layout::Precision::kFloat32;
                     },
                     {"float32", "float64"}}),
      {{"--restarts"},
       "K",
       "descents from K seeds; the one with the least loss is kept, and all losses are told; default: 1",
       group,
       [&o](const std::string& v) {
         o.restarts = int(std::min<std::int64_t>(parse_count("--restarts", v), 1 << 20));
       }},
      seed_option(l.settings, "of the start and of all that is random; restart k has seed N + k; default: 0"),
  };
}

Options drawing_options(Layout& l) {
  LayoutOptions& o = l.options;
  const char* group = "Pictures";
  Options options = {
      {{"--loss"},
       "FILE",
       "also write the loss on the way: .csv, .png, .svg, .pdf or .html; several times: each of them",
       group,
       [&o](const std::string& v) { o.losses.push_back(v); },
       {},
       "",
       true},
      {{"--sheet"},
       "FILE",
       "with --restarts: all of them side by side: .png, .svg or .pdf, or .gif: their descents",
       group,
       [&o](const std::string& v) { o.sheet = v; }},
      {{"--frames"},
       "N",
       "of a .gif, at most; default: 60",
       group,
       [&o](const std::string& v) {
         o.frames = int(std::min<std::int64_t>(parse_count("--frames", v), 1 << 20));
       }},
      {{"--color"},
       "BY",
       "colours of vertices: auto (component or degree), degree, component or none",
       group,
       [&o](const std::string& v) {
         o.color_by = v == "degree"      ? layout::ColorBy::kDegree
                      : v == "component" ? layout::ColorBy::kComponent
                      : v == "none"      ? layout::ColorBy::kNone
                                         : layout::ColorBy::kAuto;
       },
       {"auto", "degree", "component", "none"}},
      {{"--labels"},
       "WHICH",
       "names in pictures: auto (all where they are few, else hubs), all, hubs or none",
       group,
       [&o](const std::string& v) {
         o.labels = v == "all"    ? layout::Labels::kAll
                    : v == "hubs" ? layout::Labels::kHubs
                    : v == "none" ? layout::Labels::kNone
                                  : layout::Labels::kAuto;
       },
       {"auto", "all", "hubs", "none"}},
  };
  options = options + only(picture_options(l.settings), {"--picture-size"});
  options.back().group = group;
  options.back().help += ". A .gif is half as wide and high";
  return options + Option{{"--no-measures"},
                          "",
                          "do not measure how good the layout is",
                          "Output",
                          [&o](const std::string&) { o.measure = false; }};
}

}  // namespace

frame::Command layout_command() {
  const auto l = std::make_shared<Layout>();
  LayoutOptions& o = l->options;
  Command command;
  command.name = "layout";
  command.summary = "coordinates for a graph's vertices by gradient descent, with pictures";
  command.description =
      "Lays out a graph: coordinates that make a loss small, exact over all pairs of vertices and without "
      "memory of N x N. The base objective pulls neighbours together and pushes all others apart; stress "
      "makes "
      "distances as they are in the graph, and sets components apart. Writes coordinates (.npy, .csv), "
      "graphs "
      "that Gephi places (.graphml, .gml), pictures (.svg, .png, .pdf), the descent as an animation (.gif) "
      "and "
      "an interactive page (.html).";
  command.examples = {"sluice generate graph --kind grid --vertices 400 --seed 1 -o g.mtx",
                      "sluice layout g.mtx --objective stress -o g.svg -o g.npy",
                      "sluice layout g.mtx --lr 0.01 --iterations 1000 -o g.html --loss g_loss.png",
                      "sluice layout g.mtx --objective stress --restarts 4 -o g.graphml --sheet g_sheet.png"};
  command.positionals = {{"GRAPH",
                          "an edge list, Matrix Market, GML, GraphML, METIS or DOT; also .gz and .zst",
                          [&o](const std::string& v) { o.graph = v; }}};
  command.options =
      Options{{{"-o", "--output"},
               "FILE",
               "by its ending: .npy, .csv, .graphml, .gml, .svg, .png, .pdf, .gif (the descent) or "
               ".html; several times: each of them",
               "Output",
               [&o](const std::string& v) { o.outputs.push_back(v); },
               {},
               "",
               true}} +
      objective_options(*l) + descent_options(*l) + drawing_options(*l) + graph_options(o.read) +
      result_options(l->settings) + without(machine_options(l->settings), "--io") +
      message_options(l->settings);
  command.run = [l] { return run(*l); };
  return command;
}

}  // namespace sluice
