// A merge by a heap of the runs' next rows.
#include "host/lc/sorted_runs.h"

#include <algorithm>
#include <queue>

#include "host/lc/sort.h"

namespace sluice::lc {
namespace {

constexpr std::uint64_t kLeastBuffer = 64 * sizeof(Row), kMostBuffer = 6400 * sizeof(Row);

}  // namespace

void Once::operator()(const Row& row) {
  if (any_ && !before(last_, row)) return;
  any_ = true, last_ = row;
  take_(row);
}

void SortedRuns::write(const std::vector<Row>& rows) {
  const std::uint64_t bytes = rows.size() * sizeof(Row);
  if (!spill_) spill_ = std::make_unique<Spill>(beside_, bytes);
  const std::uint64_t begin = spill_->bytes();
  spill_->append(rows.data(), bytes);
  runs_.push_back({begin, begin + bytes});
}

void SortedRuns::add(Batch&& batch) {
  // One numbering for all batches, which sort() must not change: bands are in its order here.
  std::vector<std::int32_t> codes;
  for (const std::string& band : batch.bands) codes.push_back(bands_.add(band, 0));
  for (Row& row : batch.rows) row.band = codes[std::size_t(row.band)];
  batch.bands.clear();
  sort(batch);
  if (runs_.empty() && first_.empty()) {
    first_ = std::move(batch.rows);
    return;
  }
  if (!first_.empty()) write(first_), first_ = {};
  write(batch.rows);
}

void SortedRuns::merge(Budget& budget, const std::function<void(const Row&)>& take) {
  Once once(take);
  for (const Row& row : first_) once(row);
  if (runs_.empty()) return;
  struct Reader {
    Run rest;
    std::vector<Row> rows;
    std::size_t next = 0;
  };
  const std::uint64_t each =
      std::clamp<std::uint64_t>(budget.left() / 4 / runs_.size(), kLeastBuffer, kMostBuffer) / sizeof(Row);
  const Share share(budget, each * sizeof(Row) * runs_.size(), "parts of sorted rows");
  std::vector<Reader> readers;
  for (const Run& run : runs_) readers.push_back({run, {}, 0});
  const auto fill = [&](Reader& reader) {
    const std::uint64_t bytes = std::min(each * sizeof(Row), reader.rest.end - reader.rest.begin);
    reader.rows.resize(bytes / sizeof(Row));
    reader.next = 0;
    if (bytes != 0) spill_->read(reader.rows.data(), bytes, reader.rest.begin);
    reader.rest.begin += bytes;
    return bytes != 0;
  };
  // Of rows that are the same, those of the earlier run first.
  const auto later = [&](std::size_t a, std::size_t b) {
    const Row &x = readers[a].rows[readers[a].next], &y = readers[b].rows[readers[b].next];
    if (before(x, y)) return false;
    return before(y, x) || a > b;
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> heap(later);
  for (std::size_t i = 0; i < readers.size(); ++i)
    if (fill(readers[i])) heap.push(i);
  while (!heap.empty()) {
    const std::size_t i = heap.top();
    heap.pop();
    Reader& reader = readers[i];
    once(reader.rows[reader.next]);
    if (++reader.next < reader.rows.size() || fill(reader)) heap.push(i);
  }
}

}  // namespace sluice::lc
