// What plot_data() makes of files, by hand values: kinds, counts, extremes, samples; each type and order of a
// matrix; memory.
#include "host/plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <variant>

#include "host/error.h"
#include "host/plot/envelope.h"
#include "matrix_files.h"

namespace sluice {
namespace {

using picture::HistogramLayer, picture::ImageLayer, picture::LineLayer, picture::ScatterLayer;

class Plot : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }
  PlotSummary plot(const std::string& input, const PlotOptions& from = {}) {
    PlotOptions options = from;
    options.input = input;
    RunOptions run;
    run.memory = memory_;
    return plot_data(options, run);
  }
  template <class T>
  std::string npy(const std::string& name, const char* type, std::int64_t rows, std::int64_t columns,
                  const std::vector<T>& values, bool fortran = false, bool swapped = false) {
    std::string header = std::string("{'descr': '") + type +
                         "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" +
                         std::to_string(rows) + ", " + std::to_string(columns) + "), }";
    header.resize(118, ' ');
    std::string bytes = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header;
    for (T value : values) {
      char raw[sizeof(T)];
      std::memcpy(raw, &value, sizeof(T));
      if (swapped) std::reverse(raw, raw + sizeof(T));
      bytes.append(raw, sizeof(T));
    }
    return file(name, bytes);
  }
  test::TempDir dir_;
  std::uint64_t memory_ = 256 << 20;
};

template <class T>
const T& layer(const PlotSummary& s, std::size_t i = 0) {
  return std::get<T>(s.figure.panels.at(0).layers.at(i));
}

TEST_F(Plot, PointsOfATable) {
  PlotOptions o;
  o.x = "a", o.y = {"b"}, o.color = "c", o.y_error = "e";
  const PlotSummary s =
      plot(file("t.csv", "a,b,c,e\n3,10,u10,1\n1,,u2,1\n2,30,u2,-2\n5,50,,1\n4,40,u10,\n"), o);
  EXPECT_EQ(s.kind, PlotKind::kScatter);
  EXPECT_EQ(s.rows, 5);
  EXPECT_EQ(s.points, 3);
  EXPECT_EQ(s.missing, 2);  // one without b, one without a category
  EXPECT_EQ(layer<ScatterLayer>(s, 0).name, "u2");
  EXPECT_EQ(layer<ScatterLayer>(s, 1).name, "u10");
  EXPECT_EQ(layer<ScatterLayer>(s, 0).x, std::vector<double>{2});
  EXPECT_EQ(layer<ScatterLayer>(s, 0).y_errors.below, std::vector<double>{2});
  EXPECT_EQ(layer<ScatterLayer>(s, 1).y, (std::vector<double>{10, 40}));
  EXPECT_TRUE(std::isnan(layer<ScatterLayer>(s, 1).y_errors.below[1]));
}

TEST_F(Plot, TimesKeepTheirNanosecondsAndZone) {
  PlotOptions o;
  o.x = "t", o.y = {"v"};
  PlotSummary s = plot(file("z.csv", "t,v\n2024-03-05T19:00:00.000000001Z,1\n2024-03-05T19:00:02Z,2\n"), o);
  const picture::AxisSpec& x = s.figure.panels[0].x;
  EXPECT_EQ(x.scale, picture::ScaleKind::kTime);
  EXPECT_TRUE(x.utc);
  EXPECT_EQ(x.origin, 1709665200);
  EXPECT_EQ(layer<LineLayer>(s).x, (std::vector<double>{1e-9, 2}));
  s = plot(file("l.csv", "t,v\n2024-03-05T19:00:00,1\n2024-03-05T19:00:02,2\n"), o);
  EXPECT_FALSE(s.figure.panels[0].x.utc);
}

TEST_F(Plot, KindsFollowFromTheData) {
  const std::string table = file("k.csv", "a;b\n1;3\n2;1\n3;2\n");
  PlotOptions o;
  EXPECT_EQ(plot(table).kind, PlotKind::kLine);  // two columns, the first ascends
  o.x = "b", o.y = {"a"};
  EXPECT_EQ(plot(table, o).kind, PlotKind::kScatter);
  o = {};
  o.x = "b";
  EXPECT_EQ(plot(table, o).kind, PlotKind::kHistogram);
  o = {};
  o.y = {"b"};
  EXPECT_EQ(plot(table, o).kind_reason, "x is the number of the row");
}

TEST_F(Plot, HistogramsAsNumpyCounts) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(std::sin(i * 0.37) + std::cos(i * 1.7));
  PlotOptions o;
  o.x = "0", o.bins = 8;
  const PlotSummary s = plot(npy("v.npy", "<f8", 1000, 1, values), o);
  const HistogramLayer& bars = layer<HistogramLayer>(s);
  double low = values[0], high = values[0];
  for (const double v : values) low = std::min(low, v), high = std::max(high, v);
  std::vector<double> wanted(8);
  for (const double v : values) ++wanted[std::min<std::size_t>(7, std::size_t((v - low) / (high - low) * 8))];
  EXPECT_EQ(bars.heights, wanted);
  EXPECT_EQ(bars.edges.front(), low);
  EXPECT_EQ(bars.edges.back(), high);
  o.bins = 0;  // Scott's rule: numpy.histogram_bin_edges(values, bins="scott") has 15 edges
  double mean = 0, square = 0;
  for (const double v : values) mean += v / 1000;
  for (const double v : values) square += (v - mean) * (v - mean) / 1000;
  const double width = std::cbrt(24 * std::sqrt(M_PI) / 1000) * std::sqrt(square);
  EXPECT_EQ(double(layer<HistogramLayer>(plot(dir_ / "v.npy", o)).heights.size()),
            std::ceil((high - low) / width));
}

TEST_F(Plot, ManyPointsBecomeDensityMeansOrASample) {
  std::string text = "x,y,z,c\n";
  for (int i = 0; i < 3000; ++i)
    text += std::to_string(i * 7919 % 3000) + "," + std::to_string(i % 100) + "," + std::to_string(i % 2) +
            (i % 3 == 0 ? ",p\n" : ",q\n");
  const std::string table = file("m.csv", text);
  PlotOptions o;
  o.x = "x", o.y = {"y"}, o.kind = PlotKind::kScatter, o.dots = 500;
  PlotSummary s = plot(table, o);
  EXPECT_EQ(s.form, "density");
  double points = 0;
  for (const double cell : layer<ImageLayer>(s).cells) points += cell;
  EXPECT_EQ(points, 3000);
  o.color = "z";
  s = plot(table, o);
  EXPECT_EQ(s.form, "means of z in cells");
  for (const double cell : layer<ImageLayer>(s).cells)
    if (!std::isnan(cell)) EXPECT_TRUE(cell >= 0 && cell <= 1);
  o.color = "c";
  s = plot(table, o);
  EXPECT_EQ(s.form, "a sample of the points");
  const double p = double(layer<ScatterLayer>(s, 0).x.size()), q = double(layer<ScatterLayer>(s, 1).x.size());
  EXPECT_NEAR(p + q, 500, 80);
  EXPECT_NEAR(q / p, 2, 0.6);
  o.dots = 3000, o.color = "";
  EXPECT_EQ(plot(table, o).form, "");
}

TEST_F(Plot, LongLinesKeepTheirExtremes) {
  std::vector<float> values(300000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(float(i) * 0.01f);
  values[123456] = 50, values[223456] = -60;
  PlotOptions o;
  o.y = {"0"};
  const PlotSummary s = plot(npy("l.npy", "<f4", 300000, 1, values), o);
  const LineLayer& line = layer<LineLayer>(s);
  EXPECT_LT(line.x.size(), 10000u);
  EXPECT_EQ(s.points, 300000);
  for (const auto& [x, y] : {std::pair{123456.0, 50.0}, {223456.0, -60.0}, {0.0, 0.0}}) {
    const auto found = std::find(line.x.begin(), line.x.end(), x);
    ASSERT_NE(found, line.x.end()) << x;
    EXPECT_EQ(line.y[std::size_t(found - line.x.begin())], y);
  }
  EXPECT_EQ(line.x.back(), 299999);
}

TEST(Envelope, PointsOfAColumnInAnyOrder) {
  plot_detail::Envelope envelope(0, 4, 2, false);
  for (const auto& [x, y] : {std::pair{1.5, 5.0}, {0.5, -2.0}, {1.0, 3.0}, {0.0, 1.0}}) envelope.add(x, y);
  envelope.add_gap(3);
  LineLayer line;
  envelope.append_to(line);
  EXPECT_EQ(std::vector<double>(line.x.begin(), line.x.begin() + 3), (std::vector<double>{0, 0.5, 1.5}));
  EXPECT_TRUE(std::isnan(line.y.back()));
}

TEST_F(Plot, MatricesOfAnyOrderAndType) {
  std::vector<double> rows;  // 4 x 6, value = 10 * row + column
  for (int r = 0; r < 4; ++r)
    for (int c = 0; c < 6; ++c) rows.push_back(10 * r + c);
  std::vector<double> columns;
  for (int c = 0; c < 6; ++c)
    for (int r = 0; r < 4; ++r) columns.push_back(10 * r + c);
  const std::vector<std::int16_t> shorts(rows.begin(), rows.end());
  for (const std::string& name :
       {npy("c.npy", "<f8", 4, 6, rows), npy("f.npy", "<f8", 4, 6, columns, true),
        npy("b.npy", ">f8", 4, 6, rows, false, true), npy("s.npy", ">i2", 4, 6, shorts, false, true)}) {
    const PlotSummary whole = plot(name);
    EXPECT_EQ(whole.kind, PlotKind::kHeat);
    EXPECT_EQ(layer<ImageLayer>(whole).cells, rows) << name;
    PlotOptions o;
    o.x = "5", o.y = {"1", "0"}, o.kind = PlotKind::kScatter;
    const PlotSummary points = plot(name, o);
    EXPECT_EQ(layer<ScatterLayer>(points, 0).x, (std::vector<double>{5, 15, 25, 35})) << name;
    EXPECT_EQ(layer<ScatterLayer>(points, 0).y, (std::vector<double>{1, 11, 21, 31}));
    EXPECT_EQ(layer<ScatterLayer>(points, 1).y, (std::vector<double>{0, 10, 20, 30}));
  }
}

TEST_F(Plot, LogarithmicAxesLeaveOutWhatHasNoPlace) {
  PlotOptions o;
  o.x = "a", o.y = {"b"}, o.log_x = o.log_y = true;
  const PlotSummary s = plot(file("g.csv", "a,b\n1,1\n0,1\n10,-1\n100,inf\n10,10\n"), o);
  EXPECT_EQ(s.points, 2);
  EXPECT_EQ(s.not_positive, 2);
  EXPECT_EQ(s.missing, 1);
}

TEST_F(Plot, MemoryStaysWithinTheBudget) {
  std::vector<double> values(3000000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::cos(double(i) * 0.1);
  const std::string name = npy("big.npy", "<f8", 1000000, 3, values);
  PlotOptions o;
  o.x = "0", o.y = {"1"}, o.kind = PlotKind::kScatter;
  memory_ = 48 << 20;  // not enough to keep two columns in a quarter of it
  const PlotSummary small = plot(name, o);
  EXPECT_LE(small.run.memory_peak, memory_);
  memory_ = 1 << 30;
  const PlotSummary large = plot(name, o);
  EXPECT_GT(large.run.memory_peak, 16000000u);  // kept
  EXPECT_EQ(layer<ImageLayer>(small).cells, layer<ImageLayer>(large).cells);
}

TEST_F(Plot, RefusesWhatMakesNoSense) {
  const std::string table = file("r.csv", "alpha,beta,kind\n1,2,u\n2,3,v\n");
  const auto refused = [&](const PlotOptions& o, const std::string& part) {
    try {
      plot(table, o);
      ADD_FAILURE() << "no error: " << part;
    } catch (const Error& error) {
      EXPECT_NE((error.what() + std::string(" ") + error.advice()).find(part), std::string::npos)
          << error.what();
    }
  };
  refused({}, "which columns?");
  PlotOptions o;
  o.x = "alhpa";
  refused(o, "did you mean alpha?");
  o.x = "kind";
  refused(o, "found categories");
  o.x = "alpha", o.y = {"beta"}, o.color = "beta", o.kind = PlotKind::kLine;
  refused(o, "found numbers");
  o.color = "", o.y_error = "beta";
  refused(o, "error bars are of points");
  o.y_error = "", o.kind = PlotKind::kHistogram;
  refused(o, "--kind hist: expected one column");
  o = {};
  o.y = {"alpha", "beta"}, o.color = "kind";
  refused(o, "--color: expected one --y, found 2");
}

}  // namespace
}  // namespace sluice
