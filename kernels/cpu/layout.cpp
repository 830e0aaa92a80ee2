// layout_forces and layout_iterate on the CPU. All rows: each pair is worked out once, for both its ends;
// rows are dealt to a fixed number of parts, each with sums of its own for all vertices, which are then added
// in their order. Some rows: each pair once for its row.
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "kernels/cpu/layout_level.h"
#include "kernels/cpu/layout_masks.h"
#include "kernels/cpu/level.h"
#include "kernels/cpu/team.h"
#include "kernels/cpu/workers.h"
#include "kernels/layout.inl"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr std::int64_t kChunk = 256;  // rows that are finished together

/// The scratch of a call.
template <class T>
struct Room {
  Room(const LayoutForcesArgs& a)
      : padded(layout_padded(a.vertices)),
        parts(layout_partials(a.vertices, a.dims, a.type)),
        points(static_cast<T*>(a.scratch)),
        sums(points + padded * a.dims),
        cursors(reinterpret_cast<std::int64_t*>(sums + parts * padded * a.dims)),
        inverse(reinterpret_cast<double*>(cursors + padded)),
        chunk(inverse + parts) {}
  std::int64_t padded, parts;
  T* points;              // dims x padded
  T* sums;                // parts x dims x padded
  std::int64_t* cursors;  // of each row, among the neighbours
  double* inverse;        // of each part, sum of 1 / (D + eps)
  double* chunk;          // chunks x kLayoutParts
};

template <int kDims, class T>
class Forces {
 public:
  explicit Forces(const LayoutForcesArgs& args)
      : a_(args),
        factors_(layout_factors(args.distance, args.eps)),
        room_(args),
        all_(args.rows == args.vertices),
        level_(pick(args, all_)) {}

  /// All of it, by every thread of the team.
  void run(Team& team, double* loss) const {
    const std::int64_t padded_chunks = ceil_div(room_.padded, kChunk);
    team.each(padded_chunks, [&](std::int64_t c) { prepare(c); });
    if (a_.repulsion > 0) team.each(room_.parts, [&](std::int64_t p) { pairs(p); });
    const std::int64_t chunks = ceil_div(a_.rows, kChunk);
    team.each(
        chunks, [&](std::int64_t c) { finish(c); },
        [&] {
          if (loss) add_up(chunks, loss);
        });
  }

  /// A step of rows [c kChunk, (c + 1) kChunk); leaves the square of the largest move.
  void step(const LayoutIterateArgs& it, const LayoutRates& rates, std::int64_t c) const {
    double most = 0;
    for (std::int64_t i = c * kChunk; i < std::min(a_.vertices, (c + 1) * kChunk); ++i)
      most = layout_most(most, layout_move<kDims, T>(it, rates, i));
    room_.chunk[c * kLayoutParts + kLayoutMove] = most;
  }
  double largest_move() const {
    double most = 0;
    for (std::int64_t c = 0; c < ceil_div(a_.vertices, kChunk); ++c)
      most = layout_most(most, room_.chunk[c * kLayoutParts + kLayoutMove]);
    return std::sqrt(most);
  }

 private:
  static LayoutLevel pick(const LayoutForcesArgs& a, bool all) {
    const bool signs = a.distance == LayoutDistance::kManhattan;
    return level() == Level::kV3 ? narrow_layout(a.type, a.dims, signs, all)
                                 : wide_layout(a.type, a.dims, signs, all);
  }

  /// Points, zeros behind the last; cursors; sums of one call's rows.
  void prepare(std::int64_t c) const {
    const std::int64_t from = c * kChunk, to = std::min(room_.padded, from + kChunk);
    for (std::int64_t i = from; i < std::min(to, a_.vertices); ++i)
      layout_point<kDims>(a_, i, room_.points, room_.padded);
    for (int k = 0; k < a_.dims; ++k)
      for (std::int64_t i = std::max(from, a_.vertices); i < to; ++i) room_.points[k * room_.padded + i] = 0;
    if (a_.neighbours)
      for (std::int64_t i = from; i < std::min(to, a_.vertices); ++i)
        room_.cursors[i] = all_ ? a_.upper[i] : a_.offsets[i];
    if (!all_)
      for (int k = 0; k < a_.dims; ++k) std::fill_n(room_.sums + k * room_.padded + from, to - from, T(0));
  }

  /// The pairs of a part: strips of rows dealt there and back, since those further down have fewer pairs.
  void pairs(std::int64_t part) const {
    T* const sums = all_ ? room_.sums + part * a_.dims * room_.padded : room_.sums;
    if (all_) std::fill_n(sums, a_.dims * room_.padded, T(0));
    LayoutMasker masker(a_, level_.lanes, level_.rows, all_);
    const std::int64_t last = a_.first + a_.rows, strips = ceil_div(a_.rows, level_.rows);
    double inverse = 0;
    for (std::int64_t block = 0; block < a_.vertices; block += kLayoutBlock) {
      const std::int64_t end = std::min(a_.vertices, block + kLayoutBlock);
      for (std::int64_t round = 0; round < strips; round += room_.parts) {
        const bool back = round / room_.parts % 2 == 1;
        const std::int64_t strip = round + (back ? room_.parts - 1 - part : part);
        const std::int64_t row = a_.first + strip * level_.rows;
        if (strip >= strips || (all_ && row >= end)) continue;
        const std::int64_t column = all_ ? std::max(block, row / level_.lanes * level_.lanes) : block;
        const LayoutMasks& masks = masker.fill(row, last, column, end, room_.cursors);
        inverse +=
            level_.take({room_.points, sums, room_.padded, row, column,
                         std::int32_t(ceil_div(end - column, level_.lanes)), a_.dims, factors_.eps, &masks});
      }
    }
    room_.inverse[part] = inverse;
  }

  /// Gradient and losses of kChunk rows.
  void finish(std::int64_t c) const {
    const std::int64_t from = a_.first + c * kChunk, to = std::min(a_.first + a_.rows, from + kChunk);
    const int dims = layout_dims(kDims, a_.dims);
    double pairs[(kDims > 0 ? kDims : kLayoutDims) * kChunk] = {};
    if (a_.repulsion > 0)
      for (std::int64_t p = 0; p < (all_ ? room_.parts : 1); ++p)
        for (int k = 0; k < dims; ++k) {
          const T* const sums = room_.sums + (p * dims + k) * room_.padded + from;
          for (std::int64_t i = 0; i < to - from; ++i) pairs[k * kChunk + i] += double(sums[i]);
        }
    double* const loss = room_.chunk + c * kLayoutParts;
    std::fill_n(loss, kLayoutParts, 0.0);
    for (std::int64_t i = from; i < to; ++i) {
      double own[kLayoutDims], force[kLayoutDims] = {}, barrier[kLayoutDims] = {}, far = 0, near = 0;
      for (int k = 0; k < dims; ++k) own[k] = pairs[k * kChunk + i - from];
      if (a_.neighbours)
        layout_attract<kDims>(a_, room_.points, room_.padded, i, a_.offsets[i], a_.offsets[i + 1], 1, force,
                              far);
      if (a_.close_offsets)
        layout_push<kDims, T>(a_, i, a_.close_offsets[i], a_.close_offsets[i + 1], 1, barrier, near);
      loss[kLayoutCentering] +=
          layout_gradient<kDims>(a_, factors_, room_.points, room_.padded, i, own, force, barrier);
      loss[kLayoutAttraction] += far, loss[kLayoutBarrier] += near;
    }
  }

  void add_up(std::int64_t chunks, double* loss) const {
    std::fill_n(loss, kLayoutParts, 0.0);
    for (std::int64_t c = 0; c < chunks; ++c)
      for (int k = 0; k < kLayoutParts; ++k) loss[k] += room_.chunk[c * kLayoutParts + k];
    loss[kLayoutAttraction] *= a_.attraction * factors_.scale;
    loss[kLayoutCentering] *= a_.centering;
    double inverse = 0;
    if (a_.repulsion > 0)
      for (std::int64_t p = 0; p < room_.parts; ++p) inverse += room_.inverse[p];
    loss[kLayoutRepulsion] = (all_ ? 2 : 1) * a_.repulsion * factors_.loss * inverse;
  }

  const LayoutForcesArgs& a_;
  const LayoutFactors factors_;
  const Room<T> room_;
  const bool all_;
  const LayoutLevel level_;
};

/// Too few pairs do not pay for a second thread.
int threads_for(const Workers& workers, const LayoutForcesArgs& a) {
  const std::int64_t most = 1 + a.rows * a.vertices / 50000;
  return int(std::min<std::int64_t>(workers.threads(), most));
}

template <class F>
void with_kind(const LayoutForcesArgs& a, const F& f) {
  const auto of_type = [&](auto zero) {
    using T = decltype(zero);
    if (a.dims == 2) return f(Forces<2, T>(a));
    if (a.dims == 3) return f(Forces<3, T>(a));
    f(Forces<0, T>(a));
  };
  a.type == DType::kFloat32 ? of_type(0.0f) : of_type(0.0);
}

/// f(team) on that many threads, or as many as there are to be had.
template <class F>
void together(int threads, const F& f) {
  if (threads == 1) {
    Team alone(1);
    return f(alone);
  }
  std::optional<Team> team;
#pragma omp parallel num_threads(threads)
  {
#pragma omp single
    team.emplace(omp_get_num_threads());
    f(*team);
  }
}

}  // namespace

void run_layout_forces(Workers& workers, const LayoutForcesArgs& a) {
  if (a.rows == 0 && a.loss) std::fill_n(a.loss, kLayoutParts, 0.0);
  if (a.rows == 0) return;
  with_kind(a, [&](const auto& forces) {
    together(threads_for(workers, a), [&](Team& team) { forces.run(team, a.loss); });
  });
}

void run_layout_iterate(Workers& workers, const LayoutIterateArgs& a) {
  if (a.forces.vertices == 0 || a.iterations == 0) return;
  const std::int64_t chunks = ceil_div(a.forces.vertices, kChunk), made = *a.step.made;
  with_kind(a.forces, [&](const auto& forces) {
    together(threads_for(workers, a.forces), [&](Team& team) {
      for (std::int64_t t = made; t < made + a.iterations; ++t) {
        double* const row = a.history + t % a.history_rows * kLayoutParts;
        forces.run(team, row);
        const LayoutRates rates = layout_rates(a.step, t + 1);
        team.each(
            chunks, [&](std::int64_t c) { forces.step(a, rates, c); },
            [&] { row[kLayoutMove] = forces.largest_move(); });
      }
    });
  });
  *a.step.made = made + a.iterations;
}

}  // namespace sluice::SLUICE_BACKEND
