// Graphs from edge lists and real files: what is dropped, what is refused and where, and that what is written
// reads back. The other formats are in graph_formats_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "../sanitized.h"
#include "graph_support.h"
#include "host/graph/components.h"
#include "host/graph/distances.h"
#include "host/graph/write.h"

namespace sluice {
namespace {

using namespace graph_test;

TEST(GraphMake, LoopsGoAndRepeatedEdgesCountOnce) {
  Dropped dropped;
  EdgeList edges;
  for (const auto& [a, b] : {std::pair(2, 0), {0, 2}, {1, 1}, {1, 0}, {2, 0}}) edges.add(a, b);
  edges.weights = {1, 2, 9, 4, 5};
  const Graph g = make_graph(4, edges, &dropped);
  EXPECT_EQ(shape_of(g), "4: 0-1*4 0-2*5");  // the last weight counts
  EXPECT_EQ(g.weights, (std::vector<double>{4, 5, 4, 5}));
  EXPECT_EQ(g.neighbours, (std::vector<Vertex>{1, 2, 0, 0}));
  EXPECT_EQ(dropped.loops, 1);
  EXPECT_EQ(dropped.duplicates, 2);
  EXPECT_EQ(shape_of(make_graph(0, {})), "0:");
  EdgeList wrong;
  wrong.add(0, 4);
  EXPECT_EQ(caught([&] { make_graph(4, wrong); }).kind, ErrorKind::kUsage);
  EXPECT_EQ(caught([&] { make_graph(-1, {}); }).kind, ErrorKind::kUsage);
}

TEST(GraphMake, ComponentsAndDistances) {
  const Graph g = graph_of(7, {{0, 3}, {3, 5}, {1, 2}, {0, 5}, {5, 6}}, {1, 1, 7, 5, 0.5});
  const Components parts = components(g);
  EXPECT_EQ(parts.of, (std::vector<Vertex>{0, 1, 1, 0, 2, 0, 0}));
  EXPECT_EQ(parts.sizes, (std::vector<Vertex>{4, 2, 1}));
  EXPECT_EQ(parts.vertices()[0], (std::vector<Vertex>{0, 3, 5, 6}));
  Search search(g);
  std::vector<std::int32_t> edges(7);
  search.edges_from(0, edges.data());
  EXPECT_EQ(edges, (std::vector<std::int32_t>{0, -1, -1, 1, -1, 1, 2}));
  EXPECT_EQ(search.reached(), (std::vector<Vertex>{0, 3, 5, 6}));
  std::vector<double> lengths(7);
  search.lengths_from(0, lengths.data());
  EXPECT_EQ(lengths, (std::vector<double>{0, INFINITY, INFINITY, 1, INFINITY, 2, 2.5}));
  const std::vector<Vertex> some{6, 5, 0};
  const Graph part = subgraph(g, some);
  EXPECT_EQ(shape_of(part), "3: 0-1*0.5 1-2*5");
  EXPECT_EQ(names_of(part), "6 5 0");
  const std::vector<Vertex> twice{1, 1};
  EXPECT_TRUE(caught([&] { subgraph(g, twice); }).thrown);
  std::vector<std::int64_t> sums(7);
  each_search(g, nullptr, 7, 3, [&](Vertex, std::int64_t row, const std::int32_t* d) {
    for (int v = 0; v < 7; ++v) sums[std::size_t(row)] += d[v];
  });
  EXPECT_EQ(sums, (std::vector<std::int64_t>{1, -4, -4, 1, -6, 0, 2}));
  const Graph negative = graph_of(2, {{0, 1}}, {-1});
  EXPECT_TRUE(caught([&] { Search(negative).lengths_from(0, lengths.data()); }).thrown);
}

TEST(GraphDistances, FromManyAsFromEach) {
  // A band that 64 searches share, a path that they do not, and vertices alone; numbers by a stride.
  const Vertex band = 5 * 140, line = 200, n = band + line + 3;
  std::vector<std::pair<Vertex, Vertex>> edges;
  const auto call = [&](Vertex v) { return Vertex(std::int64_t(v) * 389 % n); };
  for (Vertex v = 0; v < band; ++v) {
    if (v % 140 != 139) edges.emplace_back(call(v), call(v + 1));
    if (v + 140 < band) edges.emplace_back(call(v), call(v + 140));
  }
  const Graph meshed = graph_of(n, edges);
  for (Vertex v = band; v + 1 < n - 3; ++v) edges.emplace_back(call(v), call(v + 1));
  const Graph both = graph_of(n, edges);
  std::vector<Vertex> some;
  for (Vertex v = 0; v < 150; ++v) some.push_back(Vertex(v * 5 % 750));
  std::vector<Vertex> again = some;
  again[7] = again[140];
  for (const Graph* g : {&meshed, &both})
    for (const std::vector<Vertex>* sources : {&some, &again, static_cast<std::vector<Vertex>*>(nullptr)})
      for (const std::int64_t count : {std::int64_t(9), std::int64_t(sources ? 150 : n)}) {
        std::vector<std::vector<std::int32_t>> found(static_cast<std::size_t>(count));
        each_search(*g, sources ? sources->data() : nullptr, count, 3,
                    [&](Vertex source, std::int64_t row, const std::int32_t* d) {
                      EXPECT_EQ(source, sources ? (*sources)[std::size_t(row)] : Vertex(row));
                      found[std::size_t(row)].assign(d, d + n);
                    });
        Search search(*g);
        std::vector<std::int32_t> expected(static_cast<std::size_t>(n));
        for (std::int64_t row = 0; row < count; ++row) {
          search.edges_from(sources ? (*sources)[std::size_t(row)] : Vertex(row), expected.data());
          ASSERT_EQ(found[std::size_t(row)], expected) << row;
        }
      }
}

TEST(GraphEdges, SeparatorsCommentsAndWeights) {
  const std::string triangle = "3: 0-1 0-2 1-2";
  EXPECT_EQ(shape("0 1\n1 2\n2 0\n"), triangle);
  EXPECT_EQ(shape("# a\n\n0,1\r\n% b\n1, 2\r\n// c\n2 ,0"), triangle);
  EXPECT_EQ(shape("0;1\n  1\t2  \n\t2;0\t\n"), triangle);
  EXPECT_EQ(shape("0 1 # a\n1 2 #b 3\n2 0#\n") == triangle, false);  // "0#" is a name
  EXPECT_EQ(shape("0 1 # a\n1 2 #b 3\n2 0 #\n"), triangle);
  EXPECT_EQ(shape("a b # x\nb c #\nc a\n"), triangle);
  EXPECT_EQ(shape("0 1 1.0\n1 2 1\n2 0 1e0"), triangle);
  EXPECT_EQ(shape("0 1 2\n1 2 .5\n2 0\n"), "3: 0-1*2 0-2*1 1-2*0.5");
  EXPECT_EQ(shape("\xef\xbb\xbf"
                  "0 1\n1 2\n2 0\n"),
            triangle);
  EXPECT_EQ(shape("0 1 {}\n1 2 {'weight': 3.5}\n"), "3: 0-1*1 1-2*3.5");
  const Read more = read_text("0 1 2 99\n1 2 2 98\n");
  EXPECT_EQ(shape_of(more.graph), "3: 0-1*2 1-2*2");
  ASSERT_EQ(more.notes.size(), 1u);
  EXPECT_NE(more.notes[0].find("2 lines"), std::string::npos);
}

TEST(GraphEdges, TheFirstLineMayHoldCounts) {
  EXPECT_EQ(shape("4,3\n0,1\n1,2\n2,0\n"), "4: 0-1 0-2 1-2");
  EXPECT_EQ(shape("4 3\n1 2\n2 3\n3 4\n"), "4: 0-1 1-2 2-3");
  EXPECT_EQ(read_text("4 3\n1 2\n2 3\n3 4\n").graph.first_id, 1);
  EXPECT_EQ(shape("5 3\n1 2\n2 3\n3 4\n"), "5: 1-2 2-3 3-4");      // vertex 0 has no edge
  EXPECT_EQ(shape("0 1\n0 2\n"), "3: 0-1 0-2");                    // no vertices: an edge
  EXPECT_EQ(shape("1 3\n2 3\n3 4\n4 5\n"), "5: 0-2 1-2 2-3 3-4");  // one vertex is too few: an edge
  EXPECT_EQ(shape("3 3\n0 1\n1 2\n"), "4: 0-1 1-2");               // a loop, not three lines
  EXPECT_EQ(shape("7 0\n"), "7:");
  const Read sparse = read_text("4 2\n100 200\n200 300\n");
  EXPECT_EQ(shape_of(sparse.graph), "3: 0-1 1-2");
  EXPECT_EQ(names_of(sparse.graph), "100 200 300");
  EXPECT_EQ(sparse.notes.size(), 1u);
}

TEST(GraphEdges, IdsOfAllKinds) {
  const Read seven = read_text("7 8\n8 9\n");
  EXPECT_EQ(shape_of(seven.graph) + "; " + names_of(seven.graph), "3: 0-1 1-2; 7 8 9");
  EXPECT_TRUE(seven.graph.names.empty());
  const auto both = [](const std::string& text) {
    const Read r = read_text(text);
    return shape_of(r.graph) + "; " + names_of(r.graph);
  };
  EXPECT_EQ(both("30 10\n10 20\n2000000000 10\n"), "4: 0-1 0-2 0-3; 10 20 30 2000000000");
  EXPECT_EQ(both("-5 9999999999\n9999999999 3\n"), "3: 0-2 1-2; -5 3 9999999999");
  EXPECT_EQ(both("b a\na c\n"), "3: 0-1 1-2; b a c");
  EXPECT_EQ(both("1 x\nx 2\n"), "3: 0-1 1-2; 1 x 2");
  EXPECT_EQ(both("\"Mr Hi\",\"say \"\"x\"\"\"\n\"say \"\"x\"\"\",Zoë K\n"),
            "3: 0-1 1-2; Mr Hi say \"x\" Zoë K");
  EXPECT_EQ(both("Source,Target\n5,1\n1,2\n"), "3: 0-1 0-2; 1 2 5");  // names: no counts below them
  EXPECT_EQ(both("source;target;weight\na;b;2\nb;c;3\n"), "3: 0-1*2 1-2*3; a b c");
  EXPECT_EQ(both("Id,Source,Target,Type,Weight\n0,a,b,Undirected,2.5\n1,c,a,Undirected,1\n"),
            "3: 0-1*2.5 0-2*1; a b c");
}

TEST(GraphEdges, NamesOfColumnsThatNobodyKnows) {
  for (const char* text :
       {"user_id,friend_id\n5,1\n1,2\n", "u,f,since\n5,1,2\n1,2,2\n", "u,f\n5,1\n1,2,,x\n"}) {
    const Read r = read_text(text);
    EXPECT_EQ(names_of(r.graph), "1 2 5") << text;
    EXPECT_EQ(r.graph.edges(), 2);
    ASSERT_FALSE(r.notes.empty());
    EXPECT_NE(r.notes[0].find("names of columns"), std::string::npos);
  }
  EXPECT_EQ(read_text("a b\n1 a\n").graph.edges(), 2);
  EXPECT_EQ(read_text("a,b\n").graph.edges(), 1);
}

TEST(GraphEdges, RefusalsNameTheLine) {
  EXPECT_EQ(refusal("0 1\n1 2\n\n3\n"), "g.txt: line 4: no edge: expected two ids, found '3'");
  EXPECT_EQ(refusal("a b\n# c\nd\n"), "g.txt: line 3: no edge: expected two ids, found 'd'");
  EXPECT_EQ(refusal("a,b\nc,\n"), "g.txt: line 2: no edge: expected two ids, found 'c,'");
  EXPECT_EQ(refusal("0 1 2\n1 2 heavy\n"),
            "g.txt: line 2: no weight: expected a number behind two ids, found 'heavy'");
  EXPECT_EQ(refusal(""), "g.txt: empty: expected a graph, found nothing");
  EXPECT_EQ(refusal("# nothing\n"), "g.txt: empty: expected edges, found none");
  std::string many;
  for (int i = 0; i < 200000; ++i) many += std::to_string(i) + " " + std::to_string(i + 1) + "\n";
  EXPECT_EQ(refusal(many + "oops\n"), "g.txt: line 200001: no edge: expected two ids, found 'oops'");
}

TEST(GraphRead, WeightsThatAreNone) {
  const std::string text = "0 1 2\n1 2 -3\n2 2 -9\n";
  const Read r = read_text(text);
  EXPECT_TRUE(r.graph.weights.empty());
  EXPECT_EQ(r.notes[0], "weights were left out: expected numbers above 0, found -3");
  EXPECT_EQ(refusal(text, "g.txt", Weights::kAll),
            "g.txt: edge 2: a weight that is none: expected a number above 0, found -3");
  EXPECT_EQ(shape("0 1 2\n1 2 3\n2 2 -9\n"), "3: 0-1*2 1-2*3");  // a loop's weight is nobody's
  EXPECT_EQ(shape("0 1 2\n1 2 nan\n"), "3: 0-1 1-2");
  EXPECT_EQ(shape("0 1 5\n0 1 1\n"), "2: 0-1");  // the weight that counts is 1
  ReadOptions none;
  none.weights = Weights::kNone;
  EXPECT_EQ(shape_of(read_text("0 1 2\n", "g.txt", none).graph), "2: 0-1");
  EXPECT_EQ(shape_of(read_text("Ann,Bob,friend\nBob,Cy,kin\n", "g.csv", none).graph), "3: 0-1 1-2");
  for (const char* node : {"graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 weight \"x\" ] ]",
                           "graph { 1 -- 2 [weight=x] }"}) {
    EXPECT_EQ(shape_of(read_text(node, "g.txt", none).graph), "2: 0-1") << node;
    EXPECT_EQ(caught([&] { read_text(node, "g.txt"); }).advice,
              "--weights none reads the graph without them");
  }
}

TEST(GraphRead, FilesThatAreNone) {
  Folder folder;
  EXPECT_EQ(caught([&] { read_graph(folder / "none.txt"); }).kind, ErrorKind::kInput);
  EXPECT_NE(caught([&] { read_graph(folder / "."); }).what.find("expected a graph's file"),
            std::string::npos);
  const std::string path =
      put(folder / "huge.mtx", "%%MatrixMarket matrix coordinate pattern general\n2000000000 2000000000 0\n");
  ReadOptions small;
  small.memory = 64 << 20;
  EXPECT_EQ(caught([&] { read_graph(path, small); }).kind, ErrorKind::kMemory);
}

TEST(GraphRead, OtherEncodings) {
  const Read latin = read_text("caf\xe9 th\xe9\nth\xc3\xa9 x\n");
  EXPECT_EQ(names_of(latin.graph), "caf\xc3\xa9 th\xc3\xa9 th\xc3\x83\xc2\xa9 x");  // all of them as Latin-1
  ASSERT_EQ(latin.notes.size(), 1u);
  EXPECT_EQ(latin.notes[0], "names are no UTF-8: read as Latin-1");
  EXPECT_EQ(names_of(read_text("th\xc3\xa9 x\n").graph), "th\xc3\xa9 x");
  using namespace std::string_literals;
  EXPECT_EQ(refusal("1 2\n3 \0 4\n"s), "g.txt: line 2: no text: expected a graph, found a byte of 0");
  const auto utf16 = [](const std::string& text) {
    std::string wide = "\xff\xfe";
    for (const char c : text) wide += {c, '\0'};
    return wide;
  };
  EXPECT_EQ(refusal(utf16("a b\n")), "g.txt: UTF-16: expected UTF-8, found a mark of UTF-16");
  const std::string xml =
      "\n<graphml><graph><node id='a'/><node id='b'/><edge source='a' target='b'/></graph></graphml>";
  EXPECT_EQ(shape(utf16(xml)), "2: 0-1");
}

TEST(GraphRead, NamesCountInMemory) {
  std::string words, gml = "graph [\n", dot = "graph {\n";
  for (int v = 0; v < 20000; ++v) {
    const std::string name = "a rather long name of vertex " + std::to_string(v);
    words += name + ",b\n";
    gml += "node [ id " + std::to_string(v) + " label \"" + name + "\" ]\n";
    dot += "\"" + name + "\"\n";
  }
  const std::pair<std::string, std::string> files[] = {
      {"g.csv", words}, {"g.gml", gml + "]\n"}, {"g.dot", dot + "}\n"}};
  for (const auto& [name, text] : files) {
    ReadOptions options;
    options.memory = 20001 * (32 + 32 + 45);  // what the graph itself takes in the end
    const Caught error = caught([&, text = text, name = name] { read_text(text, name, options); });
    EXPECT_EQ(error.kind, ErrorKind::kMemory) << name << error.what;
    options.memory *= 4;
    const Graph g = read_text(text, name, options).graph;
    EXPECT_GE(bytes_of(g), 20000u * (8 + 32 + 45)) << name;
  }
  ReadOptions small;
  small.memory = 1 << 20;
  const Caught error = caught([&] { read_text(words, "g.csv", small); });
  EXPECT_NE(error.what.find("a list of 20000 lines"), std::string::npos) << error.what;  // before it is read
}

TEST(GraphWrite, ReadsBackInEveryFormat) {
  Folder folder;
  const Graph plain = graph_of(6, {{1, 2}, {2, 4}, {1, 4}, {4, 5}});  // 0 and 3 are isolated
  const Graph weighted = graph_of(4, {{0, 1}, {1, 3}}, {0.1, 1e300});
  for (const char* ending : {".mtx", ".graph", ".graphml", ".gml", ".csv", ".tsv", ".txt"})
    for (const Graph* g : {&plain, &weighted}) {
      WriteOptions options;
      options.comment = "a comment & <more>";
      options.values = {{"x", std::vector<double>(std::size_t(g->vertices()), 0.25)}};
      const std::string path = folder / (std::string("g") + ending);
      const std::uint64_t bytes = write_graph(*g, path, options);
      EXPECT_EQ(bytes, get(path).size());
      const Read back = read_graph(path);
      EXPECT_EQ(shape_of(back.graph), shape_of(*g)) << ending;
      EXPECT_EQ(back.notes.size(), 0u) << ending << ": " << (back.notes.empty() ? "" : back.notes[0]);
    }
  // A real of GML has a point, or networkx stops at its e.
  EXPECT_NE(get(folder / "g.gml").find("weight 1.0e+300"), std::string::npos);
  Graph named = graph_of(3, {{0, 1}});
  named.names = {"a<b", "\"q\" & r", "tab\there"};
  for (const char* ending : {".graphml", ".gml"}) {
    write_graph(named, folder / (std::string("n") + ending));
    EXPECT_EQ(names_of(read_graph(folder / (std::string("n") + ending)).graph), names_of(named)) << ending;
  }
  named.names[0] = "Zo\u00eb \U0001f600";
  const std::string gml = folder / "u.gml";
  write_graph(named, gml);
  EXPECT_NE(get(gml).find("label \"Zo&#235; &#128512;\""), std::string::npos) << get(gml);
  EXPECT_EQ(names_of(read_graph(gml).graph), names_of(named));
  named.names[0] = "caf\xe9 \x01";  // Latin-1 and a control character: no XML would take them
  write_graph(named, folder / "l.graphml");
  EXPECT_EQ(read_graph(folder / "l.graphml").graph.name(0), "caf\xef\xbf\xbd \xef\xbf\xbd");
  EXPECT_EQ(caught([&] { write_graph(plain, folder / "g.xyz"); }).kind, ErrorKind::kUsage);
  EXPECT_EQ(caught([&] { write_graph(plain, folder / "no/g.mtx"); }).kind, ErrorKind::kOutput);
}

TEST(GraphRead, ManyEdgesAtAnyNumberOfThreads) {
  const int n = test::kSanitized ? 60000 : 1000001;
  std::string hub = std::to_string(n) + " " + std::to_string(n - 1) + "\n";
  for (int v = 1; v < n; ++v) hub += "0 " + std::to_string(v) + "\n";
  for (const int threads : {1, 2, 5}) {
    ReadOptions options;
    options.threads = threads;
    const Graph g = read_text(hub, "hub.txt", options).graph;
    ASSERT_EQ(g.degree(0), n - 1);
    ASSERT_EQ(g.edges(), n - 1);
    EXPECT_EQ(g.of(0).front(), 1);
    EXPECT_EQ(g.of(0).back(), n - 1);
    EXPECT_EQ(g.of(Vertex(n - 1)).front(), 0);
  }
}

/// How far all others are from each vertex, whatever the vertices' order: equal for equal graphs.
std::vector<std::vector<std::int64_t>> profile_of(const Graph& g) {
  std::vector<std::vector<std::int64_t>> profile(std::size_t(g.vertices()));
  each_search(g, nullptr, g.vertices(), 2, [&](Vertex, std::int64_t row, const std::int32_t* distances) {
    std::vector<std::int64_t>& counts = profile[std::size_t(row)];
    for (Vertex v = 0; v < g.vertices(); ++v) {
      const std::size_t d = std::size_t(distances[v] + 1);
      if (counts.size() <= d) counts.resize(d + 1);
      ++counts[d];
    }
  });
  std::sort(profile.begin(), profile.end());
  return profile;
}

struct RealGraph {
  const char* file;
  int vertices;
  std::int64_t edges;
};

TEST(GraphRead, RealOnes) {
  const std::string folder = real_graphs();
  if (folder.empty()) GTEST_SKIP() << "set SLUICE_REAL_DATA to the folder of real data";
  for (const RealGraph& real : std::vector<RealGraph>{{"karate.csv", 34, 78},
                                                      {"karate.gml", 34, 78},
                                                      {"lesmis.txt", 77, 254},
                                                      {"dwt_1005.csv", 1005, 3808},
                                                      {"dwt_1005.mtx", 1005, 3808},
                                                      {"dwt_1005.txt", 1005, 3808},
                                                      {"1138_bus.mtx", 1138, 1458},
                                                      {"jagmesh7.mtx", 1138, 3156},
                                                      {"3elt.mtx", 4720, 13722},
                                                      {"uspowergrid.csv", 4941, 6594},
                                                      {"facebook_combined.txt", 4039, 88234},
                                                      {"delaunay_n15.graph", 32768, 98274},
                                                      {"grid17.txt", 289, 544},
                                                      {"jazz.txt", 198, 2742},
                                                      {"dwt_419.txt", 419, 1572},
                                                      {"qh882.csv", 882, 1533},
                                                      {"dolphins.txt", 62, 159},
                                                      {"polbooks.txt", 105, 441},
                                                      {"netscience.txt", 1461, 2742}}) {
    const Graph g = read_graph(folder + real.file).graph;
    EXPECT_EQ(g.vertices(), real.vertices) << real.file;
    EXPECT_EQ(g.edges(), real.edges) << real.file;
  }
  // dwt_1005 in three formats; one of them has the vertices in another order.
  const Graph dwt = read_graph(folder + "dwt_1005.mtx").graph;
  EXPECT_TRUE(shape_of(read_graph(folder + "dwt_1005.txt").graph) == shape_of(dwt));
  EXPECT_TRUE(profile_of(read_graph(folder + "dwt_1005.csv").graph) == profile_of(dwt));
  const Read bus = read_graph(folder + "1138_bus.mtx");
  EXPECT_TRUE(bus.graph.weights.empty());  // admittances below 0
  EXPECT_EQ(bus.loops, 1138);
  EXPECT_FALSE(read_graph(folder + "netscience.txt").graph.weights.empty());
}

}  // namespace
}  // namespace sluice
