// An object's rows wait until it is whole, then go to their places.
#include "host/lc/gather.h"

#include <algorithm>

#include "host/error.h"
#include "host/lc/sort.h"
#include "host/units.h"

namespace sluice::lc {

// Of an object's rows and of a batch's, each up to most_rows_; vectors hold up to twice as much.
constexpr std::size_t kRowBytes = 24 + 8;

Gatherer::Gatherer(std::string from, std::vector<std::string> bands, Budget& budget,
                   const std::function<void(const Curves&)>& take)
    : from_(std::move(from)),
      names_(std::move(bands)),
      take_(take),
      share_(budget, budget.left() / 2, "a batch of curves"),
      most_rows_(std::max<std::size_t>(1, std::size_t(budget.left()) / 4 / kRowBytes)) {
  counts_.bands = names_;
  counts_.rows_by_band.assign(names_.size(), 0);
  curves_.bands = names_;
  curves_.starts = {0};
}

int Gatherer::place_of(std::string_view band) const {
  const auto found = std::find(names_.begin(), names_.end(), band);
  return found == names_.end() ? -1 : int(found - names_.begin());
}

void Gatherer::begin(std::int64_t object) {
  end_object();
  open_ = true;
  object_ = object;
}

void Gatherer::add(int place, double t, double flux, double error) {
  if (place < 0) return other();
  if (points_.size() >= most_rows_)
    throw Error(ErrorKind::kMemory,
                from_ + ": object " + std::to_string(object_) + " does not fit in --memory: more than " +
                    std::to_string(most_rows_) + " rows",
                "give more --memory");
  points_.push_back({place, t, flux, error});
}

void Gatherer::end_object() {
  if (!open_) return;
  open_ = false;
  const std::size_t rows = curves_.t.size(), held = curves_.starts.size() / 4 + rows;
  if (!curves_.objects.empty() && held + points_.size() + names_.size() > most_rows_) flush();
  curves_.objects.push_back(object_);
  // Rows of one time by their values: the store has them as they came.
  const auto order = [](const Point& a, const Point& b) {
    if (a.place != b.place) return a.place < b.place;
    return a.t != b.t ? a.t < b.t : values_before(a.flux, a.error, b.flux, b.error);
  };
  if (!std::is_sorted(points_.begin(), points_.end(), order))
    std::stable_sort(points_.begin(), points_.end(), order);
  std::size_t next = 0;
  for (std::size_t band = 0; band < names_.size(); ++band) {
    const std::size_t first = next;
    for (; next < points_.size() && points_[next].place == int(band); ++next) {
      if (next > first && !order(points_[next - 1], points_[next])) continue;  // the row before, once more
      curves_.t.push_back(points_[next].t);
      curves_.flux.push_back(points_[next].flux);
      curves_.error.push_back(points_[next].error);
    }
    curves_.starts.push_back(std::int64_t(curves_.t.size()));
    counts_.rows_by_band[band] += std::int64_t(curves_.t.size()) - curves_.starts[curves_.starts.size() - 2];
  }
  points_.clear();
}

void Gatherer::flush() {
  if (curves_.objects.empty()) return;
  counts_.objects += std::int64_t(curves_.objects.size());
  counts_.rows += curves_.rows();
  take_(curves_);
  curves_.objects.clear();
  curves_.starts = {0};
  curves_.t.clear(), curves_.flux.clear(), curves_.error.clear();
}

SelectedCounts Gatherer::finish() {
  end_object();
  flush();
  return counts_;
}

}  // namespace sluice::lc
