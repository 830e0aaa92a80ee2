// Operations of a QR factorization of a tall matrix, chunk by chunk of its rows (TSQR: Demmel, Grigori,
// Hoemmen, Langou 2012): rows are brought into columns of doubles under the triangle of all rows before, and
// reflected into it.
#pragma once
#include <cstdint>

#include "kernels/dtype.h"

namespace sluice {

enum class Layout : std::int32_t;

/// columns: a tile's values as doubles by columns,
///     to[v * ld + t] = sqrt(weight of t) (x(v, t) - shift of v).
struct ColumnsArgs {
  const void* source;  // device; null: every value is 1
  DType type;
  std::int32_t swapped;                  // 1: elements are in the other byte order
  Layout layout;                         // of the source
  std::int64_t variables, observations;  // extents
  std::int64_t source_ld;                // elements between contiguous runs of the source
  const double* shifts;                  // device, one a variable; null: 0
  const double* weights;                 // device, one an observation, not below 0; null: 1
  double* to;                            // device
  std::int64_t ld;                       // elements between variables of `to`
};

/// How rows are cut for triangles of so many columns, and what that takes.
struct TriangleShape {
  std::int64_t rows;  // that one call takes at most; calls of so many, then the rest, have the same bytes
  std::int64_t work_bytes;
};

/// triangle: of a panel by columns, whose first `columns` rows hold an upper triangle R and whose next `rows`
/// rows B, the triangle of [R; B] in place of R, by Householder reflections. What lies below R's diagonal is
/// neither read nor kept; B is overwritten. Signs of R's rows are the backend's own.
struct TriangleArgs {
  double* panel;  // device
  std::int64_t columns, rows;
  std::int64_t ld;     // elements between columns: columns + rows, or more
  std::int32_t clear;  // 1: R starts at 0
  void* work;          // device, TriangleShape::work_bytes, aligned to 256 bytes
};

}  // namespace sluice
