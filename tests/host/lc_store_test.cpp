// The store: what ingest puts where, ingest in parts and again, conflicts, other sets, labels, features,
// curves back, and databases that are locked, foreign, newer, corrupted. The real curves' counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "lc_support.h"

namespace sluice {
namespace {

using namespace lc_test;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class LcStore : public testing::Test {
 protected:
  IngestSummary add(const std::string& input, OnConflict on_conflict = OnConflict::kFail,
                    const std::string& set = "train") {
    IngestOptions options = into(database_, {input});
    options.on_conflict = on_conflict;
    options.set = set;
    const IngestSummary summary = ingest(options, run_in());
    EXPECT_EQ(summary.read.rows, summary.added.rows + summary.added.same + summary.added.replaced);
    return summary;
  }
  std::string rows() {
    return sql(database_, "SELECT objId, pb, t, flux, dflux FROM rawPhot ORDER BY objId, pb, t, id");
  }
  Folder folder_;
  std::string database_ = folder_ / "survey.db";
};

TEST_F(LcStore, TablesAsDocumented) {
  put(folder_ / "A3.dat", "#zgal:0.5\n#label:Ia\nt pb flux dflux\n2 r 1 2\n1 r -3.5 nan\n1 g NA 4\n");
  put(folder_ / "A20.dat", "t pb flux dflux\n");
  const IngestSummary summary = add(folder_ / "");
  EXPECT_EQ(add(folder_ / "").read.files, 2) << "the database is no input";
  EXPECT_EQ(sql(database_, "SELECT * FROM objects"),
            "3|A3|{\"zgal\": 0.5, \"label\": \"Ia\"}\n20|A20|NULL\n");
  EXPECT_EQ(sql(database_, "SELECT * FROM rawPhot"),
            "1|3|1.0|g|NULL|4.0\n2|3|1.0|r|-3.5|NULL\n3|3|2.0|r|1.0|2.0\n");
  EXPECT_EQ(sql(database_, "SELECT * FROM lcLabels"), "3|Ia\n");
  EXPECT_EQ(sql(database_, "SELECT json_extract(metadata, '$.zgal') FROM objects WHERE objId = 3"), "0.5\n");
  EXPECT_EQ(sql(database_, "SELECT seqno, name FROM pragma_index_info('rawPhot_curve')"),
            "0|objId\n1|pb\n2|t\n");
  EXPECT_EQ(sql(database_, "SELECT \"table\", \"from\", \"to\" FROM pragma_foreign_key_list('rawPhot')"),
            "objects|objId|objId\n");
  expect_sound(database_);
  EXPECT_EQ(folder_.files(), 3u) << "no journal is left";
  EXPECT_EQ(summary.added.rows, 3);
  EXPECT_EQ(summary.objects, 2);
  EXPECT_EQ(summary.bands, (decltype(summary.bands){{"g", 1}, {"r", 2}}));
  // References hold for whoever turns enforcement on.
  sqlite::Database db(database_, sqlite::Database::Mode::kWrite);
  db.execute("PRAGMA foreign_keys = ON");
  EXPECT_THROW(db.execute("INSERT INTO rawPhot(objId, t, pb) VALUES (99, 1, 'g')"), sqlite::DatabaseError);
  EXPECT_THROW(db.execute("DELETE FROM objects WHERE objId = 3"), sqlite::DatabaseError);
}

TEST_F(LcStore, PartsInAnyOrderAreTheWhole) {
  std::vector<Line> all;
  for (int i = 0; i < 60; ++i)
    for (const Line& line : lines_of(i, 50)) all.push_back(line);
  put(folder_ / "all.csv", csv_of(all));
  add(folder_ / "all.csv");
  const std::string want = content(database_);
  // Every object in every part, parts overlapping; the last one has all again.
  std::stable_sort(all.begin(), all.end(), [](const Line& a, const Line& b) { return a.flux < b.flux; });
  database_ = folder_ / "parts.db";
  std::int64_t same = 0;
  for (int part = 0; part < 5; ++part) {
    const std::size_t first = std::size_t(part) * 600, last = std::min(all.size(), first + 700);
    put(folder_ / "part.csv",
        csv_of({all.begin() + std::ptrdiff_t(first), all.begin() + std::ptrdiff_t(last)}));
    same += add(folder_ / "part.csv").added.same;
  }
  EXPECT_EQ(same, 400);
  EXPECT_EQ(content(database_), want);
  const IngestSummary again = add(folder_ / "all.csv");
  EXPECT_EQ(again.added.same, 3000);
  EXPECT_EQ(again.added.rows + again.added.objects, 0);
  EXPECT_EQ(content(database_), want);
  expect_sound(database_);
  // The same rows as files of an object each, within little memory and so in many batches.
  for (int i = 0; i < 60; ++i) put(folder_ / ("o" + std::to_string(i) + ".dat"), text_of(lines_of(i, 50)));
  IngestOptions options = into(folder_ / "files.db", {folder_ / "o*.dat"});
  const IngestPlan plan = plan_ingest(options, run_in(1 << 20));
  EXPECT_EQ(plan.files, 60);
  EXPECT_FALSE(plan.object_column || plan.database_exists);
  const IngestSummary files = ingest(options, run_in(1 << 20));
  EXPECT_GT(2 * plan.database_bytes, files.bytes);
  EXPECT_LT(plan.database_bytes, 2 * files.bytes);
  EXPECT_GT(files.batches, 1);
  EXPECT_LE(files.run.memory_peak, 1u << 20);
  const std::string rows = "SELECT objId, t, pb, flux, dflux FROM rawPhot ORDER BY objId, pb, t";
  EXPECT_EQ(sql(options.output, rows), sql(database_, rows));
}

TEST_F(LcStore, OtherValuesOfTheSameTime) {
  put(folder_ / "a.csv", "object,t,pb,flux,dflux\n1,1,g,1,1\n1,2,g,2,\n2,1,g,1,1\n");
  add(folder_ / "a.csv");
  const std::string before = content(database_);
  const std::string other =
      put(folder_ / "b.csv", "object,t,pb,flux,dflux\n3,1,g,9,9\n1,2,g,2.5,\n1,1,g,1,1\n1,3,g,7,7\n");
  const Caught error = caught([&] { add(other); });
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_EQ(error.what, other + ": other values of object 1, band g, t 2: expected 2 as stored, found 2.5");
  EXPECT_EQ(error.advice, "--on-conflict replace takes the new values, keep both");
  EXPECT_EQ(content(database_), before) << "the batch is not there at all";
  const IngestSummary replaced = add(other, OnConflict::kReplace);
  EXPECT_EQ(replaced.added.replaced, 1);
  EXPECT_EQ(replaced.added.same, 1);
  EXPECT_EQ(rows(), "1|g|1.0|1.0|1.0\n1|g|2.0|2.5|NULL\n1|g|3.0|7.0|7.0\n2|g|1.0|1.0|1.0\n3|g|1.0|9.0|9.0\n");
  // Both stay, in the order in which they came; coming again, neither is new.
  const std::string both =
      put(folder_ / "c.csv", "object,t,pb,flux,dflux\n1,2,g,8,1\n1,2,g,2.5,\n1,2,g,8,1\n");
  EXPECT_EQ(add(both, OnConflict::kKeep).added.rows, 1);
  EXPECT_EQ(add(both, OnConflict::kKeep).added.same, 3);
  EXPECT_EQ(sql(database_, "SELECT flux FROM rawPhot WHERE objId = 1 AND t = 2 ORDER BY id"), "2.5\n8.0\n");
  // Within one file: the same rules.
  const std::string twice =
      put(folder_ / "d.csv", "object,t,pb,flux,dflux\n5,1,g,1,1\n5,1,g,1,1\n5,1,g,2,1\n");
  EXPECT_EQ(caught([&] { add(twice); }).what,
            twice + ": other values of object 5, band g, t 1: expected 1 +- 1 as in " + twice +
                " before, found 2 +- 1");
  EXPECT_EQ(add(twice, OnConflict::kReplace).added.replaced, 1);
  EXPECT_EQ(sql(database_, "SELECT flux FROM rawPhot WHERE objId = 5"), "2.0\n");
}

TEST_F(LcStore, NamesAndMetadataOfObjects) {
  put(folder_ / "A1.dat", "#z:1\nt pb flux\n1 g 1\n");
  add(folder_ / "A1.dat");
  const std::string other = put(folder_ / "B1.dat", "t pb flux\n1 g 1\n");
  EXPECT_EQ(caught([&] { add(other); }).what,
            other + ": is object 1 as 'A1' in " + database_ + " is: expected a number for each name");
  put(folder_ / "A1.dat", "#z:2\nt pb flux\n2 g 1\n");
  EXPECT_EQ(caught([&] { add(folder_ / "A1.dat"); }).kind, ErrorKind::kInput);
  add(folder_ / "A1.dat", OnConflict::kReplace);
  EXPECT_EQ(sql(database_, "SELECT * FROM objects"), "1|A1|{\"z\": 2}\n");
  // A table without names may add to it, and numbers by order go on behind those that are there.
  put(folder_ / "t.csv", "object,t,pb,flux\n1,3,g,1\n");
  EXPECT_EQ(add(folder_ / "t.csv").added.objects, 0);
  IngestOptions options =
      into(database_, {put(folder_ / "u.csv", "object,t,pb,flux\nnew,3,g,1\nA1,4,g,1\n")});
  options.read.id = "order";
  ingest(options, run_in());
  EXPECT_EQ(sql(database_, "SELECT objId, name FROM objects"), "1|A1\n2|new\n");
  EXPECT_EQ(sql(database_, "SELECT count(*) FROM rawPhot WHERE objId = 1"), "4\n");
  // A write-ahead log that another program wanted goes.
  sqlite::Database(database_, sqlite::Database::Mode::kWrite).execute("PRAGMA journal_mode = WAL");
  ingest(options, run_in());
  expect_sound(database_);
}

TEST_F(LcStore, SetsAndLabels) {
  put(folder_ / "A1.dat", text_of(lines_of(1, 20), "#label:Ia\n"));
  put(folder_ / "A2.dat", text_of(lines_of(2, 20)));
  add(folder_ / "A1.dat");
  add(folder_ / "A*.dat", OnConflict::kFail, "test");
  EXPECT_EQ(
      sql(database_,
          "SELECT count(*), (SELECT count(*) FROM testPhot), (SELECT count(*) FROM objects) FROM rawPhot"),
      "20|40|2\n");
  for (const char* set : {"", "Test", "raw", "lc", "a b", "1a"})
    EXPECT_EQ(caught([&] { add(folder_ / "A1.dat", OnConflict::kFail, set); }).kind, ErrorKind::kUsage)
        << set;
  const std::string labels = put(folder_ / "labels.csv", "object_id,class\n2,II\nA1,Ia\n");
  IngestOptions options = into(database_, {folder_ / "A1.dat"});
  options.labels = labels;
  EXPECT_EQ(ingest(options, run_in()).added.labels, 1);
  EXPECT_EQ(sql(database_, "SELECT * FROM lcLabels"), "1|Ia\n2|II\n");
  put(labels, "object_id,class\n2,Ic\n");
  EXPECT_EQ(caught([&] { ingest(options, run_in()); }).kind, ErrorKind::kInput);
  options.on_conflict = OnConflict::kReplace;
  ingest(options, run_in());
  EXPECT_EQ(sql(database_, "SELECT * FROM lcLabels"), "1|Ia\n2|Ic\n");
  put(labels, "object_id,class\n9,Ic\n");
  EXPECT_EQ(caught([&] { ingest(options, run_in()); }).what,
            database_ + ": no such object: '9'; it has 2 objects, from 1 to 2");
  const Store store = Store::open_to_read(database_);
  EXPECT_EQ(store.sets(), (std::vector<std::string>{"train", "test"}));
  EXPECT_EQ(store.find("A2"), 2);
  EXPECT_EQ(store.bands("test").size(), 5u);
  EXPECT_EQ(feature_table("train", "base"), "lcFeats");
  EXPECT_EQ(feature_table("test", "base"), "testFeats");
  EXPECT_EQ(feature_table("test", "field"), "testFieldFeats");
  expect_sound(database_);
}

TEST_F(LcStore, CurvesBackAndFeaturesIn) {
  std::vector<Line> all;
  for (int i = 0; i < 40; ++i)
    for (const Line& line : lines_of(i, 300)) all.push_back(line);
  put(folder_ / "all.csv", csv_of(all) + "99,1,Y,5,1\n");
  add(folder_ / "all.csv");
  Store store = Store::open_to_write(database_);
  std::vector<std::int64_t> objects;
  const auto sum = [&](const lc::Selection& selection, std::uint64_t memory, SelectedCounts& counts,
                       int& batches) {
    Budget budget(memory, "--memory");
    double total = 0;
    batches = 0;
    objects.clear();
    counts = read_curves(store, selection, run_in(), budget, [&](const Curves& c) {
      ++batches;
      objects.insert(objects.end(), c.objects.begin(), c.objects.end());
      ASSERT_EQ(c.starts.size(), c.objects.size() * c.bands.size() + 1);
      for (std::size_t o = 0; o < c.objects.size(); ++o)
        for (std::size_t b = 0; b < c.bands.size(); ++b)
          for (std::int64_t i = c.first(o, b); i < c.first(o, b) + c.count(o, b); ++i) {
            if (i > c.first(o, b)) {
              ASSERT_LE(c.t[std::size_t(i - 1)], c.t[std::size_t(i)]);
            }
            total += c.t[std::size_t(i)] * c.flux[std::size_t(i)] + double(b + 1) * c.error[std::size_t(i)];
          }
    });
    EXPECT_LE(budget.peak(), memory);
    return total;
  };
  double want = 0;
  for (const Line& l : all)
    want += l.band == 'r' || l.band == 'g' ? l.t * l.flux + (l.band == 'r' ? 1 : 2) * l.error : 0;
  lc::Selection selection;
  selection.bands = {"r", "g", "none"};
  SelectedCounts counts;
  int batches = 0;
  EXPECT_NEAR(sum(selection, 64 << 20, counts, batches), want, 1e-4);
  EXPECT_EQ(batches, 1);
  EXPECT_EQ(counts.objects, 41) << "an object of other bands alone comes too";
  EXPECT_EQ(counts.rows, 40 * 120);
  EXPECT_EQ(counts.other_rows, 40 * 180 + 1);
  EXPECT_EQ(counts.rows_by_band, (std::vector<std::int64_t>{2400, 2400, 0}));
  EXPECT_NEAR(sum(selection, 64 << 10, counts, batches), want, 1e-4);
  EXPECT_GT(batches, 5);
  EXPECT_TRUE(std::is_sorted(objects.begin(), objects.end()));
  EXPECT_EQ(caught([&] { sum(selection, 4 << 10, counts, batches); }).kind, ErrorKind::kMemory);
  selection.objects = {7, 99, 3, 7};
  sum(selection, 64 << 20, counts, batches);
  EXPECT_EQ(objects, (std::vector<std::int64_t>{3, 7, 99}));
  selection.objects = {1000};
  EXPECT_EQ(caught([&] { sum(selection, 64 << 20, counts, batches); }).what,
            database_ + ": no such object: '1000'; it has 41 objects, from 0 to 99");
  selection = {};
  selection.set = "test";
  EXPECT_EQ(caught([&] { sum(selection, 64 << 20, counts, batches); }).what,
            database_ + ": no such set: expected one of train, found 'test'");

  // Written while curves are read; then replaced; a writer that is given up changes nothing.
  const double ones[] = {1, 2, kNan}, twos[] = {kNan, 0.25, -1e300};
  const double* const values[] = {ones, twos, ones};
  const std::vector<std::int64_t> three = {3, 1, 99};
  {
    FeatureWriter writer(store, "lcFeats", {"rStd", "RStd", "gMinusR"}, std::nullopt, false);
    EXPECT_EQ(writer.columns(), (std::vector<std::string>{"rStd", "RStd_2", "gMinusR"}));
    EXPECT_EQ(writer.renamed(), std::vector<std::string>{"'RStd' is 'RStd_2'"});
    sum(lc::Selection(), 64 << 20, counts, batches);
    writer.add(three, values);
    EXPECT_EQ(writer.finish(), 3);
  }
  const std::string features = "1|2.0|0.25|2.0\n3|1.0|NULL|1.0\n99|NULL|-1.0e+300|NULL\n";
  EXPECT_EQ(sql(database_, "SELECT * FROM lcFeats"), features);
  EXPECT_EQ(caught([&] { FeatureWriter(store, "lcFeats", {"a"}, std::nullopt, false); }).what,
            database_ + ": has the table lcFeats already");
  { FeatureWriter given_up(store, "lcFeats", {"a"}, std::nullopt, true); }
  EXPECT_EQ(sql(database_, "SELECT * FROM lcFeats"), features);
  FeatureWriter replaced(store, "lcFeats", {"a"}, -999.0, true);
  replaced.add(three, {values, 1});
  replaced.finish();
  EXPECT_EQ(sql(database_, "SELECT * FROM lcFeats"), "1|2.0\n3|1.0\n99|-999.0\n");
  FeatureWriter foreign(store, "otherFeats", {"a"}, std::nullopt, false);
  const std::vector<std::int64_t> unknown = {55};
  EXPECT_THROW(foreign.add(unknown, {values, 1}), sqlite::DatabaseError) << "no such object";
}

TEST_F(LcStore, DatabasesThatCannotBeTaken) {
  const std::string input = put(folder_ / "A1.dat", text_of(lines_of(1, 400)));
  const auto refusal = [&](const std::string& path) {
    database_ = path;
    const Caught error = caught([&] { add(input); });
    EXPECT_TRUE(error.thrown) << path;
    return error.what;
  };
  const std::string text = put(folder_ / "text.db", std::string(5000, 'x'));
  EXPECT_EQ(refusal(text), text + ": no database: expected an SQLite file, found other bytes");
  EXPECT_EQ(get(text), std::string(5000, 'x'));
  const std::string foreign = folder_ / "foreign.db";
  sqlite::Database(foreign, sqlite::Database::Mode::kCreate).execute("CREATE TABLE a(b)");
  EXPECT_EQ(refusal(foreign),
            foreign + ": another program's database: expected the tables of light curves, found others");
  const std::string newer = folder_ / "newer.db";
  database_ = newer;
  add(input);
  sqlite::Database(newer, sqlite::Database::Mode::kWrite).execute("PRAGMA user_version = 3");
  EXPECT_EQ(refusal(newer), newer + ": schema version: expected 1, found 3");
  EXPECT_EQ(caught([&] { Store::open_to_read(newer); }).kind, ErrorKind::kInput);
  EXPECT_EQ(caught([&] { Store::open_to_read(folder_ / "absent.db"); }).what,
            folder_ / "absent.db" + ": no such file");
  const std::string nowhere = folder_ / "no/folder.db";
  EXPECT_EQ(refusal(nowhere).substr(0, nowhere.size() + 20), nowhere + ": cannot be opened (");

  const std::string locked = folder_ / "locked.db";
  database_ = locked;
  add(input);
  {
    sqlite::Database other(locked, sqlite::Database::Mode::kWrite);
    const sqlite::Transaction holds(other);
    EXPECT_EQ(refusal(locked), locked + ": locked: another program is writing to it");
  }
  add(input);
  // Pages of the table overwritten: found while reading, not a crash.
  std::string bytes = get(locked);
  ASSERT_GT(bytes.size(), 5u * 4096);
  std::fill(bytes.begin() + 4096, bytes.end(), '\x5a');
  put(locked, bytes);
  EXPECT_EQ(refusal(locked), locked + ": corrupted: parts of the database do not fit together");
}

TEST_F(LcStore, AStopAndAnErrorLeaveWholeBatches) {
  std::vector<Line> all;
  for (int i = 0; i < 200; ++i)
    for (const Line& line : lines_of(i, 100)) all.push_back(line);
  put(folder_ / "all.csv", csv_of(all) + "bad line\n");
  IngestOptions options = into(database_, {folder_ / "all.csv"});
  const Caught error = caught([&] { ingest(options, run_in(2 << 20)); });
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  EXPECT_NE(error.what.find("line 20002"), std::string::npos) << error.what;
  const std::int64_t stored = Store::open_to_read(database_).rows("train");
  EXPECT_GT(stored, 0);
  EXPECT_LT(stored, 20000);
  expect_sound(database_);
  options.read.table.options.on_error = csv::OnError::kSkip;
  const IngestSummary rest = ingest(options, run_in(2 << 20));
  EXPECT_EQ(rest.added.same, stored);
  EXPECT_EQ(rest.rows, 20000);
  EXPECT_EQ(rest.read.bad_rows, 1);
  // Stopped before anything is stored: the file that was made goes.
  const std::atomic<bool> stop = true;
  RunOptions run = run_in();
  run.stop = &stop;
  options.output = folder_ / "none.db";
  EXPECT_EQ(caught([&] { ingest(options, run); }).kind, ErrorKind::kInterrupted);
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST(LcRealData, CountsByBand) {
  const char* const folder = std::getenv("SLUICE_REAL_DATA");
  if (folder == nullptr) GTEST_SKIP() << "SLUICE_REAL_DATA is not set";
  Folder place;
  const IngestOptions options =
      into(place / "survey.db", {std::string(folder) + "/antares/training_set_for_LSST_DSFP"});
  const IngestSummary summary = ingest(options, run_in());
  EXPECT_EQ(summary.added.rows, 17744);
  EXPECT_EQ(sql(options.output, "SELECT pb, count(*) FROM rawPhot GROUP BY pb"),
            "g|4063\ni|3765\nr|3982\nu|2528\nz|3406\n");
  EXPECT_EQ(sql(options.output, "SELECT name, json_extract(metadata, '$.ID') FROM objects WHERE objId = 10"),
            "FAKE010|103013\n");
  EXPECT_EQ(ingest(options, run_in()).added.same, 17744);
  expect_sound(options.output);
}

}  // namespace
}  // namespace sluice
