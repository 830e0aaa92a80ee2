// A device with its cuBLAS handle and its scratch memory. The scratch is fixed pieces, taken when the context
// opens: no entry allocates. A piece is shared by all queues of the context, so whoever uses it holds a
// ScratchUse, which orders the work of one queue after that of the queue that used it before.
#pragma once
#include <mutex>

#include "kernels/backend.h"
#include "kernels/cuda/blas.h"
#include "kernels/cuda/owners.h"
#include "kernels/cuda/solver.h"

namespace sluice::cuda {

/// One piece of scratch memory and the queue that used it last.
struct Scratch {
  explicit Scratch(std::int64_t bytes) : memory(bytes) {}
  DeviceMemory memory;
  std::mutex mutex;
  cudaStream_t user = nullptr;
  EventOwner free;
};

// A product tile of kTileRows x kTileColumns floats is 32 MiB: it stays in the second level cache of a large
// card between the product and its merge.
inline constexpr std::int64_t kTileRows = 2048, kTileColumns = 4096;
inline constexpr std::int64_t kTileBytes = kTileRows * kTileColumns * 8;
inline constexpr std::int64_t kBlasBytes = std::int64_t(32) << 20;
inline constexpr std::int64_t kPartialBytes = std::int64_t(32) << 20;
inline constexpr std::int64_t kLargestBytes = std::int64_t(1) << 20;
inline constexpr std::int64_t kScratchBytes = kTileBytes + kBlasBytes + kPartialBytes + kLargestBytes;

}  // namespace sluice::cuda

namespace sluice {

struct Context {
  explicit Context(const ContextOptions& options);
  void make_current() const { cuda::check(cudaSetDevice(device), "cudaSetDevice"); }
  /// A stream is about to be destroyed: its handle may be given to a new one.
  void forget(cudaStream_t stream);

  int device;
  std::int64_t largest_pitch;
  cuda::Scratch tile;      // products: a tile, then cuBLAS's workspace
  cuda::Scratch partials;  // centre and summarize: partial sums
  cuda::Scratch largest;   // finish: the largest entry of each block
  cuda::Blas blas;
  cuda::Solver solver;
};

struct Queue {
  explicit Queue(Context* owner) : context(owner) {}
  Context* context;
  LayoutIterateArgs iterated{};  // what the graph is one iteration of
  cuda::GraphOwner iteration;
  cuda::StreamOwner stream;
};

struct Event {
  explicit Event(int of) : device(of) {}
  cuda::EventOwner event;
  int device;
};

}  // namespace sluice

namespace sluice::cuda {

/// The right to enqueue work that uses a piece of scratch, for as long as it lives.
class ScratchUse {
 public:
  ScratchUse(Scratch& scratch, const Queue& queue);
  ScratchUse(const ScratchUse&) = delete;
  ScratchUse& operator=(const ScratchUse&) = delete;
  ~ScratchUse();
  template <class T>
  T* as() const {
    return reinterpret_cast<T*>(scratch_.memory.get());
  }

 private:
  Scratch& scratch_;
  std::lock_guard<std::mutex> lock_;
  cudaStream_t stream_;
};

}  // namespace sluice::cuda
