// Calls of SQLite and what their result codes mean to a user.
#include "host/formats/sqlite.h"

#include <sqlite3.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

namespace sluice::sqlite {
namespace {

constexpr int kWaitMilliseconds = 2000;

struct Meaning {
  Problem problem;
  const char* what;
  const char* advice;
};

Meaning meaning_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Problem::kLocked, "locked: another program is writing to it", "wait for it, or close it"};
    case SQLITE_FULL:
      return {Problem::kFull, "the disk is full",
              "what was stored before is whole; free some space, then run the same command again"};
    case SQLITE_CORRUPT:
      return {Problem::kCorrupt, "corrupted: parts of the database do not fit together",
              "sqlite3 FILE .recover saves what can be read"};
    case SQLITE_NOTADB:
      return {Problem::kNoDatabase, "no database: expected an SQLite file, found other bytes", ""};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Problem::kReadOnly, "cannot be written: no permission", "write to a file that you own"};
    case SQLITE_CONSTRAINT:
      return {Problem::kConstraint, "a rule of the database would be broken", ""};
    case SQLITE_INTERRUPT:
      return {Problem::kInterrupted, "interrupted", ""};
    case SQLITE_CANTOPEN:
      return {Problem::kOther, "cannot be opened", ""};
    case SQLITE_TOOBIG:
      return {Problem::kOther, "a text is too large for SQLite", ""};
    case SQLITE_NOMEM:
      return {Problem::kOther, "no memory left", ""};
    default:
      return {Problem::kOther, "failed", ""};
  }
}

}  // namespace

Database::Database(const std::string& path, Mode mode)
    : path_(path), kind_(mode == Mode::kRead ? ErrorKind::kInput : ErrorKind::kOutput) {
  // Counting its memory costs SQLite a lock for each piece. Refused where the process uses it already.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(uncounted);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw Error(kind_, path + ": is a folder: expected a database");
  if (mode != Mode::kCreate && !std::filesystem::exists(path, ignored))
    throw Error(kind_, path + ": no such file");
  const int flags = mode == Mode::kRead    ? SQLITE_OPEN_READONLY
                    : mode == Mode::kWrite ? SQLITE_OPEN_READWRITE
                                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  try {
    open(flags);
  } catch (const DatabaseError& error) {
    // A journal that a program left when it died: only a writer may take it back.
    if (mode != Mode::kRead || error.problem != Problem::kReadOnly) throw;
    open(SQLITE_OPEN_READWRITE);
    execute("PRAGMA query_only = ON");
  }
}

void Database::open(int flags) {
  const int code = sqlite3_open_v2(path_.c_str(), &database_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  try {
    if (code != SQLITE_OK) fail(code, "opening");
    sqlite3_extended_result_codes(database_, 1);
    sqlite3_busy_timeout(database_, kWaitMilliseconds);
    number("SELECT count(*) FROM sqlite_master");  // the first look at the file
  } catch (...) {
    sqlite3_close_v2(database_);
    database_ = nullptr;
    throw;
  }
}

Database::~Database() {
  sqlite3_close_v2(database_);
}

void Database::fail(int code, const std::string& doing) {
  const Meaning meaning = meaning_of(code);
  std::string what = path_ + ": " + meaning.what;
  const std::string own = database_ != nullptr ? sqlite3_errmsg(database_) : sqlite3_errstr(code);
  if (meaning.problem == Problem::kOther || meaning.problem == Problem::kConstraint)
    what += " (" + doing + "): " + own;
  throw DatabaseError(kind_, meaning.problem, what, meaning.advice);
}

void Database::execute(const std::string& sql) {
  const char* rest = sql.c_str();
  while (*rest != '\0') {
    sqlite3_stmt* made = nullptr;
    int code = sqlite3_prepare_v2(database_, rest, -1, &made, &rest);
    if (code != SQLITE_OK) fail(code, sql);
    if (made == nullptr) continue;
    while ((code = sqlite3_step(made)) == SQLITE_ROW) {
    }
    // The reason stays the connection's last error.
    const int ended = sqlite3_finalize(made);
    if (code != SQLITE_DONE) fail(ended != SQLITE_OK ? ended : code, sql);
  }
}

std::int64_t Database::number(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::word(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.step() ? std::string(statement.text(0)) : std::string();
}

bool Database::has_table(std::string_view name) {
  Statement statement(*this, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE");
  return statement.bind(1, name).step();
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(database_) == 0;
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(database_);
}

std::int64_t Database::changes() const {
  return sqlite3_changes(database_);
}

Statement::Statement(Database& database, std::string_view sql) : database_(&database) {
  const int code = sqlite3_prepare_v3(database.handle(), sql.data(), int(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) database.fail(code, std::string(sql));
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

// Else the value of the row before would be stored again.
void Statement::check(int code) {
  if (code != SQLITE_OK) database_->fail(code, "a value of " + std::string(sqlite3_sql(statement_)));
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, parameter, value));
  return *this;
}

Statement& Statement::bind(int parameter, double value) {
  check(sqlite3_bind_double(statement_, parameter, value));
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view value) {
  const char* text = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(statement_, parameter, text, value.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  check(sqlite3_bind_null(statement_, parameter));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    const int reason = sqlite3_extended_errcode(database_->handle());
    try {
      database_->fail(reason == SQLITE_OK ? code : reason, sqlite3_sql(statement_));
    } catch (...) {
      sqlite3_reset(statement_);
      throw;
    }
  }
  sqlite3_reset(statement_);
  return false;
}

void Statement::reset() {
  sqlite3_reset(statement_);
}

int Statement::columns() const {
  return sqlite3_column_count(statement_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
  return null(column) ? std::numeric_limits<double>::quiet_NaN() : sqlite3_column_double(statement_, column);
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text == nullptr ? std::string_view()
                         : std::string_view(text, std::size_t(sqlite3_column_bytes(statement_, column)));
}

bool Statement::null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Transaction::Transaction(Database& database, bool immediate) : database_(&database) {
  database.execute(immediate ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (database_ == nullptr || !database_->in_transaction()) return;
  sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_->execute("COMMIT");
  database_ = nullptr;
}

std::string quoted(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) result.append(c == '"' ? 2 : 1, c);
  return result + '"';
}

}  // namespace sluice::sqlite
