// curve_features on the CPU: a thread takes a block of curves, puts those of like length side by side, as
// many as a vector has lanes, and computes them together. A curve's numbers depend on its own rows alone, so
// they are the same in any company, at any number of threads.
#include "kernels/curves.h"

#include <omp.h>

#include <algorithm>

#include "kernels/cpu/curves_level.h"
#include "kernels/cpu/level.h"
#include "kernels/cpu/workers.h"
#include "kernels/curves.inl"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr std::int64_t kMostBlock = 512;  // curves among which like lengths are looked for

/// Curves [first, first + count), the longest first.
void by_length(const CurveFeaturesArgs& a, std::int64_t first, std::int64_t count, std::int64_t* ids) {
  std::uint64_t keys[kMostBlock];  // length, then place
  for (std::int64_t i = 0; i < count; ++i)
    keys[i] = std::uint64_t(a.starts[first + i + 1] - a.starts[first + i]) << 16 | std::uint64_t(i);
  std::sort(keys, keys + count);
  for (std::int64_t i = 0; i < count; ++i) ids[count - 1 - i] = first + std::int64_t(keys[i] & 0xffff);
}

/// The first lines of the rows of curves that come next: each curve is a few lines at another place, too few
/// for the processor to see a stream.
void look_ahead(const CurveFeaturesArgs& a, const std::int64_t* ids, std::int64_t count, CurvesAhead& ahead) {
  constexpr std::int64_t kLine = 8, kMost = CurvesAhead::kLines / (3 * kCurveLanes) * kLine;  // rows
  ahead.asked = ahead.count = 0;
  for (const double* x : {a.t, a.flux, a.error}) {
    for (std::int64_t i = 0; x && i < count; ++i) {
      const double* const rows = x + (a.starts[ids[i]] - a.starts[0]);
      const std::int64_t n = std::min(kMost, a.starts[ids[i] + 1] - a.starts[ids[i]]);
      for (std::int64_t k = 0; k < n; k += kLine) ahead.line[ahead.count++] = rows + k;
    }
  }
}

}  // namespace

void run_curve_features(Workers& workers, const CurveFeaturesArgs& a) {
  const CurvesLevel own = level() == Level::kV3 ? narrow_curves() : wide_curves();
  const std::uint32_t needs = curve_needs_of(a);
  const std::int64_t room = curve_features_thread(a.longest);
  const int threads = int(std::min<std::int64_t>(workers.threads(), a.scratch_bytes / room));
  const std::int64_t share = a.curves / (8 * std::int64_t(threads)) / kCurveLanes * kCurveLanes;
  const std::int64_t block = std::clamp(share, kCurveLanes, kMostBlock);
  const std::int64_t blocks = ceil_div(a.curves, block);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (std::int64_t b = 0; b < blocks; ++b) {
    std::int64_t ids[kMostBlock];
    CurvesAhead ahead;
    const std::int64_t count = std::min(block, a.curves - b * block);
    by_length(a, b * block, count, ids);
    char* const scratch = static_cast<char*>(a.scratch) + omp_get_thread_num() * room;
    for (std::int64_t i = 0; i < count; i += own.lanes) {
      look_ahead(a, ids + i + own.lanes, std::min<std::int64_t>(own.lanes, count - i - own.lanes), ahead);
      own.take(a, needs, ids + i, int(std::min<std::int64_t>(own.lanes, count - i)), scratch, ahead);
    }
  }
}

}  // namespace sluice::SLUICE_BACKEND
