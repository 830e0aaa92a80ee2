// The threads of a context and their scratch, taken once. Every parallel region names its number of threads:
// OpenBLAS changes OpenMP's default when it is told to use one.
#pragma once
#include <cstdint>
#include <mutex>

#include "kernels/backend.h"
#include "kernels/constants.h"
#include "kernels/machine.h"

namespace sluice::SLUICE_BACKEND {

class Workers {
 public:
  /// A tile of float64 and a slab of square roots of weights; page borders keep threads apart.
  static constexpr std::int64_t kTileBytes = kSubtile * kSubtile * 8;
  static constexpr std::int64_t kThreadBytes = kTileBytes + kSlab * 8;
  /// Partial results of centre and summarize, a thread's share; of finish; operands of products (amx.h).
  static constexpr std::int64_t kPartialBytes = 896 << 10;

  explicit Workers(int threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int threads() const { return threads_; }
  std::mutex& mutex() { return mutex_; }

  void* tile(int thread) const { return base_ + thread * kThreadBytes; }
  double* weight_roots(int thread) const {
    return reinterpret_cast<double*>(base_ + thread * kThreadBytes + kTileBytes);
  }
  template <class T>
  T* partials(int thread = 0) const {
    return reinterpret_cast<T*>(base_ + threads_ * kThreadBytes + thread * kPartialBytes);
  }
  template <class T>
  std::int64_t partial_capacity() const {
    return threads_ * kPartialBytes / std::int64_t(sizeof(T));
  }

  static std::int64_t bytes(int threads) { return threads * (kThreadBytes + kPartialBytes); }

 private:
  int threads_;
  char* base_;
  std::mutex mutex_;  // one operation at a time: operations of two queues share threads and scratch
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

/// Sets OpenMP's default for code that cannot name its number of threads (Thrust), and puts it back.
class ThreadsOf {
 public:
  explicit ThreadsOf(const Workers& workers);
  ~ThreadsOf();
  ThreadsOf(const ThreadsOf&) = delete;
  ThreadsOf& operator=(const ThreadsOf&) = delete;

 private:
  int before_;
};

}  // namespace sluice::SLUICE_BACKEND
