// How a covariance is cut to fit: arithmetic only, so that --dry-run and the engine cannot disagree.
//
// Two plans. "resident": whole variables are held, a group of panels against one panel at a time (many
// variables: the result does not fit). "streamed": float64 accumulators of a block of the result are held and
// observations stream past (many observations: one block, one pass). The one that reads less is taken.
//
// Memory, in bytes (V variables held, K observations held, s bytes an element of the computation):
//   panels V K s + moments, accumulators 8 rows columns, result tiles 2 x (1 or 2 orientations),
//   staged input tiles (none where mapped pages are used in place), weights, the backend's scratch.
// Step geometry begins at multiples of the backend's sub-tile and slab: the same bytes for any plan.
#pragma once
#include <cstdint>
#include <vector>

#include "host/cov/problem.h"
#include "host/pager.h"

namespace sluice::cov_detail {

struct Room {  // what a plan may use
  BackendInfo backend{};
  std::uint64_t memory = 0;         // bytes, host
  std::uint64_t device_memory = 0;  // bytes, device; the host's where shared
  std::int64_t scratch = 0;         // of the backend
  int threads = 1;
  int writers = 1;
  IoMode io = IoMode::kAuto;
};

/// Elements that the runs of a panel are padded to: BLAS then sees the same alignment whatever the plan.
inline constexpr std::int64_t kRunUnit = 16;
/// Bytes that saving accumulators takes for a moment.
inline constexpr std::int64_t kStateBytes = 1 << 20;

struct Geometry {
  bool resident = false;
  std::int64_t panel = 0;                          // variables of a panel; a multiple of the sub-tile
  std::int64_t group = 1;                          // resident: panels of a group
  std::int64_t block_rows = 0, block_columns = 0;  // of accumulators
  std::int64_t chunk = 0;                          // observations held at once
  std::int64_t load_bytes = 0;                     // an input tile is about this much
  std::int64_t slot_rows = 0, slot_columns = 0;    // of a result tile
  std::int64_t slot_bytes = 0;
  bool one_side = false;  // the columns' panel is part of the rows' (one symmetric block)
  bool staged = false;
  int slots = 2, depth = 2;
  std::uint64_t memory = 0, device_memory = 0;  // held in all
};

/// Error{kMemory}: nothing fits; says the smallest --memory (or --device-memory) that works.
Geometry choose_geometry(const Problem& problem, const Room& room);

/// A load of a panel: variables of one side over observations, to a place in the rows' or columns' panel.
struct Load {
  bool column_side = false;  // which Side it comes from
  bool to_columns = false;   // which panel buffer it goes to
  std::int64_t at = 0;       // first variable's place in that buffer
  std::int64_t variable = 0, variables = 0, observation = 0, observations = 0;
};

/// One products() call and what must be loaded before it.
struct Step {
  std::vector<Load> loads;
  std::int64_t row = 0, rows = 0, column = 0, columns = 0;  // of the result
  bool b_in_rows = false;  // the columns' panel lies in the rows' buffer, from variable b_at
  std::int64_t b_at = 0;
  std::int64_t observation = 0, observations = 0;
  bool first = false, last = false;  // of this block
  double flop = 0;                   // useful: n^2 k for the symmetric part, 2 n m k else
};

/// Which absolute sub-tiles of the result are done.
class Done {
 public:
  Done(const Problem& problem, std::int64_t subtile, const std::vector<Rect>& rects);
  /// True when every sub-tile of the rectangle that a run would compute is done.
  bool covers(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) const;

 private:
  bool symmetric_;
  std::int64_t subtile_, across_;
  std::vector<bool> bits_;
};

/// All steps in order, without those whose result is done.
std::vector<Step> make_steps(const Problem& problem, const Geometry& geometry, const Done& done);

/// The input tiles of a load, in order: whole runs of the file, about geometry.load_bytes each.
std::vector<TileRequest> tiles_of(const Problem& problem, const Geometry& geometry, const Load& load,
                                  std::int64_t slab);

/// What a plan does in all, without making its steps.
struct Cost {
  double tiles = 0,
         flop = 0;    // products() calls that finish a tile; useful operations (n^2 k where symmetric)
  double passes = 0;  // times that each element of the input is read, on average
};
Cost cost_of(const Problem& problem, const Geometry& geometry);

}  // namespace sluice::cov_detail
