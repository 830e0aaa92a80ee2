// Files of light curves into a store: reading, sorting and inserting, each on a thread of its own.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/lc/read.h"
#include "host/lc/store.h"
#include "host/run.h"

namespace sluice::lc {

struct IngestOptions {
  ReadOptions read;
  std::string output;         // the database
  std::string set = "train";  // --into
  std::string labels;         // a file of labels: a table with an object and a label column; empty: none
  OnConflict on_conflict = OnConflict::kFail;
};

struct IngestSummary {
  ReadCounts read;
  AddCounts added;                     // read.rows = added.rows + added.same + added.replaced
  std::int64_t batches = 0;            // transactions
  std::int64_t objects = 0, rows = 0;  // of the store and the set, afterwards
  std::vector<std::pair<std::string, std::int64_t>> bands;  // rows read, by band, in the order of names
  std::uint64_t bytes = 0;                                  // of the database
  RunSummary run;
  std::vector<std::string> open_hints;  // "sqlite3.connect('survey.db')"
};

struct IngestPlan {
  std::int64_t files = 0;
  std::uint64_t bytes = 0;  // of them
  bool object_column = false;
  std::uint64_t database_bytes = 0, disk_free = 0;  // about; free where the database is
  std::uint64_t memory = 0, batch_rows = 0;
  bool database_exists = false;
  std::vector<std::string> notes;
};

/// Looks at names and sizes, and at the first file's first lines. Errors as ingest().
IngestPlan plan_ingest(const IngestOptions&, const RunOptions&);

/// Adds what is new. Whole batches are on disk after a crash, an error or a stop: the same call goes on from
/// there. Error kinds: kUsage, kInput, kOutput, kMemory, kInterrupted.
IngestSummary ingest(const IngestOptions&, const RunOptions&);

}  // namespace sluice::lc
