// Covariance and correlation of a matrix larger than memory, file to file; numpy 2's cov and corrcoef.
// The operation is in host/cov/: plan.h (arithmetic), engine.h (the loop over tiles), verify.h.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/matrix.h"
#include "host/run.h"

namespace sluice {

enum class Precision { kInput, kFloat32, kFloat64, kTf32 };

struct CovOptions {
  std::string input;               // X
  OpenOptions input_options;       // raw X (and raw Y)
  std::string with;                // Y: the cross-covariance block of X's variables with Y's
  bool joint = false;              // with Y: numpy's cov(X, Y), the variables of both in one matrix
  bool variables_are_rows = true;  // numpy's rowvar
  bool correlation = false;
  std::optional<std::int64_t> ddof;  // default 1
  bool bias = false;                 // ddof 0 where ddof is not given
  std::string fweights, aweights;    // 1-D files, one number an observation
  bool nan_is_error = false;
  Precision precision = Precision::kInput;
  std::optional<DType> out_type;                    // float32 or float64; default: that of the computation
  std::string output;                               // C: .npy, .h5/.hdf5 (":/path", default /cov), else raw
  std::string means, variances;                     // optional .npy outputs, float64, one number a variable
  std::string picture;                              // optional heat map of C (.png, .svg, .pdf)
  int picture_width = 1200, picture_height = 1000;  // pixels (PNG) or points
  std::string colormap = "auto";
  std::int64_t verify = 0;   // random entries to compute again in float64
  std::uint64_t seed = 0;    // of the verified entries
  std::string report_pairs;  // CSV of row pairs (row_a,row_b,...): mean covariance of pairs and others
};

/// What will be done, from arithmetic alone.
struct CovPlan {
  std::string kind;  // "resident" (whole rows held), "streamed" (accumulators held), "empty"
  std::int64_t variables = 0, other_variables = 0, observations = 0;  // other: of Y, or the same
  std::int64_t panel = 0;                                             // variables of a panel
  std::int64_t group = 0;                          // panels of a resident group; 1 when streamed
  std::int64_t block_rows = 0, block_columns = 0;  // of accumulators
  std::int64_t chunk = 0;                          // observations of a chunk
  std::int64_t tiles = 0;                          // tiles of the result that are computed
  double passes = 0;                               // times that the input is read, on average
  double bytes_in = 0, bytes_out = 0, flop = 0;
  std::uint64_t memory = 0, device_memory = 0;  // bytes that the plan holds
  std::uint64_t output_bytes = 0, disk_free = 0;
  double estimated_seconds = 0;
  std::string precision, out_type, device;
  std::vector<std::string> advice;  // where it cannot fit or is likely a mistake
};

struct PairReport {
  std::int64_t pairs = 0;
  double mean_pairs = 0, error_pairs = 0;    // mean covariance of the listed pairs, its standard error
  double mean_others = 0, error_others = 0;  // of as many other pairs
  double mean_diagonal = 0;                  // mean variance
};

struct Verification {
  std::int64_t entries = 0;
  double worst = 0;  // largest |C - float64| / sqrt(Cii Cjj)
  double bound = 0;
  std::int64_t row = 0, column = 0;  // of the worst
  double largest_value = 0;          // the largest off-diagonal |entry| that was checked
  bool passed = true;
};

struct CovSummary {
  CovPlan plan;
  RunSummary run;
  std::int64_t rows = 0, columns = 0;  // of C
  std::string format, dtype;           // of C
  std::int64_t tiles_resumed = 0;
  std::int64_t observation_resumed = 0;      // from which saved accumulators went on; 0: there were none
  std::optional<Verification> verification;  // of --verify, or of --device check
  std::optional<Verification> check;
  std::optional<PairReport> pairs;
  std::string open_hint;  // "np.load('C.npy', mmap_mode='r')"
};

/// The plan alone; reads headers only. Errors as cov().
CovPlan plan_cov(const CovOptions&, const RunOptions&);

/// Error kinds: kUsage, kInput, kOutput, kMemory, kDevice, kInterrupted. A failed verification is not thrown:
/// see CovSummary::verification->passed.
CovSummary cov(const CovOptions&, const RunOptions&);

}  // namespace sluice
