// Ingest that dies, or whose disk is full, at a chosen write of SQLite's: what is stored is whole batches,
// and the same call again ends with the same rows as an unbroken one. This process itself starts no threads.
#include <sqlite3.h>
#include <unistd.h>

#include "killed_run.h"
#include "lc_support.h"

namespace sluice {
namespace {

using namespace lc_test;
using test::CallCounts;
using test::in_child;
using test::KillAt;

ssize_t watched_pwrite(int file, const void* from, std::size_t bytes, off_t offset) {
  if (const int error = sys::fault(sys::Call::kWrite, "the database"); error != 0) return errno = error, -1;
  return ::pwrite(file, from, bytes, offset);
}
ssize_t watched_write(int file, const void* from, std::size_t bytes) {
  if (const int error = sys::fault(sys::Call::kWrite, "the database"); error != 0) return errno = error, -1;
  return ::write(file, from, bytes);
}
int watched_unlink(const char* path) {
  if (const int error = sys::fault(sys::Call::kUnlink, path); error != 0) return errno = error, -1;
  return ::unlink(path);
}

/// SQLite's own calls, as those of sys::, ask the fault hook first.
void watch_sqlite() {
  sqlite3_initialize();
  sqlite3_vfs* const files = sqlite3_vfs_find(nullptr);
  const auto set = [&](const char* name, auto* call) {
    files->xSetSystemCall(files, name, reinterpret_cast<sqlite3_syscall_ptr>(call));
  };
  set("pwrite", watched_pwrite);
  set("pwrite64", watched_pwrite);
  set("write", watched_write);
  set("unlink", watched_unlink);
}

std::string table_of_many(const Folder& folder) {
  std::vector<Line> all;
  for (int i = 0; i < 120; ++i)
    for (const Line& line : lines_of(i, 100)) all.push_back(line);
  return put(folder / "all.csv", csv_of(all));
}

IngestSummary ingest_watched(const IngestOptions& options) {
  watch_sqlite();
  return ingest(options, run_in(2 << 20));  // batches of about 3200 rows
}

/// Rows of a whole run, and of each object: a batch has whole runs of the file's rows.
std::string stored(const std::string& database) {
  return sql(database, "SELECT objId, count(*) FROM rawPhot GROUP BY objId");
}

TEST(LcKill, WholeBatchesStayAndTheRestFollows) {
  Folder folder;
  IngestOptions options = into(folder / "whole.db", {table_of_many(folder)});
  CallCounts counts;
  ASSERT_EQ(in_child(counts, std::nullopt, [&] { return ingest_watched(options).batches > 3 ? 0 : 2; }), 0);
  const std::string want = content(options.output);
  const std::int64_t writes = counts.of(sys::Call::kWrite), unlinks = counts.of(sys::Call::kUnlink);
  ASSERT_GT(writes, 40);
  ASSERT_GT(unlinks, 3) << "a journal goes with each batch";
  std::vector<KillAt> places;
  for (std::int64_t k = 1; k <= 12; ++k) places.push_back({sys::Call::kWrite, 1 + (writes - 1) * k / 12});
  for (std::int64_t k = 1; k <= unlinks; ++k) places.push_back({sys::Call::kUnlink, k});
  int partly = 0;
  for (const KillAt& at : places) {
    SCOPED_TRACE(::testing::Message() << "call kind " << int(at.kind) << ", " << at.call);
    options.output = folder / "k.db";
    std::filesystem::remove(options.output);
    std::filesystem::remove(options.output + "-journal");
    ASSERT_EQ(in_child(counts, at, [&] { return ingest_watched(options).batches > 0 ? 0 : 2; }), -SIGKILL);
    // What another program sees of it: SQLite takes a journal that was left back by itself.
    {
      sqlite::Database(options.output, sqlite::Database::Mode::kCreate)
          .number("SELECT count(*) FROM sqlite_master");
    }
    const bool any = sqlite::Database(options.output, sqlite::Database::Mode::kRead).has_table("rawPhot");
    if (any) {
      expect_sound(options.output);
      const std::string rows = stored(options.output);
      const auto objects = std::count(rows.begin(), rows.end(), '\n');
      const std::string total = sql(options.output, "SELECT count(*) FROM rawPhot");
      // Rows come in the objects' order: all but the last are whole.
      EXPECT_EQ(sql(options.output,
                    "SELECT count(*) FROM (SELECT 1 FROM rawPhot GROUP BY objId HAVING count(*) = 100)"),
                std::to_string(std::max<std::int64_t>(0, std::stoll(total) / 100)) + "\n");
      EXPECT_EQ(
          sql(options.output, "SELECT count(*) FROM objects WHERE objId NOT IN (SELECT objId FROM rawPhot)"),
          "0\n");
      partly += objects > 0 && objects < 120;
    }
    ASSERT_EQ(in_child(counts, std::nullopt, [&] { return ingest_watched(options).rows == 12000 ? 0 : 2; }),
              0);
    EXPECT_EQ(content(options.output), want);
    expect_sound(options.output);
  }
  EXPECT_GT(partly, 3) << "hardly a kill left a part";
}

TEST(LcKill, AFullDiskIsSaidAndLeavesWholeBatches) {
  Folder folder;
  IngestOptions options = into(folder / "whole.db", {table_of_many(folder)});
  CallCounts counts;
  ASSERT_EQ(in_child(counts, std::nullopt, [&] { return ingest_watched(options).batches > 3 ? 0 : 2; }), 0);
  const std::string want = content(options.output);
  const std::int64_t writes = counts.of(sys::Call::kWrite);
  options.output = folder / "full.db";
  for (const std::int64_t share : {3, 6}) {
    const int end = in_child(counts, std::nullopt, [&] {
      static std::int64_t room, written;
      room = writes * share / 8, written = 0;
      sys::set_fault_hook([](sys::Call call, const char*) {
        return call == sys::Call::kWrite && ++written > room ? ENOSPC : 0;
      });
      try {
        ingest_watched(options);
      } catch (const Error& error) {
        return error.what() == options.output + ": the disk is full" && error.kind() == ErrorKind::kOutput
                   ? 7
                   : 8;
      }
      return 0;
    });
    EXPECT_EQ(end, 7);
    expect_sound(options.output);
    const std::string rows = sql(options.output, "SELECT count(*) FROM rawPhot");
    EXPECT_GT(std::stoll(rows), 0);
    EXPECT_LT(std::stoll(rows), 12000);
  }
  ASSERT_EQ(in_child(counts, std::nullopt, [&] { return ingest_watched(options).rows == 12000 ? 0 : 2; }), 0);
  EXPECT_EQ(content(options.output), want);
}

}  // namespace
}  // namespace sluice
