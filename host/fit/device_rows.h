// Rows of a tall matrix on a device, chunk by chunk: the pager reads and inflates tiles ahead; where the
// device has memory of its own they cross to it on a second queue, each behind a fence; what is done with
// them is enqueued on one compute queue, in order. Memory on the host: chunks read ahead, as many as --memory
// leaves room for; on a device with memory of its own, a chunk twice.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "host/fit/tall.h"
#include "host/machine.h"
#include "host/pager.h"

namespace sluice::fit {

/// A tile of X, y or the weights where the device reads it: rows [at, at + count).
struct DeviceTile {
  const void* data = nullptr;
  DType type = DType::kFloat64;
  bool swapped = false;
  std::int64_t stride = 0;  // elements between runs; of one column nothing
  std::int64_t at = 0, count = 0;
};

/// What the host sums of weights and response while their tiles go by, row after row with the rounding errors
/// of the sums kept (Neumaier), so that no cut shows.
class RowTally {
 public:
  double rows = 0;
  double weight() const { return weight_.value(); }
  double log_weights() const { return logs_.value(); }
  double sum() const { return sum_.value(); }          // of weight (y - shift)
  double squares() const { return squares_.value(); }  // of weight (y - shift)^2
  void add(double weight, double response);            // response: y - shift
  void add_logs(double log_weight) { logs_.add(log_weight); }

 private:
  struct Sum {
    double total = 0, error = 0;
    void add(double x);
    double value() const { return total + error; }
  };
  Sum weight_, logs_, sum_, squares_;
};

/// Gets a chunk's tiles, weights and X and y as far as they are there, then is told that it is complete.
class RowsTaker {
 public:
  virtual ~RowsTaker() = default;
  /// `weights`: those of the rows, on the device and on the host; null: none.
  virtual void take_x(const DeviceTile& tile, const double* weights, const std::vector<double>& on_host) = 0;
  virtual void take_y(const DeviceTile& tile, const double* weights, const std::vector<double>& on_host) = 0;
  virtual void chunk(std::int64_t at, std::int64_t count) = 0;
};

class DeviceRows {
 public:
  struct Cut {
    std::vector<std::int64_t> sizes;                // rows of a chunk: the first that memory has room for
    std::int64_t border = 0;                        // no chunk goes over its multiples; 0: there are none
    std::function<std::int64_t(std::int64_t)> own;  // bytes that the taker holds for chunks of so many rows
  };
  /// Of rows [first, first + rows). `shift`: what the tally takes from y; weights count in it where there are
  /// some.
  DeviceRows(const TallSource& source, Machine& machine, const RunOptions& run, std::int64_t first,
             std::int64_t rows, double shift, const Cut& cut);
  std::int64_t chunk() const { return chunk_; }
  Stream& compute() { return compute_; }
  const RowTally& tally() const { return tally_; }
  /// All of them, as a stage of that name. Error{kInput}: a weight that is not above 0, a file that changed;
  /// {kInterrupted}.
  void run(const char* stage, double flops, RowsTaker& taker, RunSummary& summary);

 private:
  enum class Part { kWeights, kX, kY };
  void set_chunk(const Cut& cut);
  std::vector<TileRequest> schedule() const;
  /// Rows of the chunk that begins at `at`.
  std::int64_t count_at(std::int64_t at) const;
  void load(Reader& reader, Part part, std::int64_t at, std::int64_t count, RowsTaker& taker);
  void hand(Part part, const DeviceTile& tile, RowsTaker& taker);
  [[noreturn]] void refuse_weight(double weight, std::int64_t row) const;
  void tally_weights(const HostTile& tile, std::int64_t at, std::int64_t count);
  void tally_response(const HostTile& tile, std::int64_t count);
  const MatrixSource& source_of(Part part) const;

  const TallSource& source_;
  Machine& machine_;
  const RunOptions& run_;
  std::int64_t first_, rows_, border_, chunk_ = 0, turn_ = 0;
  double shift_;
  int depth_ = 2;
  std::vector<Part> parts_;  // of a chunk
  RowTally tally_;
  std::vector<double> weights_now_;  // of the chunk
  Stream compute_, in_;
  Share scratch_, cache_, host_weights_;
  Held weights_;
  std::vector<Held> staging_;
  std::vector<std::unique_ptr<Fence>> staged_, used_;
};

/// A machine for it: of as many threads as have scratch in a quarter of --memory.
Machine open_row_machine(const RunOptions& run);

/// Whether `auto` finds a GPU for a matrix whose bytes take longer than opening it does.
bool worth_a_gpu(std::uint64_t bytes);

/// Results say only that some value is not finite: Error{kInput} that says which.
void find_fault(const TallSource& source, std::int64_t first, std::int64_t rows);

}  // namespace sluice::fit
