// finish over an execution policy: each task turns one block of the accumulator into the output's type, and
// its transpose. The largest off-diagonal entry is taken per band of rows, then over the bands in order.
#pragma once
#include <math.h>

#include <cstdint>

#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// Entry (row, column) of a tile in the output's type.
template <class T>
SLUICE_HD T finish_entry(const FinishArgs& a, std::int64_t row, std::int64_t column) {
  std::int64_t r = row, c = column;
  if (a.symmetric) {
    const std::int64_t variable = row + a.row_offset;  // numbered as the columns are
    if (variable == column) {
      const double m2 = a.m2_columns[column];
      return T(a.correlation ? m2 / m2 : m2 / a.divisor);
    }
    const std::int64_t mirrored_row = column - a.row_offset;
    if (variable > column && mirrored_row >= 0 && variable < a.columns) {
      r = mirrored_row;
      c = variable;
    }
  }
  const double value = a.acc[r * a.acc_ld + c];
  if (!a.correlation) return T(value / a.divisor);
  // Roots first: products of sums of squares leave the range of doubles long before the roots do. A variable
  // without variance has no correlation, whatever rounding left in its products.
  const double scale = ::sqrt(a.m2_rows[row]) * ::sqrt(a.m2_columns[column]);
  const double r_value = scale == 0 ? scale / scale : value / scale;
  return T(r_value > 1 ? 1.0 : r_value < -1 ? -1.0 : r_value);
}

/// True where x should replace the largest so far: finite, larger in size (an earlier one of the same stays).
SLUICE_HD bool is_larger(double x, const Largest& so_far) {
  return is_finite(x) && (x < 0 ? -x : x) > (so_far.value < 0 ? -so_far.value : so_far.value);
}

/// A task is a band of band_rows rows, walked in blocks of kSide x kSide through a small square buffer.
template <class T, int kSide>
struct FinishBand {
  FinishArgs args;
  std::int64_t band_rows;
  Largest* bands;  // one a band, or null

  SLUICE_HD void operator()(std::int64_t band) const {
    Largest best{0, 0, 0};
    const std::int64_t end = smaller((band + 1) * band_rows, args.rows);
    for (std::int64_t row = band * band_rows; row < end; row += kSide) {
      const std::int64_t rows = smaller(kSide, end - row);
      for (std::int64_t column = 0; column < args.columns; column += kSide) {
        block(row, rows, column, smaller(kSide, args.columns - column), best);
      }
    }
    if (bands) bands[band] = best;
  }

  SLUICE_HD void block(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns,
                       Largest& best) const {
    T square[kSide * kSide];
    for (std::int64_t i = 0; i < rows; ++i) {
      T* line = square + i * kSide;
      for (std::int64_t j = 0; j < columns; ++j) line[j] = finish_entry<T>(args, row + i, column + j);
      T* out = static_cast<T*>(args.out) + (row + i) * args.columns + column;
      for (std::int64_t j = 0; j < columns; ++j) out[j] = line[j];
      if (bands) look(line, row + i, column, columns, best);
    }
    if (!args.out_transposed) return;
    for (std::int64_t j = 0; j < columns; ++j) {
      T* out = static_cast<T*>(args.out_transposed) + (column + j) * args.rows + row;
      for (std::int64_t i = 0; i < rows; ++i) out[i] = square[i * kSide + j];
    }
  }

  SLUICE_HD void look(const T* line, std::int64_t row, std::int64_t column, std::int64_t columns,
                      Largest& best) const {
    for (std::int64_t j = 0; j < columns; ++j) {
      const double x = double(line[j]);
      const bool diagonal = args.symmetric && row + args.row_offset == column + j;
      if (diagonal || !is_finite(x)) continue;
      const double size = x < 0 ? -x : x, most = best.value < 0 ? -best.value : best.value;
      // Blocks are walked column by column, so that of equals the earlier row may come later.
      const bool earlier = row < best.row || (row == best.row && column + j < best.column);
      if (size > most || (size == most && size > 0 && earlier)) best = Largest{x, row, column + j};
    }
  }
};

struct FinishLargest {
  const Largest* bands;
  std::int64_t count;
  Largest* out;

  SLUICE_HD void operator()(std::int64_t) const {
    Largest best{0, 0, 0};
    for (std::int64_t i = 0; i < count; ++i) {
      if (is_larger(bands[i].value, best)) best = bands[i];
    }
    *out = best;
  }
};

/// `bands` is scratch for `capacity` (at least 1) partial results.
template <int kSide, class Policy>
void finish(const Policy& policy, const FinishArgs& args, Largest* bands, std::int64_t capacity) {
  const std::int64_t band_rows = kSide * larger(ceil_div(args.rows, kSide * capacity), 1);
  const std::int64_t count = ceil_div(args.rows, band_rows);
  Largest* partial = args.largest ? bands : nullptr;
  if (args.type == DType::kFloat32) {
    for_each_index(policy, count, FinishBand<float, kSide>{args, band_rows, partial});
  } else {
    for_each_index(policy, count, FinishBand<double, kSide>{args, band_rows, partial});
  }
  if (args.largest) for_each_index(policy, 1, FinishLargest{bands, count, args.largest});
}

}  // namespace sluice::SLUICE_BACKEND
