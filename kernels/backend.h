// The border between host/ and a backend library: one versioned table of noexcept C functions.
// No exception, owner or std:: type crosses it. Every function but the names returns a StatusCode and,
// when that is not kOk, fills `Status::text`. All extents are 64-bit. Work is enqueued on a Queue and runs
// in the order of that queue; two queues are ordered only by events. A backend may run work at once (cpu)
// or later (cuda, late): callers must not be able to tell.
#pragma once
#include <cstdint>

#include "kernels/curves.h"
#include "kernels/dtype.h"
#include "kernels/layout.h"
#include "kernels/spectrum.h"
#include "kernels/triangle.h"
#include "kernels/window.h"
#include "kernels/window_order.h"

namespace sluice {

enum StatusCode : std::int32_t {
  kOk = 0,
  kOutOfMemory = 1,     // device or pinned memory
  kNoDevice = 2,        // no driver, or no such device
  kLibraryMissing = 3,  // a mathematics library was not found; the text names it and what to set
  kBadArgument = 4,     // a shape, type or alignment the entry does not take
  kDeviceError = 5,     // anything else; the text is the device's own
};

struct Status {
  std::int32_t code;
  char text[508];
};

struct Context;  // a device, its library handles and its threads
struct Queue;    // work in order
struct Event;    // a point in a queue

struct BackendInfo {
  const char* name;   // "cpu", "cuda", "serial", "late"
  const char* level;  // vector level or architecture the code was compiled for ("x86-64-v3", "sm_90")
  std::int32_t shares_host_memory;  // 1: device pointers are host pointers, mapped tiles can be used in place
  std::int32_t tf32;                // 1: Compute::kTf32 is offered
  std::int64_t subtile;  // side of the absolute output sub-tiles of `products` (same bytes for any plan)
  std::int64_t slab;     // observations in an absolute slab of `centre` and `products`
};

struct DeviceInfo {
  char name[128];
  char detail[256];                         // BLAS core and version, or driver and CUDA runtime
  char level[32];                           // vector level that computes here; empty: that of BackendInfo
  std::int32_t major, minor;                // compute capability; 0 on a CPU
  std::int32_t units;                       // multiprocessors, or threads
  std::uint64_t memory_total, memory_free;  // bytes
};

struct ContextOptions {
  std::int32_t device;     // index
  std::int32_t threads;    // CPU threads; 0: all that this process may use
  std::uint64_t seed;      // late: seed of the delays
  std::int64_t skip_wait;  // late: the (1-based) queue_wait to leave out, to prove that tests see it; 0: none
};

enum class Memory : std::int32_t {
  kDevice = 0,
  kPinned = 1,  // host memory that copies can run from asynchronously, page-aligned
};

/// How a matrix of variables x observations lies in memory.
enum class Layout : std::int32_t {
  kVariables = 0,     // a variable's observations are contiguous (numpy rows, rowvar=True)
  kObservations = 1,  // an observation's variables are contiguous (rowvar=False)
};

enum class Compute : std::int32_t { kFloat32 = 0, kFloat64 = 1, kTf32 = 2 };

constexpr std::int64_t size_of(Compute c) {
  return c == Compute::kFloat64 ? 8 : 4;
}

/// Running moments and per-slab corrections of a panel's variables (Chan, Golub, LeVeque 1983), in float64.
/// `mean`, `m2` (variables): of all slabs centred so far; m2 is the weighted sum of squared deviations.
/// `between`, `within` (slabs of this call x ld): for slab k and variable i
///     between = sqrt(Wa Wk / (Wa + Wk)) (mean of slab - running mean before it),  within = r / sqrt(Wk)
/// with Wa, Wk the weights before and in the slab and r = sum w (x - shift), what the shift is off by;
/// products() adds between between' - within within' to each slab's product.
/// `origin`, `offset` (variables): the mean in two parts, origin (the shift of the first slab that has
/// weight)
/// + offset, so that differences of means keep their digits at any offset of the data; `mean` is their sum.
struct Moments {
  double* origin;
  double* offset;
  double* mean;
  double* m2;
  double* between;
  double* within;
  std::int64_t ld;  // variables between two slabs in between, within
};

/// centre: reads a tile of the input and writes it as a centred panel, slab by slab:
/// panel = sqrt(w) (x - shift), the shift being the slab's mean, or a value near it, rounded to the panel's
/// type.
struct CentreArgs {
  const void* source;  // device
  DType type;
  std::int32_t swapped;                  // 1: elements are in the other byte order
  Layout layout;                         // of source and panel
  std::int64_t variables, observations;  // extents; observations begin at a slab border
  std::int64_t source_ld;                // elements between contiguous runs of the source
  void* panel;            // device; float, or double when compute is kFloat64; same layout, dense runs
  std::int64_t panel_ld;  // elements between runs of the panel
  Compute compute;
  const double* weights;       // device, one per observation of this tile; null: all 1
  const double* slab_weights;  // host, sum of the weights of each slab of this tile; null with weights null
  double weight_before;        // sum of the weights of all earlier slabs; 0 resets the running moments
  Moments moments;
};

/// products: acc (+)= A B' over the slabs of two panels, with each slab's correction. Cut at absolute
/// sub-tiles and slabs: panels begin at multiples of both, so the result has the same bytes for any plan.
struct ProductsArgs {
  const void* a;  // rows variables x observations, layout_a
  const void* b;  // columns variables x observations, layout_b
  Layout layout_a, layout_b;
  std::int64_t a_ld, b_ld;
  std::int64_t rows, columns, observations;
  Compute compute;
  Moments a_moments, b_moments;  // of the same observations
  double* acc;                   // device, rows x columns, row-major, acc_ld
  std::int64_t acc_ld;
  std::int32_t clear;       // 1: acc starts at 0
  std::int32_t symmetric;   // 1: a and b are parts of one matrix: entries below its diagonal are not needed
  std::int64_t row_offset;  // with symmetric: variable number of row 0 minus that of column 0
};

/// An entry of the result: the largest absolute off-diagonal value of a finished tile.
struct Largest {
  double value;              // signed; NaN-free: NaN entries are passed over; 0 where there is none
  std::int64_t row, column;  // within the tile
};

/// finish: acc to covariance or correlation in the output's type, and its transpose for the mirrored tile.
struct FinishArgs {
  const double* acc;
  std::int64_t acc_ld;
  std::int64_t rows, columns;
  double divisor;         // acc / divisor; 0 gives inf or NaN as numpy does
  const double* m2_rows;  // device, sums of squared deviations of the row variables
  const double* m2_columns;
  std::int32_t correlation;  // 1: acc / sqrt(m2_row m2_column), clipped to [-1, 1]; 0/0 is NaN
  std::int32_t symmetric;    // 1: diagonal entries come from m2, entries below the diagonal are mirrored
  std::int64_t row_offset;   // as in products
  DType type;                // kFloat32 or kFloat64
  void* out;                 // device, rows x columns, dense
  void* out_transposed;      // device, columns x rows, dense; or null
  Largest* largest;          // device; or null
};

enum class Distribution : std::int32_t { kUniform = 0, kNormal = 1 };  // [0, 1); mean 0, deviation 1

/// generate: a tile of the random matrix that (seed, distribution, columns) names: entry (r, c) depends on
/// nothing else (Philox4x32-10, Salmon et al. 2011). partner[r] >= 0: row r is row partner[r] times uniform
/// numbers of [low, high), element by element.
struct GenerateArgs {
  std::uint64_t seed;
  Distribution distribution;
  DType type;  // kFloat32 or kFloat64
  std::int64_t first_row, first_column, rows, columns;
  std::int64_t total_columns;
  const std::int64_t* partner;  // device, one per row of the tile; null: none
  double low, high;
  void* out;  // device, rows x columns, ld elements between rows
  std::int64_t ld;
};

/// Summary of a run of elements, merged in index order. Values are of finite elements only.
struct Summary {
  std::int64_t count, nan, inf;  // finite, NaN, infinite elements
  double min, max, mean, m2;     // of the finite ones; min > max where count is 0
};

/// summarize: a Summary for each of `groups` variables over `length` observations of a tile.
struct SummarizeArgs {
  const void* source;  // device
  DType type;
  std::int32_t swapped;
  Layout layout;
  std::int64_t variables, observations;
  std::int64_t source_ld;
  Summary* out;  // device, one per variable; merged into what is there unless clear
  std::int32_t clear;
};

inline constexpr std::uint32_t kBackendVersion = 6;

struct Backend {
  std::uint32_t version;  // kBackendVersion; a loader refuses any other
  std::uint32_t bytes;    // sizeof(Backend)
  BackendInfo info;

  // devices and contexts
  std::int32_t (*device_count)(std::int32_t* count, Status*);
  std::int32_t (*device_info)(std::int32_t device, DeviceInfo*, Status*);
  std::int32_t (*context_create)(const ContextOptions*, Context**, Status*);
  void (*context_destroy)(Context*);

  // memory; free of null is nothing
  std::int32_t (*allocate)(Context*, Memory, std::int64_t bytes, void**, Status*);
  void (*release)(Context*, Memory, void*);

  // queues and events
  std::int32_t (*queue_create)(Context*, Queue**, Status*);
  void (*queue_destroy)(Queue*);                  // waits for its work
  std::int32_t (*queue_finish)(Queue*, Status*);  // waits; returns the first error of its work
  std::int32_t (*event_create)(Context*, Event**, Status*);
  void (*event_destroy)(Event*);
  std::int32_t (*event_record)(Event*, Queue*, Status*);
  std::int32_t (*queue_wait)(Queue*, Event*, Status*);  // an event never recorded is passed
  std::int32_t (*event_finish)(Event*, Status*);        // the host waits

  // copies, host <-> device or device <-> device, rows of `width` bytes
  std::int32_t (*copy)(Queue*, void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
                       std::int64_t width, std::int64_t rows, Status*);

  // operations; argument structs are copied before the call returns
  std::int32_t (*centre)(Queue*, const CentreArgs*, Status*);
  std::int32_t (*products)(Queue*, const ProductsArgs*, Status*);
  std::int32_t (*finish)(Queue*, const FinishArgs*, Status*);
  std::int32_t (*generate)(Queue*, const GenerateArgs*, Status*);
  std::int32_t (*summarize)(Queue*, const SummarizeArgs*, Status*);

  std::int32_t (*window_reduce)(Queue*, const WindowReduceArgs*, Status*);
  std::int32_t (*window_merge)(Queue*, const WindowMergeArgs*, Status*);
  std::int32_t (*window_order)(Queue*, const WindowOrderArgs*, Status*);
  std::int32_t (*window_products)(Queue*, const WindowProductsArgs*, Status*);

  /// What transforms of a shape need, made once: `taper` is segment numbers of the host's, `memory` what was
  /// allocated on the device: spectrum_bytes, which is all that a plan holds (a backend on the host holds it
  /// in memory of its own, and leaves yours untouched). A plan is used by one queue, and goes when that has
  /// finished.
  std::int32_t (*spectrum_bytes)(Context*, const SpectrumShape*, std::int64_t* bytes, Status*);
  std::int32_t (*spectrum_create)(Context*, const SpectrumShape*, const double* taper, void* memory,
                                  SpectrumPlan**, Status*);
  void (*spectrum_destroy)(SpectrumPlan*);  // null is nothing
  std::int32_t (*window_spectrum)(Queue*, const WindowSpectrumArgs*, Status*);

  std::int32_t (*curve_features)(Queue*, const CurveFeaturesArgs*, Status*);

  std::int32_t (*layout_forces)(Queue*, const LayoutForcesArgs*, Status*);
  std::int32_t (*layout_iterate)(Queue*, const LayoutIterateArgs*, Status*);

  std::int32_t (*columns)(Queue*, const ColumnsArgs*, Status*);
  std::int32_t (*triangle_shape)(Context*, std::int64_t columns, TriangleShape*, Status*);
  std::int32_t (*triangle)(Queue*, const TriangleArgs*, Status*);

  /// Bytes of scratch that the context may take for the operations above, beyond what `allocate` gives.
  std::int64_t (*scratch_bytes)(const ContextOptions*);
};

/// The one symbol that a backend library exports.
using BackendEntry = const Backend* (*)();
inline constexpr const char* kBackendSymbol = "sluice_backend";

}  // namespace sluice
