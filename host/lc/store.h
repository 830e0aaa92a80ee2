// Light curves in an SQLite file: objects, rows by object, band and time, labels, features.
//
//   objects(objId integer primary key, name text, metadata text: JSON or NULL)
//   rawPhot(id integer primary key, objId references objects, t real, pb text, flux real, dflux real)
//     with the index rawPhot_curve (objId, pb, t); a further set "test" has testPhot and testFeats
//   lcLabels(objId integer primary key references objects, label text)
//   lcFeats(objId integer primary key references objects, one real a feature)
//
// PRAGMA user_version is the schema's version. Sets share objects: a number is one object in all of them,
// with one name, metadata and label. Every call from one thread at a time.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "host/budget.h"
#include "host/lc/curves.h"
#include "host/lc/read.h"
#include "host/lc/rows.h"
#include "host/run.h"

namespace sluice::sqlite {
class Database;
}

namespace sluice::lc {

constexpr int kSchema = 1;

enum class OnConflict {
  kFail,     // Error{kInput}
  kReplace,  // the new values take the old ones' place
  kKeep,     // both stay: two measurements of one time
};

struct AddCounts {
  std::int64_t rows = 0, same = 0, replaced = 0;  // added; there already; with other values
  std::int64_t objects = 0, labels = 0;           // new ones
  std::int64_t shared = 0;                        // objects of the batch that have rows in another set
  std::int64_t metadata_kept = 0;                 // other metadata that kKeep left out
  std::int64_t unknown_labels = 0;                // of objects that are not there
};

using Labels = std::vector<std::pair<std::string, std::string>>;  // object and its label

/// A set's tables. "train" has rawPhot and lcFeats, any other NAMEPhot and NAMEFeats. Error{kUsage}: no small
/// letters and digits, or "raw" or "lc".
struct SetTables {
  std::string phot, features;
};
SetTables tables_of(const std::string& set);
/// lcFeats for "base", lcFieldFeats for "field"; of the set "test" testFeats, testFieldFeats.
std::string feature_table(const std::string& set, const std::string& features);

class Store {
 public:
  /// Opens what is there. Error{kInput}: no such file, no database, of another kind or schema version,
  /// corrupted, locked.
  static Store open_to_read(const std::string& path);
  /// Makes it where it is not there. Error{kOutput}: cannot be made or written, locked, another program's
  /// database.
  static Store open_to_write(const std::string& path);
  Store(Store&&) noexcept;
  ~Store();
  const std::string& path() const { return path_; }

  std::vector<std::string> sets() const;  // that have rows' tables
  bool has_set(const std::string& set) const;
  std::int64_t objects() const;
  std::int64_t rows(const std::string& set) const;
  /// Bands of a set with their rows, in the order of their names. Looks through the index.
  std::vector<std::pair<std::string, std::int64_t>> bands(const std::string& set) const;
  /// By objId, else by name. Error{kInput}: no such object, or several of that name.
  std::int64_t find(const std::string& number_or_name) const;
  std::string name_of(std::int64_t object) const;
  void each_object(const std::function<void(std::int64_t id, std::string name)>& take) const;

  /// Adds a batch to a set, in one transaction. Rows that are there already (object, band, time and values)
  /// are counted and left; of the batch itself too. Error{kInput}: other values of the same object, band and
  /// time, or of an object's name, metadata or label, with kFail. The batch comes back sorted.
  AddCounts add(const std::string& set, Batch& batch, OnConflict on_conflict);
  /// Whole curves of objects that are named here, as generators make them; else as add(Batch).
  AddCounts add(const std::string& set, const Curves& curves, const std::vector<std::string>& names,
                OnConflict on_conflict);
  /// Labels by objId or name; by_name: by name alone, as objects are told apart by --id order. Error{kInput}:
  /// none of the objects is there, or a text is the number of one and the name of another; {kInterrupted}.
  AddCounts add_labels(const Labels& labels, OnConflict on_conflict, bool by_name = false,
                       const std::atomic<bool>* stop = nullptr);

  /// Everything on disk, journal_mode=DELETE. Error{kOutput}.
  void finish();

  sqlite::Database& database() { return *database_; }

 private:
  Store(std::string path, std::unique_ptr<sqlite::Database> database);
  struct Adding;
  std::string path_;
  std::unique_ptr<sqlite::Database> database_;
  std::unique_ptr<Adding> adding_;
};

struct Selection {
  std::string set = "train";
  std::vector<std::string> bands;     // in this order; empty: all of the set, in the order of their names
  std::vector<std::int64_t> objects;  // empty: all
};

/// Batches of whole objects, ascending in objId, each within a quarter of what the budget has left. Objects
/// with rows of other bands only come with empty curves. Error{kInput}: no such set or object; {kMemory}: an
/// object that does not fit; {kInterrupted}.
SelectedCounts read_curves(Store& store, const Selection& selection, const RunOptions& run, Budget& budget,
                           const std::function<void(const Curves&)>& take);

/// A table of features, all rows of it written in one transaction, also while curves are read from the same
/// store. Several writers at a time share the transaction of the first, which finishes last. Columns whose
/// names are the same but for case get a number behind ("RStd_2").
class FeatureWriter {
 public:
  /// missing: written for NaN in place of NULL. Error{kOutput}: the table is there, without `replace`.
  FeatureWriter(Store& store, const std::string& table, const std::vector<std::string>& columns,
                std::optional<double> missing, bool replace);
  ~FeatureWriter();  // without finish(): nothing is changed
  FeatureWriter(const FeatureWriter&) = delete;
  const std::vector<std::string>& columns() const { return columns_; }  // as written
  const std::vector<std::string>& renamed() const { return renamed_; }  // "'RStd' is 'RStd_2'"
  /// values: (columns) pointers to a value for each object. Objects in any order, each once.
  void add(std::span<const std::int64_t> objects, std::span<const double* const> values);
  std::int64_t finish();  // rows written

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::vector<std::string> columns_, renamed_;
};

}  // namespace sluice::lc
