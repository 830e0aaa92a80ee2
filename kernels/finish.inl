// finish over an execution policy: each task turns a band of rows of the accumulator into the output's type,
// and its transpose, block by block. The largest off-diagonal entry is taken per band, then over the bands.
#pragma once
#include <math.h>

#include <cstdint>

#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// Where in acc the products of entry (row, column) are: below the diagonal, at the mirrored place if that is
/// in the tile.
SLUICE_HD std::int64_t finish_source(const FinishArgs& a, std::int64_t row, std::int64_t column) {
  const std::int64_t variable = row + a.row_offset, mirrored = column - a.row_offset;
  const bool mirror = a.symmetric && variable > column && mirrored >= 0 && variable < a.columns;
  return mirror ? mirrored * a.acc_ld + variable : row * a.acc_ld + column;
}

/// An off-diagonal entry. `scale` is sqrt(m2_row) sqrt(m2_column), roots first: products of sums of squares
/// leave the range of doubles long before the roots do. A variable without variance has no correlation,
/// whatever rounding left in its products.
SLUICE_HD double finish_value(const FinishArgs& a, double products, double scale) {
  if (!a.correlation) return products / a.divisor;
  const double r = (scale == 0 ? 0.0 : products) / scale;
  return r > 1 ? 1.0 : r < -1 ? -1.0 : r;
}

SLUICE_HD double finish_diagonal(const FinishArgs& a, std::int64_t column) {
  const double m2 = a.m2_columns[column];
  return a.correlation ? m2 / m2 : m2 / a.divisor;
}

/// Entry (row, column) of a tile in the output's type.
template <class T>
SLUICE_HD T finish_entry(const FinishArgs& a, std::int64_t row, std::int64_t column) {
  if (a.symmetric && row + a.row_offset == column) return T(finish_diagonal(a, column));
  const double scale = a.correlation ? ::sqrt(a.m2_rows[row]) * ::sqrt(a.m2_columns[column]) : 0;
  return T(finish_value(a, a.acc[finish_source(a, row, column)], scale));
}

SLUICE_HD double size_of_value(double x) {
  return x < 0 ? -x : x;
}

/// A task is a band of band_rows rows, walked in blocks of kSide x kSide through small square buffers.
template <class T, int kSide>
struct FinishBand {
  FinishArgs args;
  std::int64_t band_rows;
  Largest* bands;  // one a band, or null

  SLUICE_HD void operator()(std::int64_t band) const {
    Largest best{0, 0, 0};
    const std::int64_t end = smaller((band + 1) * band_rows, args.rows);
    for (std::int64_t row = band * band_rows; row < end; row += kSide) {
      const int rows = int(smaller(kSide, end - row));
      for (std::int64_t column = 0; column < args.columns; column += kSide) {
        block(row, rows, column, int(smaller(kSide, args.columns - column)), best);
      }
    }
    if (bands) bands[band] = best;
  }

  SLUICE_HD void block(std::int64_t row, int rows, std::int64_t column, int columns, Largest& best) const {
    double products[kSide * kSide];
    gather(row, rows, column, columns, products);
    T square[kSide * kSide];
    if (args.correlation) {
      correlations(row, rows, column, columns, products, square);
    } else {
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) {
          square[i * kSide + j] = T(products[i * kSide + j] / args.divisor);
        }
      }
    }
    for (int i = 0; i < rows; ++i) {
      T* line = square + i * kSide;
      const std::int64_t diagonal = row + i + args.row_offset - column;
      const bool crossed = args.symmetric && diagonal >= 0 && diagonal < columns;
      if (crossed) line[diagonal] = T(finish_diagonal(args, column + diagonal));
      T* out = static_cast<T*>(args.out) + (row + i) * args.columns + column;
      for (int j = 0; j < columns; ++j) out[j] = line[j];
      if (bands) look(line, row + i, column, columns, crossed ? int(diagonal) : -1, best);
    }
    if (!args.out_transposed) return;
    for (int j = 0; j < columns; ++j) {
      T* out = static_cast<T*>(args.out_transposed) + (column + j) * args.rows + row;
      for (int i = 0; i < rows; ++i) out[i] = square[i * kSide + j];
    }
  }

  /// The block's products, rows kSide apart; a block wholly mirrored is read along the rows where it lies.
  SLUICE_HD void gather(std::int64_t row, int rows, std::int64_t column, int columns, double* to) const {
    const std::int64_t variable = row + args.row_offset, mirrored = column - args.row_offset;
    const bool below = args.symmetric && variable >= column + columns;
    const bool above = !args.symmetric || variable + rows <= column;
    const bool inside = mirrored >= 0 && variable + rows <= args.columns;
    if (below && inside) {
      for (int j = 0; j < columns; ++j) {
        const double* from = args.acc + (mirrored + j) * args.acc_ld + variable;
        for (int i = 0; i < rows; ++i) to[i * kSide + j] = from[i];
      }
    } else if (above) {
      for (int i = 0; i < rows; ++i) {
        const double* from = args.acc + (row + i) * args.acc_ld + column;
        for (int j = 0; j < columns; ++j) to[i * kSide + j] = from[j];
      }
    } else {
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) {
          to[i * kSide + j] = args.acc[finish_source(args, row + i, column + j)];
        }
      }
    }
  }

  SLUICE_HD void correlations(std::int64_t row, int rows, std::int64_t column, int columns,
                              const double* products, T* to) const {
    double roots[kSide];
    for (int j = 0; j < columns; ++j) roots[j] = ::sqrt(args.m2_columns[column + j]);
    for (int i = 0; i < rows; ++i) {
      const double root = ::sqrt(args.m2_rows[row + i]);
      for (int j = 0; j < columns; ++j) {
        to[i * kSide + j] = T(finish_value(args, products[i * kSide + j], root * roots[j]));
      }
    }
  }

  SLUICE_HD void look(const T* line, std::int64_t row, std::int64_t column, int columns, int diagonal,
                      Largest& best) const {
    // Nearly every line has nothing as large: this loop has no branch, so that it can run in vectors.
    const T most = T(size_of_value(best.value));
    int any = 0;
    for (int j = 0; j < columns; ++j) {
      const T size = line[j] < 0 ? -line[j] : line[j];
      any |= int(size >= most) & int(size > 0) & int(size - size == 0);
    }
    for (int j = 0; any && j < columns; ++j) {
      const double x = double(line[j]);
      if (j == diagonal || !is_finite(x)) continue;
      // Blocks are walked column by column, so that of equals the earlier row may come later.
      const double size = size_of_value(x), largest = size_of_value(best.value);
      const bool earlier = row < best.row || (row == best.row && column + j < best.column);
      if (size > largest || (size == largest && size > 0 && earlier)) best = Largest{x, row, column + j};
    }
  }
};

struct FinishLargest {
  const Largest* bands;
  std::int64_t count;
  Largest* out;

  SLUICE_HD void operator()(std::int64_t) const {
    Largest best{0, 0, 0};  // bands are in the order of rows: of equals the first stays
    for (std::int64_t i = 0; i < count; ++i) {
      if (size_of_value(bands[i].value) > size_of_value(best.value)) best = bands[i];
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
