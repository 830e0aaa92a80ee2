// `sluice measure GRAPH XY`: how good a layout is, by what the literature measures.
#include <cmath>
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/graph_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "apps/measure_report.h"
#include "host/clock.h"
#include "host/error.h"
#include "host/graph/positions.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct MeasureCommand {
  Settings settings;
  std::string graph, positions;
  graph::ReadOptions read;
  graph::MeasureOptions options;
};

int run(MeasureCommand& m) {
  Progress progress(m.settings);
  RunOptions options = resolve(m.settings);
  options.observer = &progress;
  m.read.threads = m.options.threads = options.threads;
  m.read.memory = options.memory;
  m.options.seed = m.settings.seed;
  m.options.observer = &progress;
  m.options.stop = options.stop;
  const Clock clock;
  const graph::Read read = graph::read_graph(m.graph, m.read);
  const double reading = clock.seconds();
  if (read.graph.vertices() == 0)
    throw Error(ErrorKind::kInput, m.graph + ": no vertices: nothing to measure");
  const graph::Positions positions = graph::read_positions(m.positions, read.graph, options);
  const graph::Measures measures = graph::measure_layout(read.graph, positions, m.options);
  progress.clear();
  if (m.settings.json) {
    Json json = summary_of("measure").add("graph", graph_json(m.graph, read)).add("positions", m.positions);
    json.add("dimensions", positions.dimensions).add("seed", m.options.seed).add("eps", m.options.eps);
    return say(json.add("measures", measures_json(measures)).add("seconds", measures.seconds).text() + "\n"),
           0;
  }
  say(table({{"graph", m.graph + ": " + graph_text(read)},
             {"layout", m.positions + ": " + std::to_string(positions.dimensions) +
                            (positions.dimensions == 1 ? " dimension" : " dimensions")}}) +
      measures_text(measures));
  for (const std::string& line : read.notes) progress.note(m.graph + ": " + line);
  for (const std::string& line : measures.notes) progress.note(line);
  if (m.settings.verbose > 0)
    tell("read in " + human_seconds(reading) + ", measured in " + human_seconds(measures.seconds));
  return 0;
}

double positive(const std::string& option, const std::string& text) {
  const double value = parse_number(option, text);
  if (!(value > 0) || !std::isfinite(value))
    throw Error(ErrorKind::kUsage, option + ": expected a number above 0, found '" + text + "'");
  return value;
}

}  // namespace

frame::Command measure_command() {
  const auto m = std::make_shared<MeasureCommand>();
  m->settings.seed = 1;
  Command c;
  c.name = "measure";
  c.summary = "how good a graph's layout is: stress, neighbourhoods, crossings, edge lengths";
  c.description =
      "Measures coordinates of a graph's vertices, wherever they come from: scaled stress (0 is best), how "
      "far "
      "neighbours in the graph are neighbours in the layout (NP1, NP2, trustworthiness; 1 is best), edge "
      "lengths "
      "and distances, crossings, and the parts of the base loss.\n\n"
      "Where a measure takes too long over all vertices it is estimated from --samples of them, and said; "
      "crossings are then left out. --exact never estimates.";
  c.examples = {"sluice generate graph --kind delaunay --vertices 1000 --seed 1 -o d.mtx --positions d.npy",
                "sluice measure d.mtx d.npy"};
  c.positionals = {
      {"GRAPH",
       "an edge list, Matrix Market, GML, GraphML, METIS or DOT file, also .gz or .zst; - for standard input",
       [m](const std::string& v) { m->graph = v; }},
      {"XY",
       "coordinates: .npy or HDF5 with a row a vertex, or a table with columns x, y, ... and perhaps id",
       [m](const std::string& v) { m->positions = v; }}};
  const char* group = "Measures";
  Options shared =
      only(machine_options(m->settings), {"--memory", "--threads"}) + message_options(m->settings);
  c.options = Options{{{"--exact"},
                       "",
                       "all vertices, however long it takes",
                       group,
                       [m](const std::string&) { m->options.exact = true; }},
                      {{"--samples"},
                       "N",
                       "vertices to estimate from where all take too long; default: 50 to 500",
                       group,
                       [m](const std::string& v) {
                         m->options.samples = parse_count("--samples", v);
                         if (m->options.samples < 1)
                           throw Error(ErrorKind::kUsage, "--samples: expected 1 or more, found '" + v + "'");
                       }},
                      {{"--eps"},
                       "E",
                       "added to squared distances in the loss; default: 1e-6",
                       group,
                       [m](const std::string& v) { m->options.eps = positive("--eps", v); }},
                      seed_option(m->settings, "of the vertices that are sampled; default: 1")} +
              graph_options(m->read) + shared;
  c.run = [m] { return run(*m); };
  return c;
}

}  // namespace sluice
