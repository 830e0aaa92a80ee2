// centre in steps. A group is up to kGroupSlabs slabs of some variables; it travels to the kernels by value,
// so the caller's host array of slab weights is free when the launch returns. For slab k and variable v of a
// group, the layout's kernels leave the slab's mean in two parts, its sum of squares and `within`; a last
// kernel folds the slabs, in order, into the running moments.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>

#include "kernels/backend.h"

namespace sluice::cuda {

inline constexpr int kGroupSlabs = 64;
inline constexpr std::int64_t kGroupVariables = 65536;
inline constexpr std::int64_t kPart = 1024;  // observations that one block of centre_columns takes
inline constexpr std::int64_t kParts = 16;   // of a slab

struct CentreGroup {
  const void* source;  // of the group's first variable and slab
  void* panel;
  const double* weights;
  std::int64_t source_ld, panel_ld;
  std::int64_t variables, observations;
  std::int32_t slabs;
  bool swapped, tf32, aligned;  // aligned: four elements can be loaded and stored at once
  double weight_before;
  double* base;     // scratch, slabs x variables: the values that differences are taken from
  double* rest;     // scratch, slabs x variables: the means less those
  double* square;   // scratch, slabs x variables
  double* partial;  // scratch, 2 x slabs x kParts x variables (centre_columns)
  Moments moments;  // of the group's first variable and slab
  double slab_weights[kGroupSlabs];
};

void centre_runs(const CentreGroup& group, DType type, Compute compute, cudaStream_t stream);  // kVariables
void centre_columns(const CentreGroup& group, DType type, Compute compute,
                    cudaStream_t stream);  // kObservations

}  // namespace sluice::cuda
