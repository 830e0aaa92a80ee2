// Finding, loading and choosing backends; owners and checked calls over the C table of kernels/backend.h.
// A backend library is loaded once and never unloaded.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/error.h"
#include "kernels/backend.h"

namespace sluice {

/// The table of backend `name` ("cpu", "cuda", "serial", "late"). Error{kDevice} says whether the library,
/// the driver or a device is missing, and what to do.
const Backend& load_backend(const std::string& name);

/// Names of the backend libraries that lie beside the command or library.
std::vector<std::string> installed_backends();

/// A device selector resolved: auto, cpu, cuda, cuda:N, serial, late.
struct Selection {
  const Backend* backend = nullptr;
  std::string selector;     // "cuda:0"
  std::string why_not_gpu;  // auto took the CPU because of this
  int device = 0;
};
Selection select_backend(const std::string& device);

/// Turns a status into an Error of the right kind, with the backend's text.
void check(std::int32_t code, const Status& status);

/// Owner of a context and of what is made in it.
class Device {
 public:
  Device(const Backend& backend, const ContextOptions& options);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  const Backend& table() const { return *backend_; }
  const BackendInfo& info() const { return backend_->info; }
  Context* context() const { return context_; }
  DeviceInfo describe() const;
  TriangleShape triangle_shape(std::int64_t columns) const;

 private:
  const Backend* backend_;
  Context* context_ = nullptr;
  int device_ = 0;
};

/// Move-only owners.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Device& device, Memory kind, std::int64_t bytes);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();
  template <class T = void>
  T* as() const {
    return static_cast<T*>(data_);
  }
  std::int64_t bytes() const { return bytes_; }

 private:
  const Device* device_ = nullptr;
  Memory kind_ = Memory::kDevice;
  void* data_ = nullptr;
  std::int64_t bytes_ = 0;
};

class Fence;

class Stream {  // a Queue with its owner
 public:
  explicit Stream(const Device& device);
  Stream(Stream&&) = delete;
  ~Stream();
  void wait(const Fence& fence);
  void finish();
  void copy(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride, std::int64_t width,
            std::int64_t rows);
  void copy(void* to, const void* from, std::int64_t bytes) { copy(to, bytes, from, bytes, bytes, 1); }
  void run(const CentreArgs& args);
  void run(const ProductsArgs& args);
  void run(const FinishArgs& args);
  void run(const GenerateArgs& args);
  void run(const SummarizeArgs& args);
  void run(const WindowReduceArgs& args);
  void run(const WindowMergeArgs& args);
  void run(const WindowOrderArgs& args);
  void run(const WindowProductsArgs& args);
  void run(const WindowSpectrumArgs& args);
  void run(const CurveFeaturesArgs& args);
  void run(const LayoutForcesArgs& args);
  void run(const LayoutIterateArgs& args);
  void run(const ColumnsArgs& args);
  void run(const TriangleArgs& args);
  Queue* queue() const { return queue_; }
  const Device& device() const { return *device_; }

 private:
  const Device* device_;
  Queue* queue_ = nullptr;
};

/// What transforms of one shape need: see kernels/spectrum.h. The device must live longer.
class SpectrumOwner {
 public:
  /// `taper`: segment numbers; `memory`: bytes() of the device's, which must live longer.
  SpectrumOwner(const Device& device, const SpectrumShape& shape, const double* taper, void* memory);
  ~SpectrumOwner();
  SpectrumOwner(const SpectrumOwner&) = delete;
  SpectrumOwner& operator=(const SpectrumOwner&) = delete;
  static std::int64_t bytes(const Device& device, const SpectrumShape& shape);
  SpectrumPlan* get() const { return plan_; }

 private:
  const Device* device_;
  SpectrumPlan* plan_ = nullptr;
};

class Fence {  // an Event with its owner
 public:
  explicit Fence(const Device& device);
  Fence(Fence&& other) noexcept;
  ~Fence();
  void record(Stream& stream);
  void finish() const;  // the host waits
  Event* event() const { return event_; }

 private:
  const Device* device_;
  Event* event_ = nullptr;
};

}  // namespace sluice
