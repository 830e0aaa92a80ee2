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

/// A sum of squares as fraction * 4^e, with fraction in [1, 4) and power = 2^-e: the root of a product of two
/// then has one rounding and leaves the range of doubles nowhere.
struct SplitSquare {
  double fraction, power;
};

SLUICE_HD SplitSquare split_square(double m2) {
  const std::uint64_t bits = bits_of(m2);
  const int exponent = int(bits >> 52 & 0x7ff);
  if (exponent == 0 || exponent == 0x7ff) return SplitSquare{m2, 1};
  const int half = (exponent - 1023) >> 1;
  return SplitSquare{double_of(bits - (std::uint64_t(std::int64_t(2 * half)) << 52)),
                     double_of(std::uint64_t(1023 - half) << 52)};
}

/// An off-diagonal correlation. A variable without variance has none, whatever rounding left in its products.
SLUICE_HD double finish_correlation(double products, const SplitSquare& row, const SplitSquare& column) {
  const double scale = ::sqrt(row.fraction * column.fraction);
  const double r = (scale == 0 ? 0.0 : products * row.power * column.power) / scale;
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
  const double products = a.acc[finish_source(a, row, column)];
  if (!a.correlation) return T(products / a.divisor);
  return T(finish_correlation(products, split_square(a.m2_rows[row]), split_square(a.m2_columns[column])));
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
    double fractions[kSide], powers[kSide];
    for (int j = 0; j < columns; ++j) {
      const SplitSquare square = split_square(args.m2_columns[column + j]);
      fractions[j] = square.fraction;
      powers[j] = square.power;
    }
    for (int i = 0; i < rows; ++i) {
      const SplitSquare square = split_square(args.m2_rows[row + i]);
      for (int j = 0; j < columns; ++j) {
        to[i * kSide + j] =
            T(finish_correlation(products[i * kSide + j], square, SplitSquare{fractions[j], powers[j]}));
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
