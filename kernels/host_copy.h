// Copies of rows between blocks of host memory, for the backends whose device is the host.
#pragma once
#include <cstring>

#include "kernels/backend.h"
#include "kernels/check.h"

namespace sluice::SLUICE_BACKEND {

inline void check_copy(std::int64_t to_stride, std::int64_t from_stride, std::int64_t width,
                       std::int64_t rows) {
  check_positive("copy", "width", width);
  check_positive("copy", "rows", rows);
  if (rows > 1 && (to_stride < width || from_stride < width)) {
    fail(kBadArgument, "copy: rows of %lld bytes overlap", static_cast<long long>(width));
  }
}

inline void copy_rows(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
                      std::int64_t width, std::int64_t rows) {
  if (width == 0 || rows == 0) return;
  if (to_stride == width && from_stride == width) {
    width *= rows;
    rows = 1;
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    std::memcpy(static_cast<char*>(to) + i * to_stride, static_cast<const char*>(from) + i * from_stride,
                std::size_t(width));
  }
}

}  // namespace sluice::SLUICE_BACKEND
