// Opening a store, and what it says of itself.
#include "host/lc/store.h"

#include <charconv>
#include <filesystem>

#include "host/formats/csv/faults.h"
#include "host/formats/sqlite.h"
#include "host/lc/schema.h"
#include "host/lc/store_add.h"

namespace sluice::lc {

Store::Store(std::string path, std::unique_ptr<sqlite::Database> database)
    : path_(std::move(path)), database_(std::move(database)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::open_to_read(const std::string& path) {
  auto database = std::make_unique<sqlite::Database>(path, sqlite::Database::Mode::kRead);
  check_schema(*database, false);
  return Store(path, std::move(database));
}

Store Store::open_to_write(const std::string& path) {
  auto database = std::make_unique<sqlite::Database>(path, sqlite::Database::Mode::kCreate);
  check_schema(*database, true);
  if (database->number("PRAGMA user_version") != kSchema) {
    sqlite::Transaction transaction(*database);
    make_tables(*database);
    transaction.commit();
  }
  return Store(path, std::move(database));
}

bool Store::has_set(const std::string& set) const {
  return database_->has_table(tables_of(set).phot);
}

std::vector<std::string> Store::sets() const {
  std::vector<std::string> sets = {"train"};
  sqlite::Statement names(*database_,
                          "SELECT substr(name, 1, length(name) - 4) FROM sqlite_master WHERE type = 'table' "
                          "AND name GLOB '[a-z]*Phot' AND name <> 'rawPhot' ORDER BY name");
  while (names.step()) sets.emplace_back(names.text(0));
  return sets;
}

std::int64_t Store::objects() const {
  return database_->number("SELECT count(*) FROM objects");
}

std::int64_t Store::rows(const std::string& set) const {
  return has_set(set) ? database_->number("SELECT count(*) FROM " + tables_of(set).phot) : 0;
}

std::vector<std::pair<std::string, std::int64_t>> Store::bands(const std::string& set) const {
  std::vector<std::pair<std::string, std::int64_t>> bands;
  if (!has_set(set)) return bands;
  sqlite::Statement counts(*database_,
                           "SELECT pb, count(*) FROM " + tables_of(set).phot + " GROUP BY pb ORDER BY pb");
  while (counts.step()) bands.emplace_back(counts.text(0), counts.integer(1));
  return bands;
}

std::int64_t Store::find(const std::string& text) const {
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc() && end == text.data() + text.size()) {
    sqlite::Statement by_number(*database_, "SELECT 1 FROM objects WHERE objId = ?");
    if (by_number.bind(1, number).step()) return number;
  }
  sqlite::Statement by_name(*database_, "SELECT objId FROM objects WHERE name = ? LIMIT 2");
  if (by_name.bind(1, std::string_view(text)).step()) {
    number = by_name.integer(0);
    if (!by_name.step()) return number;
    throw Error(ErrorKind::kInput, path_ + ": several objects have the name '" + csv::shown(text) +
                                       "': expected one, found objId " + std::to_string(number) + " and " +
                                       std::to_string(by_name.integer(0)));
  }
  sqlite::Statement range(*database_, "SELECT count(*), min(objId), max(objId) FROM objects");
  range.step();
  throw Error(ErrorKind::kInput, path_ + ": no such object: '" + csv::shown(text) + "'; it has " +
                                     std::to_string(range.integer(0)) + " objects" +
                                     (range.null(1) ? std::string()
                                                    : ", from " + std::to_string(range.integer(1)) + " to " +
                                                          std::to_string(range.integer(2))));
}

std::string Store::name_of(std::int64_t object) const {
  sqlite::Statement name(*database_, "SELECT name FROM objects WHERE objId = ?");
  return name.bind(1, object).step() ? std::string(name.text(0)) : std::string();
}

void Store::each_object(const std::function<void(std::int64_t id, std::string name)>& take) const {
  sqlite::Statement all(*database_, "SELECT objId, name FROM objects ORDER BY objId");
  while (all.step()) take(all.integer(0), std::string(all.text(1)));
}

void Store::finish() {
  adding_.reset();
  // A log that another program left is put into the file first.
  if (database_->word("PRAGMA journal_mode") == "wal") database_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
  if (const std::string mode = database_->word("PRAGMA journal_mode = DELETE"); mode != "delete")
    throw Error(ErrorKind::kOutput, path_ + ": journal_mode: expected delete, found " + mode,
                "another program has it open: close that, then run again");
}

}  // namespace sluice::lc
