// Readers of graphs on any bytes: Error{kInput} or {kMemory} is all they ever throw; a graph that comes out
// is sound, the same at another number of threads, and reads back from every format it is written in. The
// first byte chooses the format and the weights; the rest is the file.
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "host/error.h"
#include "host/graph/read.h"
#include "host/graph/write.h"

namespace {

using namespace sluice::graph;

void require(bool promise) {
  if (!promise) std::abort();
}

bool same(const Graph& a, const Graph& b) {
  return a.offsets == b.offsets && a.neighbours == b.neighbours && a.weights == b.weights;
}

/// Ascending neighbours, no loops, each edge at both ends with one weight.
void require_sound(const Graph& g) {
  require(g.offsets.front() == 0 && g.offsets.back() == std::int64_t(g.neighbours.size()));
  require(g.names.empty() || Vertex(g.names.size()) == g.vertices());
  require(g.weights.empty() || g.weights.size() == g.neighbours.size());
  std::int64_t seen = 0;
  for (Vertex v = 0; v < g.vertices(); ++v) {
    Vertex last = -1;
    for (std::int64_t at = g.offsets[std::size_t(v)]; at < g.offsets[std::size_t(v) + 1]; ++at) {
      const Vertex u = g.neighbours[std::size_t(at)];
      require(u > last && u != v && u < g.vertices());
      last = u;
      if (!g.weights.empty())
        require(g.weights[std::size_t(at)] > 0 && std::isfinite(g.weights[std::size_t(at)]));
      for (std::int64_t back = g.offsets[std::size_t(u)]; back < g.offsets[std::size_t(u) + 1]; ++back)
        if (g.neighbours[std::size_t(back)] == v) {
          ++seen;
          require(g.weights.empty() || g.weights[std::size_t(back)] == g.weights[std::size_t(at)]);
        }
    }
  }
  require(seen == std::int64_t(g.neighbours.size()));
}

std::string shared_name(const char* ending) {
  return "/tmp/sluice_graph_fuzz_" + std::to_string(getpid()) + ending;
}

void require_read_back(const Graph& g) {
  for (const char* ending : {".mtx", ".graph", ".graphml", ".txt"}) {
    const std::string path = shared_name(ending);
    write_graph(g, path);
    ReadOptions options;
    options.threads = 1, options.memory = 16 << 20;
    const Read back = read_graph(path, options);
    unlink(path.c_str());
    require(same(back.graph, g));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 4096) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr Format kFormats[] = {Format::kAuto,    Format::kEdges, Format::kMatrixMarket, Format::kGml,
                                 Format::kGraphMl, Format::kMetis, Format::kDot};
  ReadOptions options;
  options.format = kFormats[data[0] % 7];
  options.weights = Weights(data[0] / 7 % 3);
  options.threads = 1;
  options.memory = 1 << 18;
  Read read;
  try {
    read = parse_graph(bytes, "file", options);
  } catch (const sluice::Error& error) {
    require(error.kind() == sluice::ErrorKind::kInput || error.kind() == sluice::ErrorKind::kMemory);
    return 0;
  }
  require_sound(read.graph);
  require(read.graph.edges() + read.loops + read.duplicates == read.listed);
  options.threads = 3;
  require(same(parse_graph(bytes, "file", options).graph, read.graph));
  // Files take a while: those that the corpus marks.
  if (data[0] >= 224) require_read_back(read.graph);
  return 0;
}
