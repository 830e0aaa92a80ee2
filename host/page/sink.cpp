#include "host/page/sink.h"

#include <fcntl.h>

#include "host/error.h"

namespace sluice::page {
namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void append_three(std::string& to, unsigned bits) {
  to += {kDigits[bits >> 18 & 63], kDigits[bits >> 12 & 63], kDigits[bits >> 6 & 63], kDigits[bits & 63]};
}

/// The last one or two bytes.
void append_rest(std::string& to, unsigned bits, unsigned bytes) {
  bits <<= 8 * (3 - bytes);
  to += {kDigits[bits >> 18 & 63], kDigits[bits >> 12 & 63], bytes == 2 ? kDigits[bits >> 6 & 63] : '=', '='};
}

}  // namespace

std::string base64_of(std::string_view bytes) {
  std::string result;
  unsigned bits = 0, held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    if (++held == 3) append_three(result, bits), bits = held = 0;
  }
  if (held > 0) append_rest(result, bits, held);
  return result;
}

Sink::Sink(const std::string& path)
    : path_(path), working_(path + ".partial"), file_(working_, O_WRONLY | O_CREAT | O_TRUNC) {
  buffer_.reserve(kBuffer + 4096);
}

Sink::~Sink() {
  if (finished_) return;
  try {
    sys::unlink(working_);
  } catch (const Error&) {  // the error that ended the writing says more
  }
}

void Sink::flush() {
  sys::write_at(file_, buffer_.data(), buffer_.size(), offset_);
  offset_ += buffer_.size();
  buffer_.clear();
}

void Sink::text(std::string_view text) {
  if (buffer_.size() + text.size() > kBuffer) flush();
  if (text.size() <= kBuffer) {
    buffer_ += text;
    return;
  }
  sys::write_at(file_, text.data(), text.size(), offset_);
  offset_ += text.size();
}

void Sink::base64(const void* data, std::size_t bytes) {
  const auto* p = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < bytes; ++i) {
    held_ = held_ << 8 | p[i];
    if (++held_bytes_ < 3) continue;
    append_three(buffer_, held_);
    held_ = held_bytes_ = 0;
    if (buffer_.size() > kBuffer) flush();
  }
}

void Sink::end_base64() {
  if (held_bytes_ > 0) append_rest(buffer_, held_, held_bytes_);
  held_ = held_bytes_ = 0;
}

void Sink::finish() {
  flush();
  sys::sync_all(file_);
  file_.close();
  sys::rename(working_, path_);
  finished_ = true;
}

}  // namespace sluice::page
