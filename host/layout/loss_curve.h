// The loss on the way, iteration by iteration; thinned by halves where it grows long.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/layout/bytes.h"

namespace sluice::layout {

class LossCurve {
 public:
  static constexpr std::size_t kMost = std::size_t(1) << 18;  // points: 4 MiB

  /// Iterations come ascending, one that was there already is passed over; a loss that is NaN is not kept.
  void add(std::int64_t iteration, double loss);
  /// Kept whatever the thinning: the loss at the end.
  void end(std::int64_t iteration, double loss);
  const std::vector<std::int64_t>& iterations() const { return iterations_; }
  const std::vector<double>& losses() const { return losses_; }

  void save(Writer& to) const;
  void load(Reader& from);

 private:
  std::vector<std::int64_t> iterations_;
  std::vector<double> losses_;
  std::int64_t apart_ = 1, calls_ = 0;  // every so many calls one is kept
  std::int64_t last_ = -1;
};

/// A table (.csv: restart, iteration, and `loss` with '_' for spaces) or a picture (.png, .svg, .pdf, .html),
/// by the ending; of restarts from 1. `loss`: what the axis is called.
void write_losses(const std::vector<LossCurve>& restarts, const std::string& loss, const std::string& title,
                  const std::string& path, int width, int height);

}  // namespace sluice::layout
