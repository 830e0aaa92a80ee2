// The table of the stand-in device. Everything that a real device would do later is put on a queue: copies,
// operations, records and waits. Arguments are checked at once.
#include "kernels/backend.h"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "kernels/check.h"
#include "kernels/constants.h"
#include "kernels/cpu/blas.h"
#include "kernels/cpu/level.h"
#include "kernels/cpu/workers.h"
#include "kernels/curves_check.h"
#include "kernels/host_copy.h"
#include "kernels/late/memory.h"
#include "kernels/late/queue.h"
#include "kernels/layout_check.h"
#include "kernels/spectrum_check.h"
#include "kernels/status.h"
#include "kernels/triangle_check.h"
#include "kernels/window_order_check.h"

namespace sluice {

struct Context {
  Context(const ContextOptions& given, int threads) : options(given), workers(threads) {}
  ContextOptions options;
  host_backend::Workers workers;
  host_backend::PoisonedMemory memory;
  std::atomic<std::uint64_t> queues{0};
  std::atomic<std::int64_t> waits{0};

  /// Counts a wait; true for the one that is to be left out.
  bool leave_out() { return ++waits == options.skip_wait; }
};

struct Queue {
  explicit Queue(Context& owner) : context(owner), late(owner.options.seed * 1000003 + ++owner.queues) {}
  Context& context;
  host_backend::LateQueue late;
};

struct Event {
  Context& context;
  std::mutex mutex;
  std::shared_ptr<host_backend::Point> point;  // of the last record; null: never recorded

  std::shared_ptr<host_backend::Point> last() {
    const std::lock_guard lock(mutex);
    return point;
  }
};

namespace host_backend {
namespace {

std::int32_t device_count(std::int32_t* count, Status* status) {
  return guarded(status, [&] {
    check_device(0);
    *count = 1;
  });
}

std::int32_t device_info(std::int32_t device, DeviceInfo* info, Status* status) {
  return guarded(status, [&] { describe_device(device, *info); });
}

int threads_of(const ContextOptions& options) {
  if (options.threads < 0) fail(kBadArgument, "a context cannot have %d threads", options.threads);
  return options.threads > 0 ? options.threads : available_threads();
}

std::int32_t context_create(const ContextOptions* options, Context** context, Status* status) {
  return guarded(status, [&] {
    check_device(options->device);
    *context = new Context(*options, threads_of(*options));
  });
}

void context_destroy(Context* context) {
  delete context;
}

std::int32_t allocate(Context* context, Memory, std::int64_t bytes, void** data, Status* status) {
  return guarded(status, [&] {
    check_positive("allocate", "bytes", bytes);
    *data = context->memory.allocate(bytes);
  });
}

void release(Context* context, Memory, void* data) {
  context->memory.release(data);
}

std::int32_t queue_create(Context* context, Queue** queue, Status* status) {
  return guarded(status, [&] { *queue = new Queue(*context); });
}

void queue_destroy(Queue* queue) {
  delete queue;
}

void succeed(const Status& reached) {
  if (reached.code != kOk) throw Failure{reached};
}

std::int32_t queue_finish(Queue* queue, Status* status) {
  return guarded(status, [&] { succeed(queue->late.record()->wait()); });
}

std::int32_t event_create(Context* context, Event** event, Status* status) {
  return guarded(status, [&] { *event = new Event{*context, {}, nullptr}; });
}

void event_destroy(Event* event) {
  delete event;
}

std::int32_t event_record(Event* event, Queue* queue, Status* status) {
  return guarded(status, [&] {
    auto point = queue->late.record();
    const std::lock_guard lock(event->mutex);
    event->point = std::move(point);
  });
}

std::int32_t queue_wait(Queue* queue, Event* event, Status* status) {
  return guarded(status, [&] {
    if (queue->context.leave_out()) return;
    if (auto point = event->last()) queue->late.wait(std::move(point));
  });
}

std::int32_t event_finish(Event* event, Status* status) {
  return guarded(status, [&] {
    if (event->context.leave_out()) return;
    if (const auto point = event->last()) succeed(point->wait());
  });
}

std::int32_t copy(Queue* queue, void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
                  std::int64_t width, std::int64_t rows, Status* status) {
  return guarded(status, [&] {
    check_copy(to_stride, from_stride, width, rows);
    queue->late.push([=] { copy_rows(to, to_stride, from, from_stride, width, rows); });
  });
}

template <class Args>
void push(Queue* queue, const Args& args, void (*run)(Workers&, const Args&)) {
  Workers& workers = queue->context.workers;
  queue->late.push([&workers, args, run] {
    const std::lock_guard lock(workers.mutex());
    run(workers, args);
  });
}

std::int32_t centre(Queue* queue, const CentreArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args, false);
    // The sums of the slabs' weights lie in host memory, which the caller may reuse at once.
    std::vector<double> sums;
    if (args->slab_weights) {
      sums.assign(args->slab_weights, args->slab_weights + ceil_div(args->observations, kSlab));
    }
    Workers& workers = queue->context.workers;
    queue->late.push([&workers, args = *args, sums = std::move(sums)] {
      CentreArgs own = args;
      if (own.slab_weights) own.slab_weights = sums.data();
      const std::lock_guard lock(workers.mutex());
      run_centre(workers, own);
    });
  });
}

std::int32_t products(Queue* queue, const ProductsArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args, false);
    push(queue, *args, run_products);
  });
}

std::int32_t finish(Queue* queue, const FinishArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_finish);
  });
}

std::int32_t generate(Queue* queue, const GenerateArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_generate);
  });
}

std::int32_t summarize(Queue* queue, const SummarizeArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_summarize);
  });
}

std::int32_t window_reduce(Queue* queue, const WindowReduceArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_window_reduce);
  });
}

std::int32_t window_merge(Queue* queue, const WindowMergeArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_window_merge);
  });
}

std::int32_t window_order(Queue* queue, const WindowOrderArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_window_order);
  });
}

std::int32_t window_products(Queue* queue, const WindowProductsArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_window_products);
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

std::int32_t window_spectrum(Queue* queue, const WindowSpectrumArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args, spectrum_shape(args->plan));
    push(queue, *args, run_window_spectrum);
  });
}

std::int32_t curve_features(Queue* queue, const CurveFeaturesArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_curve_features);
  });
}

std::int32_t layout_forces(Queue* queue, const LayoutForcesArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_layout_forces);
  });
}

std::int32_t layout_iterate(Queue* queue, const LayoutIterateArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_layout_iterate);
  });
}

std::int32_t columns(Queue* queue, const ColumnsArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_columns);
  });
}

std::int32_t triangle_shape(Context* context, std::int64_t columns, TriangleShape* shape, Status* status) {
  return guarded(status, [&] {
    check_triangle_columns(columns);
    *shape = triangle_shape_of(context->workers, columns);
  });
}

std::int32_t triangle(Queue* queue, const TriangleArgs* args, Status* status) {
  return guarded(status, [&] {
    check(*args);
    push(queue, *args, run_triangle);
  });
}

std::int64_t scratch_bytes(const ContextOptions* options) {
  return Workers::bytes(options->threads > 0 ? options->threads : available_threads());
}

constexpr Backend kTable = {
    kBackendVersion, sizeof(Backend), {"late", "x86-64-v3", 0, 0, kSubtile, kSlab},
    device_count,    device_info,     context_create,
    context_destroy, allocate,        release,
    queue_create,    queue_destroy,   queue_finish,
    event_create,    event_destroy,   event_record,
    queue_wait,      event_finish,    copy,
    centre,          products,        finish,
    generate,        summarize,       window_reduce,
    window_merge,    window_order,    window_products,
    spectrum_bytes,  spectrum_create, drop_spectrum_plan,
    window_spectrum, curve_features,  layout_forces,
    layout_iterate,  columns,         triangle_shape,
    triangle,        scratch_bytes,
};

}  // namespace

void describe_device(std::int32_t device, DeviceInfo& info) {
  const std::string detail =
      std::string("stand-in device for tests; ") + name_of(level()) + "; " + describe_blas();
  describe_machine(device, detail.c_str(), info);
}

}  // namespace host_backend
}  // namespace sluice

extern "C" __attribute__((visibility("default"))) const sluice::Backend* sluice_backend() {
  return &sluice::host_backend::kTable;
}
