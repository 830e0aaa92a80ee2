// products on the CPU, where no matrix unit takes them (products_amx.h): one single-threaded BLAS call for
// each absolute sub-tile and slab, added in float64 in the order of the slabs. With enough sub-tiles each is
// a task; with few, waves of slabs run in parallel. Both give the same bytes: the calls and the order of
// additions are the same. A gemm call takes half of a sub-tile's rows: as fast as a whole one, and a thread
// that lost its core to I/O holds the others up half as long.
#include <omp.h>

#include <algorithm>
#include <climits>

#include "kernels/cpu/blas.h"
#include "kernels/cpu/products_amx.h"
#include "kernels/cpu/workers.h"
#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr std::int64_t kHalf = kSubtile / 2;

struct Subtile {
  std::int64_t row, column, rows, columns;
  bool diagonal;  // rows and columns are the same variables: only the upper triangle is needed
  bool skipped;   // wholly below the diagonal
};

/// The sub-tiles of a call, and the product of one of them over one slab.
class Subtiles {
 public:
  Subtiles(const ProductsArgs& args, const Blas& blas) : a_(args), blas_(blas) {
    across_ = ceil_div(a_.columns, kSubtile);
    count_ = across_ * ceil_div(a_.rows, kSubtile);
  }

  void alone() const { blas_.alone(); }
  std::int64_t count() const { return count_; }
  std::int64_t slabs() const { return ceil_div(a_.observations, kSlab); }
  std::int64_t needed() const {
    std::int64_t n = 0;
    for (std::int64_t i = 0; i < count_; ++i) n += !at(i).skipped;
    return n;
  }

  Subtile at(std::int64_t index) const {
    Subtile t;
    t.row = index / across_ * kSubtile;
    t.column = index % across_ * kSubtile;
    t.rows = smaller(kSubtile, a_.rows - t.row);
    t.columns = smaller(kSubtile, a_.columns - t.column);
    const std::int64_t variable = t.row + a_.row_offset;  // numbered as the columns are
    t.diagonal = a_.symmetric && variable == t.column && t.rows == t.columns;
    t.skipped = a_.symmetric && variable > t.column + t.columns - 1;
    return t;
  }

  /// Rows [begin, end) of a half of a sub-tile; a diagonal one is all in its first half.
  std::int64_t begin(const Subtile& t, int half) const {
    return half == 0 ? 0 : t.diagonal ? t.rows : smaller(kHalf, t.rows);
  }
  std::int64_t end(const Subtile& t, int half) const { return half == 1 ? t.rows : begin(t, 1); }

  /// A half of P (rows x columns, kSubtile apart) = A B' over one slab.
  void multiply(const Subtile& t, int half, std::int64_t slab, void* product) const {
    if (begin(t, half) == end(t, half)) return;
    if (a_.compute == Compute::kFloat64) {
      multiply_as(t, half, slab, static_cast<double*>(product), blas_.dgemm, blas_.dsyrk);
    } else {
      multiply_as(t, half, slab, static_cast<float*>(product), blas_.sgemm, blas_.ssyrk);
    }
  }

  /// Adds rows [begin, end) of a slab's product and its correction to acc.
  void add(const Subtile& t, std::int64_t slab, const void* product, std::int64_t begin,
           std::int64_t end) const {
    if (a_.compute == Compute::kFloat64) {
      add_as(t, slab, static_cast<const double*>(product), begin, end);
    } else {
      add_as(t, slab, static_cast<const float*>(product), begin, end);
    }
  }

  void clear(const Subtile& t, std::int64_t begin, std::int64_t end) const {
    for (std::int64_t i = begin; i < end; ++i) std::fill_n(acc(t, i), t.columns, 0.0);
  }

 private:
  double* acc(const Subtile& t, std::int64_t row) const {
    return a_.acc + (t.row + row) * a_.acc_ld + t.column;
  }

  template <class T>
  static const T* panel_at(const void* panel, Layout layout, std::int64_t ld, std::int64_t variable,
                           std::int64_t observation) {
    const T* p = static_cast<const T*>(panel);
    return layout == Layout::kVariables ? p + variable * ld + observation : p + observation * ld + variable;
  }

  template <class T, class Gemm, class Syrk>
  void multiply_as(const Subtile& t, int half, std::int64_t slab, T* product, Gemm gemm, Syrk syrk) const {
    const std::int64_t first = slab * kSlab;
    const int depth = int(smaller(kSlab, a_.observations - first)), ldp = int(kSubtile);
    const std::int64_t row = begin(t, half);
    const T* a = panel_at<T>(a_.a, a_.layout_a, a_.a_ld, t.row + row, first);
    const int trans_a = a_.layout_a == Layout::kVariables ? kNoTrans : kTrans;
    if (t.diagonal) {
      syrk(kRowMajor, kUpper, trans_a, int(t.rows), depth, T(1), a, int(a_.a_ld), T(0), product, ldp);
      return;
    }
    const T* b = panel_at<T>(a_.b, a_.layout_b, a_.b_ld, t.column, first);
    const int trans_b = a_.layout_b == Layout::kVariables ? kTrans : kNoTrans;
    gemm(kRowMajor, trans_a, trans_b, int(end(t, half) - row), int(t.columns), depth, T(1), a, int(a_.a_ld),
         b, int(a_.b_ld), T(0), product + row * ldp, ldp);
  }

  template <class T>
  void add_as(const Subtile& t, std::int64_t slab, const T* product, std::int64_t begin,
              std::int64_t end) const {
    const double* between = a_.b_moments.between + slab * a_.b_moments.ld + t.column;
    const double* within = a_.b_moments.within + slab * a_.b_moments.ld + t.column;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t row = slab * a_.a_moments.ld + t.row + i;
      const double bi = a_.a_moments.between[row], wi = a_.a_moments.within[row];
      const T* p = product + i * kSubtile;
      double* sums = acc(t, i);
      for (std::int64_t j = t.diagonal ? i : 0; j < t.columns; ++j) {
        sums[j] += (double(p[j]) + bi * between[j]) - wi * within[j];
      }
    }
  }

  const ProductsArgs& a_;
  const Blas& blas_;
  std::int64_t across_, count_;
};

void by_subtiles(const Subtiles& subtiles, const ProductsArgs& a, const Workers& workers) {
#pragma omp parallel for schedule(dynamic) num_threads(workers.threads())
  for (std::int64_t task = 0; task < 2 * subtiles.count(); ++task) {
    subtiles.alone();
    const Subtile t = subtiles.at(task / 2);
    const int half = int(task % 2);
    const std::int64_t begin = subtiles.begin(t, half), end = subtiles.end(t, half);
    void* product = workers.tile(omp_get_thread_num());
    if (a.clear) subtiles.clear(t, begin, end);
    for (std::int64_t slab = 0; !t.skipped && slab < subtiles.slabs(); ++slab) {
      subtiles.multiply(t, half, slab, product);
      subtiles.add(t, slab, product, begin, end);
    }
  }
}

/// One sub-tile after the other; each thread multiplies another slab, then adds its share of the rows.
void by_waves(const Subtiles& subtiles, const ProductsArgs& a, const Workers& workers) {
  const int threads = workers.threads();
  for (std::int64_t index = 0; index < subtiles.count(); ++index) {
    const Subtile t = subtiles.at(index);
    if (a.clear) subtiles.clear(t, 0, t.rows);
    if (t.skipped) continue;
#pragma omp parallel num_threads(threads)
    {
      subtiles.alone();
      // The team may be smaller than asked for; waves are as wide as the team is.
      const int thread = omp_get_thread_num(), team = omp_get_num_threads();
      const std::int64_t begin = t.rows * thread / team, end = t.rows * (thread + 1) / team;
      for (std::int64_t first = 0; first < subtiles.slabs(); first += team) {
        const std::int64_t last = smaller(first + team, subtiles.slabs());
        for (int half = 0; half < 2 && first + thread < last; ++half) {
          subtiles.multiply(t, half, first + thread, workers.tile(thread));
        }
#pragma omp barrier
        for (std::int64_t slab = first; slab < last; ++slab) {
          subtiles.add(t, slab, workers.tile(int(slab - first)), begin, end);
        }
#pragma omp barrier
      }
    }
  }
}

void check_extents(const ProductsArgs& a) {
  if (a.a_ld > INT_MAX || a.b_ld > INT_MAX) {
    fail(kBadArgument, "products: runs of a panel lie more than %d elements apart", INT_MAX);
  }
  if (a.symmetric && a.row_offset % kSubtile != 0) {
    fail(kBadArgument, "products: row_offset %lld is not a multiple of %d",
         static_cast<long long>(a.row_offset), int(kSubtile));
  }
}

}  // namespace

void run_products(Workers& workers, const ProductsArgs& args) {
  if (args.rows == 0 || args.columns == 0) return;
  check_extents(args);
  if (amx_takes(args)) return run_products_amx(workers, args);
  const Subtiles subtiles(args, blas());
  const std::int64_t threads = workers.threads(), tiles = subtiles.needed(), slabs = subtiles.slabs();
  // In halves of sub-tiles and slabs; ties go to whole sub-tiles, which wait for each other less.
  if (ceil_div(2 * tiles, threads) * slabs <= 2 * tiles * ceil_div(slabs, threads)) {
    by_subtiles(subtiles, args, workers);
  } else {
    by_waves(subtiles, args, workers);
  }
}

}  // namespace sluice::SLUICE_BACKEND
