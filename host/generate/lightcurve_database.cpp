// A database of light curves through the store, made as OUTPUT.partial and renamed when all is there. Batches
// are the same at any number of threads, and so are the database's bytes.
#include "host/error.h"
#include "host/formats/output.h"
#include "host/formats/sqlite.h"
#include "host/generate/lightcurve_outputs.h"
#include "host/io/sys.h"
#include "host/lc/store.h"
#include "host/parallel.h"

namespace sluice {
namespace {

using i64 = std::int64_t;
constexpr i64 kBatchRows = 200000;

/// With its companions: SQLite would play a journal that was left behind into whatever lies there next.
void remove_database(const std::string& path) {
  for (const char* tail : {"", "-journal", "-wal", "-shm"}) sys::unlink(path + tail);
}

/// Error{kOutput} where another program works on it. What is no database is nobody's.
void check_unused(const std::string& path) {
  try {
    sqlite::Database database(path, sqlite::Database::Mode::kWrite);
    database.execute("BEGIN EXCLUSIVE");
    database.execute("ROLLBACK");
  } catch (const sqlite::DatabaseError& error) {
    if (error.problem == sqlite::Problem::kLocked) throw;
  }
}

/// Whether the output is what this run would make, as far as numbers of objects and rows tell.
bool is_done(const LightcurveJob& job) {
  const lc::Store store = lc::Store::open_to_read(job.options.output);
  return store.objects() == job.options.objects && store.rows("train") == job.out.rows;
}

/// Objects [from, to) side by side, in their order.
lc::Batch draw_batch(const LightcurveJob& job, i64 from, i64 to) {
  std::vector<std::vector<DrawnRow>> drawn(std::size_t(to - from));
  in_parallel(std::size_t(job.machine.threads), drawn.size(),
              [&](std::size_t k) { draw_curve(job.survey, from + i64(k), drawn[k]); });
  lc::Batch batch;
  for (const char band : job.survey.bands) batch.bands.emplace_back(1, band);
  for (std::size_t k = 0; k < drawn.size(); ++k) {
    lc::ObjectFacts facts;
    facts.id = from + i64(k);
    facts.name = std::to_string(facts.id);
    facts.label = name_of(facts_of(job.survey, facts.id).shape);
    batch.objects.push_back(std::move(facts));
    for (const DrawnRow& row : drawn[k]) {
      lc::Row to_store;
      to_store.object = from + i64(k), to_store.band = row.band;
      to_store.t = row.time(), to_store.flux = row.flux_value(), to_store.error = row.error_value();
      batch.rows.push_back(to_store);
    }
    drawn[k] = {};
  }
  return batch;
}

}  // namespace

void write_lightcurve_database(LightcurveJob& job) {
  const GenerateLightcurvesOptions& o = job.options;
  job.out.open_hint = "sqlite3.connect(" + python_text(o.output) + ")";
  const bool exists = sys::exists(o.output);
  if (exists && job.run.resume && is_done(job)) {
    job.out.bytes = sys::identity(sys::File(o.output, 0)).bytes;
    if (job.run.observer != nullptr) job.run.observer->note("complete: nothing was left to do");
    return;
  }
  if (exists && !job.run.force)
    throw Error(ErrorKind::kOutput, o.output + ": exists already", "--force replaces it");
  const std::string working = o.output + ".partial";
  remove_database(working);
  Observer quiet;
  Observer& observer = job.run.observer != nullptr ? *job.run.observer : quiet;
  {
    lc::Store store = lc::Store::open_to_write(working);
    const i64 objects = std::clamp<i64>(2 * kBatchRows / (o.least + o.most), 1, o.objects);
    const std::uint64_t a_row = sizeof(DrawnRow) + 3 * sizeof(lc::Row);  // drawn, in a growing batch, sorted
    const Share held(job.machine.budgets->host, std::uint64_t(objects) * std::uint64_t(o.most) * a_row,
                     "a batch of rows");
    observer.begin("generate", double(o.objects), "objects", 0);
    for (i64 from = 1; from <= o.objects; from += objects) {
      job.check_stop();
      const i64 to = std::min(from + objects, o.objects + 1);
      lc::Batch batch = draw_batch(job, from, to);
      store.add("train", batch, lc::OnConflict::kFail);
      observer.progress(double(to - 1));
    }
    observer.end();
    store.finish();
  }
  if (exists) check_unused(o.output);
  remove_database(o.output);
  sys::rename(working, o.output);
  job.out.bytes = sys::identity(sys::File(o.output, 0)).bytes;
  job.out.run.bytes_written = job.out.bytes;
}

}  // namespace sluice
