// What the serial backend has in place of workers: one thread and its scratch.
#pragma once
#include <cstdint>
#include <mutex>

#include "kernels/backend.h"
#include "kernels/constants.h"
#include "kernels/machine.h"

namespace sluice::SLUICE_BACKEND {

class Workers {
 public:
  static constexpr std::int64_t kDepth = 32;  // observations that products takes at a time
  explicit Workers(int) : product_(static_cast<double*>(map_pages(bytes(1)))) {}
  ~Workers() { unmap_pages(product_, bytes(1)); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::mutex& mutex() { return mutex_; }
  double* product() const { return product_; }                        // kSubtile x kSubtile
  double* columns() const { return product_ + kSubtile * kSubtile; }  // kDepth x kSubtile
  static std::int64_t bytes(int) { return (kSubtile * kSubtile + kDepth * kSubtile) * 8; }

 private:
  double* product_;
  std::mutex mutex_;
};

void run_centre(Workers&, const CentreArgs&);
void run_products(Workers&, const ProductsArgs&);
void run_finish(Workers&, const FinishArgs&);
void run_generate(Workers&, const GenerateArgs&);
void run_summarize(Workers&, const SummarizeArgs&);
void run_window_reduce(Workers&, const WindowReduceArgs&);
void run_window_merge(Workers&, const WindowMergeArgs&);
void run_window_order(Workers&, const WindowOrderArgs&);
void run_window_products(Workers&, const WindowProductsArgs&);
void run_curve_features(Workers&, const CurveFeaturesArgs&);
void run_layout_forces(Workers&, const LayoutForcesArgs&);
void run_layout_iterate(Workers&, const LayoutIterateArgs&);
void run_columns(Workers&, const ColumnsArgs&);
TriangleShape triangle_shape_of(const Workers&, std::int64_t columns);
void run_triangle(Workers&, const TriangleArgs&);

std::int64_t spectrum_plan_bytes(const Workers&, const SpectrumShape&);
SpectrumPlan* make_spectrum_plan(const Workers&, const SpectrumShape&, const double* taper);
void drop_spectrum_plan(SpectrumPlan*);
const SpectrumShape& spectrum_shape(const SpectrumPlan*);
void run_window_spectrum(Workers&, const WindowSpectrumArgs&);

}  // namespace sluice::SLUICE_BACKEND
