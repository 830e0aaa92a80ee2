// Structured arrays in .npy: the header's 'descr' is a list of names and types, the data are rows of fields
// one after the other.
#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "host/element.h"
#include "host/error.h"
#include "host/formats/dtype_text.h"
#include "host/formats/npy.h"
#include "host/formats/python_literal.h"
#include "host/formats/records.h"

namespace sluice {
namespace {

struct Field {
  std::string name, type;
  char kind = 0;  // S, U: text; 0: of `element`
  DType element = DType::kFloat64;
  bool swapped = false;
  std::size_t offset = 0, size = 0;
};

/// The list behind 'descr': pairs of texts. What else a dtype can be (sub-arrays, nested records) is refused.
class FieldReader {
 public:
  FieldReader(const std::string& header, const std::string& path) : text_(header), path_(path) {}
  std::vector<Field> read() {
    at_ = text_.find("'descr'");
    if (at_ == std::string::npos) refuse();
    at_ += 7;
    expect(':'), expect('[');
    std::vector<Field> fields;
    std::size_t offset = 0;
    while (!take(']')) {
      expect('(');
      Field field;
      field.name = text();
      expect(',');
      field.type = text();
      take(',');
      expect(')');
      set_type(field);
      field.offset = offset;
      offset += field.size;
      if (!field.name.empty()) fields.push_back(field);  // without a name: padding
      if (!take(',')) {
        expect(']');
        break;
      }
    }
    row_bytes = offset;
    return fields;
  }
  std::size_t row_bytes = 0;

 private:
  [[noreturn]] void refuse() const {
    throw Error(ErrorKind::kInput,
                path_ + ": expected a structured array of numbers and texts, found other fields",
                "fields that are arrays or records are not read: save them as columns of their own");
  }
  bool take(char wanted) {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) refuse();
  }
  std::string text() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) refuse();
    const char quote = text_[at_++];
    std::string found;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') refuse();
      found += text_[at_];
    }
    if (at_ >= text_.size()) refuse();
    ++at_;
    return found;
  }
  void set_type(Field& field) const {
    const std::string& t = field.type;
    if (t.size() > 2 && (t[1] == 'S' || t[1] == 'U' || t[1] == 'V')) {
      std::size_t length = 0;
      for (std::size_t i = 2; i < t.size(); ++i) {
        if (t[i] < '0' || t[i] > '9' || length > (std::size_t(1) << 28)) refuse();
        length = length * 10 + std::size_t(t[i] - '0');
      }
      field.kind = t[1], field.swapped = t[0] == '>';
      field.size = t[1] == 'U' ? 4 * length : length;
      if (field.kind == 'V' && !field.name.empty()) refuse();
      return;
    }
    const TypeText type = parse_type(t);
    if (!type.known)
      throw Error(ErrorKind::kInput,
                  path_ + ": field '" + field.name + "': expected numbers or text, found " + type.name,
                  type.advice);
    field.element = type.type, field.swapped = type.swapped, field.size = size_of(type.type);
  }
  const std::string& text_;
  const std::string& path_;
  std::size_t at_ = 0;
};

void append_utf8(std::string& to, std::uint32_t c) {
  if (c < 0x80) {
    to += char(c);
  } else if (c < 0x800) {
    to += char(0xc0 | c >> 6), to += char(0x80 | (c & 63));
  } else if (c < 0x10000) {
    to += char(0xe0 | c >> 12), to += char(0x80 | (c >> 6 & 63)), to += char(0x80 | (c & 63));
  } else {
    to += char(0xf0 | (c >> 18 & 7)), to += char(0x80 | (c >> 12 & 63));
    to += char(0x80 | (c >> 6 & 63)), to += char(0x80 | (c & 63));
  }
}

std::string text_of(const char* at, const Field& field) {
  std::string text;
  if (field.kind == 'S') {
    text.assign(at, field.size);
  } else {
    for (std::size_t i = 0; i < field.size; i += 4) {
      std::uint32_t c;
      std::memcpy(&c, at + i, 4);
      append_utf8(text, field.swapped ? __builtin_bswap32(c) : c);
    }
  }
  while (!text.empty() && text.back() == '\0') text.pop_back();
  return text;
}

class StructuredTable : public RecordTable {
 public:
  StructuredTable(sys::File file, std::vector<Field> fields, std::size_t row_bytes, std::int64_t rows,
                  std::uint64_t offset)
      : file_(std::move(file)), fields_(std::move(fields)), offset_(offset) {
    for (const Field& f : fields_)
      columns_.push_back({f.name, f.kind != 0 ? RecordColumn::Kind::kText : record_kind(f.element)});
    rows_ = rows, row_bytes_ = row_bytes, format_ = "npy, structured";
  }
  void read(std::int64_t first, std::size_t count, const std::vector<std::size_t>& columns,
            std::vector<RecordValues>& to) const override {
    std::vector<char> bytes(count * row_bytes_);
    sys::read_at(file_, bytes.data(), bytes.size(), offset_ + std::uint64_t(first) * row_bytes_);
    to.resize(columns.size());
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const Field& field = fields_[columns[k]];
      RecordValues& values = to[k];
      const auto kind = columns_[columns[k]].kind;
      values.texts.resize(field.kind != 0 ? count : 0);
      values.numbers.resize(field.kind == 0 ? count : 0);
      values.integers.resize(is_whole(kind) ? count : 0);
      for (std::size_t i = 0; i < count; ++i) {
        const char* at = bytes.data() + i * row_bytes_ + field.offset;
        if (field.kind != 0)
          values.texts[i] = text_of(at, field);
        else
          values.numbers[i] = element(at, field.element, field.swapped);
        if (!values.integers.empty()) values.integers[i] = integer(at, field);
      }
    }
  }

 private:
  static std::int64_t integer(const char* at, const Field& field) {
    if (field.size < 8) return std::int64_t(element(at, field.element, field.swapped));
    std::uint64_t value;
    std::memcpy(&value, at, 8);
    return std::int64_t(field.swapped ? __builtin_bswap64(value) : value);
  }
  sys::File file_;
  std::vector<Field> fields_;
  std::uint64_t offset_;
};

}  // namespace

std::unique_ptr<RecordTable> open_npy_records(const std::string& path) {
  sys::File file(path, O_RDONLY);
  std::vector<unsigned char> head(kNpyPrefix);
  head.resize(sys::read_some(file, head.data(), head.size(), 0));
  const std::size_t size = npy_header_size(head.data(), head.size(), path);
  head.resize(size);
  sys::read_at(file, head.data(), size, 0);
  const std::size_t prefix = head[6] == 1 ? 10 : 12;
  const std::string text(head.begin() + std::ptrdiff_t(prefix), head.end());
  std::string problem;
  const NpyDict dict = parse_npy_dict(text.data(), text.size(), problem);
  if (!problem.empty()) throw Error(ErrorKind::kInput, path + ": malformed header: " + problem);
  if (!dict.structured) return nullptr;
  if (dict.shape.size() != 1 || dict.overflow || dict.shape[0] < 0)
    throw Error(ErrorKind::kInput, path + ": expected a structured array of one dimension");
  FieldReader reader(text, path);
  std::vector<Field> fields = reader.read();
  const std::uint64_t bytes = sys::identity(file).bytes;
  const auto rows = std::uint64_t(dict.shape[0]);
  if (reader.row_bytes == 0 || rows > (bytes - std::min<std::uint64_t>(bytes, size)) / reader.row_bytes)
    throw Error(ErrorKind::kInput, path + ": truncated: expected " + std::to_string(rows) + " rows of " +
                                       std::to_string(reader.row_bytes) + " bytes");
  return std::make_unique<StructuredTable>(std::move(file), std::move(fields), reader.row_bytes,
                                           std::int64_t(rows), size);
}

}  // namespace sluice
