// Positions on the way: at some iterations, as float, which is enough for pictures and half the memory.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/graph/graph.h"
#include "host/layout/bytes.h"

namespace sluice::layout {

struct Frame {
  std::int64_t iteration = 0;
  double loss = 0;  // NaN where it is not known
  std::vector<float> at;
};

struct Frames {
  int dimensions = 2;
  std::vector<Frame> list;

  graph::Positions positions(std::size_t frame) const {
    const std::vector<float>& at = list[frame].at;
    return {dimensions, std::vector<double>(at.begin(), at.end())};
  }
  void add(std::int64_t iteration, double loss, const graph::Positions& positions) {
    dimensions = positions.dimensions;
    list.push_back({iteration, loss, {positions.at.begin(), positions.at.end()}});
  }
};

/// The iterations, from 0 to the last, at which `frames` frames of a descent are taken: denser at its start,
/// where vertices move most. Ascending, each once.
std::vector<std::int64_t> frame_iterations(std::int64_t iterations, int frames);

void save(Writer& to, const Frames& frames);
void load(Reader& from, Frames& frames);

}  // namespace sluice::layout
