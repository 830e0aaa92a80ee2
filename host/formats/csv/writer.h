// Batches of columns to a file of separated values. What is written reads back as the same values; the same
// values give the same bytes.
#pragma once
#include <cstdint>
#include <string>

#include "host/formats/csv/format.h"
#include "host/io/sys.h"

namespace sluice::csv {

/// Writes OUT.partial, which finish() renames. Numbers are the shortest that round-trip, floats always with a
/// point or an exponent; times ISO 8601, of UTC with Z where zoned; lines end with LF; UTF-8. Text stands in
/// quotes where it would otherwise be read as something else. Empty text and text that is a missing word come
/// back as text only where the reader's quoted_missing is off.
class Writer {
 public:
  /// Error{kUsage} for a dialect that cannot be written, {kOutput} where the file cannot.
  Writer(const std::string& path, const Dialect& dialect, const Schema& schema);
  ~Writer();
  Writer(const Writer&) = delete;
  /// Error{kOutput} where a text needs quotes and the dialect has none.
  void write(const Batch& batch);
  /// Everything on disk, under its name.
  void finish();

 private:
  void flush();

  std::string path_;
  RowFormatter formatter_;
  sys::File file_;
  std::string buffer_;
  std::uint64_t offset_ = 0;
  bool finished_ = false;
};

}  // namespace sluice::csv
