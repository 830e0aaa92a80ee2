// Overlapping windows of an array without copies: a view (windows, size, channels) whose strides are the
// array's own, so that kernels and callers read the array's elements where they lie. It never reaches past
// the end, and gives read access unless write access is asked for.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "host/error.h"
#include "kernels/backend.h"

namespace sluice {

/// Samples x channels anywhere in memory, of any strides in bytes (negative ones too).
template <class T>
struct StridedArray {
  T* data = nullptr;                      // element (0, 0)
  std::array<std::int64_t, 2> shape{};    // samples, channels
  std::array<std::int64_t, 2> strides{};  // bytes

  /// An array whose elements are dense in C order.
  static StridedArray dense(T* data, std::int64_t samples, std::int64_t channels) {
    const auto item = std::int64_t(sizeof(T));
    return {data, {samples, channels}, {channels * item, item}};
  }
};

/// Shape, strides and sizes of a view, for elements of any type.
struct WindowShape {
  std::array<std::int64_t, 3> shape{};    // windows, size, channels
  std::array<std::int64_t, 3> strides{};  // bytes
  std::uint64_t shared_bytes = 0;         // of the array that the windows look at
  std::uint64_t copied_bytes = 0;         // that windows of their own would take; at most 2^64 - 1 is said
};

/// Error{kUsage}: a size or step below 1, extents or strides whose bytes overflow.
WindowShape window_shape(const std::array<std::int64_t, 2>& shape, const std::array<std::int64_t, 2>& strides,
                         std::int64_t item_bytes, std::int64_t size, std::int64_t step);

template <class T>
class WindowView {
 public:
  WindowView(const StridedArray<T>& array, std::int64_t size, std::int64_t step)
      : data_(reinterpret_cast<Byte*>(array.data)),
        form_(window_shape(array.shape, array.strides, sizeof(T), size, step)) {}

  const std::array<std::int64_t, 3>& shape() const { return form_.shape; }
  const std::array<std::int64_t, 3>& strides() const { return form_.strides; }
  std::uint64_t shared_bytes() const { return form_.shared_bytes; }
  std::uint64_t copied_bytes() const { return form_.copied_bytes; }

  /// Element (window, sample of the window, channel), which must be within the shape.
  T& operator()(std::int64_t window, std::int64_t sample, std::int64_t channel) const {
    return *reinterpret_cast<T*>(data_ + window * form_.strides[0] + sample * form_.strides[1] +
                                 channel * form_.strides[2]);
  }
  /// The same; std::out_of_range where it is not.
  T& at(std::int64_t window, std::int64_t sample, std::int64_t channel) const {
    const std::array<std::int64_t, 3> place{window, sample, channel};
    for (std::size_t i = 0; i < 3; ++i)
      if (place[i] < 0 || place[i] >= form_.shape[i])
        throw std::out_of_range("window view: index " + std::to_string(place[i]) + " of " +
                                std::to_string(form_.shape[i]) + " in dimension " + std::to_string(i));
    return (*this)(window, sample, channel);
  }
  /// One window, as an array of size x channels.
  StridedArray<T> window(std::int64_t number) const {
    if (number < 0 || number >= form_.shape[0])
      throw std::out_of_range("window view: window " + std::to_string(number) + " of " +
                              std::to_string(form_.shape[0]));
    return {reinterpret_cast<T*>(data_ + number * form_.strides[0]),
            {form_.shape[1], form_.shape[2]},
            {form_.strides[1], form_.strides[2]}};
  }

 private:
  using Byte = std::conditional_t<std::is_const_v<T>, const std::byte, std::byte>;
  Byte* data_;
  WindowShape form_;
};

/// Every `step`th window of `size` samples; elements can be read.
template <class T>
WindowView<const T> window_view(const StridedArray<T>& array, std::int64_t size, std::int64_t step) {
  return WindowView<const T>(StridedArray<const T>{array.data, array.shape, array.strides}, size, step);
}

/// The same, and elements can be written: one that windows share changes in all of them.
template <class T>
WindowView<T> writable_window_view(const StridedArray<T>& array, std::int64_t size, std::int64_t step) {
  static_assert(!std::is_const_v<T>, "the array itself is read-only");
  return WindowView<T>(array, size, step);
}

}  // namespace sluice
