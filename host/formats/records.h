// Tables that are binary: columns of numbers, truth values or text, in rows that can be read from anywhere.
// What they are in a file: a matrix with names for its columns, a structured array (.npy), a compound dataset
// or a group of 1-D datasets of one length (HDF5).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/io/sys.h"
#include "kernels/dtype.h"

namespace sluice {

struct RecordColumn {
  enum class Kind { kNumber, kInteger, kUnsigned, kFlag, kText };  // kUnsigned: of 64 bits
  std::string name;
  Kind kind = Kind::kNumber;
};

/// Values of one column, as its kind says: integers also as numbers.
struct RecordValues {
  std::vector<double> numbers;         // kNumber, kInteger, kUnsigned, kFlag
  std::vector<std::int64_t> integers;  // kInteger; kUnsigned: the same 64 bits
  std::vector<std::string> texts;      // kText, UTF-8
};

class RecordTable {
 public:
  virtual ~RecordTable() = default;
  const std::vector<RecordColumn>& columns() const { return columns_; }
  std::int64_t rows() const { return rows_; }
  /// Of a row of all columns, about.
  std::uint64_t row_bytes() const { return row_bytes_; }
  const std::string& format() const { return format_; }
  /// Bytes that reading these columns may hold between two reads.
  virtual std::uint64_t held_bytes(const std::vector<std::size_t>&) const { return 0; }
  /// Fields that are no columns, with commas between; empty: none.
  const std::string& left_out() const { return left_out_; }
  /// Rows [first, first + count) of some columns, in their order. Thread-safe. Error{kInput} where the file
  /// is damaged or shorter than it says.
  virtual void read(std::int64_t first, std::size_t count, const std::vector<std::size_t>& columns,
                    std::vector<RecordValues>& to) const = 0;
  /// Bytes of a row that read() holds for these columns; a matrix is read from the lowest to the highest.
  virtual std::uint64_t read_bytes(const std::vector<std::size_t>& columns) const { return row_bytes_; }

 protected:
  std::vector<RecordColumn> columns_;
  std::int64_t rows_ = 0;
  std::uint64_t row_bytes_ = 0;
  std::string format_, left_out_;
};

/// Of a column of such numbers.
RecordColumn::Kind record_kind(DType type);

/// Whether there are `integers` of such a column.
inline bool is_whole(RecordColumn::Kind kind) {
  return kind == RecordColumn::Kind::kInteger || kind == RecordColumn::Kind::kUnsigned;
}

/// A value as the text that a level has; empty where it is missing.
std::string record_text(const RecordValues& values, RecordColumn::Kind kind, std::size_t row);

/// Whether a file begins as .npy or HDF5 does ("file.h5:/path" names a part of one).
bool is_record_file(const std::string& path);

/// Opens one. `names`: of a matrix's columns, where the file has none; empty: column1, column2, ...
/// Error{kInput}: no table that can be read so; names that are not as many as columns.
std::unique_ptr<RecordTable> open_records(const std::string& path, const std::vector<std::string>& names);

std::unique_ptr<RecordTable> open_npy_records(const std::string& path);
/// Null where the file holds a matrix, whose columns' names go to `names` where it has any.
std::unique_ptr<RecordTable> open_hdf5_records(const std::string& path, std::vector<std::string>& names,
                                               std::string& matrix);

}  // namespace sluice
