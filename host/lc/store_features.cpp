// Tables of features.
#include <cctype>
#include <cmath>
#include <set>

#include "host/formats/sqlite.h"
#include "host/lc/feature_text.h"
#include "host/lc/store.h"

namespace sluice::lc {
namespace {

constexpr std::size_t kMostColumns = 1999;  // of SQLite's tables, without objId

}  // namespace

struct FeatureWriter::Parts {
  explicit Parts(sqlite::Database& database) {
    if (!database.in_transaction()) transaction.emplace(database);
  }
  std::optional<sqlite::Transaction> transaction;  // none: that of an earlier writer, which commits it
  sqlite::Statement insert;
  std::optional<double> missing;
  std::int64_t rows = 0;
};

FeatureWriter::FeatureWriter(Store& store, const std::string& table, const std::vector<std::string>& columns,
                             std::optional<double> missing, bool replace) {
  if (columns.size() > kMostColumns)
    throw Error(ErrorKind::kUsage,
                store.path() + ": too many features for a table: expected at most " +
                    std::to_string(kMostColumns) + " columns, found " + std::to_string(columns.size()),
                "take fewer bands or features, or another output: -o FEATURES.csv");
  std::set<std::string> taken = {"objid"}, given;
  for (const std::string& column : columns) given.insert(lower(column));
  for (const std::string& column : columns) {
    std::string name = column;
    for (int k = 2; taken.count(lower(name)) != 0 || (name != column && given.count(lower(name)) != 0); ++k)
      name = column + "_" + std::to_string(k);
    taken.insert(lower(name));
    if (name != column) renamed_.push_back("'" + column + "' is '" + name + "'");
    columns_.push_back(name);
  }
  sqlite::Database& database = store.database();
  database.execute("PRAGMA foreign_keys = ON");
  parts_ = std::make_unique<Parts>(database);
  parts_->missing = missing;
  if (database.has_table(table)) {
    if (!replace)
      throw Error(ErrorKind::kOutput, store.path() + ": has the table " + table + " already",
                  "give --force to replace it");
    database.execute("DROP TABLE " + sqlite::quoted(table));
  }
  std::string definition = "CREATE TABLE " + sqlite::quoted(table) +
                           "(objId INTEGER PRIMARY KEY REFERENCES objects(objId)",
              places = "?";
  for (const std::string& column : columns_) {
    definition += ", " + sqlite::quoted(column) + " REAL";
    places += ", ?";
  }
  database.execute(definition + ")");
  parts_->insert = database.prepare("INSERT INTO " + sqlite::quoted(table) + " VALUES (" + places + ")");
}

FeatureWriter::~FeatureWriter() = default;

void FeatureWriter::add(std::span<const std::int64_t> objects, std::span<const double* const> values) {
  sqlite::Statement& insert = parts_->insert;
  for (std::size_t o = 0; o < objects.size(); ++o) {
    insert.bind(1, objects[o]);
    for (std::size_t c = 0; c < values.size(); ++c) {
      const double value = values[c][o];
      insert.bind(int(c) + 2, std::isnan(value) && parts_->missing ? *parts_->missing : value);
    }
    insert.run();
    ++parts_->rows;
  }
}

std::int64_t FeatureWriter::finish() {
  parts_->insert = {};
  if (parts_->transaction) parts_->transaction->commit();
  return parts_->rows;
}

}  // namespace sluice::lc
