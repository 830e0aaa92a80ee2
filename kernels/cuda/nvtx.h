// Names a stage on the profiler's time line for as long as the object lives; nothing where no tool listens.
#pragma once
#include <nvtx3/nvToolsExt.h>

namespace sluice::cuda {

class Range {
 public:
  explicit Range(const char* name) { nvtxRangePushA(name); }
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;
  ~Range() { nvtxRangePop(); }
};

}  // namespace sluice::cuda
