// The entries of a table whose work runs at once on the calling thread and the context's workers. Queues have
// nothing to order and events nothing to wait for. Included by one file of a backend, which brings `Workers`
// (made from a number of threads), the operations run_*(Workers&, args), map_pages, unmap_pages,
// available_threads, check_device and describe_device.
#pragma once
#include <mutex>
#include <unordered_map>

#include "kernels/backend.h"
#include "kernels/check.h"
#include "kernels/curves_check.h"
#include "kernels/host_copy.h"
#include "kernels/layout_check.h"
#include "kernels/spectrum_check.h"
#include "kernels/status.h"
#include "kernels/triangle_check.h"
#include "kernels/window_order_check.h"

namespace sluice {

struct Context {
  explicit Context(int threads) : workers(threads) {}
  SLUICE_BACKEND::Workers workers;
  std::mutex mutex;
  std::unordered_map<void*, std::int64_t> sizes;  // of allocated blocks
};

struct Queue {
  Context* context;
};

struct Event {};

namespace SLUICE_BACKEND {
namespace {

int threads_of(const ContextOptions& options) {
  if (options.threads < 0) fail(kBadArgument, "a context cannot have %d threads", options.threads);
  return options.threads > 0 ? options.threads : available_threads();
}

std::int32_t device_count(std::int32_t* count, Status* status) {
  return guarded(status, [&] {
    check_device(0);
    *count = 1;
  });
}

std::int32_t device_info(std::int32_t device, DeviceInfo* info, Status* status) {
  return guarded(status, [&] { describe_device(device, *info); });
}

std::int32_t context_create(const ContextOptions* options, Context** context, Status* status) {
  return guarded(status, [&] {
    check_device(options->device);
    *context = new Context(threads_of(*options));
  });
}

void context_destroy(Context* context) {
  if (!context) return;
  for (const auto& [data, bytes] : context->sizes) unmap_pages(data, bytes);
  delete context;
}

std::int32_t allocate(Context* context, Memory, std::int64_t bytes, void** data, Status* status) {
  return guarded(status, [&] {
    check_positive("allocate", "bytes", bytes);
    const std::lock_guard lock(context->mutex);
    *data = map_pages(bytes);
    context->sizes[*data] = bytes;
  });
}

void release(Context* context, Memory, void* data) {
  const std::lock_guard lock(context->mutex);
  const auto block = context->sizes.find(data);
  if (block == context->sizes.end()) return;
  unmap_pages(data, block->second);
  context->sizes.erase(block);
}

std::int32_t queue_create(Context* context, Queue** queue, Status* status) {
  return guarded(status, [&] { *queue = new Queue{context}; });
}

void queue_destroy(Queue* queue) {
  delete queue;
}
std::int32_t queue_finish(Queue*, Status*) {
  return kOk;
}

std::int32_t event_create(Context*, Event** event, Status* status) {
  return guarded(status, [&] { *event = new Event; });
}

void event_destroy(Event* event) {
  delete event;
}
std::int32_t event_record(Event*, Queue*, Status*) {
  return kOk;
}
std::int32_t queue_wait(Queue*, Event*, Status*) {
  return kOk;
}
std::int32_t event_finish(Event*, Status*) {
  return kOk;
}

std::int32_t copy(Queue*, void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
                  std::int64_t width, std::int64_t rows, Status* status) {
  return guarded(status, [&] {
    check_copy(to_stride, from_stride, width, rows);
    copy_rows(to, to_stride, from, from_stride, width, rows);
  });
}

template <class Args, class Run>
std::int32_t operate(Queue* queue, const Args* args, Status* status, Run run) {
  return guarded(status, [&] {
    const std::lock_guard lock(queue->context->workers.mutex());
    run(queue->context->workers, *args);
  });
}

std::int32_t centre(Queue* queue, const CentreArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const CentreArgs& a) {
    check(a, false);
    run_centre(workers, a);
  });
}

std::int32_t products(Queue* queue, const ProductsArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const ProductsArgs& a) {
    check(a, false);
    run_products(workers, a);
  });
}

std::int32_t finish(Queue* queue, const FinishArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const FinishArgs& a) {
    check(a);
    run_finish(workers, a);
  });
}

std::int32_t generate(Queue* queue, const GenerateArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const GenerateArgs& a) {
    check(a);
    run_generate(workers, a);
  });
}

std::int32_t summarize(Queue* queue, const SummarizeArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const SummarizeArgs& a) {
    check(a);
    run_summarize(workers, a);
  });
}

std::int32_t window_reduce(Queue* queue, const WindowReduceArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const WindowReduceArgs& a) {
    check(a);
    run_window_reduce(workers, a);
  });
}

std::int32_t window_merge(Queue* queue, const WindowMergeArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const WindowMergeArgs& a) {
    check(a);
    run_window_merge(workers, a);
  });
}

std::int32_t window_order(Queue* queue, const WindowOrderArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const WindowOrderArgs& a) {
    check(a);
    run_window_order(workers, a);
  });
}

std::int32_t window_products(Queue* queue, const WindowProductsArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const WindowProductsArgs& a) {
    check(a);
    run_window_products(workers, a);
  });
}

std::int32_t spectrum_bytes(Context* context, const SpectrumShape* shape, std::int64_t* bytes,
                            Status* status) {
  return guarded(status, [&] {
    check(*shape);
    *bytes = spectrum_plan_bytes(context->workers, *shape);
  });
}

std::int32_t spectrum_create(Context* context, const SpectrumShape* shape, const double* taper, void*,
                             SpectrumPlan** plan, Status* status) {
  return guarded(status, [&] {
    check(*shape);
    check_pointer("spectrum_create", "taper", taper);
    *plan = make_spectrum_plan(context->workers, *shape, taper);
  });
}

void spectrum_destroy(SpectrumPlan* plan) {
  drop_spectrum_plan(plan);
}

std::int32_t window_spectrum(Queue* queue, const WindowSpectrumArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const WindowSpectrumArgs& a) {
    check(a, spectrum_shape(a.plan));
    run_window_spectrum(workers, a);
  });
}

std::int32_t curve_features(Queue* queue, const CurveFeaturesArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const CurveFeaturesArgs& a) {
    check(a);
    run_curve_features(workers, a);
  });
}

std::int32_t layout_forces(Queue* queue, const LayoutForcesArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const LayoutForcesArgs& a) {
    check(a);
    run_layout_forces(workers, a);
  });
}

std::int32_t layout_iterate(Queue* queue, const LayoutIterateArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const LayoutIterateArgs& a) {
    check(a);
    run_layout_iterate(workers, a);
  });
}

std::int32_t columns(Queue* queue, const ColumnsArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const ColumnsArgs& a) {
    check(a);
    run_columns(workers, a);
  });
}

std::int32_t triangle_shape(Context* context, std::int64_t columns, TriangleShape* shape, Status* status) {
  return guarded(status, [&] {
    check_triangle_columns(columns);
    *shape = triangle_shape_of(context->workers, columns);
  });
}

std::int32_t triangle(Queue* queue, const TriangleArgs* args, Status* status) {
  return operate(queue, args, status, [](Workers& workers, const TriangleArgs& a) {
    check(a);
    run_triangle(workers, a);
  });
}

std::int64_t scratch_bytes(const ContextOptions* options) {
  return Workers::bytes(options->threads > 0 ? options->threads : available_threads());
}

constexpr Backend table_of(const BackendInfo& info) {
  return Backend{kBackendVersion, sizeof(Backend), info,           device_count,    device_info,
                 context_create,  context_destroy, allocate,       release,         queue_create,
                 queue_destroy,   queue_finish,    event_create,   event_destroy,   event_record,
                 queue_wait,      event_finish,    copy,           centre,          products,
                 finish,          generate,        summarize,      window_reduce,   window_merge,
                 window_order,    window_products, spectrum_bytes, spectrum_create, spectrum_destroy,
                 window_spectrum, curve_features,  layout_forces,  layout_iterate,  columns,
                 triangle_shape,  triangle,        scratch_bytes};
}

}  // namespace
}  // namespace SLUICE_BACKEND
}  // namespace sluice
