// The reader of separated values against the simple one, on any bytes: the same texts and the same faults
// whatever the range size; inferred types that do not depend on it; and Error{kInput} or {kMemory} is all it
// ever throws. The first four bytes choose the dialect, the sizes and the encoding; the rest is the file.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "../host/csv_random_files.h"
#include "../host/csv_simple_reader.h"
#include "host/error.h"
#include "host/formats/csv/reader.h"

namespace {

using namespace sluice::csv;
using sluice::csv_test::Field;

void require(bool promise) {
  if (!promise) std::abort();
}

using Columns = std::vector<std::vector<std::string>>;

struct Result {
  bool refused = false;
  std::vector<Type> types;
  Columns values;
  std::int64_t ragged = 0, open = 0;
  bool operator==(const Result&) const = default;
};

std::string value_of(const Column& column, const ColumnData& data, std::size_t row) {
  if (data.missing[row] != 0) return "<missing>";
  switch (column.type) {
    case Type::kInteger:
    case Type::kTime:
      return std::to_string(data.integers[row]);
    case Type::kFloat:
      return std::to_string(data.floats[row]);
    case Type::kCategory:
      return column.levels[std::size_t(data.codes[row])];
    case Type::kText:
      break;
  }
  return std::string(data.text_at(row));
}

Result table(const std::string& path, const Options& options) {
  Result result;
  try {
    sluice::Budget budget(64 << 20, "--memory");
    const Schema schema = scan(path, options, budget);
    for (const Column& column : schema.columns) result.types.push_back(column.type);
    result.values.resize(schema.columns.size());
    const Faults faults = read(path, options, schema, budget, [&](const Batch& batch) {
      for (std::size_t i = 0; i < batch.columns.size(); ++i)
        for (std::size_t row = 0; row < std::size_t(batch.rows); ++row)
          result.values[i].push_back(value_of(schema.columns[i], batch.columns[i], row));
    });
    require(faults.rows() == schema.faults.rows() && faults.first == schema.faults.first);
    for (const auto& values : result.values) require(std::int64_t(values.size()) == schema.rows);
    result.ragged = faults.ragged, result.open = faults.open_quote;
    require(faults.not_utf8 == 0 || options.dialect.encoding == Encoding::kUtf8);
  } catch (const sluice::Error& error) {
    require(error.kind() == sluice::ErrorKind::kInput || error.kind() == sluice::ErrorKind::kMemory);
    result = {};
    result.refused = true;
  }
  return result;
}

// Latin-1, so that every byte is text.
std::string utf8(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      result += c;
    else
      result += {char(0xc0 | byte >> 6), char(0x80 | (byte & 0x3f))};
  }
  return result;
}

void compare(const std::string& path, const std::string& bytes, Options options) {
  const sluice::csv_test::Rows rows = sluice::csv_test::simple_rows(bytes, options.dialect);
  if (rows.rows.empty() || (rows.open_quote && rows.rows.size() == 1)) {
    require(table(path, options).refused);
    return;
  }
  const std::size_t columns = rows.rows[0].size();
  options.dialect.header = false;
  for (std::size_t i = 0; i < columns; ++i)
    options.given.push_back({"column" + std::to_string(i + 1), Type::kText, {}});
  Result truth;
  truth.types.assign(columns, Type::kText);
  truth.values.resize(columns);
  const MissingWords missing(options.dialect);
  for (std::size_t r = 0; r < rows.rows.size(); ++r) {
    const std::vector<Field>& row = rows.rows[r];
    if (r + 1 == rows.rows.size() && rows.open_quote) {
      ++truth.open;
    } else if (row.size() != columns) {
      ++truth.ragged;
    } else {
      for (std::size_t i = 0; i < columns; ++i)
        truth.values[i].push_back(missing.contains({row[i].text, row[i].quoted}) ? "<missing>"
                                                                                 : utf8(row[i].text));
    }
  }
  require(table(path, options) == truth);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4 || size > 4096) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
  const int file = memfd_create("table", 0);
  if (file < 0 || write(file, bytes.data(), bytes.size()) != ssize_t(bytes.size())) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  const std::vector<Dialect> dialects = sluice::csv_test::dialects();
  Options options;
  options.dialect = dialects[data[0] % dialects.size()];
  options.dialect.quoted_missing = (data[0] & 0x80) != 0;
  options.on_error = OnError::kSkip;
  options.threads = 1;
  options.batch_rows = 3;
  options.range_bytes = 8 << 10;  // the whole file; larger ones take longer to make
  const Result whole = table(path, options);
  options.range_bytes = 1 + data[1];
  options.threads = 1 + data[2] % 3;
  require(table(path, options) == whole);
  // What the simple reader does not know: byte order marks and compressed files.
  const bool marked = bytes.starts_with("\xef\xbb\xbf") || bytes.starts_with("\xff\xfe") ||
                      bytes.starts_with("\xfe\xff") || bytes.starts_with("\x1f\x8b") ||
                      bytes.starts_with("\x28\xb5\x2f\xfd");
  options.dialect.encoding = Encoding::kLatin1;
  if (!marked) compare(path, bytes, options);
  close(file);
  return 0;
}
