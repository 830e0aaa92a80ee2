// Counting sort by one end, a sort of each vertex's neighbours, and one pass that closes the gaps. Blocks of
// vertices are fixed, so any number of threads gives the same graph.
#include "host/graph/make.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>

#include "host/budget.h"
#include "host/error.h"
#include "host/parallel.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
constexpr i64 kBlock = 4096;  // vertices a turn

/// A neighbour, and which of the listed edges says so: the last one's weight counts.
struct End {
  Vertex to;
  i64 edge;
  friend bool operator<(const End& a, const End& b) { return a.to != b.to ? a.to < b.to : a.edge < b.edge; }
};
Vertex to_of(const End& end) {
  return end.to;
}
Vertex to_of(Vertex to) {
  return to;
}
End end_of(const End&, Vertex to, i64 edge) {
  return {to, edge};
}
Vertex end_of(Vertex, Vertex to, i64) {
  return to;
}

void check(i64 vertices, const EdgeList& edges) {
  if (vertices < 0 || vertices > std::numeric_limits<Vertex>::max())
    throw Error(ErrorKind::kUsage,
                "a graph: expected 0 to 2147483647 vertices, found " + std::to_string(vertices));
  if (edges.to.size() != edges.size() || (!edges.weights.empty() && edges.weights.size() != edges.size()))
    throw Error(ErrorKind::kUsage, "a graph: expected as many ends and weights as edges");
  Vertex least = 0, most = -1;
  for (const std::vector<Vertex>* ends : {&edges.from, &edges.to})
    for (const Vertex v : *ends) least = std::min(least, v), most = std::max(most, v);
  if (least < 0 || most >= vertices)
    throw Error(ErrorKind::kUsage, "a graph of " + std::to_string(vertices) +
                                       " vertices: expected ends below that, found " +
                                       std::to_string(least < 0 ? least : most));
}

template <class T>
struct Rows {
  std::vector<i64> offsets;  // before repeated ones are dropped
  std::vector<T> ends;
  i64 loops = 0;
};

/// turn(first, last) for a range of vertices a thread. Each looks at all edges and keeps to its own vertices:
/// reading them again is cheaper than writing here and there across all of memory.
template <class F>
void each_range(i64 vertices, int threads, const F& turn) {
  in_parallel(std::size_t(threads), std::size_t(threads),
              [&](std::size_t t) { turn(vertices * i64(t) / threads, vertices * i64(t + 1) / threads); });
}

/// Both ends of every edge but loops, by vertex, in the order of the list.
template <class T>
Rows<T> rows_of(i64 vertices, const EdgeList& edges, int threads) {
  Rows<T> rows;
  rows.offsets.assign(std::size_t(vertices) + 1, 0);
  std::vector<i64>& offsets = rows.offsets;
  std::atomic<i64> loops{0};
  each_range(vertices, threads, [&](i64 first, i64 last) {
    i64 found = 0;
    const auto mine = [&](Vertex v) { return v >= first && v < last; };
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const Vertex a = edges.from[i], b = edges.to[i];
      if (a == b) {
        found += mine(a);
        continue;
      }
      if (mine(a)) ++offsets[std::size_t(a) + 1];
      if (mine(b)) ++offsets[std::size_t(b) + 1];
    }
    loops += found;
  });
  rows.loops = loops;
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  rows.ends.resize(std::size_t(offsets.back()));
  each_range(vertices, threads, [&](i64 first, i64 last) {
    std::vector<i64> next(offsets.begin() + first, offsets.begin() + last);
    const auto put = [&](Vertex v, Vertex to, std::size_t edge) {
      if (v >= first && v < last)
        rows.ends[std::size_t(next[std::size_t(v - first)]++)] = end_of(T{}, to, i64(edge));
    };
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const Vertex a = edges.from[i], b = edges.to[i];
      if (a == b) continue;
      put(a, b, i);
      put(b, a, i);
    }
  });
  return rows;
}

/// Sorts each vertex's ends and moves those that count to the front: of equal ones the last. Returns how many
/// there are of each vertex, summed up.
template <class T>
std::vector<i64> sort_rows(Rows<T>& rows, int threads) {
  const i64 vertices = i64(rows.offsets.size()) - 1;
  std::vector<i64> kept(rows.offsets.size(), 0);
  in_parallel(std::size_t(threads), std::size_t((vertices + kBlock - 1) / kBlock), [&](std::size_t block) {
    for (i64 v = i64(block) * kBlock; v < std::min(vertices, i64(block + 1) * kBlock); ++v) {
      T* const first = rows.ends.data() + rows.offsets[std::size_t(v)];
      T* const last = rows.ends.data() + rows.offsets[std::size_t(v) + 1];
      if (!std::is_sorted(first, last)) std::sort(first, last);
      T* out = first;
      for (T* in = first; in != last; ++in)
        if (in + 1 == last || to_of(in[0]) != to_of(in[1])) *out++ = *in;
      kept[std::size_t(v) + 1] = out - first;
    }
  });
  std::partial_sum(kept.begin(), kept.end(), kept.begin());
  return kept;
}

template <class T, class F>
void each_kept(const Rows<T>& rows, const std::vector<i64>& kept, int threads, const F& put) {
  const i64 vertices = i64(kept.size()) - 1;
  in_parallel(std::size_t(threads), std::size_t((vertices + kBlock - 1) / kBlock), [&](std::size_t block) {
    for (i64 v = i64(block) * kBlock; v < std::min(vertices, i64(block + 1) * kBlock); ++v) {
      const T* in = rows.ends.data() + rows.offsets[std::size_t(v)];
      for (i64 at = kept[std::size_t(v)]; at < kept[std::size_t(v) + 1]; ++at) put(std::size_t(at), *in++);
    }
  });
}

}  // namespace

Graph make_graph(i64 vertices, EdgeList edges, Dropped* dropped, int threads) {
  check(vertices, edges);
  if (threads <= 0) threads = available_cores();
  Graph graph;
  i64 loops = 0;
  const i64 listed = i64(edges.size());
  if (edges.weights.empty()) {
    Rows<Vertex> rows = rows_of<Vertex>(vertices, edges, threads);
    edges = {};
    loops = rows.loops;
    graph.offsets = sort_rows(rows, threads);
    if (graph.offsets.back() == i64(rows.ends.size())) {
      graph.neighbours = std::move(rows.ends);
    } else {
      graph.neighbours.resize(std::size_t(graph.offsets.back()));
      each_kept(rows, graph.offsets, threads, [&](std::size_t at, Vertex to) { graph.neighbours[at] = to; });
    }
  } else {
    Rows<End> rows = rows_of<End>(vertices, edges, threads);
    loops = rows.loops;
    graph.offsets = sort_rows(rows, threads);
    graph.neighbours.resize(std::size_t(graph.offsets.back()));
    graph.weights.resize(graph.neighbours.size());
    each_kept(rows, graph.offsets, threads, [&](std::size_t at, const End& end) {
      graph.neighbours[at] = end.to, graph.weights[at] = edges.weights[std::size_t(end.edge)];
    });
  }
  if (dropped != nullptr) *dropped = {loops, listed - loops - graph.edges()};
  return graph;
}

std::uint64_t bytes_of(const Graph& graph) {
  std::uint64_t bytes = graph.offsets.size() * 8 + graph.neighbours.size() * 4 + graph.weights.size() * 8;
  for (const std::string& name : graph.names)
    bytes += sizeof name + (name.size() > 15 ? name.size() + 17 : 0);  // short ones are in the text itself
  return bytes;
}

EdgeList edges_of(const Graph& graph) {
  EdgeList edges;
  edges.from.reserve(std::size_t(graph.edges()));
  edges.to.reserve(std::size_t(graph.edges()));
  for (Vertex v = 0; v < graph.vertices(); ++v)
    for (i64 at = graph.offsets[std::size_t(v)]; at < graph.offsets[std::size_t(v) + 1]; ++at) {
      if (graph.neighbours[std::size_t(at)] < v) continue;
      edges.add(v, graph.neighbours[std::size_t(at)]);
      if (!graph.weights.empty()) edges.weights.push_back(graph.weights[std::size_t(at)]);
    }
  return edges;
}

}  // namespace sluice::graph
