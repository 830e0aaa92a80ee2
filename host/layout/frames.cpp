#include "host/layout/frames.h"

#include <cmath>

namespace sluice::layout {

std::vector<std::int64_t> frame_iterations(std::int64_t iterations, int frames) {
  std::vector<std::int64_t> at;
  for (int k = 0; k < frames; ++k) {
    const double part = frames > 1 ? double(k) / (frames - 1) : 1;
    const std::int64_t i = std::llround(double(iterations) * std::pow(part, 1.5));
    if (at.empty() || i > at.back()) at.push_back(i);
  }
  return at;
}

void save(Writer& to, const Frames& frames) {
  to.value(std::int32_t(frames.dimensions));
  to.value(std::uint64_t(frames.list.size()));
  for (const Frame& f : frames.list) to.value(f.iteration), to.value(f.loss), to.values(f.at);
}

void load(Reader& from, Frames& frames) {
  frames.dimensions = from.value<std::int32_t>();
  const auto n = from.value<std::uint64_t>();
  frames.list.clear();
  for (std::uint64_t k = 0; k < n; ++k) {
    Frame f;
    f.iteration = from.value<std::int64_t>();
    f.loss = from.value<double>();
    f.at = from.values<float>();
    frames.list.push_back(std::move(f));
  }
}

}  // namespace sluice::layout
