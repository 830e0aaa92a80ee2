// Which object a row, a label or a curve belongs to in a store: writers beside each other, numbers and names,
// sets that share objects, rows of one time.
#include <gtest/gtest.h>

#include <algorithm>

#include "lc_support.h"

namespace sluice {
namespace {

using namespace lc_test;

struct Notes : Observer {
  void note(const std::string& line) override { lines.push_back(line); }
  std::vector<std::string> lines;
};

class LcObjects : public testing::Test {
 protected:
  IngestSummary add(const std::string& name, const std::string& content, const std::string& id = "name",
                    OnConflict on_conflict = OnConflict::kFail, const std::string& set = "train") {
    IngestOptions options = into(database_, {put(folder_ / name, content)});
    options.read.id = id;
    options.on_conflict = on_conflict;
    options.set = set;
    options.labels = labels_;
    RunOptions run = run_in();
    notes_.lines.clear();
    run.observer = &notes_;
    return ingest(options, run);
  }
  std::string objects() { return sql(database_, "SELECT objId, name FROM objects"); }
  Folder folder_;
  Notes notes_;
  std::string database_ = folder_ / "survey.db", labels_;
};

TEST_F(LcObjects, TwoWritersAtATimeStoreARowOnce) {
  const auto batch = [](std::int64_t first, std::int64_t last) {
    Batch batch;
    batch.bands = {"g"};
    for (std::int64_t i = first; i <= last; ++i) {
      batch.objects.push_back({i, std::to_string(i)});
      batch.rows.push_back({i, 1, 2, 3, 0, 0});
    }
    return batch;
  };
  Store one = Store::open_to_write(database_), two = Store::open_to_write(database_);
  Batch some = batch(1, 10), far = batch(20, 20);
  EXPECT_EQ(one.add("train", some, OnConflict::kFail).rows, 10);
  EXPECT_EQ(two.add("train", far, OnConflict::kFail).rows, 1);
  far = batch(20, 20);
  EXPECT_EQ(one.add("train", far, OnConflict::kFail).same, 1);
  EXPECT_EQ(one.rows("train"), 11);
}

TEST_F(LcObjects, LabelsGoByNameWhereNumbersAreByOrder) {
  labels_ = put(folder_ / "labels.csv", "object_id,class\n3,SN\n1,None\n2,AGN\n77,SN\n,SN\n");
  const std::string table = "object,t,pb,flux\n3,1,g,1\n1,1,g,1\n2,1,g,1\n";
  const IngestSummary summary = add("ord.csv", table, "order");
  EXPECT_EQ(summary.added.labels, 3);
  EXPECT_EQ(sql(database_, "SELECT name, label FROM objects JOIN lcLabels USING (objId) ORDER BY name"),
            "1|None\n2|AGN\n3|SN\n");
  EXPECT_EQ(notes_.lines,
            (std::vector<std::string>{labels_ + ": 1 labels are of objects that are not in the database",
                                      labels_ + ": 1 rows have no object or no label"}));
  // By another rule it is not known which of the two is meant.
  Store store = Store::open_to_write(database_);
  EXPECT_EQ(
      caught([&] {
        store.add_labels({{"3", "SN"}}, OnConflict::kFail);
      }).what,
      database_ + ": the label of '3': expected one object, found the number of one and the name of objId 1");
  // A file of labels that is not there is found before a row is stored.
  database_ = folder_ / "none.db";
  labels_ = folder_ / "typo.csv";
  EXPECT_EQ(caught([&] { add("ord.csv", table); }).kind, ErrorKind::kInput);
  EXPECT_FALSE(std::filesystem::exists(database_));
}

TEST_F(LcObjects, ANumberIsANameOnlyWhereTheNameEndsInIt) {
  const std::string rows = "t pb flux\n1 g 1\n", table = "object,t,pb,flux\n1,1,g,1\n";
  add("a.csv", "object,t,pb,flux\nZTF18abc,1,g,1\n", "order");
  EXPECT_EQ(caught([&] { add("b.csv", table); }).what, folder_ / "b.csv" + ": is object 1 as 'ZTF18abc' in " +
                                                           database_ +
                                                           " is: expected a number for each name");
  database_ = folder_ / "two.db";
  add("b.csv", table);
  add("lc1.dat", rows);
  EXPECT_EQ(objects(), "1|lc1\n") << "the name in place of the number";
  add("b.csv", table);
  EXPECT_TRUE(caught([&] { add("star1.dat", rows); }).thrown);
  // A column with gaps is one of floats elsewhere.
  add("f.csv", "object,t,pb,flux\n615.0,1,g,1\n713.0,1,g,1\n1.0,2,g,1\n");
  EXPECT_EQ(objects(), "1|lc1\n615|615\n713|713\n");
  EXPECT_TRUE(caught([&] { add("g.csv", "object,t,pb,flux\n615.5,1,g,1\n"); }).thrown);
}

TEST_F(LcObjects, SetsThatShareObjectsSaySo) {
  add("lc1.dat", "#z:1\n#label:SN\nt pb flux\n1 g 1\n");
  EXPECT_TRUE(notes_.lines.empty());
  add("lc1.dat", "t pb flux\n1 g 1\n", "name", OnConflict::kFail, "test");
  EXPECT_EQ(notes_.lines,
            std::vector<std::string>{"1 of the objects read for the set test are in another set "
                                     "too: they share name, metadata and label"});
  add("lc1.dat", "#z:2\nt pb flux\n1 g 1\n", "name", OnConflict::kKeep, "test");
  EXPECT_EQ(notes_.lines.back(), "metadata of 1 objects differ: the old ones are kept");
  for (const char* set : {"testfield", "field"})
    EXPECT_EQ(caught([&] { add("lc1.dat", "", "name", OnConflict::kFail, set); }).kind, ErrorKind::kUsage);
}

// 20,000 rows of one time, as they come and the other way round.
TEST_F(LcObjects, RowsOfOneTimeGoByTheirValues) {
  const int count = 20000;
  std::string up = "object,t,pb,flux,dflux\n", down = up;
  for (int i = 0; i < count; ++i) {
    up += "1,5,g," + std::to_string(i / 2) + "," + (i % 2 == 0 ? "" : "1") + "\n";
    down +=
        "1,5,g," + std::to_string((count - 1 - i) / 2) + "," + ((count - 1 - i) % 2 == 0 ? "" : "1") + "\n";
  }
  const auto curve = [&](const std::string& database) {
    Store store = Store::open_to_read(database);
    Budget budget(64 << 20, "--memory");
    std::vector<double> values;
    read_curves(store, {}, run_in(), budget, [&](const Curves& c) {
      values = c.flux;
      for (const double error : c.error) values.push_back(std::isnan(error) ? -1 : error);
    });
    return values;
  };
  EXPECT_EQ(add("up.csv", up, "name", OnConflict::kKeep).added.rows, count);
  EXPECT_EQ(add("down.csv", down, "name", OnConflict::kKeep).added.same, count);
  const std::vector<double> want = curve(database_);
  EXPECT_TRUE(std::is_sorted(want.begin(), want.begin() + count));
  EXPECT_EQ(want[std::size_t(count)], 1) << "rows without an error come last";
  database_ = folder_ / "down.db";
  EXPECT_EQ(add("down.csv", down, "name", OnConflict::kKeep).added.rows, count);
  EXPECT_EQ(curve(database_), want);
  ReadOptions files;
  for (const char* name : {"up.csv", "down.csv"}) {
    files.inputs = {folder_ / name};
    Budget budget(64 << 20, "--memory");
    std::vector<double> flux;
    read_curves(files, {"g"}, run_in(), budget, folder_ / "x", [&](const Curves& c) { flux = c.flux; });
    EXPECT_TRUE(std::equal(flux.begin(), flux.end(), want.begin(), want.begin() + count));
  }
}

TEST_F(LcObjects, OtherProgramsTables) {
  const std::string foreign = folder_ / "foreign.db";
  sqlite::Database(foreign, sqlite::Database::Mode::kCreate)
      .execute("CREATE TABLE objects(id, thing); PRAGMA user_version = 1");
  EXPECT_EQ(caught([&] { Store::open_to_read(foreign); }).what,
            foreign +
                ": another program's database: expected a table objects of objId, name, metadata, found "
                "id, thing");
  add("lc1.dat", "t pb flux\n1 g 1\n");
  sqlite::Database(database_, sqlite::Database::Mode::kWrite).execute("DROP INDEX rawPhot_curve");
  Store store = Store::open_to_read(database_);
  Budget budget(64 << 20, "--memory");
  EXPECT_EQ(caught([&] { read_curves(store, {}, run_in(), budget, [](const Curves&) {}); }).what,
            database_ + ": no index rawPhot_curve: expected one as ingest makes it");
  add("lc1.dat", "t pb flux\n1 g 1\n");
  read_curves(store, {}, run_in(), budget, [](const Curves&) {});
}

}  // namespace
}  // namespace sluice
