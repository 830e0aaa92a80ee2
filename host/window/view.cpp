#include "host/window/view.h"

namespace sluice {
namespace {

[[noreturn]] void overflow() {
  throw Error(ErrorKind::kUsage, "windows: the array's extents overflow: expected less than 2^63 bytes");
}

std::int64_t times(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) overflow();
  return product;
}

}  // namespace

WindowShape window_shape(const std::array<std::int64_t, 2>& shape, const std::array<std::int64_t, 2>& strides,
                         std::int64_t item_bytes, std::int64_t size, std::int64_t step) {
  if (size < 1 || step < 1)
    throw Error(ErrorKind::kUsage, "windows of " + std::to_string(size) + " samples every " +
                                       std::to_string(step) + ": expected a size and a step of at least 1");
  if (shape[0] < 0 || shape[1] < 0) overflow();
  WindowShape w;
  const std::int64_t windows = shape[0] >= size ? (shape[0] - size) / step + 1 : 0;
  w.shape = {windows, size, shape[1]};
  // With one window no stride is ever taken, and a step of any size is allowed.
  w.strides = {windows > 1 ? times(step, strides[0]) : strides[0], strides[0], strides[1]};
  w.shared_bytes = std::uint64_t(times(times(shape[0], shape[1]), item_bytes));
  std::uint64_t copied = 0;
  if (__builtin_mul_overflow(std::uint64_t(windows), std::uint64_t(size), &copied) ||
      __builtin_mul_overflow(copied, std::uint64_t(shape[1] * item_bytes), &copied))
    copied = ~std::uint64_t(0);
  w.copied_bytes = copied;
  times(shape[0], strides[0]), times(shape[1], strides[1]);  // no element's place overflows
  return w;
}

}  // namespace sluice
