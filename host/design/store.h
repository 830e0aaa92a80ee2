// The design matrix of a formula in an HDF5 file: X (rows x columns) and Y (rows), weights where the rows
// have some, chunked, compressed and unlimited along the rows; h5py and PyTables open it as it is. Attributes
// say the formula, the response, the levels and how many rows were dropped; X has the columns' names. The
// bytes depend on the table and the options, not on threads, memory or interruptions.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/design.h"
#include "host/fit/pass.h"
#include "host/fit/plan.h"
#include "host/run.h"

namespace sluice::design {

constexpr std::int64_t kStoreSchema = 1;

struct StoreOptions {
  std::string path;     // .h5
  int compression = 1;  // zlib's level, 0: none
};

/// Error{kUsage} for a name that is no HDF5 file's; {kOutput} where the output is there, or cannot be
/// written: what can be known before a table is read.
void check_store(const StoreOptions& options, const RunOptions& run);

class StoreWriter {
 public:
  /// What is given must live longer. Error{kOutput}; a store of another formula or table is not resumed.
  StoreWriter(const fit::Source& source, const fit::Design& design,
              const std::vector<std::vector<std::int32_t>>& level_of, const StoreOptions& options,
              Budget& budget, const RunOptions& run);
  ~StoreWriter();
  bool complete() const;
  /// A pass over the table that takes the rows along. Not where complete().
  fit::Pass pass();
  /// After the pass: the last chunk, and the file gets its name. Of a store that was complete `dropped` is
  /// what the file says.
  StoreFacts finish(std::int64_t dropped, RunSummary& summary);
  /// The table was at fault: what was made of it goes.
  void discard() noexcept;

 private:
  struct State;
  std::unique_ptr<State> s_;
};

/// Both passes at once, over the same rows.
fit::Pass together(fit::Pass a, fit::Pass b);

}  // namespace sluice::design
