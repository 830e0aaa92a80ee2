// Matrices as tables, and which reader a file has.
#include "host/formats/records.h"

#include <fcntl.h>

#include <algorithm>
#include <cmath>

#include "host/element.h"
#include "host/error.h"
#include "host/formats/csv/format.h"
#include "host/formats/hdf5.h"
#include "host/formats/names.h"
#include "host/formats/npy.h"
#include "host/matrix.h"

namespace sluice {
namespace {

class MatrixTable : public RecordTable {
 public:
  MatrixTable(std::unique_ptr<MatrixSource> source, std::vector<std::string> names)
      : source_(std::move(source)) {
    const MatrixInfo& info = source_->info();
    const bool vector = info.dimensions < 2;  // a column: 1-D data are one row of a matrix
    rows_ = vector ? info.columns : info.rows;
    const auto width = std::size_t(vector ? 1 : info.columns);
    if (names.empty())
      for (std::size_t j = 0; j < width; ++j) names.push_back("column" + std::to_string(j + 1));
    if (names.size() != width)
      throw Error(ErrorKind::kInput, info.path + ": expected names of " + std::to_string(width) +
                                         " columns, found " + std::to_string(names.size()));
    for (const std::string& name : names) columns_.push_back({name, record_kind(info.type)});
    row_bytes_ = width * size_of(info.type);
    format_ = info.format;
  }
  std::uint64_t read_bytes(const std::vector<std::size_t>& columns) const override {
    if (columns.empty()) return 0;
    const auto [low, high] = std::minmax_element(columns.begin(), columns.end());
    return (*high - *low + 1) * size_of(source_->info().type);
  }
  void read(std::int64_t first, std::size_t count, const std::vector<std::size_t>& columns,
            std::vector<RecordValues>& to) const override {
    const MatrixInfo& info = source_->info();
    to.resize(columns.size());
    if (columns.empty() || count == 0) return;
    const auto [low, high] = std::minmax_element(columns.begin(), columns.end());
    const std::size_t size = size_of(info.type), width = *high - *low + 1;
    std::vector<char> bytes(count * width * size);
    const bool vector = info.dimensions < 2;
    Rect rect{first, std::int64_t(*low), std::int64_t(count), std::int64_t(width)};
    if (vector) rect = {0, first, 1, std::int64_t(count)};
    source_->read(rect, bytes.data(), std::int64_t((info.fortran || vector ? count : width) * size));
    for (std::size_t k = 0; k < columns.size(); ++k) {
      RecordValues& values = to[k];
      values.numbers.resize(count);
      values.integers.resize(is_whole(columns_[columns[k]].kind) ? count : 0);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t column = columns[k] - *low;
        const std::size_t at = vector || info.fortran ? column * count + i : i * width + column;
        values.numbers[i] = element(bytes.data() + at * size, info.type, info.swapped);
        if (!values.integers.empty()) values.integers[i] = integer(bytes.data() + at * size);
      }
    }
  }

 private:
  /// Without a double on the way, which holds 53 bits.
  std::int64_t integer(const char* at) const {
    const MatrixInfo& info = source_->info();
    if (size_of(info.type) < 8) return std::int64_t(element(at, info.type, info.swapped));
    std::uint64_t value;
    std::memcpy(&value, at, 8);
    return std::int64_t(info.swapped ? __builtin_bswap64(value) : value);
  }
  std::unique_ptr<MatrixSource> source_;
};

}  // namespace

RecordColumn::Kind record_kind(DType type) {
  using Kind = RecordColumn::Kind;
  if (type == DType::kFloat32 || type == DType::kFloat64) return Kind::kNumber;
  return type == DType::kBool ? Kind::kFlag : type == DType::kUInt64 ? Kind::kUnsigned : Kind::kInteger;
}

std::string record_text(const RecordValues& values, RecordColumn::Kind kind, std::size_t row) {
  using Kind = RecordColumn::Kind;
  if (kind == Kind::kText) return values.texts[row];
  if (kind == Kind::kInteger) return std::to_string(values.integers[row]);
  if (kind == Kind::kUnsigned) return std::to_string(std::uint64_t(values.integers[row]));
  if (kind == Kind::kFlag) return values.numbers[row] != 0 ? "True" : "False";
  return std::isnan(values.numbers[row]) ? "" : csv::float_text(values.numbers[row]);
}

bool is_record_file(const std::string& path) {
  const FileName name = split_input(path);
  if (!sys::exists(name.file)) return false;
  const sys::File file(name.file, O_RDONLY);
  unsigned char first[8] = {};
  const std::size_t size = sys::read_some(file, first, sizeof first, 0);
  return has_npy_magic(first, size) || is_hdf5(file);
}

std::unique_ptr<RecordTable> open_records(const std::string& path, const std::vector<std::string>& names) {
  const FileName name = split_input(path);
  std::vector<std::string> found;
  std::string matrix = path;
  const sys::File file(name.file, O_RDONLY);
  std::unique_ptr<RecordTable> table =
      is_hdf5(file) ? open_hdf5_records(path, found, matrix) : open_npy_records(path);
  if (table == nullptr)
    table = std::make_unique<MatrixTable>(open_matrix(matrix, {}), names.empty() ? found : names);
  else if (!names.empty())
    throw Error(ErrorKind::kUsage, "--names: " + path + " names its columns itself");
  return table;
}

}  // namespace sluice
