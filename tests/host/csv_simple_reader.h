// A slow, simple reader of separated values, one character after the other: what the fast one must agree
// with.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/formats/csv/dialect.h"

namespace sluice::csv_test {

struct Field {
  std::string text;
  bool quoted = false;
  bool operator==(const Field&) const = default;
};

struct Rows {
  std::vector<std::vector<Field>> rows;
  std::vector<std::size_t> starts;  // of each row, in bytes
  bool open_quote = false;          // the last row has no end
};

class SimpleReader {
 public:
  SimpleReader(const std::string& bytes, const csv::Dialect& dialect) : bytes_(bytes), dialect_(dialect) {}

  Rows read() {
    Rows result;
    while (at_ < bytes_.size()) {
      const std::size_t start = at_;
      if (dialect_.comment != 0 && bytes_[at_] == dialect_.comment) {
        while (at_ < bytes_.size() && !line_end()) ++at_;
        skip_line_end();
        continue;
      }
      std::vector<Field> row = read_row();
      result.open_quote = open_;
      const bool blank = row.empty() || (row.size() == 1 && row[0] == Field{});
      if (blank) continue;
      result.rows.push_back(std::move(row));
      result.starts.push_back(start);
    }
    return result;
  }

 private:
  bool line_end() const { return bytes_[at_] == '\n' || bytes_[at_] == '\r'; }
  bool separator() const {
    return dialect_.spaces ? bytes_[at_] == ' ' || bytes_[at_] == '\t' : bytes_[at_] == dialect_.separator;
  }
  void skip_line_end() {
    if (at_ >= bytes_.size()) return;
    if (bytes_[at_] == '\r' && at_ + 1 < bytes_.size() && bytes_[at_ + 1] == '\n') ++at_;
    ++at_;
  }
  bool quote() const { return at_ < bytes_.size() && dialect_.quote != 0 && bytes_[at_] == dialect_.quote; }

  std::vector<Field> read_row() {
    std::vector<Field> row;
    for (;;) {
      if (dialect_.spaces) {
        while (at_ < bytes_.size() && separator()) ++at_;
        if (at_ == bytes_.size() || line_end()) return skip_line_end(), row;
      }
      row.push_back(read_field());
      if (at_ == bytes_.size() || line_end()) return skip_line_end(), row;
      ++at_;  // the separator
    }
  }

  Field read_field() {
    Field field;
    if (quote()) {
      field.quoted = true;
      for (++at_;;) {
        if (at_ == bytes_.size()) return open_ = true, field;
        if (quote()) {
          ++at_;
          if (!quote()) break;
        }
        field.text += bytes_[at_++];
      }
    }
    while (at_ < bytes_.size() && !separator() && !line_end()) field.text += bytes_[at_++];
    return field;
  }

  const std::string& bytes_;
  const csv::Dialect& dialect_;
  std::size_t at_ = 0;
  bool open_ = false;
};

inline Rows simple_rows(const std::string& bytes, const csv::Dialect& dialect) {
  return SimpleReader(bytes, dialect).read();
}

}  // namespace sluice::csv_test
