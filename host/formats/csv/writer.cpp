// Rows to the file, a mebibyte at a time.
#include "host/formats/csv/writer.h"

#include <fcntl.h>

#include <algorithm>

#include "host/error.h"

namespace sluice::csv {
namespace {

constexpr std::size_t kFlushAt = std::size_t(1) << 20;
constexpr std::int64_t kRowsAtOnce = 64;

}  // namespace

Writer::Writer(const std::string& path, const Dialect& dialect, const Schema& schema)
    : path_(path), formatter_(path, dialect, schema), file_(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC) {
  formatter_.put_header(schema, buffer_);
}

Writer::~Writer() {
  if (finished_ || !file_) return;
  try {
    sys::unlink(file_.path());
  } catch (const Error&) {  // it stays, as a partial file
  }
}

void Writer::write(const Batch& batch) {
  for (std::int64_t row = 0; row < batch.rows; row += kRowsAtOnce) {
    formatter_.put_rows(batch, row, std::min(row + kRowsAtOnce, batch.rows), buffer_);
    if (buffer_.size() >= kFlushAt) flush();
  }
}

void Writer::flush() {
  sys::write_at(file_, buffer_.data(), buffer_.size(), offset_);
  offset_ += buffer_.size();
  buffer_.clear();
}

void Writer::finish() {
  flush();
  sys::sync_all(file_);
  sys::rename(file_.path(), path_);
  finished_ = true;
}

}  // namespace sluice::csv
