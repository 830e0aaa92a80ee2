// Features from end to end: files and stores in, tables and files out. The real curves' known answers, the
// same bytes at any threads and memory, what is refused, and pictures of objects.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "host/inspect.h"
#include "host/lc/features_run.h"
#include "host/lc/picture.h"
#include "host/lc/plot.h"
#include "lc_support.h"

namespace sluice {
namespace {

using namespace lc_test;

FeaturesRunOptions features_of(const std::string& database, const std::string& list = "base") {
  FeaturesRunOptions o;
  o.database = database;
  o.features.features = parse_features(list);
  return o;
}

/// Twelve objects of 35 rows each, and one of a single point; one object has rows of u only.
std::string small_survey(const Folder& folder) {
  std::vector<Line> lines;
  for (std::int64_t object = 1; object <= 12; ++object)
    for (const Line& line : lines_of(object, 36)) lines.push_back(line);
  lines.push_back({20, 56000, 'g', 5, 1});
  lines.push_back({21, 56000, 'u', 5, 1});
  put(folder / "lc.csv", csv_of(lines));
  ingest(into(folder / "lc.db", {folder / "lc.csv"}), run_in());
  return folder / "lc.db";
}

TEST(LcRun, RealCurvesThroughSql) {
  const char* const data = std::getenv("SLUICE_REAL_DATA");
  if (data == nullptr) GTEST_SKIP() << "SLUICE_REAL_DATA is not set";
  Folder folder;
  const std::string db = folder / "survey.db";
  const IngestSummary in =
      ingest(into(db, {std::string(data) + "/antares/training_set_for_LSST_DSFP"}), run_in());
  EXPECT_EQ(in.added.rows, 17744);
  EXPECT_EQ(sql(db, "SELECT pb, count(*) FROM rawPhot GROUP BY pb"),
            "g|4063\ni|3765\nr|3982\nu|2528\nz|3406\n");
  for (const std::string device : {"cpu", "serial"}) {
    RunOptions run = run_in();
    run.device = device, run.force = true;
    FeaturesRunOptions o = features_of(db);
    const FeaturesRunSummary s = run_features(o, run);
    EXPECT_EQ(s.objects, 100);
    EXPECT_EQ(s.rows, 4063 + 3982 + 3765 + 3406);
    EXPECT_EQ(s.other_rows, 2528);
    EXPECT_EQ(s.bad + s.cut, 0);
    EXPECT_EQ(sql(db, "SELECT count(*) FROM lcFeats"), "100\n");
    EXPECT_EQ(sql(db, "SELECT objId FROM lcFeats WHERE gAmp > 2 ORDER BY objId"),
              "1\n2\n3\n6\n7\n12\n16\n19\n20\n");
    EXPECT_EQ(sql(db, "SELECT objId FROM lcFeats WHERE gMinusR IS NULL"), "9\n13\n");
    const auto near = [&](const std::string& expression, double expected, double relative) {
      const double found = std::stod(sql(db, "SELECT printf('%!.17g', " + expression + ") FROM lcFeats" +
                                                 (expression.find("sum(") == 0 ? "" : " WHERE objId = 10")));
      EXPECT_NEAR(found, expected, relative * std::fabs(expected)) << device << ": " << expression;
    };
    near("gMinusR", 1.0482149815586848, 1e-12);
    near("rMinusI", -0.19143662345508686, 1e-12);
    near("iMinusZ", -0.1929740497701562, 1e-12);
    struct Sums {
      const char* feature;
      double bands[4];
    };
    const Sums sums[] = {{"Std", {35.176462146, 20.365062350, 19.221823232, 17.860157406}},
                         {"Amp", {105.483364929, 71.348786097, 67.934001351, 63.694140981}},
                         {"MAD", {9675.226359, 17936.112417, 29120.430909, 66525.334462}},
                         {"Beyond", {36.852824516, 34.803295716, 34.082008685, 33.277726079}},
                         {"Skew", {24.651287075, -.301476422, -24.411126146, -5.177618720}}};
    for (const Sums& sum : sums)
      for (int b = 0; b < 4; ++b)
        near(std::string("sum(") + "griz"[b] + sum.feature + ")", sum.bands[b], 2e-9);
    o.missing = -999;
    run_features(o, run);
    EXPECT_EQ(sql(db, "SELECT count(*) FROM lcFeats WHERE gMinusR = -999"), "2\n");
    EXPECT_EQ(sql(db, "SELECT count(*) FROM lcFeats WHERE gMinusR IS NULL"), "0\n");
  }
  expect_sound(db);
}

TEST(LcRun, TablesFilesAndDirectFilesAgree) {
  Folder folder;
  const std::string db = small_survey(folder);
  const FeaturesRunSummary tables = run_features(features_of(db, "all"), run_in());
  ASSERT_EQ(tables.tables.size(), 2u);
  EXPECT_EQ(tables.tables[0].name, "lcFeats");
  EXPECT_EQ(tables.tables[1].name, "lcFieldFeats");
  EXPECT_EQ(tables.objects, 14);
  EXPECT_EQ(sql(db, "SELECT gStd, gAmp, gMAD, gBeyond, gSkew, rAmp, gMinusR FROM lcFeats WHERE objId = 20"),
            "NULL|0.0|0.0|0.0|NULL|NULL|NULL\n");
  EXPECT_EQ(sql(db, "SELECT gAmp, zMAD FROM lcFeats WHERE objId = 21"), "NULL|NULL\n");
  expect_sound(db);

  FeaturesRunOptions o = features_of(db, "base");
  std::string csv, again;
  for (const bool direct : {false, true}) {
    for (const char* name : {"f.csv", "f.npy", "f.h5"}) {
      o.output = folder / name;
      RunOptions run = run_in(direct ? 24 << 20 : 64 << 20, direct ? 1 : 2);
      run.force = true;
      FeaturesRunOptions from = o;
      if (direct) from.database.clear(), from.files.inputs = {folder / "lc.csv"};
      const FeaturesRunSummary s = run_features(from, run);
      EXPECT_EQ(s.objects, 14);
      EXPECT_EQ(s.other_rows, 12 * 8 + 1);
      EXPECT_LE(s.run.memory_peak, run.memory);
      (direct ? again : csv) += get(folder / name);
    }
  }
  EXPECT_TRUE(csv == again) << "threads, memory or the way in change bytes";
  // The same numbers in the text, the matrix and the table.
  const std::string npy = get(folder / "f.npy");
  std::vector<double> values((npy.size() - 4096) / 8);
  std::memcpy(values.data(), npy.data() + 4096, values.size() * 8);
  ASSERT_EQ(values.size(), 14u * 24u);
  EXPECT_EQ(values[0], 1);
  EXPECT_TRUE(std::isnan(values[12 * 24 + 1]));
  EXPECT_EQ(sql(db, "SELECT printf('%!.17g', gStd) FROM lcFeats WHERE objId = 3"), [&] {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g\n", values[2 * 24 + 1]);
    return std::string(text);
  }());
  EXPECT_EQ(csv.substr(0, 20), "objId,gStd,rStd,iStd");
  EXPECT_NE(csv.find("\n20,,"), std::string::npos) << "undefined values are empty";
  o.missing = -999, o.output = folder / "m.csv";
  run_features(o, run_in());
  EXPECT_NE(get(folder / "m.csv").find("\n20,-999.0,"), std::string::npos);
}

TEST(LcRun, CutsBandsAndSets) {
  Folder folder;
  const std::string db = small_survey(folder);
  FeaturesRunOptions o = features_of(db, "Amp,ObservationCount");
  o.bands = {"z", "u"}, o.bands_given = true;
  o.features.from = 56002, o.features.to = 56005;
  run_features(o, run_in());
  EXPECT_EQ(sql(db, "SELECT name FROM pragma_table_info('lcFeats')"), "objId\nzAmp\nuAmp\n");
  EXPECT_EQ(sql(db,
                "SELECT CAST(sum(zObservationCount) AS INTEGER), CAST(sum(uObservationCount) AS INTEGER) "
                "FROM lcFieldFeats"),
            sql(db, "SELECT sum(pb = 'z'), sum(pb = 'u') FROM rawPhot WHERE t >= 56002 AND t <= 56005"));
  IngestOptions test = into(db, {folder / "lc.csv"});
  test.set = "test";
  ingest(test, run_in());
  o = features_of(db);
  o.set = "test";
  run_features(o, run_in());
  EXPECT_EQ(sql(db, "SELECT count(*) FROM testFeats"), "14\n");
}

TEST(LcRun, ErrorsAreOfTheWholeInput) {
  Folder folder;
  std::string csv = "object_id,mjd,passband,flux,flux_err\n";
  for (int object = 1; object <= 4000; ++object)
    for (int i = 0; i < 60; ++i)
      csv += std::to_string(object) + "," + std::to_string(56000 + i) + ",g," +
             std::to_string(10 + (i * 7 + object) % 13) + (object < 3000 ? ",\n" : ",0.5\n");
  put(folder / "e.csv", csv);
  ingest(into(folder / "e.db", {folder / "e.csv"}), run_in());
  std::string want;
  for (const std::uint64_t memory : {std::uint64_t(16) << 20, std::uint64_t(512) << 20})
    for (const bool direct : {false, true}) {
      FeaturesRunOptions o = features_of(folder / "e.db");
      if (direct) o.database.clear(), o.files.inputs = {folder / "e.csv"};
      o.bands = {"g"}, o.bands_given = true, o.output = folder / "e.out.csv";
      RunOptions run = run_in(memory);
      run.force = true;
      const FeaturesRunSummary s = run_features(o, run);
      EXPECT_EQ(s.bad, 2999 * 60);
      const std::string found = get(o.output);
      if (want.empty()) want = found;
      EXPECT_TRUE(found == want) << memory << (direct ? ", files" : ", store");
    }
}

TEST(LcRun, WhatIsRefused) {
  Folder folder;
  const std::string db = small_survey(folder);
  FeaturesRunOptions o = features_of(db);
  run_features(o, run_in());
  const std::string before = get(db);
  const auto refused = [&](const FeaturesRunOptions& options, ErrorKind kind, const std::string& part) {
    const Caught error = caught([&] { run_features(options, run_in()); });
    EXPECT_EQ(error.kind, kind) << error.what;
    EXPECT_NE(error.what.find(part), std::string::npos) << error.what;
    EXPECT_EQ(error.what.find('\n'), std::string::npos) << error.what;
  };
  refused(o, ErrorKind::kOutput, "lcFeats");
  FeaturesRunOptions bad = o;
  bad.bands = {"g", "x"}, bad.bands_given = true;
  refused(bad, ErrorKind::kInput, "'x'");
  bad = o, bad.set = "test";
  refused(bad, ErrorKind::kInput, "test");
  bad = o, bad.output = folder / "f.parquet";
  refused(bad, ErrorKind::kUsage, ".parquet");
  bad = o, bad.output = folder / "lc.csv";
  refused(bad, ErrorKind::kOutput, "exists");
  bad = o, bad.database = folder / "lc.csv";
  refused(bad, ErrorKind::kOutput, "lc.csv");
  bad = o, bad.database = folder / "none.db";
  refused(bad, ErrorKind::kInput, "none.db");
  bad = o, bad.database.clear(), bad.files.inputs = {folder / "lc.csv"};
  refused(bad, ErrorKind::kUsage, "-o");
  EXPECT_TRUE(get(db) == before) << "a run that was refused changed the database";
  RunOptions stop = run_in();
  const std::atomic<bool> stopped{true};
  stop.stop = &stopped, stop.force = true;
  EXPECT_EQ(caught([&] { run_features(o, stop); }).kind, ErrorKind::kInterrupted);
  EXPECT_EQ(sql(db, "SELECT count(*) FROM lcFeats"), "14\n");
  expect_sound(db);
}

TEST(LcPlot, ObjectsOfAStoreAndOfFiles) {
  Folder folder;
  const std::string db = small_survey(folder);
  LcPlotOptions o;
  o.database = db, o.objects = {"3"}, o.bands = {"g", "r"};
  o.outputs = {folder / "a.png", folder / "a.svg", folder / "a.html"};
  o.width = 500, o.height = 400;
  const LcPlotSummary s = plot_curves(o, run_in());
  EXPECT_EQ(s.points, 14);
  EXPECT_EQ(s.objects, std::vector<std::int64_t>{3});
  const std::string svg = get(folder / "a.svg");
  EXPECT_NE(svg.find("14 points of 1 object in the bands g, r."), std::string::npos);
  LcPlotOptions files = o;
  files.database.clear(), files.files.inputs = {folder / "lc.csv"};
  files.title = "3";
  files.outputs = {folder / "b.svg"};
  EXPECT_EQ(plot_curves(files, run_in()).points, 14);
  o.objects = {"5", "2", "20"}, o.bands.clear(), o.outputs = {folder / "sheet.png"};
  const LcPlotSummary sheet = plot_curves(o, run_in());
  EXPECT_EQ(sheet.objects, (std::vector<std::int64_t>{5, 2, 20}));
  EXPECT_EQ(sheet.points, 73);
  EXPECT_EQ(sheet.bands, (std::vector<std::string>{"u", "g", "r", "i", "z"}));
  const auto refused = [&](LcPlotOptions options, ErrorKind kind, const std::string& part) {
    options.outputs = {folder / "x.png"};
    const Caught error = caught([&] { plot_curves(options, run_in()); });
    EXPECT_EQ(error.kind, kind) << error.what;
    EXPECT_NE(error.what.find(part), std::string::npos) << error.what;
  };
  o.objects = {"77"};
  refused(o, ErrorKind::kInput, "77");
  files.objects = {"77"};
  refused(files, ErrorKind::kInput, "77");
  o.objects = {"3", "03"};
  refused(o, ErrorKind::kUsage, "twice");
  o.objects = {"3"}, o.bands = {"Q"};
  refused(o, ErrorKind::kInput, "'Q'");
}

TEST(LcPlot, BandsLookTheSameOnEveryPicture) {
  const auto looks = looks_of({"z", "g", "w1", "w2"});
  EXPECT_TRUE(looks[0].color == looks_of({"z"})[0].color);
  for (std::size_t a = 0; a < looks.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) EXPECT_FALSE(looks[a].color == looks[b].color) << a << " " << b;
  Curves curves;
  curves.bands = {"g", "r"}, curves.objects = {4}, curves.starts = {0, 2, 3};
  curves.t = {1, 2, 3}, curves.flux = {0, 10, 5}, curves.error = {1, 100, 1};
  const picture::Figure figure = figure_of(curves, {"", {"object 4"}});
  ASSERT_EQ(figure.panels.size(), 1u);
  EXPECT_EQ(figure.title, "object 4");
  Curves empty = curves;
  for (double& flux : empty.flux) flux = std::nan("");
  EXPECT_EQ(figure_of(empty, {"", {"object 4"}}).panels[0].empty, "no points in these bands");
  EXPECT_EQ(figure.panels[0].layers.size(), 2u);
  // Points span 10: the bar of 100 may add half of that to either side, and there is a margin.
  EXPECT_NEAR(figure.panels[0].y.high, 15.64, 1.2);
  EXPECT_LT(figure.panels[0].y.high, 17);
}

}  // namespace
}  // namespace sluice
