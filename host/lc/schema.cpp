// Tables of version 1.
#include "host/lc/schema.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace sluice::lc {
namespace {

ErrorKind kind_of(bool may_be_empty) {
  return may_be_empty ? ErrorKind::kOutput : ErrorKind::kInput;
}

const std::pair<const char*, const char*> kTables[] = {{"objects", "objId, name, metadata"},
                                                       {"lcLabels", "objId, label"},
                                                       {"rawPhot", "id, objId, t, pb, flux, dflux"}};

std::string columns_of(sqlite::Database& database, const std::string& table) {
  std::string all;
  sqlite::Statement columns(database, "SELECT name FROM pragma_table_info(?) ORDER BY cid");
  columns.bind(1, std::string_view(table));
  while (columns.step()) all += (all.empty() ? "" : ", ") + std::string(columns.text(0));
  return all;
}

}  // namespace

SetTables tables_of(const std::string& set) {
  if (set == "train") return {"rawPhot", "lcFeats"};
  const bool sound = !set.empty() && std::islower(static_cast<unsigned char>(set[0])) != 0 &&
                     std::all_of(set.begin(), set.end(), [](unsigned char c) {
                       return std::islower(c) != 0 || std::isdigit(c) != 0;
                     });
  if (!sound || set == "raw" || set == "lc" || set.size() > 40)
    throw Error(ErrorKind::kUsage,
                "--into " + set + ": expected train, test or another name of small letters and digits");
  // Names of tables have no case: testfieldFeats would be the field features of "test".
  if (set.size() >= 5 && set.compare(set.size() - 5, 5, "field") == 0)
    throw Error(ErrorKind::kUsage, "--into " + set +
                                       ": expected another name than ...field, which is a kind of "
                                       "features");
  return {set + "Phot", set + "Feats"};
}

std::string feature_table(const std::string& set, const std::string& features) {
  std::string kind = features == "base" ? "" : features;
  if (!kind.empty()) kind[0] = char(std::toupper(static_cast<unsigned char>(kind[0])));
  return (set == "train" ? "lc" : tables_of(set).phot.substr(0, set.size())) + kind + "Feats";
}

void check_schema(sqlite::Database& database, bool may_be_empty) {
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version == kSchema) {
    for (const auto& [table, columns] : kTables)
      if (columns_of(database, table) != columns)
        throw Error(kind_of(may_be_empty),
                    database.path() + ": another program's database: expected a table " + table + " of " +
                        columns + ", found " +
                        (database.has_table(table) ? columns_of(database, table) : "none"),
                    "sluice lc ingest FILES -o FILE makes one");
    return;
  }
  const std::int64_t tables = database.number("SELECT count(*) FROM sqlite_master");
  if (version == 0 && tables == 0 && may_be_empty) return;
  if (version == 0 && !database.has_table("rawPhot"))
    throw Error(kind_of(may_be_empty),
                database.path() + (tables == 0 ? ": an empty database: expected light curves, found no table"
                                               : ": another program's database: expected the tables of light "
                                                 "curves, found others"),
                "sluice lc ingest FILES -o FILE makes one");
  throw Error(kind_of(may_be_empty),
              database.path() + ": schema version: expected " + std::to_string(kSchema) + ", found " +
                  std::to_string(version),
              version > kSchema ? "a newer sluice made it: use that one"
                                : "ingest the light curves again into another file");
}

void make_tables(sqlite::Database& database) {
  if (database.number("PRAGMA user_version") == kSchema) return;
  database.execute(
      "CREATE TABLE objects(objId INTEGER PRIMARY KEY, name TEXT NOT NULL, metadata TEXT);"
      "CREATE TABLE lcLabels(objId INTEGER PRIMARY KEY REFERENCES objects(objId), label TEXT NOT NULL);");
  make_set(database, "train");
  database.execute("PRAGMA user_version = " + std::to_string(kSchema));
}

void make_set(sqlite::Database& database, const std::string& set) {
  const std::string table = tables_of(set).phot;
  database.execute("CREATE TABLE IF NOT EXISTS " + table +
                   "(id INTEGER PRIMARY KEY, objId INTEGER NOT NULL REFERENCES objects(objId), t REAL NOT "
                   "NULL, pb TEXT NOT NULL, flux REAL, dflux REAL);"
                   "CREATE INDEX IF NOT EXISTS " +
                   table + "_curve ON " + table + "(objId, pb, t)");
}

}  // namespace sluice::lc
