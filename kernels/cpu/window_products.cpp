// window_products on the CPU: a thread takes a run of windows. Means and products of a window's parts (its
// cells, or itself where these are many) are made once, by pieces of a few samples and one single-threaded
// BLAS call each, and merged in order (Chan 1979): the same bytes in any runs.
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/blas.h"
#include "kernels/cpu/workers.h"
#include "kernels/elements.h"
#include "kernels/window_order.inl"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kRun = 64;  // windows

template <class T, bool kSwapped>
class Products {
 public:
  Products(Workers& workers, const WindowProductsArgs& a)
      : workers_(workers),
        a_(a),
        s_(a.samples),
        g_(a.grid),
        blas_(blas()),
        n_(s_.channels),
        parts_(window_products_parts(g_, n_)),
        cells_(parts_ == g_.cells_a_window()) {}

  void run() const {
    const std::int64_t runs = (a_.windows + kRun - 1) / kRun, bytes = window_products_thread(g_, n_);
    const int threads = int(std::min<std::int64_t>(workers_.threads(), a_.scratch_bytes / bytes));
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (std::int64_t task = 0; task < runs; ++task) {
      blas_.alone();
      const std::int64_t first = a_.first + task * kRun;
      take(first, std::min(kRun, a_.first + a_.windows - first),
           reinterpret_cast<double*>(static_cast<char*>(a_.scratch) + omp_get_thread_num() * bytes));
    }
  }

 private:
  /// Means, what they lack of the exact ones, and products of deviations: the upper triangle.
  struct Part {
    double *mean, *rest, *product;
  };
  Part part(double* scratch, std::int64_t slot) const {
    double* at = scratch + n_ * kWindowProductsPiece + slot * (n_ * n_ + 2 * n_);
    return {at, at + n_, at + 2 * n_};
  }
  std::int64_t begin_of(std::int64_t number) const {
    return cells_ ? g_.cell_start(number) : g_.start(number);
  }
  std::int64_t end_of(std::int64_t number) const {
    return cells_ ? g_.cell_end(number) : g_.end(number);
  }

  void take(std::int64_t first, std::int64_t windows, double* scratch) const {
    const std::int64_t step = cells_ ? g_.cells_a_step() : 1;
    std::int64_t made = first * step;
    for (std::int64_t k = first; k < first + windows; ++k) {
      const std::int64_t number = k * step;
      for (; made < number + parts_; ++made)
        if (begin_of(made) < g_.end(k)) make(made, part(scratch, made % parts_), scratch);
      merge(k, number, scratch);
    }
  }

  void make(std::int64_t number, const Part& to, double* piece) const {
    const std::int64_t begin = begin_of(number), end = end_of(number);
    means(begin, end, to, piece);
    std::fill_n(to.product, n_ * n_, 0.0);
    for (std::int64_t t = begin; t < end; t += kWindowProductsPiece) {
      const std::int64_t rows = std::min(kWindowProductsPiece, end - t);
      load(t, rows, piece);
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < n_; ++c) piece[r * n_ + c] -= to.mean[c];
      blas_.dsyrk(kRowMajor, kUpper, kTrans, int(n_), int(rows), 1, piece, int(n_), 1, to.product, int(n_));
    }
  }

  /// About the first sample, and once more about what that gives.
  void means(std::int64_t begin, std::int64_t end, const Part& to, double* piece) const {
    const double count = double(end - begin);
    load(begin, 1, to.mean);
    for (int look = 0; look < 2; ++look) {
      double* sum = to.rest;
      std::fill_n(sum, n_, 0.0);
      for (std::int64_t t = begin; t < end; t += kWindowProductsPiece) {
        const std::int64_t rows = std::min(kWindowProductsPiece, end - t);
        load(t, rows, piece);
        for (std::int64_t r = 0; r < rows; ++r)
          for (std::int64_t c = 0; c < n_; ++c) sum[c] += piece[r * n_ + c] - to.mean[c];
      }
      for (std::int64_t c = 0; c < n_; ++c) sum[c] /= count;
      if (look == 0)
        for (std::int64_t c = 0; c < n_; ++c) to.mean[c] += sum[c];
    }
  }

  void merge(std::int64_t window, std::int64_t number, double* scratch) const {
    const Part whole = part(scratch, parts_);
    const Part head = part(scratch, number % parts_);
    const double samples = double(g_.end(window) - g_.start(window));
    double* shift = scratch;  // means of a part less those of the window
    std::fill_n(whole.mean, n_, 0.0);
    each(window, number, [&](std::int64_t i, double count) {
      const Part p = part(scratch, i % parts_);
      for (std::int64_t c = 0; c < n_; ++c) whole.mean[c] += beyond(p, head, c) * (count / samples);
    });
    std::fill_n(whole.product, n_ * n_, 0.0);
    each(window, number, [&](std::int64_t i, double count) {
      const Part p = part(scratch, i % parts_);
      for (std::int64_t c = 0; c < n_; ++c) shift[c] = beyond(p, head, c) - whole.mean[c];
      for (std::int64_t r = 0; r < n_; ++r) {
        const double of = count * shift[r];
        double* to = whole.product + r * n_;
        const double* from = p.product + r * n_;
        for (std::int64_t c = r; c < n_; ++c) to[c] += from[c] + of * shift[c];
      }
    });
    finish(window, whole.product, samples, shift);
  }

  /// How far a part's mean lies beyond another's, with the digits that neither mean has.
  static double beyond(const Part& p, const Part& head, std::int64_t c) {
    return (p.mean[c] - head.mean[c]) + (p.rest[c] - head.rest[c]);
  }

  /// The parts of a window that have samples.
  template <class F>
  void each(std::int64_t window, std::int64_t number, const F& f) const {
    for (std::int64_t i = number; i < number + parts_ && begin_of(i) < g_.end(window); ++i)
      f(i, double(end_of(i) - begin_of(i)));
  }

  void finish(std::int64_t window, const double* product, double samples, double* root) const {
    const bool missing = double(window_length(g_, a_.padded_size, window)) > samples;
    const double left = samples - double(a_.ddof);
    for (std::int64_t c = 0; c < n_; ++c) root[c] = std::sqrt(product[c * n_ + c]);
    const std::int64_t at = (window - a_.first) * n_ * n_;
    for (std::int64_t r = 0; r < n_; ++r)
      for (std::int64_t c = r; c < n_; ++c) {
        double x = product[r * n_ + c];
        if (a_.correlation) {
          x = x / root[r] / root[c];
          x = x > 1 ? 1 : x < -1 ? -1 : x;
        } else {
          x = left > 0 ? x / left : kNone;
        }
        if (missing) x = kNone;
        put(at + r * n_ + c, x);
        if (c > r) put(at + c * n_ + r, x);
      }
  }
  void put(std::int64_t at, double x) const {
    if (a_.type == DType::kFloat32)
      static_cast<float*>(a_.out)[at] = float(x);
    else
      static_cast<double*>(a_.out)[at] = x;
  }

  /// Samples x channels, dense.
  void load(std::int64_t sample, std::int64_t rows, double* to) const {
    const std::int64_t row = sample - s_.first;
    if (s_.layout == Layout::kObservations) {
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < n_; ++c) to[r * n_ + c] = value((row + r) * s_.ld + c);
    } else {
      for (std::int64_t c = 0; c < n_; ++c)
        for (std::int64_t r = 0; r < rows; ++r) to[r * n_ + c] = value(c * s_.ld + row + r);
    }
    if (s_.scale == 1 && s_.offset == 0) return;
    for (std::int64_t i = 0; i < rows * n_; ++i) to[i] = to[i] * s_.scale + s_.offset;
  }
  double value(std::int64_t i) const {
    return double(element<T, kSwapped>(s_.source, i));
  }

  Workers& workers_;
  const WindowProductsArgs& a_;
  const WindowSamples& s_;
  const WindowGrid& g_;
  const Blas& blas_;
  std::int64_t n_, parts_;
  bool cells_;
};

}  // namespace

void run_window_products(Workers& workers, const WindowProductsArgs& a) {
  if (a.windows == 0 || a.samples.channels == 0) return;
  with_type(a.samples.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    if (a.samples.swapped)
      Products<T, true>(workers, a).run();
    else
      Products<T, false>(workers, a).run();
  });
}

}  // namespace sluice::SLUICE_BACKEND
