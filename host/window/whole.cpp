#include "host/window/whole.h"

#include <algorithm>

namespace sluice::window_detail {

using i64 = std::int64_t;

WholePass::WholePass(const Problem& problem, const Operations& operations, const WholeGeometry& geometry,
                     Machine& machine, const RunOptions& run)
    : Pass(problem, {"whole windows", geometry.rows, geometry.channels, geometry.depth}, machine, run),
      operations_(operations),
      geometry_(geometry) {
  for (const i64 bytes : geometry.scratch)
    scratch_.emplace_back(*machine.device, Memory::kDevice, bytes, machine.budgets->device(),
                          "the operations' scratch");
}

WholePass::~WholePass() = default;

std::vector<StageTime> WholePass::own_stages() const {
  return {{"operate", operate_seconds_, double(bytes_read()), 0}};
}

void WholePass::take_block(const Block& block, Target& target) {
  const WindowGrid& g = problem_.grid;
  const i64 windows = g.windows();
  std::vector<TileRequest> schedule;
  for (i64 first = block.next; first < windows; first += geometry_.windows) {
    const i64 begin = g.start(first), end = g.end(std::min(first + geometry_.windows, windows) - 1);
    schedule.push_back(request(block, begin, end - begin));
  }
  i64 first = block.next;
  read(schedule, block, target, [&](const WindowSamples& samples) {
    const i64 count = std::min(geometry_.windows, windows - first);
    operate(samples, first, count, block, target);
    first += count;
    return double(first) / double(windows);
  });
}

void WholePass::operate(const WindowSamples& samples, i64 first, i64 windows, const Block& block,
                        Target& target) {
  WholeTile t{};
  t.samples = samples;
  t.first = first, t.windows = windows, t.channel = block.channel, t.channels = block.channels;
  char* at = target.acquire(compute_);
  const Clock clock;
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    std::vector<char*> out;
    for (const int d : operations_[i]->datasets()) {
      const Dataset& set = problem_.datasets[std::size_t(d)];
      out.push_back(at);
      at += aligned(windows * block.channels * set.values * i64(size_of(set.type)));
    }
    t.out = out.data(), t.scratch = scratch_[i].as<>();
    operations_[i]->enqueue(t, compute_);
  }
  operate_seconds_ += clock.seconds();
  done_with_tile();
  target.submit({first, windows, block.channel, block.channels}, compute_);
}

}  // namespace sluice::window_detail
