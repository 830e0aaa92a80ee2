// window_spectrum on the CPU: threads take groups of windows and channels, each in its own transform's
// buffers, with the widest vectors that the processor has.
#include <omp.h>

#include <memory>
#include <vector>

#include "kernels/check.h"
#include "kernels/cpu/level.h"
#include "kernels/cpu/spectrum_level.h"
#include "kernels/cpu/workers.h"

namespace sluice {

struct SpectrumPlan {
  SpectrumShape shape{};
  SLUICE_BACKEND::SpectrumLevel level{};
  std::vector<double> taper;
  std::vector<void*> works;  // a thread's each

  SpectrumPlan() = default;
  SpectrumPlan(const SpectrumPlan&) = delete;
  SpectrumPlan& operator=(const SpectrumPlan&) = delete;
  ~SpectrumPlan() {
    for (void* work : works) level.destroy(work);
  }
};

namespace SLUICE_BACKEND {
namespace {

SpectrumLevel own_level() {
  return level() >= Level::kV4 ? wide_spectrum() : narrow_spectrum();
}

}  // namespace

std::int64_t spectrum_plan_bytes(const Workers& workers, const SpectrumShape& s) {
  return s.segment * 8 + workers.threads() * own_level().bytes(s);
}

SpectrumPlan* make_spectrum_plan(const Workers& workers, const SpectrumShape& shape, const double* taper) {
  auto plan = std::make_unique<SpectrumPlan>();
  plan->shape = shape, plan->level = own_level();
  plan->taper.assign(taper, taper + shape.segment);
  plan->works.reserve(std::size_t(workers.threads()));
  for (int i = 0; i < workers.threads(); ++i) plan->works.push_back(plan->level.create(shape));
  return plan.release();
}

void drop_spectrum_plan(SpectrumPlan* plan) {
  delete plan;
}

const SpectrumShape& spectrum_shape(const SpectrumPlan* plan) {
  check_pointer("window_spectrum", "plan", plan);
  return plan->shape;
}

void run_window_spectrum(Workers& workers, const WindowSpectrumArgs& a) {
  const SpectrumPlan& plan = *a.plan;
  if (a.windows == 0 || a.samples.channels == 0 || a.outputs == 0) return;
  const std::int64_t groups = ceil_div(a.windows * a.samples.channels, plan.level.lanes);
#pragma omp parallel for schedule(dynamic) num_threads(workers.threads())
  for (std::int64_t group = 0; group < groups; ++group)
    plan.level.take(a, plan.shape, plan.taper.data(), plan.works[std::size_t(omp_get_thread_num())], group);
}

}  // namespace SLUICE_BACKEND
}  // namespace sluice
