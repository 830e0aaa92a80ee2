// Adding batches to one set of a store: what is new goes in, in the order of the index.
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "host/formats/sqlite.h"
#include "host/formats/sqlite_rows.h"
#include "host/lc/store.h"

namespace sluice::lc {

/// The prepared statements, and what is known of the set.
struct Store::Adding {
  Adding(sqlite::Database& database, const std::string& set);

  /// Within a transaction, which keeps others from writing.
  void add(Batch& batch, OnConflict on_conflict, AddCounts& counts);
  void add_label(std::int64_t object, const std::string& label, const std::string& from,
                 OnConflict on_conflict, AddCounts& counts);

  const std::string set;

 private:
  static constexpr std::size_t kStored = ~std::size_t(0);
  struct Present {  // a row of the set, or (not kStored) one of the batch that will be
    std::int64_t id;
    double t, flux, error;
    std::size_t row = kStored;
  };
  void add_object(const ObjectFacts& facts, const Batch& batch, OnConflict on_conflict, AddCounts& counts);
  void look_at_curve(Batch& batch, std::size_t first, std::size_t last, bool may_be_there,
                     OnConflict on_conflict, AddCounts& counts);
  void look_at_time(Batch& batch, std::size_t first, std::size_t last, OnConflict on_conflict,
                    AddCounts& counts);
  bool in_another_set(std::int64_t object);
  bool has_rows(std::int64_t object);
  void note_name(const ObjectFacts& facts, const std::string& name, const Batch& batch);
  [[noreturn]] void refuse(const Batch& batch, const Row& row, const Present& present) const;

  sqlite::Database& database_;
  sqlite::MemoryRows memory_;
  sqlite::Statement insert_rows_, rows_between_, any_row_, update_row_, greatest_row_;
  std::vector<sqlite::Statement> others_;  // whether an object has rows in another set
  sqlite::Statement object_, insert_object_, update_object_, rename_, label_, insert_label_, update_label_;
  std::int64_t greatest_ = std::numeric_limits<std::int64_t>::min();  // object with rows in the set
  std::vector<Present> present_;                                      // of the curve at hand, ascending in t
  std::vector<Present> group_;                                        // of them, and of new ones: one time's
  std::vector<std::uint32_t> fresh_;                                  // rows of the batch to insert
};

}  // namespace sluice::lc
