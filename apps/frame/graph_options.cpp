#include "apps/frame/graph_options.h"

#include "apps/frame/text.h"

namespace sluice::frame {

Options graph_options(graph::ReadOptions& read) {
  const char* group = "Graph";
  return {{{"--format"},
           "NAME",
           "what the graph's file is: auto (by its name and content), edges, mtx, gml, graphml, metis or dot",
           group,
           [&read](const std::string& v) {
             using graph::Format;
             static const std::pair<const char*, Format> kNames[] = {
                 {"auto", Format::kAuto}, {"edges", Format::kEdges},     {"mtx", Format::kMatrixMarket},
                 {"gml", Format::kGml},   {"graphml", Format::kGraphMl}, {"metis", Format::kMetis},
                 {"dot", Format::kDot}};
             for (const auto& [name, format] : kNames)
               if (v == name) read.format = format;
           },
           {"auto", "edges", "mtx", "gml", "graphml", "metis", "dot"}},
          {{"--weights"},
           "HOW",
           "edge weights: auto (taken where all are above 0), none, or all (one that is not is an error)",
           group,
           [&read](const std::string& v) {
             read.weights = v == "none"  ? graph::Weights::kNone
                            : v == "all" ? graph::Weights::kAll
                                         : graph::Weights::kAuto;
           },
           {"auto", "none", "all"}}};
}

std::string graph_text(const graph::Read& read) {
  return counted(read.graph.vertices(), "vertex") + ", " + counted(read.graph.edges(), "edge") + " (" +
         graph::name_of(read.format) + (read.graph.weights.empty() ? "" : ", weighted") + ")";
}

}  // namespace sluice::frame
