// The table of the cpu backend. Work runs at once on the calling thread and the context's threads, so queues
// keep only the first error of their work, and events have nothing to wait for.
#include "kernels/backend.h"

#include <cstring>
#include <mutex>
#include <unordered_map>

#include "kernels/check.h"
#include "kernels/cpu/blas.h"
#include "kernels/cpu/machine.h"
#include "kernels/cpu/workers.h"
#include "kernels/host_copy.h"
#include "kernels/status.h"

namespace sluice {

struct Context {
  explicit Context(int threads) : workers(threads) {}
  cpu_backend::Workers workers;
  std::mutex mutex;
  std::unordered_map<void*, std::int64_t> sizes;  // of allocated blocks
};

struct Queue {
  Context* context;
};

struct Event {};

namespace cpu_backend {
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
  return guarded(status, [&] { describe_machine(device, describe_blas().c_str(), *info); });
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

std::int64_t scratch_bytes(const ContextOptions* options) {
  return Workers::bytes(options->threads > 0 ? options->threads : available_threads());
}

constexpr Backend kTable = {
    kBackendVersion, sizeof(Backend), {"cpu", "x86-64-v3", 1, 0, kSubtile, kSlab},
    device_count,    device_info,     context_create,
    context_destroy, allocate,        release,
    queue_create,    queue_destroy,   queue_finish,
    event_create,    event_destroy,   event_record,
    queue_wait,      event_finish,    copy,
    centre,          products,        finish,
    generate,        summarize,       scratch_bytes,
};

}  // namespace
}  // namespace cpu_backend
}  // namespace sluice

extern "C" __attribute__((visibility("default"))) const sluice::Backend* sluice_backend() {
  return &sluice::cpu_backend::kTable;
}
