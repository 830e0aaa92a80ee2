// The callbacks of an eponymous virtual table. None of them can fail but for memory.
#include "host/formats/sqlite_rows.h"

#include <sqlite3.h>

#include <cstring>
#include <new>

namespace sluice::sqlite {

struct MemoryRows::Module {
  struct Table : sqlite3_vtab {
    MemoryRows* rows;
  };
  struct Cursor : sqlite3_vtab_cursor {
    std::size_t at;
  };
  static MemoryRows& rows_of(sqlite3_vtab_cursor* cursor) {
    return *static_cast<Table*>(cursor->pVtab)->rows;
  }

  static int connect(sqlite3* database, void* rows, int, const char* const*, sqlite3_vtab** made, char**) {
    std::string definition = "CREATE TABLE memory_rows(";
    for (const Column& column : static_cast<MemoryRows*>(rows)->columns_)
      definition += (definition.back() == '(' ? "" : ", ") + std::string(column.name);
    const int code = sqlite3_declare_vtab(database, (definition + ")").c_str());
    if (code != SQLITE_OK) return code;
    auto* table = new (std::nothrow) Table();
    if (table == nullptr) return SQLITE_NOMEM;
    table->rows = static_cast<MemoryRows*>(rows);
    *made = table;
    return SQLITE_OK;
  }
  static int disconnect(sqlite3_vtab* table) {
    delete static_cast<Table*>(table);
    return SQLITE_OK;
  }
  static int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
    info->estimatedCost = 1e6;
    return SQLITE_OK;
  }
  static int open(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
    *made = new (std::nothrow) Cursor();
    return *made == nullptr ? SQLITE_NOMEM : SQLITE_OK;
  }
  static int close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
  }
  static int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    static_cast<Cursor*>(cursor)->at = 0;
    return SQLITE_OK;
  }
  static int next(sqlite3_vtab_cursor* cursor) {
    ++static_cast<Cursor*>(cursor)->at;
    return SQLITE_OK;
  }
  static int eof(sqlite3_vtab_cursor* cursor) {
    const MemoryRows& rows = rows_of(cursor);
    return rows.order_ == nullptr || static_cast<Cursor*>(cursor)->at >= rows.order_->size();
  }
  static int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
    *id = sqlite3_int64(static_cast<Cursor*>(cursor)->at);
    return SQLITE_OK;
  }
  static int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
    const MemoryRows& rows = rows_of(cursor);
    const Column& column = rows.columns_[std::size_t(index)];
    const char* const at =
        rows.base_ + (*rows.order_)[static_cast<Cursor*>(cursor)->at] * rows.row_bytes_ + column.offset;
    if (column.kind == Kind::kInteger) {
      std::int64_t value;
      std::memcpy(&value, at, sizeof value);
      sqlite3_result_int64(context, value);
    } else if (column.kind == Kind::kReal) {
      double value;
      std::memcpy(&value, at, sizeof value);
      sqlite3_result_double(context, value);
    } else {
      std::int32_t code;
      std::memcpy(&code, at, sizeof code);
      const std::string& word = (*rows.words_)[std::size_t(code)];
      sqlite3_result_text(context, word.data(), int(word.size()), SQLITE_STATIC);
    }
    return SQLITE_OK;
  }

  static const sqlite3_module* get() {
    static const sqlite3_module module = [] {
      sqlite3_module m{};
      m.xConnect = connect;
      m.xDisconnect = disconnect;
      m.xBestIndex = best_index;
      m.xOpen = open;
      m.xClose = close;
      m.xFilter = filter;
      m.xNext = next;
      m.xEof = eof;
      m.xColumn = column;
      m.xRowid = rowid;
      return m;
    }();
    return &module;
  }
};

MemoryRows::MemoryRows(Database& database, std::vector<Column> columns)
    : database_(&database), columns_(std::move(columns)) {
  const int code = sqlite3_create_module_v2(database.handle(), "memory_rows", Module::get(), this, nullptr);
  if (code != SQLITE_OK) database.fail(code, "preparing to insert");
}

MemoryRows::~MemoryRows() {
  sqlite3_create_module_v2(database_->handle(), "memory_rows", nullptr, nullptr, nullptr);
}

}  // namespace sluice::sqlite
