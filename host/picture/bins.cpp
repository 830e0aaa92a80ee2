// Even bins are guessed by a multiplication; the edges themselves decide, so rounding never misplaces a
// value.
#include "host/picture/bins.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "host/error.h"
#include "host/picture/ticks.h"

namespace sluice::picture {
namespace {

void check_range(double low, double high, std::int64_t bins, bool positive) {
  if (bins >= 1 && bins <= std::int64_t(1) << 24 && std::isfinite(low) && std::isfinite(high) &&
      low <= high && (!positive || low > 0))
    return;
  throw Error(ErrorKind::kUsage, std::string("bins: expected 1 or more between ") +
                                     (positive ? "positive " : "") + "ends in order, found " +
                                     std::to_string(bins) + " from " + short_number(low) + " to " +
                                     short_number(high));
}

}  // namespace

std::vector<double> even_edges(double low, double high, std::int64_t bins) {
  check_range(low, high, bins, false);
  if (low == high) {
    const double room = std::max(0.5, std::abs(low) * 1e-9);  // numpy's half is lost beside large values
    low = std::max(low - room, -std::numeric_limits<double>::max());
    high = std::min(high + room, std::numeric_limits<double>::max());
  }
  std::vector<double> edges;
  const double step = (high - low) / double(bins);
  for (std::int64_t i = 0; i < bins; ++i) {
    const double part = double(i) / double(bins);  // where the range overflows
    edges.push_back(std::isfinite(step) ? low + double(i) * step : low * (1 - part) + high * part);
  }
  edges.push_back(high);
  return edges;
}

std::vector<double> log_edges(double low, double high, std::int64_t bins) {
  check_range(low, high, bins, true);
  if (low == high) low /= 2, high *= 2;
  std::vector<double> edges = even_edges(std::log10(low), std::log10(high), bins);
  for (double& edge : edges) edge = std::pow(10.0, edge);
  edges.front() = low, edges.back() = high;
  return edges;
}

Bins::Bins(std::vector<double> edges) : edges_(std::move(edges)) {
  const auto not_before = [](double a, double b) { return !(a < b); };
  if (edges_.size() < 2 || !std::isfinite(edges_.front()) || !std::isfinite(edges_.back()) ||
      std::adjacent_find(edges_.begin(), edges_.end(), not_before) != edges_.end())
    throw Error(ErrorKind::kUsage,
                "bins: expected two or more ascending edges, found " +
                    (edges_.size() < 2
                         ? std::to_string(edges_.size())
                         : "some that are equal or not finite: the range " + short_number(edges_.front(), 9) +
                               " to " + short_number(edges_.back(), 9) + " is too small for " +
                               std::to_string(edges_.size() - 1) + " bins"));
  const double width = edges_.back() - edges_.front();
  const double guess = double(count()) / width;
  if (!std::isfinite(guess) || !(guess > 0)) return;
  for (std::size_t i = 0; i < edges_.size(); ++i)
    if (std::abs((edges_[i] - edges_.front()) * guess - double(i)) > 0.25) return;
  per_unit_ = guess;
}

std::int64_t Bins::index(double value) const {
  if (!(value >= edges_.front() && value <= edges_.back())) return -1;
  if (value == edges_.back()) return count() - 1;
  if (per_unit_ == 0) return std::upper_bound(edges_.begin(), edges_.end(), value) - edges_.begin() - 1;
  std::int64_t i =
      std::clamp<std::int64_t>(std::int64_t((value - edges_.front()) * per_unit_), 0, count() - 1);
  while (value < edges_[std::size_t(i)]) --i;
  while (value >= edges_[std::size_t(i) + 1]) ++i;
  return i;
}

}  // namespace sluice::picture
