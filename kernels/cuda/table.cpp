// The table that this library exports: every entry makes its context's device current, since callers come
// from several threads, and runs under `entry`.
#include <new>

#include "kernels/cuda/context.h"
#include "kernels/cuda/devices.h"
#include "kernels/cuda/operations.h"

namespace sluice {
namespace {

using cuda::check;
using cuda::entry;

std::int32_t device_count(std::int32_t* count, Status* status) {
  *count = 0;
  return entry("device_count", status, [&] { *count = cuda::count_devices(); });
}

std::int32_t device_info(std::int32_t device, DeviceInfo* info, Status* status) {
  return entry("device_info", status, [&] { cuda::describe(device, *info); });
}

std::int32_t context_create(const ContextOptions* options, Context** context, Status* status) {
  *context = nullptr;
  return entry("context_create", status, [&] {
    const std::int32_t count = cuda::count_devices();
    if (options->device < 0 || options->device >= count)
      cuda::fail(kNoDevice, "there is no device %d: found %d", options->device, count);
    cuda::require_architecture(options->device);
    *context = new Context(*options);
  });
}

void context_destroy(Context* context) {
  if (context == nullptr) return;
  cudaSetDevice(context->device);
  delete context;
}

std::int32_t allocate(Context* context, Memory kind, std::int64_t bytes, void** memory, Status* status) {
  *memory = nullptr;
  return entry("allocate", status, [&] {
    if (bytes < 0) cuda::fail(kBadArgument, "%lld bytes", static_cast<long long>(bytes));
    context->make_current();
    const std::size_t size = bytes > 0 ? std::size_t(bytes) : 1;
    if (kind == Memory::kPinned)
      check(cudaHostAlloc(memory, size, cudaHostAllocPortable), "cudaHostAlloc");
    else
      check(cudaMalloc(memory, size), "cudaMalloc");
  });
}

void release(Context* context, Memory kind, void* memory) {
  if (memory == nullptr) return;
  cudaSetDevice(context->device);
  if (kind == Memory::kPinned)
    cudaFreeHost(memory);
  else
    cudaFree(memory);
}

std::int32_t queue_create(Context* context, Queue** queue, Status* status) {
  *queue = nullptr;
  return entry("queue_create", status, [&] {
    context->make_current();
    *queue = new Queue(context);
  });
}

void queue_destroy(Queue* queue) {
  if (queue == nullptr) return;
  cudaSetDevice(queue->context->device);
  cudaStreamSynchronize(queue->stream.get());
  queue->context->forget(queue->stream.get());
  delete queue;
}

std::int32_t queue_finish(Queue* queue, Status* status) {
  return entry("queue_finish", status, [&] {
    queue->context->make_current();
    check(cudaStreamSynchronize(queue->stream.get()), "cudaStreamSynchronize");
  });
}

std::int32_t event_create(Context* context, Event** event, Status* status) {
  *event = nullptr;
  return entry("event_create", status, [&] {
    context->make_current();
    *event = new Event(context->device);
  });
}

void event_destroy(Event* event) {
  if (event == nullptr) return;
  cudaSetDevice(event->device);
  delete event;
}

std::int32_t event_record(Event* event, Queue* queue, Status* status) {
  return entry("event_record", status, [&] {
    queue->context->make_current();
    check(cudaEventRecord(event->event.get(), queue->stream.get()), "cudaEventRecord");
  });
}

std::int32_t queue_wait(Queue* queue, Event* event, Status* status) {
  return entry("queue_wait", status, [&] {
    queue->context->make_current();
    check(cudaStreamWaitEvent(queue->stream.get(), event->event.get(), 0), "cudaStreamWaitEvent");
  });
}

std::int32_t event_finish(Event* event, Status* status) {
  return entry("event_finish", status, [&] {
    check(cudaSetDevice(event->device), "cudaSetDevice");
    check(cudaEventSynchronize(event->event.get()), "cudaEventSynchronize");
  });
}

std::int32_t copy(Queue* queue, void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
                  std::int64_t width, std::int64_t rows, Status* status) {
  return entry("copy", status, [&] {
    queue->context->make_current();
    cuda::copy(*queue, to, to_stride, from, from_stride, width, rows);
  });
}

/// One operation of the table: the context's device current, the border guarded.
template <class Args, void (*Operation)(Queue&, const Args&)>
std::int32_t operation(const char* name, Queue* queue, const Args* args, Status* status) noexcept {
  return entry(name, status, [&] {
    queue->context->make_current();
    Operation(*queue, *args);
  });
}

std::int32_t centre(Queue* queue, const CentreArgs* args, Status* status) {
  return operation<CentreArgs, cuda::centre>("centre", queue, args, status);
}
std::int32_t products(Queue* queue, const ProductsArgs* args, Status* status) {
  return operation<ProductsArgs, cuda::products>("products", queue, args, status);
}
std::int32_t finish(Queue* queue, const FinishArgs* args, Status* status) {
  return operation<FinishArgs, cuda::finish>("finish", queue, args, status);
}
std::int32_t generate(Queue* queue, const GenerateArgs* args, Status* status) {
  return operation<GenerateArgs, cuda::generate>("generate", queue, args, status);
}
std::int32_t summarize(Queue* queue, const SummarizeArgs* args, Status* status) {
  return operation<SummarizeArgs, cuda::summarize>("summarize", queue, args, status);
}

std::int32_t window_reduce(Queue* queue, const WindowReduceArgs* args, Status* status) {
  return operation<WindowReduceArgs, cuda::window_reduce>("window_reduce", queue, args, status);
}
std::int32_t window_merge(Queue* queue, const WindowMergeArgs* args, Status* status) {
  return operation<WindowMergeArgs, cuda::window_merge>("window_merge", queue, args, status);
}
std::int32_t window_order(Queue* queue, const WindowOrderArgs* args, Status* status) {
  return operation<WindowOrderArgs, cuda::window_order>("window_order", queue, args, status);
}
std::int32_t window_products(Queue* queue, const WindowProductsArgs* args, Status* status) {
  return operation<WindowProductsArgs, cuda::window_products>("window_products", queue, args, status);
}

std::int32_t spectrum_bytes(Context* context, const SpectrumShape* shape, std::int64_t* bytes,
                            Status* status) {
  return entry("spectrum_bytes", status, [&] {
    context->make_current();
    *bytes = cuda::spectrum_bytes(*context, *shape);
  });
}
std::int32_t spectrum_create(Context* context, const SpectrumShape* shape, const double* taper, void* memory,
                             SpectrumPlan** plan, Status* status) {
  *plan = nullptr;
  return entry("spectrum_create", status, [&] {
    context->make_current();
    *plan = cuda::spectrum_create(*context, *shape, taper, memory);
  });
}
std::int32_t window_spectrum(Queue* queue, const WindowSpectrumArgs* args, Status* status) {
  return operation<WindowSpectrumArgs, cuda::window_spectrum>("window_spectrum", queue, args, status);
}

std::int32_t curve_features(Queue* queue, const CurveFeaturesArgs* args, Status* status) {
  return operation<CurveFeaturesArgs, cuda::curve_features>("curve_features", queue, args, status);
}

std::int32_t layout_forces(Queue* queue, const LayoutForcesArgs* args, Status* status) {
  return operation<LayoutForcesArgs, cuda::layout_forces>("layout_forces", queue, args, status);
}
std::int32_t layout_iterate(Queue* queue, const LayoutIterateArgs* args, Status* status) {
  return operation<LayoutIterateArgs, cuda::layout_iterate>("layout_iterate", queue, args, status);
}

std::int32_t columns(Queue* queue, const ColumnsArgs* args, Status* status) {
  return operation<ColumnsArgs, cuda::columns>("columns", queue, args, status);
}
std::int32_t triangle_shape(Context* context, std::int64_t columns, TriangleShape* shape, Status* status) {
  return entry("triangle_shape", status, [&] {
    context->make_current();
    *shape = cuda::triangle_shape(*context, columns);
  });
}
std::int32_t triangle(Queue* queue, const TriangleArgs* args, Status* status) {
  return operation<TriangleArgs, cuda::triangle>("triangle", queue, args, status);
}

std::int64_t scratch_bytes(const ContextOptions*) {
  return cuda::kScratchBytes;
}

constexpr Backend kTable = {
    kBackendVersion, sizeof(Backend), {"cuda", SLUICE_CUDA_LEVEL, 0, 1, cuda::kSubtile, cuda::kSlab},
    device_count,    device_info,     context_create,
    context_destroy, allocate,        release,
    queue_create,    queue_destroy,   queue_finish,
    event_create,    event_destroy,   event_record,
    queue_wait,      event_finish,    copy,
    centre,          products,        finish,
    generate,        summarize,       window_reduce,
    window_merge,    window_order,    window_products,
    spectrum_bytes,  spectrum_create, cuda::spectrum_destroy,
    window_spectrum, curve_features,  layout_forces,
    layout_iterate,  columns,         triangle_shape,
    triangle,        scratch_bytes,
};

}  // namespace
}  // namespace sluice

extern "C" __attribute__((visibility("default"))) const sluice::Backend* sluice_backend() {
  return &sluice::kTable;
}
