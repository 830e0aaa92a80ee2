// Formats of graphs besides edge lists, each by a few lines, and files of
// positions: what is read, and what is refused and where.
#include <gtest/gtest.h>

#include "graph_support.h"
#include "host/graph/positions.h"

namespace sluice {
namespace {

using namespace graph_test;

TEST(GraphMatrixMarket, EntriesAreEdges) {
  const std::string banner = "%%MatrixMarket matrix coordinate ";
  const Read r = read_text(banner + "pattern symmetric\n% c\n4 4 4\n1 1\n2 1\n3 2\n\n4 4\n", "g.mtx");
  EXPECT_EQ(shape_of(r.graph), "4: 0-1 1-2");
  EXPECT_EQ(names_of(r.graph), "1 2 3 4");
  EXPECT_EQ(r.loops, 2);
  EXPECT_EQ(shape(banner + "real general\n2 2 2\n1 2 0.5\n2 1 0.5\n"), "2: 0-1*0.5");  // by content
  EXPECT_EQ(shape(banner + "Integer Symmetric\n2 2 1\n2 1 3\n"), "2: 0-1*3");
  EXPECT_EQ(shape(banner + "pattern general\n3 3 0\n"), "3:");
  const auto refused = [&](const std::string& text) { return refusal(text, "g.mtx"); };
  EXPECT_EQ(refused(banner + "complex general\n1 1 1\n1 1 0 0\n"),
            "g.mtx: line 1: entries that are no weights: expected pattern, real or integer, found 'complex'");
  EXPECT_NE(refused("%%MatrixMarket matrix array real general\n1 1\n1\n").find("found 'array'"),
            std::string::npos);
  EXPECT_EQ(refused(banner + "pattern general\n2 3 0\n"),
            "g.mtx: line 2: no graph: expected as many rows as columns, found 2 x 3");
  EXPECT_EQ(refused(banner + "pattern general\n2 2 1\n1 3\n"),
            "g.mtx: line 3: no such entry: expected numbers from 1 to 2, found 1 3");
  EXPECT_EQ(refused(banner + "pattern general\n2 2 1\n% c\n0 1\n"),
            "g.mtx: line 4: no such entry: expected numbers from 1 to 2, found 0 1");
  EXPECT_EQ(refused(banner + "pattern general\n2 2 2\n1 2\n"),
            "g.mtx: truncated: expected 2 entries, found 1");
  EXPECT_EQ(refused(banner + "pattern general\n2 2 1\n1 2\n2 1\n"),
            "g.mtx: line 4: too many entries: expected 1, found 2");
  EXPECT_EQ(refused(banner + "real general\n2 2 1\n1 2 x\n"),
            "g.mtx: line 3: no entry: expected row, column and value, found '1 2 x'");
  EXPECT_NE(refused(banner + "real general\n2 2 1\n1 2\n").find("without a value"), std::string::npos);
  EXPECT_NE(refused("1 2\n").find("expected '%%MatrixMarket"), std::string::npos);
}

TEST(GraphMetis, LinesAreVertices) {
  EXPECT_EQ(shape("% c\n4 3\n2 3\n1 3\n1 2\n\n", "g.graph"), "4: 0-1 0-2 1-2");
  EXPECT_EQ(shape("3 2 1\n2 5 3 7\n1 5\n1 7\n", "g.graph"), "3: 0-1*5 0-2*7");
  EXPECT_EQ(shape("3 2 011 2\n9 9 2 5 3 7\n8 8 1 5\n% c\n8 8 1 7\n", "g.graph"), "3: 0-1*5 0-2*7");
  EXPECT_EQ(shape("2 1 100\n4 2\n4 1", "g.graph"), "2: 0-1");
  EXPECT_EQ(shape("2 0\n\n\n", "g.graph"), "2:");
  const auto refused = [&](const std::string& text) { return refusal(text, "g.graph"); };
  EXPECT_EQ(refused("2 1\n2\n3\n"),
            "g.graph: line 3: no neighbour: expected a number from 1 to 2, found '3'");
  EXPECT_EQ(refused("2 1\n2x\n1\n"),
            "g.graph: line 2: no neighbour: expected a number from 1 to 2, found '2x'");
  EXPECT_NE(refused("3 2\n2\n1 3\n").find("truncated: expected a line for each of 3"), std::string::npos);
  EXPECT_NE(refused("2 2\n2\n1\n").find("expected 2, each at both ends, found 2 neighbours"),
            std::string::npos);
  EXPECT_NE(refused("3 2\n2 3\n3 1\n\n").find("expected 2 edges, each at both ends, found 3 different"),
            std::string::npos);
  EXPECT_NE(refused("2 1 1\n2\n1 4\n").find("line 2: an edge's weight is missing"), std::string::npos);
  EXPECT_NE(refused("2 1\n2\n1\n1\n").find("too many lines"), std::string::npos);
  EXPECT_NE(refused("a b\n").find("line 1: no METIS graph"), std::string::npos);
}

TEST(GraphGml, NodesAndEdges) {
  const Read r = read_text(
      "Creator \"x\"\n# c\ngraph\n[\n directed 1 meta [ a [ b 1 ] ]\n node [ id 5 label \"A &amp; [B]\" "
      "graphics [ x 1 ] ]\n"
      " node [ id 3 label \"C\" ]\n edge [ source 3 target 5 value 2 ]\n]\n",
      "g.gml");
  EXPECT_EQ(shape_of(r.graph) + "; " + names_of(r.graph), "2: 0-1*2; A & [B] C");
  EXPECT_TRUE(r.directed);
  EXPECT_EQ(names_of(read_text("graph [ node [ id 4 ] node [ id 5 ] ]").graph), "4 5");
  const auto refused = [&](const std::string& text) { return refusal(text, "g.gml"); };
  EXPECT_EQ(refused("graph [\n node [ id 1 ]\n edge [ source 1 target 2 ]\n]"),
            "g.gml: line 3: an edge of no vertex: expected the id of one, found '2'");
  EXPECT_EQ(refused("graph [\n node [ id 1 ]\n node [ id 1 ]\n]"),
            "g.gml: line 3: a vertex that is there already: expected another id, found '1'");
  EXPECT_NE(refused("graph [\n edge [ source 1 ]\n]").find("line 2: an edge without its ends"),
            std::string::npos);
  EXPECT_NE(refused("graph [\n node [ id 1 ").find("line 2: truncated: expected ']' at the end of a node"),
            std::string::npos);
  EXPECT_NE(refused("graph [ node [ label \"x ] ]").find("an open text"), std::string::npos);
  EXPECT_NE(refused("x 1\n").find("expected 'graph ['"), std::string::npos);
  EXPECT_EQ(refused("graph [\n node [ id 1 ] ]\n]\n"),
            "g.gml: line 3: a bracket too many: expected a key or the end of the file, found ']'");
  const Read tight = read_text(
      "graph[ node[ id 0 graphics[ center[ x 1 y 2 ] ] label \"caf&#233; &#x1F600;&#38;lt;\" ] "
      "node[ id 1 label \"&#xd800; &#0;\" ] edge[ source 0 target 1 ] ]");
  EXPECT_EQ(shape_of(tight.graph) + "; " + names_of(tight.graph),
            "2: 0-1; café \xf0\x9f\x98\x80&lt; &#xd800; &#0;");
}

TEST(GraphGraphMl, NodesAndEdges) {
  const std::string head =
      "<?xml version=\"1.0\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
  const std::string keys =
      "<key id=\"d0\" for=\"node\" attr.name=\"label\"/><key id=\"d1\" for=\"edge\" attr.name=\"weight\">"
      "<default>4</default></key>\n";
  const std::string text =
      head + keys +
      "<graph edgedefault=\"directed\"><edge source=\"a\" target=\"b\"><data key=\"d1\"> 2 </data></edge>"
      "<node id=\"a\"><data key=\"d0\">A &lt;1&gt;</data></node><node id=\"b\"><data key=\"d0\">B</data>"
      "<graph id=\"in\"><node id=\"c\"><data key=\"d0\">C</data></node></graph></node>"
      "<edge source=\"b\" target=\"c\"/></graph></graphml>";
  const Read r = read_text(text, "g.graphml");
  EXPECT_EQ(shape_of(r.graph) + "; " + names_of(r.graph), "3: 0-1*2 1-2*4; A <1> B C");
  EXPECT_TRUE(r.directed);
  EXPECT_EQ(shape_of(read_text(text).graph), shape_of(r.graph));  // by content
  const auto refused = [&](const std::string& t) { return refusal(t, "g.graphml"); };
  EXPECT_EQ(refused(head + "<graph><node id=\"a\"/>\n<edge source=\"a\" target=\"q\"/></graph></graphml>"),
            "g.graphml: line 4: an edge of no vertex: expected the id of one, found 'q'");
  EXPECT_NE(refused(head + "<graph><node/></graph></graphml>").find("line 3: a node lacks something"),
            std::string::npos);
  EXPECT_NE(refused(head + "<graph><node id=\"a\"></graph>").find("line 3: no XML"), std::string::npos);
  EXPECT_NE(refused(head + "<graph>\n<hyperedge/></graph></graphml>").find("line 4: an edge of many ends"),
            std::string::npos);
  EXPECT_NE(refused("<a/>").find("expected an element 'graph'"), std::string::npos);
}

TEST(GraphDot, VerticesEdgesAndGroups) {
  const auto both = [](const std::string& text) {
    const Read r = read_text(text, "g.dot");
    return shape_of(r.graph) + "; " + names_of(r.graph);
  };
  EXPECT_EQ(both("strict graph \"G\" { a -- b -- c [weight=2]; d /* x */ }"), "4: 0-1*2 1-2*2; a b c d");
  EXPECT_EQ(both("digraph { node [shape=box]; edge [weight=3]\n a -> { b c } // x\n rankdir=LR }"),
            "3: 0-1*3 0-2*3; a b c");
  EXPECT_EQ(both("graph { 1:port:n -- -2.5 ; subgraph s { x -- \"y \\\"z\\\"\" } }"),
            "4: 0-1 2-3; 1 -2.5 x y \"z\"");
  EXPECT_EQ(both("graph { a [label=\"A\" + \"a\"]; b [label=<B<i>b</i>>] a--b }"), "2: 0-1; Aa <B<i>b</i>>");
  EXPECT_EQ(both("graph { \"a\\\\\" -- b }"), "2: 0-1; a\\\\ b");
  EXPECT_EQ(both("graph { size=7; {a; x=1; {b c}} -- {d e} -- f [weight=2] g; \"\" -- a }"),
            "8: 0-3*2 0-4*2 0-7*1 1-3*2 1-4*2 2-3*2 2-4*2 3-5*2 4-5*2; a b c d e f g ");
  const auto refused = [&](const std::string& text) { return refusal(text, "g.dot"); };
  EXPECT_EQ(refused("graph {\n a -- }"), "g.dot: line 2: no DOT: expected a vertex, found '}'");
  EXPECT_EQ(refused("graph {\n a -- b"),
            "g.dot: line 2: no DOT: expected a vertex, found the end of the file");
  EXPECT_NE(refused("graph { a -- \"b }").find("an open text"), std::string::npos);
  EXPECT_NE(refused("a b").find("expected 'graph' or 'digraph'"), std::string::npos);
}

TEST(Positions, FromMatricesAndTables) {
  Folder folder;
  Graph g = graph_of(3, {{0, 1}});
  const auto read = [&](const std::string& name, const std::string& text) {
    return read_positions(put(folder / name, text), g, {});
  };
  EXPECT_EQ(read("a.csv", "id,x,y,degree\n2,5,6,0\n0,1,2.5,1\n1,3,4,1\n").at,
            (std::vector<double>{1, 2.5, 3, 4, 5, 6}));
  EXPECT_EQ(read("b.csv", "x1,x0,x2,x3\n1,2,3,4\n5,6,7,8\n9,10,11,12\n").at,
            (std::vector<double>{2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12}));
  EXPECT_EQ(read("c.csv", "z,x,y\n1,2,3\n4,5,6\n7,8,9\n").dimensions, 3);
  g.names = {"a", "b", "c"};
  EXPECT_EQ(read("d.csv", "id,x\nc,3\na,1\nb,2\n").at, (std::vector<double>{1, 2, 3}));
  const auto refused = [&](const std::string& text) {
    const Caught error = caught([&] { read("e.csv", text); });
    EXPECT_EQ(error.kind, ErrorKind::kInput);
    return error.what.substr(error.what.find("e.csv"));
  };
  EXPECT_EQ(refused("id,x\na,1\nq,2\nc,3\n"), "e.csv: row 2: expected the id of a vertex, found 'q'");
  EXPECT_EQ(refused("id,x\na,1\na,2\nc,3\n"), "e.csv: row 2: expected each vertex once, found 'a' again");
  EXPECT_EQ(refused("x,y\n1,2\n3,\n5,6\n"), "e.csv: row 2, column 'y': expected a finite number, found none");
  EXPECT_EQ(refused("id,x,y\na,0,0\nb,,2\nc,1,1\n"),
            "e.csv: row 2, column 'x': expected a finite number, found none");
  EXPECT_EQ(refused("id,x\na,1\nb,NA\nc,3\n"),
            "e.csv: row 2, column 'x': expected a finite number, found 'NA'");
  EXPECT_EQ(refused("name,lon,lat\na,1,1\nb,2,2\nc,3,3\n"),
            "e.csv: no positions: expected columns x, y, ... or x0, x1, ..., found 'name', 'lon', 'lat'");
  EXPECT_EQ(read("g.csv", "Id,Label,X,Y\nb,q,3,4\na,r,1,2\nc,s,5,6\n").at,
            (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(read("i.csv", "x\n 9007199254740993 \n+1e-3\n-2\n").at,
            (std::vector<double>{9007199254740992, 1e-3, -2}));
  EXPECT_EQ(refused("x,y\n1,2\n3,4\n"), "e.csv: positions of other vertices: expected 3 rows, found 2");
  g.names = {"1.0", "NA", "2020-01-01"};  // ids are texts as they stand
  EXPECT_EQ(read("t.csv", "id,x\n2020-01-01,3\n1.0,1\n\"NA\",2\n").at, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(refused("id,x\n1,1\nNA,2\n2020-01-01,3\n"),
            "e.csv: row 1: expected the id of a vertex, found '1'");
  EXPECT_EQ(refused("id,x\n2020-01-01,1\n,2\nNA,3\n"), "e.csv: row 2: expected the id of a vertex, found ''");
  g.names.clear();
  EXPECT_EQ(read("n.csv", "id,x\n2.0,3\n1.0,2\n0.0,1\n").at, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(coordinate_names(2), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(coordinate_names(10).back(), "x9");
}

}  // namespace
}  // namespace sluice
