// Generated light curves: the same bytes at any threads and memory, the same numbers in a table, a folder and
// a database, what the shapes promise, restarts, and what is refused.
#include "host/generate_lightcurves.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "host/generate/drawn_curve.h"
#include "lc_support.h"

namespace sluice {
namespace {

using namespace lc_test;
namespace fs = std::filesystem;

GenerateLightcurvesOptions survey(const std::string& output, std::int64_t objects = 60) {
  GenerateLightcurvesOptions o;
  o.objects = objects, o.least = 5, o.most = 300, o.seed = 3, o.output = output;
  return o;
}

TEST(GenerateLightcurves, SameBytesAtAnyThreadsAndMemory) {
  Folder folder;
  std::map<std::string, std::string> want;
  for (const int threads : {1, 3})
    for (const std::uint64_t memory : {std::uint64_t(16) << 20, std::uint64_t(256) << 20}) {
      RunOptions run = run_in(memory, threads);
      run.force = true;
      for (const std::string name : {"t.csv", "t.db"}) {
        const GenerateLightcurvesSummary s = generate_lightcurves(survey(folder / name), run);
        EXPECT_EQ(s.shapes[0] + s.shapes[1] + s.shapes[2], 60);
        EXPECT_LE(s.run.memory_peak, memory);
        const std::string found = get(folder / name);
        EXPECT_EQ(s.bytes, found.size());
        if (want[name].empty()) want[name] = found;
        EXPECT_TRUE(found == want[name]) << name << ", " << threads << " threads, " << memory;
      }
    }
  generate_lightcurves(survey(folder / "few.csv", 10), run_in());
  const std::string few = get(folder / "few.csv");
  EXPECT_EQ(want["t.csv"].substr(0, few.size()), few) << "an object depends on how many there are";
  GenerateLightcurvesOptions other = survey(folder / "other.csv", 10);
  other.seed = 4;
  generate_lightcurves(other, run_in());
  EXPECT_NE(get(folder / "other.csv"), few);
}

TEST(GenerateLightcurves, TableFolderAndDatabaseHoldTheSame) {
  Folder folder;
  GenerateLightcurvesOptions o = survey(folder / "t.csv");
  generate_lightcurves(o, run_in());
  o.output = folder / "t/";
  const GenerateLightcurvesSummary s = generate_lightcurves(o, run_in());
  o.output = folder / "t.db";
  generate_lightcurves(o, run_in());
  IngestOptions table = into(folder / "from_table.db", {folder / "t.csv"});
  table.labels = folder / "t.labels.csv";
  ingest(table, run_in());
  ingest(into(folder / "from_folder.db", {folder / "t"}), run_in());
  const auto rows = [&](const std::string& name) {
    return sql(folder / name,
               "SELECT objId, pb, printf('%!.17g|%!.17g|%!.17g', t, flux, dflux) FROM rawPhot ORDER BY "
               "objId, pb, t") +
           sql(folder / name, "SELECT objId, label FROM lcLabels ORDER BY objId");
  };
  const std::string want = rows("t.db");
  EXPECT_EQ(std::count(want.begin(), want.end(), '\n'), s.rows + 60);
  EXPECT_TRUE(rows("from_table.db") == want);
  EXPECT_TRUE(rows("from_folder.db") == want);
  expect_sound(folder / "t.db");
}

TEST(GenerateLightcurves, ShapesScatterByTheirErrors) {
  const Survey survey{5, "ugriz", 400, 600};
  std::vector<DrawnRow> rows;
  std::set<CurveShape> shapes;
  double squares = 0, n = 0;
  std::int64_t unsorted = 0, negative = 0;
  for (std::int64_t object = 1; object <= 60; ++object) {
    const CurveFacts facts = facts_of(survey, object);
    draw_curve(survey, object, rows);
    ASSERT_EQ(std::int64_t(rows.size()), facts.points);
    ASSERT_TRUE(facts.points >= 400 && facts.points <= 600);
    shapes.insert(facts.shape);
    std::set<std::int64_t> times;
    double weight[5] = {}, sum[5] = {};
    for (const DrawnRow& row : rows) {
      times.insert(row.t);
      ASSERT_TRUE(row.band >= 0 && row.band < 5 && row.error > 0);
      negative += row.flux < 0;
      const double w = 1 / (row.error_value() * row.error_value());
      weight[row.band] += w, sum[row.band] += w * row.flux_value();
    }
    EXPECT_EQ(times.size(), rows.size()) << "two rows of one time";
    unsorted += !std::is_sorted(rows.begin(), rows.end(),
                                [](const DrawnRow& a, const DrawnRow& b) { return a.t < b.t; });
    if (facts.shape != CurveShape::kConstant) continue;
    for (const DrawnRow& row : rows) {
      const double pull = (row.flux_value() - sum[row.band] / weight[row.band]) / row.error_value();
      squares += pull * pull, ++n;
    }
  }
  EXPECT_EQ(shapes.size(), 3u);
  EXPECT_GT(unsorted, 10);
  EXPECT_LT(unsorted, 50);
  EXPECT_GT(negative, 100);
  EXPECT_NEAR(squares / n, 1, 0.05);
}

TEST(GenerateLightcurves, GoesOnAfterAStop) {
  Folder folder;
  struct StopsInTheMidst : Observer {
    std::atomic<bool>& stop;
    explicit StopsInTheMidst(std::atomic<bool>& flag) : stop(flag) {}
    void progress(double done) override { stop = stop || done > 500; }
  };
  const auto options = [&](const char* name) { return survey(folder / name, 3000); };
  generate_lightcurves(options("whole.csv"), run_in());
  std::atomic<bool> stop{false};
  StopsInTheMidst observer(stop);
  RunOptions run = run_in();
  run.stop = &stop, run.observer = &observer, run.checkpoint_seconds = 0;
  EXPECT_EQ(caught([&] { generate_lightcurves(options("t.csv"), run); }).kind, ErrorKind::kInterrupted);
  EXPECT_FALSE(fs::exists(folder / "t.csv"));
  RunOptions again = run_in();
  again.resume = true;
  const GenerateLightcurvesSummary s = generate_lightcurves(options("t.csv"), again);
  EXPECT_TRUE(s.run.resumed);
  EXPECT_TRUE(get(folder / "t.csv") == get(folder / "whole.csv"));
  stop = false;
  EXPECT_EQ(caught([&] { generate_lightcurves(options("t/"), run); }).kind, ErrorKind::kInterrupted);
  EXPECT_FALSE(fs::exists(folder / "t"));
  generate_lightcurves(survey(folder / "t/", 20), run_in());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "t"), {}), 20);
  // What is done is left as it is; a stale journal is not played into what replaces its database.
  generate_lightcurves(survey(folder / "t/", 20), again);
  generate_lightcurves(survey(folder / "t.db", 20), run_in());
  generate_lightcurves(survey(folder / "t.db", 20), again);
  EXPECT_EQ(caught([&] { generate_lightcurves(survey(folder / "t.db", 21), again); }).kind,
            ErrorKind::kOutput);
  put(folder / "t.db-journal", "left behind");
  RunOptions force = run_in();
  force.force = true;
  generate_lightcurves(survey(folder / "t.db", 21), force);
  EXPECT_FALSE(fs::exists(folder / "t.db-journal"));
  expect_sound(folder / "t.db");
  {
    sqlite::Database busy(folder / "t.db", sqlite::Database::Mode::kWrite);
    const sqlite::Transaction working(busy);
    EXPECT_EQ(caught([&] { generate_lightcurves(survey(folder / "t.db", 22), force); }).kind,
              ErrorKind::kOutput);
  }
  EXPECT_EQ(sql(folder / "t.db", "SELECT count(*) FROM objects"), "21\n");
}

TEST(GenerateLightcurves, WhatIsRefused) {
  Folder folder;
  const auto refused = [&](const std::function<void(GenerateLightcurvesOptions&)>& change, ErrorKind kind,
                           const std::string& part) {
    GenerateLightcurvesOptions o = survey(folder / "x.csv");
    change(o);
    const Caught error = caught([&] { generate_lightcurves(o, run_in()); });
    EXPECT_EQ(error.kind, kind) << error.what;
    EXPECT_NE(error.what.find(part), std::string::npos) << error.what;
  };
  const ErrorKind usage = ErrorKind::kUsage, output = ErrorKind::kOutput;
  refused([](auto& o) { o.objects = -1; }, usage, "--objects is missing");
  refused([](auto& o) { o.objects = 0; }, usage, "--objects");
  refused([](auto& o) { o.least = 0; }, usage, "--points");
  refused([](auto& o) { o.least = 301; }, usage, "--points");
  refused([](auto& o) { o.most = 2000000; }, usage, "--points");
  refused([](auto& o) { o.bands = ""; }, usage, "--bands");
  refused([](auto& o) { o.bands = "gg"; }, usage, "twice");
  refused([](auto& o) { o.bands = "g,r"; }, usage, "letters");
  refused([](auto& o) { o.output = ""; }, usage, "output");
  refused([&](auto& o) { o.output = folder / "x.npy"; }, usage, ".npy");
  fs::create_directory(folder / "mine");
  put(folder / "mine/notes.txt", "mine");
  RunOptions force = run_in();
  force.force = true;
  const Caught kept = caught([&] { generate_lightcurves(survey(folder / "mine/"), force); });
  EXPECT_EQ(kept.kind, output);
  EXPECT_NE(kept.what.find("notes.txt"), std::string::npos) << kept.what;
  EXPECT_TRUE(fs::exists(folder / "mine/notes.txt"));
  put(folder / "y.csv", "mine");
  refused([&](auto& o) { o.output = folder / "y.csv"; }, output, "exists");
  put(folder / "x.labels.csv", "mine");
  refused([](auto&) {}, output, "x.labels.csv");
}

}  // namespace
}  // namespace sluice
