// Which kind, whether its options make sense, and its files.
#include <cmath>
#include <limits>

#include "host/budget.h"
#include "host/clock.h"
#include "host/error.h"
#include "host/formats/output.h"
#include "host/generate/graph_kinds.h"
#include "host/graph/positions.h"
#include "host/graph/write.h"
#include "host/nearest.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice {
namespace {

using i64 = std::int64_t;
using Kind = GenerateGraphOptions::Kind;

struct KindName {
  const char* name;
  Kind kind;
  bool in_plane;
};
constexpr KindName kKinds[] = {
    {"grid", Kind::kGrid, true},         {"tree", Kind::kTree, false},
    {"rgg", Kind::kRgg, true},           {"barabasi-albert", Kind::kBarabasiAlbert, false},
    {"delaunay", Kind::kDelaunay, true}, {"complete", Kind::kComplete, false},
    {"path", Kind::kPath, false},        {"star", Kind::kStar, false}};

const KindName& facts_of(Kind kind) {
  for (const KindName& k : kKinds)
    if (k.kind == kind) return k;
  return kKinds[0];
}

/// Edges, about.
double expected_edges(const GenerateGraphOptions& o) {
  const double n = double(o.vertices);
  switch (o.kind) {
    case Kind::kGrid:
      return 2 * n;
    case Kind::kDelaunay:
      return 3 * n;
    case Kind::kBarabasiAlbert:
      return n * double(o.attach);
    case Kind::kComplete:
      return n * (n - 1) / 2;
    case Kind::kRgg: {
      const double r = o.radius > 0 ? o.radius : usual_radius(o.vertices);
      return std::min(1.0, 3.2 * r * r) * n * (n - 1) / 2;
    }
    default:
      return n;
  }
}

void check(const GenerateGraphOptions& o, const RunOptions& run) {
  const auto usage = [](const std::string& what, const std::string& advice = {}) {
    throw Error(ErrorKind::kUsage, what, advice);
  };
  if (o.vertices < 0) usage("--vertices is missing", "for example --vertices 1000");
  if (o.vertices < 1 || o.vertices > std::numeric_limits<graph::Vertex>::max())
    usage("--vertices: expected 1 to 2147483647, found " + std::to_string(o.vertices));
  if (o.attach != 3 && o.kind != Kind::kBarabasiAlbert)
    usage("--attach: expected --kind barabasi-albert with it");
  if (o.attach < 1 || o.attach > 1000)
    usage("--attach: expected 1 to 1000 edges, found " + std::to_string(o.attach));
  if (o.children != 0 && o.kind != Kind::kTree) usage("--children: expected --kind tree with it");
  if (o.children < 0) usage("--children: expected 1 or more, found " + std::to_string(o.children));
  if (o.radius != 0 && o.kind != Kind::kRgg) usage("--radius: expected --kind rgg with it");
  if (!(o.radius >= 0) || !std::isfinite(o.radius))
    usage("--radius: expected a number above 0, found " + number(o.radius));
  if (!o.positions.empty() && !facts_of(o.kind).in_plane)
    usage(std::string("--positions: expected a kind that lies in the plane, found ") + name_of(o.kind),
          "these do: grid, rgg, delaunay");
  const double needed = 48 * expected_edges(o) + 64 * double(o.vertices);
  const double most = run.memory > 0 ? double(run.memory) : double(available_memory()) / 2;
  if (needed > most)
    throw Error(ErrorKind::kMemory,
                "a graph of about " + number(std::round(expected_edges(o))) + " edges needs about " +
                    human_bytes(needed) + ": expected at most " + human_bytes(most),
                "fewer --vertices, or a larger --memory");
}

MadeGraph from_edges(i64 n, graph::EdgeList edges) {
  return {graph::make_graph(n, std::move(edges)), {}};
}

void refuse_existing(const std::string& path, const RunOptions& run) {
  if (!path.empty() && !run.force && sys::exists(path))
    throw Error(ErrorKind::kOutput, path + ": exists already", "--force replaces it");
}

}  // namespace

Kind parse_graph_kind(const std::string& text) {
  std::vector<std::string> names;
  for (const KindName& k : kKinds) {
    if (text == k.name) return k.kind;
    names.emplace_back(k.name);
  }
  const std::string near = nearest(text, names);
  throw Error(ErrorKind::kUsage,
              "--kind: unknown kind '" + text + "'" + (near.empty() ? "" : "; did you mean " + near + "?"),
              "there are: grid, tree, rgg, barabasi-albert, delaunay, complete, path, star");
}

const char* name_of(Kind kind) {
  return facts_of(kind).name;
}

MadeGraph make_graph_of(const GenerateGraphOptions& o, const RunOptions& run) {
  check(o, run);
  const i64 n = o.vertices;
  const int threads = run.threads > 0 ? run.threads : available_cores();
  graph::EdgeList edges;
  switch (o.kind) {
    case Kind::kGrid:
      return grid_graph(n);
    case Kind::kTree:
      return tree_graph(n, o.children, o.seed);
    case Kind::kRgg:
      return geometric_graph(n, o.radius > 0 ? o.radius : usual_radius(n), o.seed, threads);
    case Kind::kBarabasiAlbert:
      return attachment_graph(n, o.attach, o.seed);
    case Kind::kDelaunay:
      return delaunay_graph(n, o.seed);
    case Kind::kComplete:
      for (i64 a = 0; a < n; ++a)
        for (i64 b = a + 1; b < n; ++b) edges.add(graph::Vertex(a), graph::Vertex(b));
      return from_edges(n, std::move(edges));
    case Kind::kPath:
      for (i64 v = 1; v < n; ++v) edges.add(graph::Vertex(v - 1), graph::Vertex(v));
      return from_edges(n, std::move(edges));
    case Kind::kStar:
      for (i64 v = 1; v < n; ++v) edges.add(0, graph::Vertex(v));
      return from_edges(n, std::move(edges));
  }
  return {};
}

GenerateGraphSummary generate_graph(const GenerateGraphOptions& o, const RunOptions& run) {
  const Clock total;
  if (o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o g.mtx");
  if (!graph::has_graph_name(o.output))
    throw Error(ErrorKind::kUsage, o.output +
                                       ": the kind of graph is not known: expected a name that ends in .mtx, "
                                       ".txt, .csv, .tsv, .graph, .graphml or .gml");
  if (!o.positions.empty() && !o.positions.ends_with(".npy"))
    throw Error(ErrorKind::kUsage, o.positions + ": expected a name that ends in .npy");
  check(o, run);
  refuse_existing(o.output, run);
  refuse_existing(o.positions, run);
  Observer quiet;
  Observer& observer = run.observer != nullptr ? *run.observer : quiet;
  observer.begin("generate", 2, "steps", 0);
  GenerateGraphSummary out;
  MadeGraph made = make_graph_of(o, run);
  const double made_at = total.seconds();
  observer.progress(1);
  if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
  out.vertices = made.graph.vertices(), out.edges = made.graph.edges();
  const Provenance provenance{{"command", run.command}, {"version", std::string("sluice ") + SLUICE_VERSION}};
  graph::WriteOptions options;
  options.comment = std::string("sluice generate graph --kind ") + name_of(o.kind) + " --vertices " +
                    std::to_string(o.vertices) + " --seed " + std::to_string(o.seed);
  if (!made.positions.at.empty())
    for (int d = 0; d < 2; ++d) {
      graph::VertexValues values{d == 0 ? "x" : "y", {}};
      for (i64 v = 0; v < out.vertices; ++v) values.values.push_back(made.positions.of(v)[d]);
      options.values.push_back(std::move(values));
    }
  out.bytes = graph::write_graph(made.graph, o.output, options);
  OutputSpec spec;
  spec.path = o.output, spec.format = FileFormat::kText;
  write_provenance(spec, provenance);
  if (!o.positions.empty()) graph::write_positions(made.positions, o.positions, provenance);
  observer.progress(2);
  observer.end();
  out.run.threads = run.threads > 0 ? run.threads : available_cores();
  out.run.device = "cpu";
  out.run.bytes_written = out.bytes;
  out.run.seconds = out.run.compute_seconds = total.seconds();
  out.run.stages = {{"make", made_at, 0, 0}, {"write", total.seconds() - made_at, double(out.bytes), 0}};
  return out;
}

}  // namespace sluice
