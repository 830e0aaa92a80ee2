// Files directly as curves. Files of an object each are read in the order of their numbers where the names
// tell them; all else is sorted first.
// Memory: batches are an eighth or a sixteenth of the budget; what the reader and the curves take is theirs
// to say.
#include <algorithm>
#include <limits>

#include "host/lc/columns.h"
#include "host/lc/front.h"
#include "host/lc/gather.h"
#include "host/lc/numbers.h"
#include "host/lc/read.h"
#include "host/lc/sort.h"
#include "host/lc/sorted_runs.h"

namespace sluice::lc {
namespace {

constexpr std::uint64_t kLeastBatch = 64 << 10;

/// The same files by their numbers.
ReadOptions in_order(const ReadOptions& options, std::vector<std::string> files, Budget& budget) {
  ObjectNumbers numbers(options, budget, {});
  std::vector<std::pair<std::int64_t, std::uint32_t>> order;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::int64_t number = std::numeric_limits<std::int64_t>::max();  // bad files come last
    try {
      number = numbers.of_file(files, std::uint32_t(i), ObjectNumbers::name_of_file(files[i]), {});
    } catch (const Error& error) {
      if (options.table.options.on_error == csv::OnError::kFail || error.kind() != ErrorKind::kInput) throw;
    }
    order.emplace_back(number, std::uint32_t(i));
  }
  std::sort(order.begin(), order.end());
  ReadOptions sorted = options;
  sorted.files_from.clear();
  sorted.inputs.clear();
  for (const auto& [number, file] : order) sorted.inputs.push_back(std::move(files[file]));
  return sorted;
}

/// Objects ascend from batch to batch: straight to curves.
SelectedCounts straight(const ReadOptions& options, const std::vector<std::string>& bands,
                        const RunOptions& run, Budget& budget, const std::function<void(const Curves&)>& take,
                        ReadCounts& counts) {
  Gatherer gatherer("input", bands, budget, take);
  const std::uint64_t batch_bytes = std::max(kLeastBatch, budget.limit() / 16);
  std::int64_t open = -1;
  const Share share(budget, batch_bytes / 2, "sorting rows");
  counts = read_rows(options, run, budget, batch_bytes, [&](Batch&& batch) {
    sort(batch);
    std::vector<int> places;
    for (const std::string& band : batch.bands) places.push_back(gatherer.place_of(band));
    std::size_t next = 0;
    const auto add_rows = [&](std::int64_t object) {
      for (; next < batch.rows.size() && batch.rows[next].object == object; ++next) {
        const Row& row = batch.rows[next];
        gatherer.add(places[std::size_t(row.band)], row.t, row.flux, row.error);
      }
    };
    add_rows(open);                                    // the rest of the object that the batch before cut
    for (const ObjectFacts& object : batch.objects) {  // also those without rows
      gatherer.begin(object.id);
      add_rows(open = object.id);
    }
  });
  return gatherer.finish();
}

SelectedCounts sorted(const ReadOptions& options, std::vector<std::string> bands, const RunOptions& run,
                      Budget& budget, const std::string& beside,
                      const std::function<void(const Curves&)>& take, ReadCounts& counts) {
  const std::uint64_t batch_bytes = std::max(kLeastBatch, budget.limit() / 8);
  SortedRuns runs(beside);
  const Share first(budget, batch_bytes, "sorted rows");
  {
    const Share share(budget, batch_bytes / 2, "sorting rows");
    counts = read_rows(options, run, budget, batch_bytes, [&](Batch&& batch) { runs.add(std::move(batch)); });
  }
  if (bands.empty()) {
    bands = runs.bands();
    std::sort(bands.begin(), bands.end());
  }
  Gatherer gatherer("input", bands, budget, take);
  std::vector<int> places;
  for (const std::string& band : runs.bands()) places.push_back(gatherer.place_of(band));
  bool any = false;
  std::int64_t object = 0, rows = 0;
  const std::function<void(const Row&)> add = [&](const Row& row) {
    if ((++rows & 65535) == 0 && run.stop != nullptr && run.stop->load())
      throw Error(ErrorKind::kInterrupted, "interrupted");
    if (!any || row.object != object) gatherer.begin(row.object);
    any = true, object = row.object;
    gatherer.add(places[std::size_t(row.band)], row.t, row.flux, row.error);
  };
  runs.merge(budget, add);
  return gatherer.finish();
}

}  // namespace

SelectedCounts read_curves(const ReadOptions& options, const std::vector<std::string>& bands,
                           const RunOptions& run, Budget& budget, const std::string& beside,
                           const std::function<void(const Curves&)>& take, ReadCounts* counts) {
  check(options);
  ReadCounts unused;
  ReadCounts& read = counts != nullptr ? *counts : unused;
  std::vector<std::string> files = files_of(options);
  if (options.id != "name" || bands.empty() || front(files.front(), options, budget).table)
    return sorted(options, bands, run, budget, beside, take, read);
  return straight(in_order(options, std::move(files), budget), bands, run, budget, take, read);
}

}  // namespace sluice::lc
