// Most inputs have objects in order and whole: then each object's rows are sorted alone.
#include "host/lc/sort.h"

#include <algorithm>
#include <numeric>

namespace sluice::lc {
namespace {

bool by_time(const Row& a, const Row& b) {
  if (a.object != b.object) return a.object < b.object;
  return a.band != b.band ? a.band < b.band : a.t < b.t;
}

void sort_bands(Batch& batch) {
  std::vector<std::int32_t> order(batch.bands.size()), place(batch.bands.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return batch.bands[std::size_t(a)] < batch.bands[std::size_t(b)];
  });
  if (std::is_sorted(order.begin(), order.end())) return;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[std::size_t(order[i])] = std::int32_t(i);
    names.push_back(batch.bands[std::size_t(order[i])]);
  }
  batch.bands = std::move(names);
  for (Row& row : batch.rows) row.band = place[std::size_t(row.band)];
}

template <class Order>
void sort_rows(std::vector<Row>& rows, Order order) {
  const auto by_object = [](const Row& a, const Row& b) { return a.object < b.object; };
  if (!std::is_sorted(rows.begin(), rows.end(), by_object))
    return std::stable_sort(rows.begin(), rows.end(), order);
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last =
        std::find_if(first, rows.end(), [&](const Row& r) { return r.object != first->object; });
    if (!std::is_sorted(first, last, order)) std::stable_sort(first, last, order);
    first = last;
  }
}

}  // namespace

void sort(Batch& batch, Ties ties) {
  sort_bands(batch);
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  if (!std::is_sorted(batch.objects.begin(), batch.objects.end(), by_id))
    std::stable_sort(batch.objects.begin(), batch.objects.end(), by_id);
  if (ties == Ties::kAsTheyCame)
    sort_rows(batch.rows, [](const Row& a, const Row& b) { return by_time(a, b); });
  else
    sort_rows(batch.rows, [](const Row& a, const Row& b) { return before(a, b); });
}

}  // namespace sluice::lc
