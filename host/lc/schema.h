// The store's tables in SQL, and whether a database has them.
#pragma once
#include <string>

#include "host/formats/sqlite.h"
#include "host/lc/store.h"

namespace sluice::lc {

/// Error{kInput or kOutput, as the database was opened}: tables of another program, another schema version.
void check_schema(sqlite::Database& database, bool may_be_empty);
/// Tables that are not there yet; user_version.
void make_tables(sqlite::Database& database);
/// The set's table of rows with its index.
void make_set(sqlite::Database& database, const std::string& set);

}  // namespace sluice::lc
