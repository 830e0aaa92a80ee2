// The SQLite library behind owners and typed errors. Nothing else includes sqlite3.h. A database and its
// statements belong to one thread at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "host/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::sqlite {

enum class Problem { kLocked, kFull, kCorrupt, kNoDatabase, kReadOnly, kConstraint, kInterrupted, kOther };

/// what() begins with the file's name.
struct DatabaseError : Error {
  DatabaseError(ErrorKind kind, Problem which, std::string what, std::string advice)
      : Error(kind, std::move(what), std::move(advice)), problem(which) {}
  Problem problem;
};

class Database;

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite.
class Statement {
 public:
  Statement() = default;
  Statement(Database& database, std::string_view sql);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, double value);            // NaN is NULL
  Statement& bind(int parameter, std::string_view value);  // not copied: it outlives the next step()
  Statement& bind_null(int parameter);
  /// True: there is a row. False: done, and reset for another run.
  bool step();
  /// step() of a statement without rows.
  void run() {
    while (step()) {
    }
  }
  void reset();
  explicit operator bool() const { return statement_ != nullptr; }

  int columns() const;
  std::int64_t integer(int column) const;
  double real(int column) const;  // NaN of NULL
  std::string_view text(int column) const;
  bool null(int column) const;

 private:
  void check(int code);
  Database* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

class Database {
 public:
  enum class Mode { kRead, kWrite, kCreate };
  /// Error{kInput} for kRead, else {kOutput}: no such file, no database, locked (after two seconds), ...
  /// What a program that died left half done is taken back, also for kRead.
  Database(const std::string& path, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }
  void execute(const std::string& sql);
  Statement prepare(std::string_view sql) { return Statement(*this, sql); }
  std::int64_t number(std::string_view sql);  // the first column of the first row
  std::string word(std::string_view sql);
  bool has_table(std::string_view name);
  bool in_transaction() const;
  std::int64_t last_id() const;
  std::int64_t changes() const;
  [[noreturn]] void fail(int code, const std::string& doing);
  sqlite3* handle() const { return database_; }

 private:
  void open(int flags);
  std::string path_;
  ErrorKind kind_;
  sqlite3* database_ = nullptr;
};

/// Rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database, bool immediate = true);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  void commit();

 private:
  Database* database_;
};

/// "name" with its quotes doubled, as an identifier in SQL.
std::string quoted(std::string_view name);

}  // namespace sluice::sqlite
