// Faults of rows, in the file's order.
#include "host/formats/csv/faults.h"

#include <algorithm>

#include "host/formats/csv/parse.h"

namespace sluice::csv {

void FaultLog::count(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::kRagged:
      ++faults_.ragged;
      break;
    case Fault::Kind::kBadValue:
      ++faults_.bad_value;
      break;
    case Fault::Kind::kNotUtf8:
      ++faults_.not_utf8;
      break;
    case Fault::Kind::kOpenQuote:
      ++faults_.open_quote;
      break;
  }
}

void FaultLog::merge(const FaultLog& other) {
  faults_.ragged += other.faults_.ragged;
  faults_.bad_value += other.faults_.bad_value;
  faults_.not_utf8 += other.faults_.not_utf8;
  faults_.open_quote += other.faults_.open_quote;
  first_.insert(first_.end(), other.first_.begin(), other.first_.end());
  std::stable_sort(first_.begin(), first_.end(),
                   [](const Fault& a, const Fault& b) { return a.offset < b.offset; });
  if (first_.size() > Faults::kListed) first_.resize(Faults::kListed);
}

bool sound(const Row& row, int fields, const Dialect& dialect, bool ascii, FaultLog& faults) {
  if (row.open_quote) {
    faults.add(Fault::Kind::kOpenQuote, row.begin_of(row.fields - 1), row.fields,
               [] { return std::string("open quote: expected a closing quote, found the end of the file"); });
    return false;
  }
  if (row.fields != fields) {
    const int at = std::min(row.fields, fields + 1);
    faults.add(Fault::Kind::kRagged, row.begin_of(at - 1), at, [&] {
      return "ragged row: expected " + std::to_string(fields) + " fields, found " +
             std::to_string(row.fields);
    });
    return false;
  }
  if (!ascii && dialect.encoding == Encoding::kUtf8 && !is_utf8(row.bytes())) {
    int at = 0;
    while (at + 1 < fields && is_utf8(row.field(at))) ++at;
    faults.add(Fault::Kind::kNotUtf8, row.begin_of(at), at + 1,
               [] { return std::string("wrong encoding: expected UTF-8, found other bytes"); });
    return false;
  }
  return true;
}

std::string shown(std::string_view text) {
  std::string result(text.substr(0, 40));
  while (!is_utf8(result)) result.pop_back();  // a character that was cut
  for (char& c : result) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text.size() > 40 ? result + "..." : result;
}

}  // namespace sluice::csv
