#include "host/generate/pairs.h"

#include <fcntl.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "host/error.h"
#include "host/io/sys.h"
#include "host/units.h"

namespace sluice {
namespace {

using i64 = std::int64_t;

std::string working(const std::string& path) {
  return path + ".partial";
}

/// The first `count` of a random order of `values` (Fisher and Yates).
void shuffle_first(std::vector<i64>& values, std::size_t count, std::mt19937_64& random) {
  for (std::size_t i = 0; i < count; ++i) std::swap(values[i], values[i + random() % (values.size() - i)]);
}

}  // namespace

std::uint64_t bytes_of_pairs(const GenerateOptions& o) {
  // A row's place in the draw and its partner; 16 bytes a pair.
  return o.correlated_pairs > 0 ? std::uint64_t(o.rows) * 17 + std::uint64_t(o.correlated_pairs) * 16 : 0;
}

RowPairs choose_pairs(const GenerateOptions& o) {
  RowPairs pairs;
  if (o.correlated_pairs == 0) return pairs;
  std::mt19937_64 random(o.seed ^ 0x9e3779b97f4a7c15ull);
  pairs.reserve(std::size_t(o.correlated_pairs));
  std::vector<i64> order(static_cast<std::size_t>(o.rows - o.distance));
  std::iota(order.begin(), order.end(), i64(0));
  if (o.distance == 0) {
    shuffle_first(order, std::size_t(2 * o.correlated_pairs), random);
    for (std::size_t i = 0; i < std::size_t(o.correlated_pairs); ++i)
      pairs.emplace_back(order[2 * i], order[2 * i + 1]);
  } else {
    shuffle_first(order, order.size(), random);
    std::vector<bool> taken(static_cast<std::size_t>(o.rows));
    for (const i64 a : order) {
      if (i64(pairs.size()) == o.correlated_pairs) break;
      if (taken[std::size_t(a)] || taken[std::size_t(a + o.distance)]) continue;
      taken[std::size_t(a)] = taken[std::size_t(a + o.distance)] = true;
      pairs.emplace_back(a, a + o.distance);
    }
    if (i64(pairs.size()) < o.correlated_pairs)
      throw Error(ErrorKind::kUsage,
                  "--distance " + std::to_string(o.distance) + ": " + std::to_string(o.rows) +
                      " rows leave room for " + std::to_string(pairs.size()) + " such pairs, expected " +
                      std::to_string(o.correlated_pairs),
                  "give fewer --correlated-pairs or another --distance");
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

void write_pairs(const std::string& path, const RowPairs& pairs, const GenerateOptions& o) {
  constexpr std::size_t kPiece = 1 << 16;
  const std::string range = "," + number(o.low) + "," + number(o.high) + "\n";
  const sys::File file(working(path), O_WRONLY | O_CREAT | O_TRUNC);
  std::string text = "row_a,row_b,low,high\n";
  std::uint64_t at = 0;
  const auto put = [&] {
    sys::write_at(file, text.data(), text.size(), at);
    at += text.size();
    text.clear();
  };
  for (const auto& [a, b] : pairs) {
    text += std::to_string(a) + "," + std::to_string(b) + range;
    if (text.size() >= kPiece) put();
  }
  put();
  sys::sync_all(file);
}

void publish_pairs(const std::string& path) {
  sys::rename(working(path), path);
}

void drop_pairs(const std::string& path) noexcept {
  try {
    sys::unlink(working(path));
  } catch (const Error&) {  // the error that is on its way out says more
  }
}

}  // namespace sluice
