// Windows, ranges and their order.
#include "host/formats/csv/walk.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "host/error.h"
#include "host/formats/csv/parallel.h"
#include "host/formats/csv/parse.h"

namespace sluice::csv {
namespace {

const Options& checked(const Options& options) {
  check(options.dialect);
  return options;
}

// Text, numbers and marks of the rows of a window take at most 12 bytes a byte of text, ends 4, and vectors
// up to twice what they hold: with the window twice over, a window of a 48th leaves a quarter of the budget
// for a batch.
std::size_t window_for(const Options& options, const Budget& budget) {
  if (options.window_bytes != 0) return options.window_bytes;
  return std::size_t(std::clamp<std::uint64_t>(budget.limit() / 48, 4 << 10, 64 << 20));
}

std::size_t range_for(const Options& options, std::size_t window, std::size_t threads) {
  if (options.range_bytes != 0) return options.range_bytes;
  return std::clamp<std::size_t>(window / (4 * threads), 4 << 10, 1 << 20);
}

std::size_t threads_for(const Options& options) {
  return std::size_t(std::max(1, options.threads > 0 ? options.threads : available_cores()));
}

}  // namespace

void FaultLog::add(Fault fault) {
  switch (fault.kind) {
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
  if (first_.size() < Faults::kListed) first_.push_back(std::move(fault));
}

bool sound(const Row& row, int fields, const Dialect& dialect, FaultLog& faults) {
  if (row.open_quote) {
    faults.add({Fault::Kind::kOpenQuote, row.begin_of(row.fields - 1), row.fields,
                "open quote: expected a closing quote, found the end of the file"});
    return false;
  }
  if (row.fields != fields) {
    const int at = std::min(row.fields, fields + 1);
    faults.add(
        {Fault::Kind::kRagged, row.begin_of(at - 1), at,
         "ragged row: expected " + std::to_string(fields) + " fields, found " + std::to_string(row.fields)});
    return false;
  }
  if (dialect.encoding == Encoding::kUtf8 && !is_utf8(row.bytes())) {
    int at = 0;
    while (at + 1 < fields && is_utf8(row.field(at))) ++at;
    faults.add({Fault::Kind::kNotUtf8, row.begin_of(at), at + 1,
                "wrong encoding: expected UTF-8, found other bytes"});
    return false;
  }
  return true;
}

Walk::Walk(const std::string& path, const Options& options, Budget& budget)
    : path_(path),
      options_(checked(options)),
      threads_(threads_for(options)),
      window_bytes_(window_for(options, budget)),
      budget_(budget),
      structure_(options.dialect),
      window_(path, window_bytes_, budget) {
  range_bytes_ = range_for(options, window_bytes_, threads_);
  read_header();
}

void Walk::read_header() {
  const auto starts_with = [&](const char* mark, std::size_t bytes) {
    return window_.size() - start_ >= bytes && std::memcmp(window_.data() + start_, mark, bytes) == 0;
  };
  while (!window_.last() && window_.size() < 3) window_.next(window_.size());
  if (starts_with("\xff\xfe", 2) || starts_with("\xfe\xff", 2))
    throw Error(ErrorKind::kInput, path_ + ": wrong encoding: expected UTF-8 or Latin-1, found UTF-16",
                "convert it: iconv -f UTF-16 -t UTF-8 FILE");
  if (starts_with("\xef\xbb\xbf", 3)) start_ = 3;
  std::vector<std::uint32_t> ends;
  for (;;) {
    // A prefix of the window until its first row is whole; the window grows until it holds one.
    std::size_t size = 0;
    State state = State::kRowStart;
    for (ends.clear(), size = start_; size < window_.size();) {
      const std::size_t to = std::min(window_.size(), size + 4096);
      state = structure_.scan(window_.data(), size, to, state, ends);
      size = to;
      const bool whole = window_.last() && size == window_.size();
      if (whole && !at_row_start(state)) ends.push_back(End::make(size, true));
      Rows rows(options_.dialect,
                {window_.data(), window_.size(), start_, size, state == State::kQuoted && whole}, ends, 0);
      Row row;
      // A CR that ends the window may have its LF in the next.
      if (!rows.next(row) || (!whole && row.end + 1 >= size)) continue;
      set_names(row);
      if (options_.dialect.header) {
        start_ = std::min(behind(window_.data(), window_.size(), row.end), window_.size());
      }
      return;
    }
    if (window_.last()) break;
    window_.next(window_.size());
  }
  if (options_.dialect.names.empty())
    throw Error(ErrorKind::kInput, path_ + ": empty table: expected a header or rows, found neither");
  names_ = options_.dialect.names;
}

void Walk::set_names(const Row& row) {
  if (row.open_quote)
    throw Error(ErrorKind::kInput, path_ + ": line " +
                                       std::to_string(count_lines(window_.data(), row.start) + 1) +
                                       ", column " + std::to_string(row.fields) +
                                       ": open quote: expected a closing quote, found the end of the file");
  const Dialect& dialect = options_.dialect;
  if (!dialect.names.empty()) {
    if (dialect.names.size() != std::size_t(row.fields))
      throw Error(ErrorKind::kInput, path_ + ": wrong number of columns: expected " +
                                         std::to_string(dialect.names.size()) +
                                         " as names were given, found " + std::to_string(row.fields));
  }
  std::unordered_set<std::string> taken;
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
      throw NotUtf8(path_ + ": line " + std::to_string(count_lines(window_.data(), row.start) + 1) +
                        ", column " + std::to_string(i + 1) +
                        ": wrong encoding of the name: expected UTF-8, found other bytes",
                    "it may be Latin-1");
  }
  const std::unordered_set<std::string> given(wanted.begin(), wanted.end());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string base = wanted[i].empty() ? "Unnamed: " + std::to_string(i) : wanted[i];
    std::string name = base;
    for (int k = 1; taken.count(name) != 0 || (name != wanted[i] && given.count(name) != 0); ++k)
      name = base + "." + std::to_string(k);
    if (name != wanted[i])
      renamed_.push_back("column " + std::to_string(i + 1) + ": '" + wanted[i] + "' is '" + name + "'");
    taken.insert(name);
    names_.push_back(name);
  }
}

// Cuts the window into ranges and finds the state at each one's begin. Returns where the window's last whole
// row ends, 0 where it has none.
std::size_t Walk::cut(State& behind_last) {
  const unsigned char* data = window_.data();
  const std::size_t size = window_.size();
  const std::size_t count = (size - start_ + range_bytes_ - 1) / range_bytes_;
  if (ranges_.size() < count) ranges_.resize(count);
  in_parallel(threads_, count, [&](std::size_t i) {
    Range& range = ranges_[i];
    range.begin = start_ + i * range_bytes_;
    range.end = std::min(range.begin + range_bytes_, size);
    range.passage = structure_.passage(data + range.begin, range.end - range.begin);
  });
  State state = State::kRowStart;
  for (std::size_t i = 0; i < count; ++i) {
    ranges_[i].state = state;
    state = ranges_[i].passage.after[std::size_t(state)];
  }
  behind_last = state;
  if (window_.last()) return size;
  for (std::size_t i = count; i-- > 0;) {
    std::vector<std::uint32_t>& ends = ranges_[i].ends;
    ends.clear();
    structure_.scan(data, ranges_[i].begin, ranges_[i].end, ranges_[i].state, ends);
    for (std::size_t k = ends.size(); k-- > 0;) {
      const std::size_t end = End::offset(ends[k]);
      if (End::is_row(ends[k]) && !(data[end] == '\r' && end + 1 == size)) return behind(data, size, end);
    }
  }
  return 0;
}

void Walk::process(Range& range, std::size_t slot, std::size_t limit, State behind_last, Job& job) const {
  const unsigned char* data = window_.data();
  const std::size_t end = std::min(range.end, limit);
  std::vector<std::uint32_t>& ends = range.ends;
  ends.clear();
  State state = structure_.scan(data, range.begin, end, range.state, ends);
  std::size_t to = end;
  // The last row may end in a later range.
  for (std::size_t seen = ends.size(); !at_row_start(state) && to < limit;) {
    const std::size_t from = to;
    to = std::min(limit, from + 1024);
    state = structure_.scan(data, from, to, state, ends);
    bool found = false;
    for (; seen < ends.size() && !found; ++seen) found = End::is_row(ends[seen]);
    if (found) break;
  }
  const bool at_end = window_.last() && to == window_.size();
  if (at_end && !at_row_start(state)) ends.push_back(End::make(to, true));
  Rows::Place place{data, window_.size(), range.begin, end, at_end && behind_last == State::kQuoted};
  std::size_t first = 0;
  if (range.state == State::kAfterCr && data[range.begin] == '\n') ++place.first;
  if (!at_row_start(range.state)) {
    while (first < ends.size() && !End::is_row(ends[first])) ++first;
    place.first = first == ends.size() ? end : behind(data, window_.size(), End::offset(ends[first]));
    ++first;
  }
  range.faults.clear();
  if (first > ends.size()) first = ends.size();
  Rows rows(options_.dialect, place, ends, first);
  job.process(slot, rows, range.faults);
}

void Walk::collect(const Range& range, Faults& total) const {
  const Faults& counts = range.faults.counts();
  total.ragged += counts.ragged;
  total.bad_value += counts.bad_value;
  total.not_utf8 += counts.not_utf8;
  total.open_quote += counts.open_quote;
  for (const Fault& fault : range.faults.first()) {
    if (total.first.size() == Faults::kListed) return;
    const std::uint64_t line = lines_ + count_lines(window_.data(), fault.offset) + 1;
    total.first.push_back(path_ + ": line " + std::to_string(line) + ", column " +
                          std::to_string(fault.column) + ": " + fault.what);
    if (options_.on_error == OnError::kFail && fault.kind == Fault::Kind::kNotUtf8)
      throw NotUtf8(total.first.front(), "it may be Latin-1; or --on-error skip leaves such rows out");
    if (options_.on_error == OnError::kFail)
      throw Error(ErrorKind::kInput, total.first.front(), "--on-error skip leaves such rows out");
  }
}

std::uint64_t Walk::lines_before(std::size_t limit, std::size_t ranges) const {
  std::uint64_t lines = count_lines(window_.data(), start_);
  for (std::size_t i = 0; i < ranges; ++i) {
    lines += ranges_[i].passage.lf + ranges_[i].passage.lone_cr;
    if (i != 0) lines -= std::uint64_t(ranges_[i - 1].passage.last_is_cr && ranges_[i].passage.first_is_lf);
  }
  return lines - count_lines(window_.data() + limit, window_.size() - limit);
}

Faults Walk::run(Job& job) {
  Faults total;
  const std::size_t slots = window_bytes_ / range_bytes_ + 2;
  const Share parsed(budget_, 32 * window_bytes_, "the parsed rows of a window");
  std::size_t made = 0;
  for (;;) {
    State behind_last = State::kRowStart;
    const std::size_t limit = cut(behind_last);
    if (limit == 0 && !window_.last()) {
      if (window_.size() + window_bytes_ > kLongestScan)
        throw Error(ErrorKind::kInput,
                    path_ + ": line " + std::to_string(lines_ + 1) +
                        ": row too long: expected a row of less than 1 GiB, found no end of it",
                    "a quote may be open");
      window_.next(window_.size());
      continue;
    }
    const std::size_t whole = (window_.size() - start_ + range_bytes_ - 1) / range_bytes_;
    const std::size_t count = (limit - start_ + range_bytes_ - 1) / range_bytes_;
    if (made < count) job.slots(made = std::max(count, slots));
    in_parallel(threads_, count, [&](std::size_t i) { process(ranges_[i], i, limit, behind_last, job); });
    for (std::size_t i = 0; i < count; ++i) {
      collect(ranges_[i], total);
      job.merge(i);
    }
    if (options_.progress) options_.progress(window_.file_offset());
    if (window_.last()) return total;
    lines_ += lines_before(limit, whole);
    window_.next(window_.size() - limit);
    start_ = 0;
  }
}

}  // namespace sluice::csv
