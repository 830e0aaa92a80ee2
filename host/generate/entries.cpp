#include "host/generate/entries.h"

#include <algorithm>

#include "host/units.h"

namespace sluice {

using i64 = std::int64_t;

GenerateArgs args_of(const GenerateOptions& options, const Rect& r, const i64* partners, void* out) {
  GenerateArgs a{};
  a.seed = options.seed, a.distribution = options.distribution, a.type = options.type;
  a.first_row = r.row, a.first_column = r.column, a.rows = r.rows, a.columns = r.columns;
  a.total_columns = options.columns;
  a.partner = partners == nullptr ? nullptr : partners + r.row;
  a.low = options.low, a.high = options.high;
  a.out = out, a.ld = r.columns;
  return a;
}

Tiles::Tiles(const Rect& area, i64 elements) : area_(area) {
  shape_.columns = std::min(area.columns, elements);
  shape_.rows = std::clamp<i64>(elements / area.columns, 1, area.rows);
  across_ = (area.columns + shape_.columns - 1) / shape_.columns;
  down_ = (area.rows + shape_.rows - 1) / shape_.rows;
}

Rect Tiles::operator[](i64 index) const {
  const i64 row = index / across_ * shape_.rows, column = index % across_ * shape_.columns;
  return {area_.row + row, area_.column + column, std::min(shape_.rows, area_.rows - row),
          std::min(shape_.columns, area_.columns - column)};
}

Found::Found(const Entries& entries) : columns_(entries.options.columns), element_(entries.element()) {
  for (const TileRecord& t : entries.result.found()) {
    const i64 first = t.rect.row * columns_ + t.rect.column;
    runs_.emplace_back(first, first + (t.rect.rows - 1) * columns_ + t.rect.columns);
  }
  std::sort(runs_.begin(), runs_.end());
  std::size_t kept = 0;
  for (std::size_t i = 1; i < runs_.size(); ++i) {
    if (runs_[i].first > runs_[kept].second)
      runs_[++kept] = runs_[i];
    else
      runs_[kept].second = std::max(runs_[kept].second, runs_[i].second);
  }
  if (!runs_.empty()) runs_.resize(kept + 1);
}

bool Found::operator()(const Rect& tile) const {
  const i64 first = tile.row * columns_ + tile.column;
  const i64 end = first + (tile.rows - 1) * columns_ + tile.columns;
  auto after = std::upper_bound(runs_.begin(), runs_.end(), first,
                                [](i64 place, const auto& run) { return place < run.first; });
  return after != runs_.begin() && end <= std::prev(after)->second;
}

std::uint64_t Found::bytes() const {
  i64 elements = 0;
  for (const auto& [first, end] : runs_) elements += end - first;
  return std::uint64_t(elements * element_);
}

i64 tile_bytes(const Entries& e, i64 wish) {
  constexpr std::uint64_t kRecords = 1 << 16;
  return std::max(wish, i64(e.bytes() / kRecords));
}

void begin_drawing(const Entries& e, const Found& found, Observer& observer) {
  if (e.result.resumed())
    observer.note("resumed: " + human_bytes(double(found.bytes())) + " of " + human_bytes(double(e.bytes())) +
                  " were there");
  observer.begin("generate", double(e.bytes()), "bytes", double(found.bytes()));
}

}  // namespace sluice
