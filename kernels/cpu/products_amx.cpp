// products on a processor's matrix unit. The result is cut into units of 32 x 32; a strip is a row of units
// over up to 512 columns. With many strips the threads share the right operand and take strips by turns; with
// few, waves of slabs run in parallel, each slab on one thread. Both give the same bytes.
#include "kernels/cpu/products_amx.h"

#include <omp.h>

#include <algorithm>

#include "kernels/cpu/amx.h"
#include "kernels/cpu/level.h"
#include "kernels/cpu/workers.h"

namespace sluice::SLUICE_BACKEND {
namespace {

using amx::kDepth;
using amx::kUnit;

constexpr std::int64_t kColumns = kSubtile;  // of a region
constexpr std::int64_t kAcross = kColumns / kUnit;

// A thread's scratch: the units of kRows rows; the left operand of a strip and right operands of all columns.
constexpr std::int64_t kRows = 2 * kSubtile;
constexpr std::int64_t kRightsBytes = kAcross * amx::kOperandBytes;
static_assert(kRows * kColumns * 4 <= Workers::kTileBytes);
static_assert(amx::kOperandBytes + kRightsBytes <= Workers::kPartialBytes);

/// Rows and columns of the result that are computed together.
struct Region {
  std::int64_t row, column, rows, columns;
  std::int64_t strips() const { return ceil_div(rows, kUnit); }
  std::int64_t across() const { return ceil_div(columns, kUnit); }
};

/// The pieces of a call: operands, units and sums of a region.
class Pieces {
 public:
  Pieces(const ProductsArgs& args, const Workers& workers) : a_(args), workers_(workers) {}

  std::int64_t slabs() const { return ceil_div(a_.observations, kSlab); }
  std::int64_t blocks(std::int64_t slab) const { return ceil_div(length(slab), kDepth); }

  /// The first unit of a strip that is needed: none below the diagonal is.
  std::int64_t first_unit(const Region& r, std::int64_t strip) const {
    if (!a_.symmetric) return 0;
    const std::int64_t variable = r.row + strip * kUnit + a_.row_offset;  // numbered as the columns are
    return variable <= r.column ? 0 : smaller((variable - r.column) / kUnit, r.across());
  }
  bool needed(const Region& r) const { return first_unit(r, 0) < r.across(); }

  void clear(const Region& r, std::int64_t strip) const {
    for (std::int64_t i = 0; i < rows(r, strip); ++i)
      std::fill_n(acc(r, strip, 0) + i * a_.acc_ld, r.columns, 0.0);
  }

  void split_right(const Region& r, std::int64_t unit, std::int64_t slab, std::int64_t block,
                   char* rights) const {
    const std::int64_t k = slab * kSlab + block * kDepth, v = r.column + unit * kUnit;
    amx::split_right(
        {at(a_.b, a_.layout_b, a_.b_ld, v, k), a_.b_ld, a_.layout_b, columns(r, unit), depth(slab, block)},
        rights + unit * amx::kOperandBytes);
  }

  /// The units of a strip take a block of observations; `units` are the strip's.
  void multiply(const amx::Tiles& tiles, const Region& r, std::int64_t strip, std::int64_t slab,
                std::int64_t block, const char* rights, void* left, float* units) const {
    const std::int64_t first = first_unit(r, strip);
    if (first == r.across()) return;
    const std::int64_t k = slab * kSlab + block * kDepth, v = r.row + strip * kUnit;
    amx::split_left(
        {at(a_.a, a_.layout_a, a_.a_ld, v, k), a_.a_ld, a_.layout_a, rows(r, strip), depth(slab, block)},
        left);
    for (std::int64_t unit = first; unit < r.across(); ++unit)
      tiles.multiply(left, rights + unit * amx::kOperandBytes, depth(slab, block), block == 0,
                     units + unit * amx::kUnitFloats);
  }

  /// Adds a slab's units of a strip, corrected, to acc.
  void add(const Region& r, std::int64_t strip, std::int64_t slab, const float* units) const {
    const std::int64_t v = r.row + strip * kUnit;
    for (std::int64_t unit = first_unit(r, strip); unit < r.across(); ++unit)
      amx::add(units + unit * amx::kUnitFloats, rows(r, strip), columns(r, unit),
               correction(a_.a_moments, slab, v), correction(a_.b_moments, slab, r.column + unit * kUnit),
               acc(r, strip, unit), a_.acc_ld);
  }

  /// Units of a strip of a region that all threads share: in the scratch of as many as it needs.
  float* units(std::int64_t strip) const {
    constexpr std::int64_t kStrips = kRows / kUnit;
    return units(int(strip / kStrips), strip % kStrips);
  }
  /// Units of a strip of a region that is one thread's.
  float* units(int thread, std::int64_t strip) const {
    return static_cast<float*>(workers_.tile(thread)) + strip * kAcross * amx::kUnitFloats;
  }
  char* left(int thread) const { return workers_.partials<char>(thread); }
  char* rights(int thread) const { return left(thread) + amx::kOperandBytes; }

 private:
  static const float* at(const void* panel, Layout layout, std::int64_t ld, std::int64_t variable,
                         std::int64_t observation) {
    const auto p = static_cast<const float*>(panel);
    return layout == Layout::kVariables ? p + variable * ld + observation : p + observation * ld + variable;
  }
  static amx::Correction correction(const Moments& m, std::int64_t slab, std::int64_t variable) {
    return {m.between + slab * m.ld + variable, m.within + slab * m.ld + variable};
  }

  std::int64_t length(std::int64_t slab) const { return smaller(kSlab, a_.observations - slab * kSlab); }
  int depth(std::int64_t slab, std::int64_t block) const {
    return int(smaller(kDepth, length(slab) - block * kDepth));
  }
  int rows(const Region& r, std::int64_t strip) const { return int(smaller(kUnit, r.rows - strip * kUnit)); }
  int columns(const Region& r, std::int64_t unit) const {
    return int(smaller(kUnit, r.columns - unit * kUnit));
  }
  double* acc(const Region& r, std::int64_t strip, std::int64_t unit) const {
    return a_.acc + (r.row + strip * kUnit) * a_.acc_ld + r.column + unit * kUnit;
  }

  const ProductsArgs& a_;
  const Workers& workers_;
};

/// The threads split the right operand together, then take strips by turns. Right operands lie in the scratch
/// of two threads by turns: while the next block's are made, strips may still read this one's.
void by_strips(const Pieces& pieces, const ProductsArgs& a, const Workers& workers, const Region& r) {
#pragma omp parallel num_threads(workers.threads())
  {
    const amx::Tiles tiles;
    char* left = pieces.left(omp_get_thread_num());
    if (a.clear) {
#pragma omp for schedule(static) nowait
      for (std::int64_t strip = 0; strip < r.strips(); ++strip) pieces.clear(r, strip);
    }
    std::int64_t turn = 0;
    for (std::int64_t slab = 0; slab < pieces.slabs() && pieces.needed(r); ++slab) {
      for (std::int64_t block = 0; block < pieces.blocks(slab); ++block, ++turn) {
        char* rights = pieces.rights(int(turn % smaller(2, workers.threads())));
#pragma omp for schedule(static)
        for (std::int64_t unit = 0; unit < r.across(); ++unit)
          pieces.split_right(r, unit, slab, block, rights);
#pragma omp for schedule(dynamic) nowait
        for (std::int64_t strip = 0; strip < r.strips(); ++strip) {
          pieces.multiply(tiles, r, strip, slab, block, rights, left, pieces.units(strip));
          if (block + 1 == pieces.blocks(slab)) pieces.add(r, strip, slab, pieces.units(strip));
        }
      }
    }
  }
}

/// Each thread takes another slab, all of the region; then their units are added in the order of the slabs.
void by_waves(const Pieces& pieces, const ProductsArgs& a, const Workers& workers, const Region& r) {
#pragma omp parallel num_threads(workers.threads())
  {
    const amx::Tiles tiles;
    // The team may be smaller than asked for; waves are as wide as the team is.
    const int thread = omp_get_thread_num(), team = omp_get_num_threads();
    if (a.clear) {
#pragma omp for schedule(static)
      for (std::int64_t strip = 0; strip < r.strips(); ++strip) pieces.clear(r, strip);
    }
    char* rights = pieces.rights(thread);
    for (std::int64_t first = 0; first < pieces.slabs() && pieces.needed(r); first += team) {
      const std::int64_t slab = first + thread, last = smaller(first + team, pieces.slabs());
      for (std::int64_t block = 0; slab < last && block < pieces.blocks(slab); ++block) {
        for (std::int64_t unit = 0; unit < r.across(); ++unit)
          pieces.split_right(r, unit, slab, block, rights);
        for (std::int64_t strip = 0; strip < r.strips(); ++strip)
          pieces.multiply(tiles, r, strip, slab, block, rights, pieces.left(thread),
                          pieces.units(thread, strip));
      }
#pragma omp barrier
#pragma omp for schedule(dynamic)
      for (std::int64_t strip = 0; strip < r.strips(); ++strip)
        for (std::int64_t k = first; k < last; ++k)
          pieces.add(r, strip, k, pieces.units(int(k - first), strip));
    }
  }
}

/// Calls f(region) for the regions of a call, `rows` x kColumns each.
template <class F>
void over_regions(const ProductsArgs& a, std::int64_t rows, F&& f) {
  for (std::int64_t row = 0; row < a.rows; row += rows)
    for (std::int64_t column = 0; column < a.columns; column += kColumns)
      f(Region{row, column, smaller(rows, a.rows - row), smaller(kColumns, a.columns - column)});
}

}  // namespace

bool amx_takes(const ProductsArgs& args) {
  return args.compute == Compute::kFloat32 && level() == Level::kAmx;
}

void run_products_amx(Workers& workers, const ProductsArgs& args) {
  const Pieces pieces(args, workers);
  const std::int64_t threads = workers.threads(), slabs = pieces.slabs();
  // Strips that a thread takes one after the other.
  std::int64_t strips = 0, waves = 0;
  over_regions(args, threads * kRows, [&](const Region& r) {
    if (pieces.needed(r)) strips += ceil_div(r.strips(), threads) * slabs;
  });
  over_regions(args, kSubtile, [&](const Region& r) {
    if (pieces.needed(r)) waves += r.strips() * ceil_div(slabs, threads);
  });
  // Waves wait less; strips share the right operand among more rows.
  const bool one = args.rows <= kSubtile && args.columns <= kColumns;
  if (one ? waves <= strips : 5 * waves < 4 * strips) {
    over_regions(args, kSubtile, [&](const Region& r) { by_waves(pieces, args, workers, r); });
  } else {
    over_regions(args, threads * kRows, [&](const Region& r) { by_strips(pieces, args, workers, r); });
  }
}

}  // namespace sluice::SLUICE_BACKEND
