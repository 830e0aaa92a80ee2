// Bins of a histogram by numpy's rules: bin i holds edge i <= value < edge i+1, and the last one its upper
// edge too.
#pragma once
#include <cstdint>
#include <vector>

namespace sluice::picture {

/// bins + 1 edges at equal distances, as numpy.linspace computes them. Where low = high: half to each side,
/// as numpy.histogram. Error{kUsage}: no bins, or ends that are not finite, in order, or log and positive.
std::vector<double> even_edges(double low, double high, std::int64_t bins);
/// At equal ratios; low > 0.
std::vector<double> log_edges(double low, double high, std::int64_t bins);

class Bins {
 public:
  /// Error{kUsage}: fewer than two edges, or edges that do not ascend.
  explicit Bins(std::vector<double> edges);

  const std::vector<double>& edges() const { return edges_; }
  std::int64_t count() const { return std::int64_t(edges_.size()) - 1; }
  /// The bin of a value; -1 where it lies in none (NaN too).
  std::int64_t index(double value) const;

 private:
  std::vector<double> edges_;
  double per_unit_ = 0;  // of even bins: a first guess; 0: search
};

}  // namespace sluice::picture
