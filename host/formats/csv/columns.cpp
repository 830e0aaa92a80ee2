// Rows to columns.
#include "host/formats/csv/columns.h"

#include <algorithm>

namespace sluice::csv {
namespace {

template <class T>
void extend(std::vector<T>& to, const std::vector<T>& from, std::size_t first, std::size_t count) {
  if (from.empty()) return;
  to.insert(to.end(), from.begin() + std::ptrdiff_t(first), from.begin() + std::ptrdiff_t(first + count));
}

template <class T>
void keep(std::vector<T>& values, std::size_t first, const BadRows& bad) {
  if (values.size() <= first) return;
  std::size_t to = first;
  for (std::size_t i = first; i < values.size(); ++i)
    if (!bad.contains(i - first)) values[to++] = values[i];
  values.resize(to);
}

}  // namespace

const char* name_of(Type type) {
  switch (type) {
    case Type::kInteger:
      return "integer";
    case Type::kFloat:
      return "float";
    case Type::kTime:
      return "time";
    case Type::kCategory:
      return "category";
    case Type::kText:
      break;
  }
  return "text";
}

std::string bad_value(const std::string& column, Type type, std::string_view found) {
  static const char* const expected[] = {"an integer of 64 bits", "a number", "an ISO 8601 time",
                                         "a known level", ""};
  return "bad value in '" + column + "': expected " + expected[int(type)] + ", found '" + shown(found) + "'";
}

void ColumnData::append(const ColumnData& from, std::size_t first, std::size_t count) {
  extend(integers, from.integers, first, count);
  extend(floats, from.floats, first, count);
  extend(codes, from.codes, first, count);
  extend(missing, from.missing, first, count);
  if (from.text_ends.empty() || count == 0) return;
  const std::int64_t begin = first == 0 ? 0 : from.text_ends[first - 1];
  const std::int64_t shift = std::int64_t(text.size()) - begin;
  for (std::size_t i = first; i < first + count; ++i) text_ends.push_back(from.text_ends[i] + shift);
  text.append(from.text, std::size_t(begin), std::size_t(from.text_ends[first + count - 1] - begin));
}

void ColumnData::remove(std::size_t first, const BadRows& bad) {
  if (!text_ends.empty()) {
    std::size_t to = first, begin = first == 0 ? 0 : std::size_t(text_ends[first - 1]), text_to = begin;
    for (std::size_t i = first; i < text_ends.size(); ++i) {
      const std::size_t end = std::size_t(text_ends[i]);
      if (!bad.contains(i - first)) {
        std::copy(text.begin() + std::ptrdiff_t(begin), text.begin() + std::ptrdiff_t(end),
                  text.begin() + std::ptrdiff_t(text_to));
        text_to += end - begin;
        text_ends[to++] = std::int64_t(text_to);
      }
      begin = end;
    }
    text_ends.resize(to);
    text.resize(text_to);
  }
  keep(integers, first, bad);
  keep(floats, first, bad);
  keep(codes, first, bad);
  keep(missing, first, bad);
}

void ColumnData::clear() {
  integers.clear();
  floats.clear();
  codes.clear();
  missing.clear();
  text_ends.clear();
  text.clear();
}

std::uint64_t ColumnData::bytes() const {
  return integers.capacity() * 8 + floats.capacity() * 8 + codes.capacity() * 4 + text_ends.capacity() * 8 +
         missing.capacity() + text.capacity();
}

}  // namespace sluice::csv
