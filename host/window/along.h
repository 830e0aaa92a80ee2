// Where windows lie along a picture's x axis: times where they are known, else samples.
#pragma once
#include <cmath>
#include <cstdint>
#include <utility>

#include "host/picture/figure.h"
#include "host/window/problem.h"

namespace sluice::window_detail {

struct Along {
  picture::AxisSpec axis;
  double scale = 1;  // of seconds
  const Problem& p;

  explicit Along(const Problem& problem) : p(problem) {
    axis.label = "start of window";
    if (p.times && p.times->iso) {
      axis.scale = picture::ScaleKind::kTime, axis.label = "time";
      axis.origin = std::int64_t(std::floor(p.times->seconds(p.times->origin))), axis.utc = p.times->zoned;
    } else if (p.has_time()) {
      const double span = p.time(p.grid.windows() - 1) - p.time(0);
      static const std::pair<double, const char*> units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};
      axis.unit = "s";
      for (const auto& [seconds, name] : units)
        if (span >= 3 * seconds) {
          scale = 1 / seconds, axis.unit = name;
          break;
        }
    } else {
      axis.unit = "samples";
    }
  }
  double at(std::int64_t window) const {
    if (p.times && p.times->iso)
      return double((long double)(p.times->start(window) - axis.origin * 1000000000) / 1e9L);
    return p.has_time() ? p.time(window) * scale : double(p.grid.start(window));
  }
};

}  // namespace sluice::window_detail
