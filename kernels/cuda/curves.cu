// curve_features: a warp takes a short curve, a block a longer one, its rows in shared memory; the rows of
// still longer ones lie in the block's part of the scratch. Each thread then works out some of the columns.
#include "kernels/cuda/context.h"
#include "kernels/cuda/curves.cuh"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/curves_check.h"

namespace sluice::cuda {
namespace {

constexpr int kCurveThreads = 256;
constexpr std::int64_t kWarpRows = 128, kBlockRows = 1024;  // of a curve, at most: 32 KiB of a block's rows

/// Curves of more than `above` rows and at most `upto`, by teams of kSize threads with room for so many.
template <int kSize>
__global__ void __launch_bounds__(kCurveThreads, 1)
    curves_of_teams(const __grid_constant__ CurveFeaturesArgs a, std::uint32_t needs, std::int64_t above,
                    std::int64_t upto, bool in_scratch) {
  extern __shared__ double memory[];
  constexpr int kTeams = kCurveThreads / kSize;
  __shared__ double partial[kTeams][Team<kSize>::kWarpsEach];
  const int number = int(threadIdx.x) / kSize;
  const Team<kSize> team{int(threadIdx.x) % kSize, partial[number]};
  double* const own = in_scratch ? reinterpret_cast<double*>(static_cast<char*>(a.scratch) +
                                                             blockIdx.x * curve_features_thread(a.longest))
                                 : memory + number * 4 * upto;
  const std::int64_t room = in_scratch ? a.longest : upto;
  const CurveRows rows{own, own + room, own + 2 * room, own + 3 * room};
  for (std::int64_t c = std::int64_t(blockIdx.x) * kTeams + number; c < a.curves;
       c += std::int64_t(gridDim.x) * kTeams) {
    const std::int64_t first = a.starts[c] - a.starts[0], all = a.starts[c + 1] - a.starts[c];
    if (all <= above || all > upto) continue;
    team.sync();  // the curve before may still be read
    CurveSums s{};
    s.n = bring_rows(team, a, first, all, rows, &s.square_error, a.dropped + 2 * c);
    double descends = 0;
    team.each(1, s.n, [&](std::int64_t i) { descends += rows.t[i] < rows.t[i - 1]; });
    if (team.sum(descends) > 0 && team.rank == 0) a.dropped[2 * c] = kCurveDescends;
    double median = 0;
    const auto at = [&](std::int64_t i) { return rows.order[i]; };
    if (s.n > 0) {
      sum_rows(team, needs, rows, s);
      if (needs & kNeedsOrder) median = curve_median(at, s.n);
      if (needs & kNeedsRoms)
        s.roms = team.sum_of(0, s.n, [&](std::int64_t i) {
          const double off = fabs(rows.f[i] - median) * rows.e[i];
          return is_finite(off) ? off : 0;
        });
    }
    for (int i = team.rank; i < a.columns; i += kSize)
      a.out[c * a.columns + i] = curve_value(a.column[i], s, at, median, a.error != nullptr);
  }
}

}  // namespace

void curve_features(Queue& queue, const CurveFeaturesArgs& args) {
  const Range range("sluice curve_features");
  check(args);
  if (args.curves == 0) return;
  const std::uint32_t needs = curve_needs_of(args);
  const dim3 block(kCurveThreads);
  const auto run = [&](const char* name, auto kernel, std::int64_t above, std::int64_t upto, bool in_scratch,
                       std::int64_t blocks, std::int64_t shared) {
    cudaLaunchConfig_t config{};
    config.gridDim = grid_of(blocks), config.blockDim = block;
    config.dynamicSmemBytes = std::size_t(shared), config.stream = queue.stream.get();
    check(cudaLaunchKernelEx(&config, kernel, args, needs, above, upto, in_scratch), name);
  };
  constexpr std::int64_t kTeams = kCurveThreads / 32, kRow = 4 * 8;
  constexpr std::int64_t kMost = 1 << 20;  // blocks: they stride over the rest
  run("curve_features, short", &curves_of_teams<32>, -1, kWarpRows, false,
      smaller(ceil_div(args.curves, kTeams), kMost), kTeams * kWarpRows * kRow);
  if (args.longest > kWarpRows)
    run("curve_features", &curves_of_teams<kCurveThreads>, kWarpRows, kBlockRows, false,
        smaller(args.curves, kMost), kBlockRows * kRow);
  if (args.longest > kBlockRows)
    run("curve_features, long", &curves_of_teams<kCurveThreads>, kBlockRows, args.longest, true,
        smaller(args.curves, args.scratch_bytes / curve_features_thread(args.longest)), 0);
}

}  // namespace sluice::cuda
