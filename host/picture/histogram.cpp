// Counts are 64-bit integers: sums of them are exact in any order.
#include "host/picture/histogram.h"

#include <cmath>

#include "host/error.h"

namespace sluice::picture {

Histogram::Histogram(const DataRange& range, std::int64_t bins)
    : Histogram(range.finite == 0 ? even_edges(0, 1, bins) : even_edges(range.low, range.high, bins)) {}

template <class T>
void Histogram::add_values(const T* values, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto value = double(values[i]);
    const std::int64_t bin = bins_.index(value);
    if (bin >= 0)
      ++counts_[std::size_t(bin)];
    else
      ++(std::isnan(value) ? missing_ : value < edges().front() ? below_ : above_);
  }
}

void Histogram::add(const double* values, std::size_t n) {
  add_values(values, n);
}

void Histogram::add(const float* values, std::size_t n) {
  add_values(values, n);
}

void Histogram::merge(const Histogram& other) {
  if (other.edges() != edges())
    throw Error(ErrorKind::kUsage, "histograms to merge: expected the same edges, found others");
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  below_ += other.below_, above_ += other.above_, missing_ += other.missing_;
}

std::vector<double> Histogram::heights(bool density) const {
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts_) total += count;
  std::vector<double> heights;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const double width = edges()[i + 1] - edges()[i];
    heights.push_back(!density     ? double(counts_[i])
                      : total == 0 ? 0
                                   : double(counts_[i]) / width / double(total));
  }
  return heights;
}

}  // namespace sluice::picture
