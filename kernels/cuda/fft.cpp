#include "kernels/cuda/fft.h"

#include "kernels/cuda/library_open.h"

namespace sluice::cuda {
namespace {

FftLibrary load() {
  FftLibrary library{};
  void* handle = open_library({"cuFFT", "libcufft", CUFFT_VER_MAJOR, {}, "nvidia-cufft"}, library.path);
  resolve(handle, library.path, "cufftCreate", library.create);
  resolve(handle, library.path, "cufftDestroy", library.destroy);
  resolve(handle, library.path, "cufftSetAutoAllocation", library.set_auto_allocation);
  resolve(handle, library.path, "cufftMakePlanMany64", library.make_plan);
  resolve(handle, library.path, "cufftSetStream", library.set_stream);
  resolve(handle, library.path, "cufftSetWorkArea", library.set_work_area);
  resolve(handle, library.path, "cufftExecR2C", library.exec_float);
  resolve(handle, library.path, "cufftExecD2Z", library.exec_double);
  return library;
}

void check_fft(cufftResult result, const char* call) {
  if (result == CUFFT_SUCCESS) return;
  const cudaError_t cause = cudaGetLastError();
  fail(result == CUFFT_ALLOC_FAILED ? kOutOfMemory : kDeviceError, "%s: code %d%s%s", call, int(result),
       cause == cudaSuccess ? "" : ": ", cause == cudaSuccess ? "" : cudaGetErrorString(cause));
}

}  // namespace

const FftLibrary& fft_library() {
  static const FftLibrary library = load();
  return library;
}

FftPlan::FftPlan(std::int64_t length, std::int64_t batch, bool single)
    : library_(fft_library()), single_(single) {
  check_fft(library_.create(&handle_), "cufftCreate");
  try {
    check_fft(library_.set_auto_allocation(handle_, 0), "cufftSetAutoAllocation");
    long long n = length, in = length, out = length / 2 + 1;
    check_fft(library_.make_plan(handle_, 1, &n, &in, 1, in, &out, 1, out, single ? CUFFT_R2C : CUFFT_D2Z,
                                 batch, &work_bytes_),
              "cufftMakePlanMany64");
  } catch (...) {
    library_.destroy(handle_);
    throw;
  }
}

FftPlan::~FftPlan() {
  library_.destroy(handle_);
}

void FftPlan::set_work_area(void* memory) {
  check_fft(library_.set_work_area(handle_, memory), "cufftSetWorkArea");
}

void FftPlan::run(void* in, void* out, cudaStream_t stream) const {
  check_fft(library_.set_stream(handle_, stream), "cufftSetStream");
  if (single_)
    check_fft(library_.exec_float(handle_, static_cast<cufftReal*>(in), static_cast<cufftComplex*>(out)),
              "cufftExecR2C");
  else
    check_fft(library_.exec_double(handle_, static_cast<cufftDoubleReal*>(in),
                                   static_cast<cufftDoubleComplex*>(out)),
              "cufftExecD2Z");
}

}  // namespace sluice::cuda
