#include "kernels/cpu/window_buckets.h"

#include <algorithm>
#include <cstring>

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr int kDraws = 16;     // samples drawn for each splitter
constexpr int kTogether = 16;  // searches that go on side by side

/// A draw's place in its stretch of the series; any mixing does, the values that come out do not depend on
/// it.
std::uint64_t mixed(std::uint64_t i) {
  i = (i + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  i = (i ^ (i >> 27)) * 0x94d049bb133111ebu;
  return i ^ (i >> 31);
}

}  // namespace

WindowBuckets::WindowBuckets(std::int64_t samples, char* scratch) : samples_(samples) {
  const auto take = [&](std::int64_t bytes) {
    char* at = scratch;
    scratch += (bytes + 63) / 64 * 64;
    return at;
  };
  splitters_ = reinterpret_cast<double*>(take(kSplitters * 8));
  counts_ = reinterpret_cast<std::uint32_t*>(take(2 * kBuckets * 4));
  before_ = reinterpret_cast<std::int64_t*>(take((kBuckets + 1) * 8));
  buckets_ = reinterpret_cast<std::uint16_t*>(take(samples * 2));
  room_ = reinterpret_cast<double*>(take(samples * 8));
}

void WindowBuckets::sort(const double* x, std::int64_t n, std::int64_t) {
  x_ = x, begin_ = end_ = 0;
  std::memset(counts_, 0, 2 * kBuckets * sizeof *counts_);
  // One sample of each stretch, at a place that no period of the series meets; every sixteenth in their
  // order.
  std::int64_t drawn = 0;
  const std::int64_t draws = std::min<std::int64_t>(n, kDraws * kSplitters);
  for (std::int64_t i = 0; i < draws; ++i) {
    const std::int64_t from = i * n / draws, to = (i + 1) * n / draws;
    const double v = x[from + std::int64_t(mixed(std::uint64_t(i)) % std::uint64_t(to - from))];
    if (v == v) room_[drawn++] = v;
  }
  std::sort(room_, room_ + drawn);
  for (std::int64_t i = 0; i + 1 < kSplitters; ++i)
    splitters_[i] = drawn > 0 ? room_[(2 * i + 1) * drawn / (2 * kSplitters)] : 0;
  splitters_[kSplitters - 1] = std::numeric_limits<double>::infinity();

  const auto tell = [&](const double* values, std::uint16_t* to) {
    std::int64_t at[kTogether] = {};
    for (std::int64_t step = kSplitters / 2; step > 0; step /= 2)
      for (int k = 0; k < kTogether; ++k) at[k] += splitters_[at[k] + step - 1] < values[k] ? step : 0;
    for (int k = 0; k < kTogether; ++k) {
      const bool nan = values[k] != values[k];
      to[k] = std::uint16_t(nan ? kBuckets - 1 : 2 * at[k] + (splitters_[at[k]] == values[k] ? 1 : 0));
    }
  };
  std::int64_t i = 0;
  for (; i + kTogether <= n; i += kTogether) tell(x + i, buckets_ + i);
  if (i < n) {
    double values[kTogether] = {};
    std::uint16_t buckets[kTogether];
    std::copy(x + i, x + n, values);
    tell(values, buckets);
    std::copy(buckets, buckets + (n - i), buckets_ + i);
  }
}

void WindowBuckets::toggle(std::int64_t begin, std::int64_t end, bool enter) {
  const std::uint32_t by = enter ? 1u : ~0u;
  std::int64_t i = begin;
  for (; i + 1 < end; i += 2) {
    counts_[buckets_[i]] += by;
    counts_[kBuckets + buckets_[i + 1]] += by;
  }
  if (i < end) counts_[buckets_[i]] += by;
  if (begin >= end) return;
  if (enter) {
    if (begin_ == end_) begin_ = begin;
    end_ = end;
  } else {
    begin_ = end;
  }
}

void WindowBuckets::settle() {
  std::int64_t before = 0;
  for (int b = 0; b < kBuckets; ++b) {
    before_[b] = before;
    before += std::uint32_t(counts_[b] + counts_[kBuckets + b]);
  }
  sorted_[0].bucket = sorted_[1].bucket = -1;
  sorted_[0].count = sorted_[1].count = 0;
}

/// The last bucket with no more than k values before it: it has some.
int WindowBuckets::bucket_of(std::int64_t k) const {
  return int(std::upper_bound(before_, before_ + kBuckets - 1, k) - before_) - 1;
}

double WindowBuckets::at(std::int64_t k) const {
  const int bucket = bucket_of(k);
  const double value =
      bucket % 2 == 1 ? splitters_[bucket / 2] : in_order(bucket).values[k - before_[bucket]];
  return value + 0.0;
}

const WindowBuckets::Sorted& WindowBuckets::in_order(int bucket) const {
  for (int i : {0, 1})
    if (sorted_[i].bucket == bucket) {
      older_ = 1 - i;
      return sorted_[i];
    }
  const std::int64_t count = before_[bucket + 1] - before_[bucket];
  const int i = older_;
  // Two buckets of a window are no more than its samples.
  double* to = i == 0 ? room_ : room_ + (samples_ - count);
  std::int64_t found = 0;
  const std::uint16_t wanted = std::uint16_t(bucket);
  constexpr std::int64_t kLook = 64;  // few of them have one
  for (std::int64_t from = begin_; from < end_ && found < count; from += kLook) {
    const std::int64_t look = std::min(kLook, end_ - from);
    if (look == kLook) {
      std::uint16_t any = 0;
      for (std::int64_t j = 0; j < kLook; ++j) any |= std::uint16_t(buckets_[from + j] == wanted);
      if (any == 0) continue;
    }
    for (std::int64_t j = from; j < from + look; ++j)
      if (buckets_[j] == wanted) to[found++] = x_[j];
  }
  std::sort(to, to + found);
  sorted_[i] = {bucket, to, found};
  older_ = 1 - i;
  return sorted_[i];
}

}  // namespace sluice::SLUICE_BACKEND
