// The front of a table: byte order mark, first row, names.
#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "host/error.h"
#include "host/formats/csv/parse.h"
#include "host/formats/csv/walk.h"

namespace sluice::csv {
namespace {

// Behind the byte order mark, where there is one.
std::size_t behind_mark(const Feed& feed, const std::string& path) {
  const auto starts_with = [&](const char* mark, std::size_t bytes) {
    return feed.front_size() >= bytes && std::memcmp(feed.front(), mark, bytes) == 0;
  };
  if (starts_with("\xff\xfe", 2) || starts_with("\xfe\xff", 2))
    throw Error(ErrorKind::kInput, path + ": wrong encoding: expected UTF-8 or Latin-1, found UTF-16",
                "convert it: iconv -f UTF-16 -t UTF-8 FILE");
  return starts_with("\xef\xbb\xbf", 3) ? 3 : 0;
}

}  // namespace

void Walk::read_header() {
  const std::size_t start = behind_mark(feed_, path_);
  std::size_t scanned = start, first = start, first_end = 0;
  State state = State::kRowStart;
  Ends ends;
  for (;;) {
    const std::size_t size = feed_.front_size();
    state = structure_.scan(feed_.front(), scanned, size, state, ends);
    scanned = size;
    if (feed_.whole() && !at_row_start(state)) ends.push_back(End::make(size, true));
    // Comments and blank lines that were passed are not looked at again.
    Rows rows(options_.dialect, {feed_.front(), size, first, size, state == State::kQuoted && feed_.whole()},
              ends, first_end);
    Row row;
    // A CR that ends the front may have its LF behind it.
    if (rows.next(row) && (feed_.whole() || row.end + 1 < size)) {
      set_names(row);
      const std::size_t behind_row = std::min(behind(feed_.front(), size, row.end), size);
      const std::size_t begin = options_.dialect.header ? behind_row : start;
      chain_.lines = count_lines(feed_.front(), begin);
      feed_.begin_at(begin);
      return;
    }
    if (feed_.whole()) break;
    if (size != 0 && feed_.front()[size - 1] != '\r') {  // behind a CR, an LF may follow
      first = row.fields != 0 ? row.start : rows.at();
      while (first_end < ends.size() && End::offset(ends[first_end]) < first) ++first_end;
    }
    if (size - first > longest_row_ || size > kLongestScan / 2)
      refuse_row(count_lines(feed_.front(), first), feed_.front() + first, size - first);
    feed_.more();
  }
  if (options_.dialect.names.empty())
    throw Error(ErrorKind::kInput, path_ + ": empty table: expected a header or rows, found neither");
  names_ = options_.dialect.names;
  for (std::size_t i = 0; i < names_.size(); ++i) indices_.emplace(names_[i], int(i));
  feed_.begin_at(std::min(start, feed_.front_size()));
}

void Walk::set_names(const Row& row) {
  const auto at = [&](int column) { return place(count_lines(feed_.front(), row.start), column); };
  if (row.open_quote)
    throw Error(ErrorKind::kInput,
                at(row.fields) + "open quote: expected a closing quote, found the end of the file");
  const Dialect& dialect = options_.dialect;
  if (!dialect.names.empty() && dialect.names.size() != std::size_t(row.fields))
    throw Error(ErrorKind::kInput, path_ + ": wrong number of columns: expected " +
                                       std::to_string(dialect.names.size()) + " as names were given, found " +
                                       std::to_string(row.fields));
  std::vector<std::string> wanted;
  std::string scratch;
  for (int i = 0; i < row.fields; ++i) {
    if (!dialect.names.empty())
      wanted.push_back(dialect.names[std::size_t(i)]);
    else if (dialect.header)
      wanted.emplace_back(decode(row.field(i), dialect, scratch).text);
    else
      wanted.push_back("column" + std::to_string(i + 1));
    if (dialect.encoding == Encoding::kUtf8 && !is_utf8(wanted.back()))
      throw NotUtf8(at(i + 1) + "wrong encoding of the name: expected UTF-8, found other bytes",
                    "it may be Latin-1");
  }
  const std::unordered_set<std::string> given(wanted.begin(), wanted.end());
  std::unordered_map<std::string, int> repeats;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string base = wanted[i].empty() ? "Unnamed: " + std::to_string(i) : wanted[i];
    std::string name = base;
    const auto taken = [&] {
      return indices_.count(name) != 0 || (name != wanted[i] && given.count(name) != 0);
    };
    for (int& k = repeats[base]; taken();) name = base + "." + std::to_string(++k);
    if (name != wanted[i])
      renamed_.push_back("column " + std::to_string(i + 1) + ": '" + wanted[i] + "' is '" + name + "'");
    indices_.emplace(name, int(i));
    names_.push_back(name);
  }
}

}  // namespace sluice::csv
