// Entries of a finished covariance computed again: from the file in float64 (--verify), by the serial backend
// (--device check), and the classic exercise's summary of listed pairs (--report-pairs).
#pragma once
#include <functional>

#include "host/cov/plan.h"
#include "host/cov/problem.h"
#include "host/result.h"

namespace sluice::cov_detail {

/// Throws when the run is to stop; called often.
using GoOn = std::function<void()>;

/// The largest off-diagonal entry of a finished result, where no run has noted it: one pass over the file.
TileRecord find_largest(const MatrixSource& result, bool symmetric, const GoOn& go_on);

/// One entry of a finished result as a double. Error{kInput} where the file cannot be read.
double entry(const MatrixSource& result, std::int64_t row, std::int64_t column);

/// Largest error that is accepted, as a part of sqrt(Cii Cjj).
double error_bound(Compute compute, DType out_type);

/// `entries` random entries and the largest ones, read once more from the input in float64 with exact means.
/// `advance` is told the part that is done, often; it may throw.
Verification verify_entries(const Problem& problem, bool correlation, const MatrixSource& result,
                            const TileRecord& largest, std::int64_t entries, std::uint64_t seed,
                            Budgets& budgets, const std::function<void(double part)>& advance);

/// Sampled tiles against the serial backend.
Verification verify_tiles(const Problem& problem, bool correlation, const MatrixSource& result,
                          std::uint64_t seed, const GoOn& go_on);

/// Sums of products (rows x columns) of two ranges of variables, and their sums of squares, by a backend that
/// shares the host's memory, `chunk` observations at a time.
void serial_tile(const Problem& problem, const Device& device, std::int64_t row, std::int64_t rows,
                 std::int64_t column, std::int64_t columns, std::int64_t chunk, std::vector<double>& sums,
                 std::vector<double>& m2_rows, std::vector<double>& m2_columns);

using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;
/// Pairs of rows from a CSV (row_a,row_b,...; a header line is passed over). Error{kInput} with the line.
Pairs read_pairs(const std::string& csv, std::int64_t variables);
PairReport report_pairs(const Pairs& pairs, const MatrixSource& result, std::uint64_t seed);

}  // namespace sluice::cov_detail
