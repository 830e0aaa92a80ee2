// Devices and drivers. The runtime answers "insufficient driver" for an absent driver too: the driver's
// version tells the two apart.
#include "kernels/cuda/devices.h"

#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kernels/cuda/error.h"

namespace sluice::cuda {
namespace {

struct Version {
  int major, minor;
};
Version split(int version) {
  return {version / 1000, version % 1000 / 10};
}

int oldest_architecture() {
  // "sm_90", "sm_80+90": the first number is the oldest that the code was compiled for.
  const char* digits = std::strpbrk(SLUICE_CUDA_LEVEL, "0123456789");
  return digits != nullptr ? std::atoi(digits) : 0;
}

}  // namespace

std::int32_t count_devices() {
  int driver = 0;
  cudaDriverGetVersion(&driver);
  if (driver == 0)
    fail(kNoDevice, "no NVIDIA driver: libcuda.so.1 was not found; install the driver, or take --device cpu");
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error == cudaErrorInsufficientDriver) {
    const Version has = split(driver), needs = split(CUDART_VERSION);
    cudaGetLastError();
    fail(kNoDevice, "the NVIDIA driver is too old: expected one for CUDA %d.%d, found one for CUDA %d.%d",
         needs.major, needs.minor, has.major, has.minor);
  }
  if (error == cudaErrorNoDevice || (error == cudaSuccess && count == 0)) {
    cudaGetLastError();
    fail(kNoDevice, "the NVIDIA driver is there and sees no GPU");
  }
  check(error, "cudaGetDeviceCount");
  return count;
}

void describe(std::int32_t device, DeviceInfo& info) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
  check(cudaSetDevice(device), "cudaSetDevice");
  std::size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  int driver = 0;
  check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  const Version supported = split(driver), runtime = split(CUDART_VERSION);
  info = {};
  std::snprintf(info.name, sizeof info.name, "%.100s", properties.name);
  std::snprintf(info.detail, sizeof info.detail, "driver for CUDA %d.%d, runtime %d.%d, code for %s",
                supported.major, supported.minor, runtime.major, runtime.minor, SLUICE_CUDA_LEVEL);
  info.major = properties.major;
  info.minor = properties.minor;
  info.units = properties.multiProcessorCount;
  info.memory_total = total;
  info.memory_free = free;
}

void require_architecture(std::int32_t device) {
  int major = 0, minor = 0;
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device), "cudaDeviceGetAttribute");
  check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device), "cudaDeviceGetAttribute");
  if (major * 10 + minor < oldest_architecture())
    fail(kNoDevice, "device %d has compute capability %d.%d, and this backend was compiled for %s or newer",
         device, major, minor, SLUICE_CUDA_LEVEL);
}

}  // namespace sluice::cuda
