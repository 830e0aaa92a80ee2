// Errors of the CUDA runtime inside this backend: thrown as Failure (kernels/status.h), turned into a status
// at the border by `entry`, which puts the entry's name before the text.
#pragma once
#include <cuda_runtime.h>

#include <cstring>

#include "kernels/backend.h"
#include "kernels/status.h"

namespace sluice::cuda {

inline StatusCode code_of(cudaError_t error) {
  switch (error) {
    case cudaErrorMemoryAllocation:
      return kOutOfMemory;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
      return kNoDevice;
    default:
      return kDeviceError;
  }
}

/// Throws where a call of the runtime failed; the error is cleared, so that the next call starts clean.
inline void check(cudaError_t error, const char* call) {
  if (error == cudaSuccess) return;
  cudaGetLastError();
  fail(code_of(error), "%s: %s (%s)", call, cudaGetErrorString(error), cudaGetErrorName(error));
}

/// Runs the entry `name` of the table. Nothing thrown crosses.
template <class Body>
std::int32_t entry(const char* name, Status* status, Body&& body) noexcept {
  Status failed{};
  const std::int32_t code = guarded(&failed, body);
  if (status == nullptr) return code;
  status->code = code;
  status->text[0] = 0;
  if (code == kOk) return code;
  // Checks of arguments, the same in all backends, name the operation themselves.
  const bool named = std::strncmp(failed.text, name, std::strlen(name)) == 0;
  std::snprintf(status->text, sizeof status->text, "cuda: %s%s%.400s", named ? "" : name, named ? "" : ": ",
                failed.text);
  return code;
}

}  // namespace sluice::cuda
