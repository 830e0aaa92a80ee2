// Rows of a batch one curve after the other. Only curves of objects that have rows already are compared with
// what is there: those of the times in question.
#include "host/lc/store_add.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>

#include "host/formats/csv/faults.h"
#include "host/lc/numbers.h"
#include "host/lc/schema.h"
#include "host/lc/sort.h"
#include "host/units.h"

namespace sluice::lc {
namespace {

const char* const kAdvice = "--on-conflict replace takes the new values, keep both";

const char* const kMetadataAdvice =
    "--on-conflict replace takes the new ones, keep the old ones; objects of one number in two sets are one "
    "object: other objects go into another database";

/// The rows of one time from which on a tree finds those that are there.
constexpr std::size_t kMany = 32;

using Values = std::pair<double, double>;
struct ValuesBefore {
  bool operator()(const Values& a, const Values& b) const {
    return values_before(a.first, a.second, b.first, b.second);
  }
};

std::string measured(double flux, double error) {
  const std::string value = std::isnan(flux) ? "no flux" : number(flux);
  return std::isnan(error) ? value : value + " +- " + number(error);
}

std::string origin(const Batch& batch, std::uint32_t file) {
  return batch.files && file < batch.files->size() ? (*batch.files)[file] : std::string("new rows");
}

}  // namespace

Store::Adding::Adding(sqlite::Database& database, const std::string& name)
    : set(name),
      database_(database),
      memory_(database, {{"objId", sqlite::MemoryRows::Kind::kInteger, offsetof(Row, object)},
                         {"pb", sqlite::MemoryRows::Kind::kWord, offsetof(Row, band)},
                         {"t", sqlite::MemoryRows::Kind::kReal, offsetof(Row, t)},
                         {"flux", sqlite::MemoryRows::Kind::kReal, offsetof(Row, flux)},
                         {"dflux", sqlite::MemoryRows::Kind::kReal, offsetof(Row, error)}}) {
  make_set(database, set);
  const std::string table = tables_of(set).phot;
  // ROLLBACK, where ABORT would keep a journal of the statement besides the transaction's.
  insert_rows_ =
      database.prepare("INSERT OR ROLLBACK INTO " + table +
                       "(objId, pb, t, flux, dflux) SELECT objId, pb, t, flux, dflux FROM memory_rows");
  rows_between_ = database.prepare("SELECT id, t, flux, dflux FROM " + table + " INDEXED BY " + table +
                                   "_curve WHERE objId = ? AND pb = ? AND t BETWEEN ? AND ? ORDER BY t, id");
  any_row_ = database.prepare("SELECT 1 FROM " + table + " WHERE objId = ? LIMIT 1");
  update_row_ = database.prepare("UPDATE " + table + " SET flux = ?, dflux = ? WHERE id = ?");
  object_ = database.prepare("SELECT name, metadata FROM objects WHERE objId = ?");
  insert_object_ = database.prepare("INSERT INTO objects(objId, name, metadata) VALUES (?, ?, ?)");
  update_object_ = database.prepare("UPDATE objects SET metadata = ? WHERE objId = ?");
  label_ = database.prepare("SELECT label FROM lcLabels WHERE objId = ?");
  insert_label_ = database.prepare("INSERT INTO lcLabels(objId, label) VALUES (?, ?)");
  update_label_ = database.prepare("UPDATE lcLabels SET label = ? WHERE objId = ?");
  rename_ = database.prepare("UPDATE objects SET name = ? WHERE objId = ?");
  greatest_row_ = database.prepare("SELECT max(objId) FROM " + table);
  sqlite::Statement tables(database,
                           "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '[a-z]*Phot' "
                           "AND name <> ?");
  tables.bind(1, std::string_view(table));
  while (tables.step())
    others_.push_back(
        database.prepare("SELECT 1 FROM " + std::string(tables.text(0)) + " WHERE objId = ? LIMIT 1"));
}

bool Store::Adding::in_another_set(std::int64_t object) {
  for (sqlite::Statement& other : others_) {
    const bool any = other.bind(1, object).step();
    other.reset();
    if (any) return true;
  }
  return false;
}

bool Store::Adding::has_rows(std::int64_t object) {
  if (object > greatest_) return false;
  const bool any = any_row_.bind(1, object).step();
  any_row_.reset();
  return any;
}

// A table of numbers and files whose names end in these numbers are of the same objects; an object that was
// numbered otherwise is none of them.
void Store::Adding::note_name(const ObjectFacts& facts, const std::string& name, const Batch& batch) {
  if (name == facts.name) return;
  const std::string number = std::to_string(facts.id);
  std::int64_t digits = 0;
  const std::string& longer = name == number ? facts.name : name;
  const bool one =
      (name == number || facts.name == number) && number_of_name(longer, digits) && digits == facts.id;
  if (!one)
    throw Error(ErrorKind::kInput,
                origin(batch, facts.file) + ": is object " + number + " as '" + csv::shown(name) + "' in " +
                    database_.path() + " is: expected a number for each name",
                "--id meta:KEY or --id order gives other numbers; or take another database");
  if (name == number) rename_.bind(1, std::string_view(facts.name)).bind(2, facts.id).run();
}

void Store::Adding::add_object(const ObjectFacts& facts, const Batch& batch, OnConflict on_conflict,
                               AddCounts& counts) {
  if (!object_.bind(1, facts.id).step()) {
    insert_object_.bind(1, facts.id).bind(2, std::string_view(facts.name));
    if (facts.metadata.empty())
      insert_object_.bind_null(3);
    else
      insert_object_.bind(3, std::string_view(facts.metadata));
    insert_object_.run();
    ++counts.objects;
  } else {
    const std::string name(object_.text(0)), metadata(object_.text(1)), number = std::to_string(facts.id);
    object_.reset();
    note_name(facts, name, batch);
    counts.shared += in_another_set(facts.id);
    if (!facts.metadata.empty() && facts.metadata != metadata) {
      if (!metadata.empty() && on_conflict == OnConflict::kFail)
        throw Error(ErrorKind::kInput,
                    origin(batch, facts.file) + ": other metadata of object " + number + ": expected " +
                        csv::shown(metadata) + " as in " + database_.path() + ", found " +
                        csv::shown(facts.metadata),
                    kMetadataAdvice);
      if (metadata.empty() || on_conflict == OnConflict::kReplace)
        update_object_.bind(1, std::string_view(facts.metadata)).bind(2, facts.id).run();
      else
        ++counts.metadata_kept;
    }
  }
  if (!facts.label.empty()) add_label(facts.id, facts.label, origin(batch, facts.file), on_conflict, counts);
}

void Store::Adding::add_label(std::int64_t object, const std::string& label, const std::string& from,
                              OnConflict on_conflict, AddCounts& counts) {
  if (!label_.bind(1, object).step()) {
    insert_label_.bind(1, object).bind(2, std::string_view(label)).run();
    ++counts.labels;
    return;
  }
  const std::string present(label_.text(0));
  label_.reset();
  if (present == label || on_conflict == OnConflict::kKeep) return;
  if (on_conflict == OnConflict::kFail)
    throw Error(ErrorKind::kInput,
                from + ": other label of object " + std::to_string(object) + ": expected '" +
                    csv::shown(present) + "' as in " + database_.path() + ", found '" + csv::shown(label) +
                    "'",
                "--on-conflict replace takes the new one, keep the old one");
  update_label_.bind(1, std::string_view(label)).bind(2, object).run();
}

void Store::Adding::refuse(const Batch& batch, const Row& row, const Present& present) const {
  const std::string where = present.row == kStored
                                ? " as stored"
                                : " as in " + origin(batch, batch.rows[present.row].file) + " before";
  throw Error(ErrorKind::kInput,
              origin(batch, row.file) + ": other values of object " + std::to_string(row.object) + ", band " +
                  batch.bands[std::size_t(row.band)] + ", t " + number(row.t) + ": expected " +
                  measured(present.flux, present.error) + where + ", found " + measured(row.flux, row.error),
              kAdvice);
}

// Rows [first, last) of one time, against those that are stored (in group_) and each other.
void Store::Adding::look_at_time(Batch& batch, std::size_t first, std::size_t last, OnConflict on_conflict,
                                 AddCounts& counts) {
  const bool many = group_.size() + (last - first) > kMany;
  std::multiset<Values, ValuesBefore> tree;
  if (many)
    for (const Present& there : group_) tree.emplace(there.flux, there.error);
  for (std::size_t i = first; i < last; ++i) {
    const Row row = batch.rows[i];
    const bool known = many ? tree.count({row.flux, row.error}) != 0
                            : std::any_of(group_.begin(), group_.end(), [&](const Present& there) {
                                return same(there.flux, row.flux) && same(there.error, row.error);
                              });
    if (known) {
      ++counts.same;
      continue;
    }
    if (many) tree.emplace(row.flux, row.error);
    if (!group_.empty() && on_conflict == OnConflict::kFail) refuse(batch, row, group_.front());
    if (!group_.empty() && on_conflict == OnConflict::kReplace) {
      Present& other = group_.front();
      if (many) tree.erase(tree.find({other.flux, other.error}));
      other.flux = row.flux, other.error = row.error;
      if (other.row == kStored)
        update_row_.bind(1, row.flux).bind(2, row.error).bind(3, other.id).run();
      else
        batch.rows[other.row].flux = row.flux, batch.rows[other.row].error = row.error;
      ++counts.replaced;
      continue;
    }
    fresh_.push_back(std::uint32_t(i));
    group_.push_back({0, row.t, row.flux, row.error, i});
  }
}

// Rows [first, last) of a sorted batch are of one object and band.
void Store::Adding::look_at_curve(Batch& batch, std::size_t first, std::size_t last, bool may_be_there,
                                  OnConflict on_conflict, AddCounts& counts) {
  const std::vector<Row>& rows = batch.rows;
  present_.clear();
  if (may_be_there) {
    rows_between_.bind(1, rows[first].object)
        .bind(2, std::string_view(batch.bands[std::size_t(rows[first].band)]));
    rows_between_.bind(3, rows[first].t).bind(4, rows[last - 1].t);
    while (rows_between_.step())
      present_.push_back(
          {rows_between_.integer(0), rows_between_.real(1), rows_between_.real(2), rows_between_.real(3)});
  }
  std::size_t next = 0;
  for (std::size_t i = first, end; i < last; i = end) {
    const double t = rows[i].t;
    for (end = i + 1; end < last && rows[end].t == t;) ++end;
    group_.clear();
    while (next < present_.size() && present_[next].t < t) ++next;
    for (; next < present_.size() && present_[next].t == t; ++next) group_.push_back(present_[next]);
    if (end - i == 1 && group_.empty())
      fresh_.push_back(std::uint32_t(i));
    else
      look_at_time(batch, i, end, on_conflict, counts);
  }
}

void Store::Adding::add(Batch& batch, OnConflict on_conflict, AddCounts& counts) {
  sort(batch, on_conflict == OnConflict::kReplace ? Ties::kAsTheyCame : Ties::kByValue);
  // Another program may have added some since the last batch.
  if (greatest_row_.step() && !greatest_row_.null(0)) greatest_ = greatest_row_.integer(0);
  greatest_row_.reset();
  for (const ObjectFacts& facts : batch.objects) add_object(facts, batch, on_conflict, counts);
  const std::vector<Row>& rows = batch.rows;
  fresh_.clear();
  bool may_be_there = false;
  for (std::size_t first = 0, last; first < rows.size(); first = last) {
    const Row& row = rows[first];
    last = first + 1;
    while (last < rows.size() && rows[last].object == row.object && rows[last].band == row.band) ++last;
    if (first == 0 || rows[first - 1].object != row.object) may_be_there = has_rows(row.object);
    look_at_curve(batch, first, last, may_be_there, on_conflict, counts);
  }
  memory_.show(rows.data(), sizeof(Row), fresh_, batch.bands);
  insert_rows_.run();
  counts.rows += std::int64_t(fresh_.size());
}

AddCounts Store::add(const std::string& set, Batch& batch, OnConflict on_conflict) {
  AddCounts counts;
  // A row's object is there, or comes with the batch: no need to look for it again with each row.
  database_->execute("PRAGMA foreign_keys = OFF");
  sqlite::Transaction transaction(*database_);
  // Others who read or write for a while do not end an ingest in its midst.
  database_->execute("PRAGMA busy_timeout = 60000");
  try {
    if (!adding_ || adding_->set != set) adding_ = std::make_unique<Adding>(*database_, set);
    adding_->add(batch, on_conflict, counts);
    transaction.commit();
  } catch (...) {
    adding_.reset();  // what it knows of the set may not be so
    throw;
  }
  return counts;
}

AddCounts Store::add(const std::string& set, const Curves& curves, const std::vector<std::string>& names,
                     OnConflict on_conflict) {
  Batch batch;
  batch.bands = curves.bands;
  batch.rows.reserve(std::size_t(curves.rows()));
  for (std::size_t o = 0; o < curves.objects.size(); ++o) {
    batch.objects.push_back({curves.objects[o], names[o], {}, {}, 0});
    for (std::size_t b = 0; b < curves.bands.size(); ++b)
      for (std::int64_t i = curves.first(o, b), end = i + curves.count(o, b); i < end; ++i)
        batch.rows.push_back({curves.objects[o], curves.t[std::size_t(i)], curves.flux[std::size_t(i)],
                              curves.error[std::size_t(i)], std::int32_t(b), 0});
  }
  return add(set, batch, on_conflict);
}

}  // namespace sluice::lc
