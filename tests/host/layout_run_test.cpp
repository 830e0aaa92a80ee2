// A layout from file to files: every output read back, resuming gives the bytes of an unbroken run, what is
// wrong is refused before anything is written.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <filesystem>

#include "formats_support.h"
#include "host/graph/positions.h"
#include "host/io/sys.h"
#include "host/layout.h"

namespace sluice {
namespace {

using formats_test::caught;
using formats_test::Caught;
using formats_test::Folder;
using formats_test::get;
using formats_test::put;

/// A ring of `n` vertices with a chord, names from 1.
std::string ring(int n) {
  std::string text;
  for (int v = 1; v <= n; ++v) text += std::to_string(v) + " " + std::to_string(v % n + 1) + "\n";
  return text + "1 " + std::to_string(n / 2) + "\n";
}

LayoutOptions options_of(const std::string& graph, std::vector<std::string> outputs, Objective objective) {
  LayoutOptions o;
  o.graph = graph, o.outputs = std::move(outputs), o.objective = objective;
  o.iterations = objective == Objective::kStress ? 12 : 60;
  o.base.rate = 0.01;
  o.width = 240, o.height = 200, o.frames = 6;
  o.measure = false;
  return o;
}

RunOptions on_cpu() {
  RunOptions run;
  run.device = "cpu";
  run.threads = 2;
  return run;
}

/// Sets the stop flag when a descent has come so far; `after` descents run to their ends before.
class StopAt : public Observer {
 public:
  StopAt(double at, int after = 0) : at_(at), after_(after) {}
  void begin(const char* stage, double, const char*, double) override {
    descents_ += std::string(stage).rfind("descent", 0) == 0;
  }
  void progress(double done) override {
    if (descents_ > after_ && done >= at_) stop = true;
  }
  void note(const std::string& line) override { notes += line + "\n"; }
  std::atomic<bool> stop{false};
  std::string notes;

 private:
  double at_;
  int after_, descents_ = 0;
};

class LayoutRun : public ::testing::TestWithParam<Objective> {};

TEST_P(LayoutRun, OutputsReadBackAsTheSamePositions) {
  const Folder folder;
  const std::string graph = put(folder / "g.txt", ring(20));
  LayoutOptions o =
      options_of(graph,
                 {folder / "xy.npy", folder / "xy.csv", folder / "xy.graphml", folder / "xy.gml",
                  folder / "g.svg", folder / "g.png", folder / "g.gif", folder / "g.html"},
                 GetParam());
  o.losses = {folder / "loss.csv", folder / "loss.png"};
  o.measure = true;
  const LayoutResult r = layout_graph(o, on_cpu());
  ASSERT_EQ(r.positions.vertices(), 20);
  EXPECT_EQ(r.outputs.size(), 10u);
  for (const LayoutOutput& out : r.outputs) EXPECT_EQ(out.bytes, get(out.path).size()) << out.path;
  const graph::Graph g = graph::read_graph(graph).graph;
  for (const char* name : {"xy.npy", "xy.csv"}) {
    const graph::Positions back = graph::read_positions(folder / name, g, on_cpu());
    EXPECT_EQ(back.at, r.positions.at) << name;
  }
  for (const char* name : {"xy.graphml", "xy.gml"}) {
    const graph::Graph back = graph::read_graph(folder / name).graph;
    EXPECT_EQ(back.neighbours, g.neighbours) << name;
    EXPECT_EQ(back.name(7), g.name(7)) << name;
  }
  EXPECT_NE(get(folder / "xy.graphml").find("attr.name=\"x\""), std::string::npos);
  EXPECT_NE(get(folder / "g.svg").find("Layout of the graph g.txt: 20 vertices, 21 edges"),
            std::string::npos);
  EXPECT_EQ(get(folder / "g.png").substr(1, 3), "PNG");
  EXPECT_EQ(get(folder / "g.gif").substr(0, 6), "GIF89a");
  EXPECT_NE(get(folder / "g.html").find("20 vertices, 21 edges"), std::string::npos);
  ASSERT_TRUE(r.measures.has_value());
  EXPECT_TRUE(r.measures->stress.known());
  const std::string curve = get(folder / "loss.csv");
  EXPECT_EQ(curve.substr(0, curve.find('\n')), GetParam() == Objective::kStress
                                                   ? "restart,iteration,stress_in_passing"
                                                   : "restart,iteration,loss");
  for (const char* left : {".partial", ".journal", ".state0", ".state1"})
    EXPECT_FALSE(sys::exists(folder / "xy.npy" + left)) << left;
}

TEST_P(LayoutRun, StoppedAndResumedGivesTheBytesOfAnUnbrokenRun) {
  const Folder folder;
  const std::string graph = put(folder / "g.txt", ring(30) + "40 41\n50 51\n");
  const std::vector<std::string> names = {"a.npy", "a.csv", "a.gif", "a.png", "loss.csv", "sheet.gif"};
  std::vector<std::string> whole, outputs;
  for (const int restarts : {1, 3}) {
    LayoutOptions o = options_of(
        graph, {folder / "a.npy", folder / "a.csv", folder / "a.gif", folder / "a.png"}, GetParam());
    o.losses = {folder / "loss.csv"};
    o.start = "random", o.restarts = restarts;
    if (restarts > 1) o.sheet = folder / "sheet.gif";
    RunOptions run = on_cpu();
    run.force = true;
    layout_graph(o, run);
    whole.clear();
    for (const std::string& name : names)
      whole.push_back(name == "sheet.gif" && restarts == 1 ? "" : get(folder / name));
    std::filesystem::remove(folder / "a.npy");

    StopAt observer(double(*o.iterations) / 2, restarts / 2);
    run.observer = &observer, run.stop = &observer.stop;
    const Caught stopped = caught([&] { layout_graph(o, run); });
    ASSERT_EQ(stopped.kind, ErrorKind::kInterrupted) << stopped.what;
    EXPECT_NE(observer.notes.find("the layout so far"), std::string::npos) << observer.notes;
    EXPECT_TRUE(sys::exists(folder / "a.npy.journal"));
    if (restarts == 1) {
      EXPECT_FALSE(get(folder / "a.npy") == whole[0]) << "the layout so far is not the end";
    }

    run.observer = nullptr, run.stop = nullptr, run.force = false;
    const Caught without = caught([&] { layout_graph(o, run); });
    EXPECT_NE(without.what.find("an unfinished run is there"), std::string::npos) << without.what;
    run.resume = true, run.threads = 1;
    LayoutOptions other = o;
    other.seed = 9;
    const Caught differs = caught([&] { layout_graph(other, run); });
    EXPECT_NE(differs.what.find("--seed: expected 1, found 9"), std::string::npos) << differs.what;
    const LayoutResult r = layout_graph(o, run);
    EXPECT_TRUE(r.run.resumed);
    for (std::size_t k = 0; k < names.size(); ++k) {
      if (whole[k].empty()) continue;
      EXPECT_TRUE(get(folder / names[k]) == whole[k]) << names[k] << ", restarts " << restarts;
    }
    EXPECT_FALSE(sys::exists(folder / "a.npy.journal"));
    EXPECT_TRUE(layout_graph(o, run).complete);
    for (const std::string& name : names) std::filesystem::remove(folder / name);
  }
}

TEST_P(LayoutRun, ChangedGraphIsNotResumed) {
  const Folder folder;
  const std::string graph = put(folder / "g.txt", ring(12));
  LayoutOptions o = options_of(graph, {folder / "a.npy"}, GetParam());
  o.start = "random";
  StopAt observer(3);
  RunOptions run = on_cpu();
  run.observer = &observer, run.stop = &observer.stop;
  ASSERT_EQ(caught([&] { layout_graph(o, run); }).kind, ErrorKind::kInterrupted);
  put(graph, ring(12) + "2 9\n");
  run.stop = nullptr, run.resume = true;
  const Caught refused = caught([&] { layout_graph(o, run); });
  EXPECT_EQ(refused.kind, ErrorKind::kOutput);
  EXPECT_NE(refused.what.find("graph: expected 12 vertices from 1, 13 edges"), std::string::npos)
      << refused.what;
}

TEST_P(LayoutRun, PinsAndNoIterationsKeepTheStart) {
  const Folder folder;
  const std::string graph = put(folder / "g.txt", ring(16));
  LayoutOptions o = options_of(graph, {folder / "a.npy"}, GetParam());
  const LayoutResult first = layout_graph(o, on_cpu());
  o.start = folder / "a.npy", o.iterations = 0, o.outputs = {folder / "b.npy"};
  EXPECT_EQ(layout_graph(o, on_cpu()).positions.at, first.positions.at);
  EXPECT_EQ(get(folder / "b.npy"), get(folder / "a.npy"));
  o.pins = put(folder / "pins.txt", "# stay\n3\n\"5\", 0.25, -1e3\n");
  o.iterations = 7, o.outputs = {};
  const LayoutResult pinned = layout_graph(o, on_cpu());
  EXPECT_EQ(pinned.plan.pinned, 2);
  EXPECT_EQ(pinned.positions.of(2)[0], first.positions.of(2)[0]);
  EXPECT_EQ(pinned.positions.of(2)[1], first.positions.of(2)[1]);
  EXPECT_EQ(pinned.positions.of(4)[0], 0.25);
  EXPECT_EQ(pinned.positions.of(4)[1], -1e3);
  EXPECT_NE(pinned.positions.of(6)[0], first.positions.of(6)[0]);
  o.pins = put(folder / "table.csv", "\xef\xbb\xbfid,x,y\n3,+2,1\n");
  EXPECT_EQ(layout_graph(o, on_cpu()).positions.of(2)[0], 2);
  int pipe_of_pins[2];
  ASSERT_EQ(pipe(pipe_of_pins), 0);
  ASSERT_EQ(write(pipe_of_pins[1], "3 7 1\n", 6), 6);
  close(pipe_of_pins[1]);
  o.pins = "/dev/fd/" + std::to_string(pipe_of_pins[0]);
  EXPECT_EQ(layout_graph(o, on_cpu()).positions.of(2)[0], 7);
  close(pipe_of_pins[0]);
  o.pins = put(folder / "none.txt", "# none\n");
  EXPECT_NE(caught([&] { layout_graph(o, on_cpu()); }).what.find("no pins"), std::string::npos);
}

TEST_P(LayoutRun, SmallestGraphsAndDimensions) {
  const Folder folder;
  for (const int dimensions : {1, 10})
    for (const char* text : {"1 2\n", "a b\nc d\n", "graph [ node [ id 1 ] ]"}) {
      const std::string graph = put(folder / (text[0] == 'g' ? "one.gml" : "g.txt"), text);
      LayoutOptions o =
          options_of(graph, {folder / "a.svg", folder / "a.html", folder / "a.gif"}, GetParam());
      o.dimensions = dimensions, o.measure = true;
      RunOptions run = on_cpu();
      run.force = true;
      const LayoutResult r = layout_graph(o, run);
      EXPECT_EQ(r.positions.dimensions, dimensions);
      for (const double x : r.positions.at) EXPECT_TRUE(std::isfinite(x));
    }
}

INSTANTIATE_TEST_SUITE_P(Objectives, LayoutRun, ::testing::Values(Objective::kBase, Objective::kStress),
                         [](const auto& info) { return info.param == Objective::kBase ? "base" : "stress"; });

TEST(LayoutLeastDistance, IsSaidWhereItIsNotReached) {
  const Folder folder;
  LayoutOptions o = options_of(put(folder / "g.txt", ring(6)), {}, Objective::kBase);
  o.base.min_distance = 0.5, o.iterations = 300;
  EXPECT_TRUE(layout_graph(o, on_cpu()).notes.empty());
  o.pins = put(folder / "pins.txt", "1 0 0\n2 0.2 0\n");
  const std::vector<std::string> notes = layout_graph(o, on_cpu()).notes;
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0],
            "warning: --min-distance 0.5 was not reached: 1 pair is closer, the smallest distance is 0.2; of "
            "these, both ends of 1 are pinned: put the pins further apart");
}

TEST(LayoutRefusals, NothingIsWritten) {
  const Folder folder;
  const std::string graph = put(folder / "g.txt", ring(8));
  const auto refused = [&](const auto& change) {
    LayoutOptions o = options_of(graph, {folder / "a.npy"}, Objective::kBase);
    RunOptions run = on_cpu();
    change(o, run);
    const std::size_t before = folder.files();
    const Caught c = caught([&] { layout_graph(o, run); });
    EXPECT_TRUE(c.thrown);
    EXPECT_EQ(folder.files(), before) << c.what;
    return c.what;
  };
  const auto names = [&](const std::string& what, const std::string& part) {
    EXPECT_NE(what.find(part), std::string::npos) << what;
  };
  put(folder / "nan.csv", "id,x,y\n1,0,0\n2,nan,0\n3,0,1\n4,1,1\n5,2,2\n6,3,3\n7,4,4\n8,5,5\n");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.start = folder / "nan.csv"; }), "nan.csv");
  put(folder / "short.csv", "id,x,y\n1,0,0\n2,1,0\n");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.start = folder / "short.csv"; }), "short.csv");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.start = folder / "absent.npy"; }), "absent.npy");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.graph = folder / "absent.txt"; }), "absent.txt");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.pins = folder / "absent.txt"; }), "absent.txt");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.dimensions = 0; }), "--dim");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.frames = 1; }), "--frames");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.tolerance = NAN; }), "--tolerance");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.base.rate = -1; }),
        "--lr: expected a number of at least 0, found -1");
  names(refused([&](LayoutOptions& o, RunOptions&) { o.base.eps = 0; }), "--eps");
  put(folder / "lengths.txt", "a b 1e-30\nb c 1e30\n");
  names(refused([&](LayoutOptions& o, RunOptions&) {
          o.graph = folder / "lengths.txt", o.objective = Objective::kStress, o.stress.lengths = true;
        }),
        "--lengths: expected weights from 1e-12 to 1e+12, found 1e-30");
  names(refused([&](LayoutOptions&, RunOptions& run) { run.device = "cuda:77"; }), "");
  names(refused([&](LayoutOptions& o, RunOptions&) {
          o.outputs = {graph};
          o.graph = graph;
        }),
        "g.txt");
}

/// A full disk while the outputs are written: what stays can be resumed.
int fail_write(sys::Call call, const char* path) {
  return call == sys::Call::kWrite && std::string(path).find("a.csv.partial") != std::string::npos ? ENOSPC
                                                                                                   : 0;
}

TEST(LayoutRefusals, FullDiskLeavesNoHalfOutput) {
  const Folder folder;
  const std::string graph = put(folder / "g.txt", ring(8));
  LayoutOptions o = options_of(graph, {folder / "a.npy", folder / "a.csv"}, Objective::kStress);
  sys::set_fault_hook(&fail_write);
  const Caught c = caught([&] { layout_graph(o, on_cpu()); });
  sys::set_fault_hook(nullptr);
  EXPECT_EQ(c.kind, ErrorKind::kOutput) << c.what;
  EXPECT_NE(c.what.find("a.csv"), std::string::npos) << c.what;
  EXPECT_FALSE(sys::exists(folder / "a.csv"));
  EXPECT_FALSE(sys::exists(folder / "a.csv.partial"));
  RunOptions again = on_cpu();
  again.resume = true;
  EXPECT_TRUE(layout_graph(o, again).run.resumed);
  EXPECT_TRUE(sys::exists(folder / "a.csv"));
  EXPECT_EQ(folder.files(), 5u);  // the graph, two outputs, and what is beside each
}

/// Sets the stop flag when a stage begins.
class StopIn : public Observer {
 public:
  explicit StopIn(std::string stage) : stage_(std::move(stage)) {}
  void begin(const char* stage, double, const char*, double) override {
    if (std::string(stage).find(stage_) != std::string::npos) stop = true;
  }
  std::atomic<bool> stop{false};

 private:
  std::string stage_;
};

TEST(LayoutRefusals, StoppedWhileItMeasuresKeepsTheLayout) {
  const Folder folder;
  const std::string graph = put(folder / "g.txt", ring(30));
  LayoutOptions o = options_of(graph, {folder / "a.npy", folder / "a.gif"}, Objective::kStress);
  o.measure = true;
  StopIn observer("measure");
  RunOptions run = on_cpu();
  run.observer = &observer, run.stop = &observer.stop;
  ASSERT_EQ(caught([&] { layout_graph(o, run); }).kind, ErrorKind::kInterrupted);
  const std::string kept = get(folder / "a.npy");
  RunOptions again = on_cpu();
  again.resume = true;
  const LayoutResult r = layout_graph(o, again);
  EXPECT_TRUE(r.run.resumed && r.measures);
  EXPECT_EQ(get(folder / "a.npy"), kept);
  EXPECT_FALSE(sys::exists(folder / "a.npy.journal"));
}

TEST(LayoutRun, MemoryDoesNotChangeTheBytesAndCountsNames) {
  const Folder folder;
  std::string text;
  for (int v = 0; v < 3000; ++v)
    text += "a vertex with a long name " + std::to_string(v) + ",another one " + std::to_string(v / 2) + "\n";
  const std::string graph = put(folder / "g.csv", text);
  const auto made = [&](const char* name, std::uint64_t memory) {
    LayoutOptions o = options_of(graph, {folder / name}, Objective::kStress);
    o.stress.pivots = 20;
    RunOptions run = on_cpu();
    run.memory = memory;
    const LayoutPlan plan = layout_graph(o, run).plan;
    EXPECT_GT(plan.memory, 4500u * (32 + 40)) << "names are not counted";
    return get(folder / name);
  };
  EXPECT_EQ(made("a.npy", std::uint64_t(16) << 20), made("b.npy", std::uint64_t(1) << 30));
  EXPECT_EQ(caught([&] { made("c.npy", 100000); }).kind, ErrorKind::kMemory);
}

/// What layouts write as a table of ids reads back, whatever the ids look like.
TEST(LayoutRun, TablesOfStrangeIdsReadBack) {
  const Folder folder;
  for (const char* const text :
       {"2020-01-01 2020-01-02\n2020-01-02 2020-01-03\n", "1.0 2.0\n2.0 3.50\n3.50 1e5\n",
        "NA FR\nFR DE\nDE nan\n", "\"a,b\",\"say \"\"x\"\"\"\n\"a,b\",c\n", "true false\nfalse x\n",
        "caf\xe9 th\xe9\nth\xe9 r\xf6st\n", "9999999999999999999 -5\n-5 0x1\n"}) {
    const std::string graph = put(folder / "g.txt", text);
    RunOptions run = on_cpu();
    run.force = true;
    const LayoutResult r =
        layout_graph(options_of(graph, {folder / "xy.csv", folder / "xy.graphml"}, Objective::kStress), run);
    const graph::Graph g = graph::read_graph(graph).graph;
    EXPECT_EQ(graph::read_positions(folder / "xy.csv", g, run).at, r.positions.at) << text;
    const graph::Graph again = graph::read_graph(folder / "xy.graphml").graph;
    for (graph::Vertex v = 0; v < g.vertices(); ++v) EXPECT_EQ(again.name(v), g.name(v)) << text;
  }
}

TEST(LayoutRefusals, WholeOutputsOfOtherLooksOrMissing) {
  const Folder folder;
  LayoutOptions o =
      options_of(put(folder / "g.txt", ring(8)), {folder / "a.svg", folder / "a.npy"}, Objective::kStress);
  RunOptions run = on_cpu();
  run.device = "serial";  // stress is the processor's on any device
  layout_graph(o, run);
  run.resume = true;
  EXPECT_TRUE(layout_graph(o, run).complete);
  o.labels = layout::Labels::kNone;
  const Caught looks = caught([&] { layout_graph(o, run); });
  EXPECT_NE(looks.what.find("--labels: expected auto, found none"), std::string::npos) << looks.what;
  o.labels = layout::Labels::kAuto;
  std::filesystem::remove(folder / "a.npy");
  const Caught missing = caught([&] { layout_graph(o, run); });
  EXPECT_NE(missing.what.find("a.npy: is missing"), std::string::npos) << missing.what;
  std::filesystem::create_directory(folder / "a.npy");
  const Caught is_folder = caught([&] { layout_graph(o, run); });
  EXPECT_NE(is_folder.what.find("a.npy: is a folder"), std::string::npos) << is_folder.what;
}

}  // namespace
}  // namespace sluice
