// The view of windows: shapes and strides known by hand, no element beyond the array, no copies.
#include "host/window/view.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace sluice::test {
namespace {

using Shape = std::array<std::int64_t, 3>;

std::vector<double> counting(std::size_t n) {
  std::vector<double> values(n);
  std::iota(values.begin(), values.end(), 0.0);
  return values;
}

TEST(WindowView, ClassicExample) {
  std::vector<double> x = counting(30);
  const auto array = StridedArray<double>::dense(x.data(), 10, 3);
  const auto every = window_view(array, 2, 1);
  EXPECT_EQ(every.shape(), (Shape{9, 2, 3}));
  EXPECT_EQ(every.strides(), (Shape{24, 24, 8}));
  const auto second = window_view(array, 2, 2);
  EXPECT_EQ(second.shape(), (Shape{5, 2, 3}));
  EXPECT_EQ(second.strides(), (Shape{48, 24, 8}));
  for (std::int64_t k = 0; k < 5; ++k)
    for (std::int64_t i = 0; i < 2; ++i)
      for (std::int64_t c = 0; c < 3; ++c)
        EXPECT_EQ(&second.at(k, i, c), &x[std::size_t((2 * k + i) * 3 + c)]);
  EXPECT_EQ(second.shared_bytes(), 240u);
  EXPECT_EQ(second.copied_bytes(), 240u);
  EXPECT_EQ(every.copied_bytes(), 9u * 2 * 3 * 8);
}

TEST(WindowView, CountsAndBytes) {
  const auto month = window_shape({86400 * 30, 12}, {96, 8}, 8, 3600, 600);
  EXPECT_EQ(month.shape, (Shape{4315, 3600, 12}));
  EXPECT_EQ(month.strides, (Shape{57600, 96, 8}));
  EXPECT_EQ(month.shared_bytes, 248832000u);
  EXPECT_EQ(month.copied_bytes, 1491264000u);
  EXPECT_EQ(window_shape({20 * 60 * 400, 1}, {8, 8}, 8, 800, 200).shape[0], 2397);
  EXPECT_EQ(window_shape({9, 1}, {8, 8}, 8, 10, 1).shape[0], 0);
  EXPECT_EQ(window_shape({10, 1}, {8, 8}, 8, 10, 1).shape[0], 1);
  EXPECT_EQ(window_shape({11, 1}, {8, 8}, 8, 10, 1).shape[0], 2);
  EXPECT_EQ(window_shape({11, 1}, {8, 8}, 8, 10, std::int64_t(1) << 62).shape[0], 1);
}

TEST(WindowView, StridesAreTheArraysOwn) {
  std::vector<float> x(200);
  std::iota(x.begin(), x.end(), 0.0f);
  // Channel-major, every second sample; then backwards in time.
  const StridedArray<float> planes{x.data(), {50, 2}, {8, 400}};
  const auto view = window_view(planes, 7, 3);
  EXPECT_EQ(view.strides(), (Shape{24, 8, 400}));
  EXPECT_EQ(view.shape(), (Shape{15, 7, 2}));
  EXPECT_EQ(view.at(14, 6, 1), x[std::size_t(100 + 2 * (14 * 3 + 6))]);
  const StridedArray<float> backwards{x.data() + 199, {200, 1}, {-4, 4}};
  EXPECT_EQ(window_view(backwards, 10, 10).at(19, 9, 0), 0.0f);
}

TEST(WindowView, NeverPastTheEnd) {
  std::vector<double> x = counting(103);
  for (std::int64_t size = 1; size <= 103; size += 6)
    for (std::int64_t step = 1; step <= 110; step += 7) {
      const auto view = window_view(StridedArray<double>::dense(x.data(), 103, 1), size, step);
      const std::int64_t last = view.shape()[0] - 1;
      ASSERT_GE(last, 0);
      ASSERT_LE(&view.at(last, size - 1, 0), &x.back());
      ASSERT_GT(last * step + step + size, 103);  // no window was left out
      EXPECT_THROW(view.at(last + 1, 0, 0), std::out_of_range);
      EXPECT_THROW(view.at(0, size, 0), std::out_of_range);
      EXPECT_THROW(view.at(0, 0, 1), std::out_of_range);
      EXPECT_THROW(view.at(0, -1, 0), std::out_of_range);
      EXPECT_THROW(view.window(last + 1), std::out_of_range);
    }
}

TEST(WindowView, ReadOnlyUnlessAsked) {
  std::vector<double> x = counting(10);
  const auto array = StridedArray<double>::dense(x.data(), 10, 1);
  static_assert(std::is_same_v<decltype(window_view(array, 2, 1).at(0, 0, 0)), const double&>);
  static_assert(std::is_same_v<decltype(writable_window_view(array, 2, 1).at(0, 0, 0)), double&>);
  const auto view = writable_window_view(array, 2, 1);
  view.at(0, 1, 0) = 50;
  EXPECT_EQ(view.at(1, 0, 0), 50);  // shared with the next window
  EXPECT_EQ(x[1], 50);
  // A window is an array of its own, of which there are windows again.
  const auto inner = window_view(writable_window_view(array, 6, 2).window(1), 3, 1);
  EXPECT_EQ(inner.shape(), (Shape{4, 3, 1}));
  EXPECT_EQ(&inner.at(3, 2, 0), &x[7]);
}

TEST(WindowView, RefusesWhatCannotBe) {
  EXPECT_THROW(window_shape({10, 1}, {8, 8}, 8, 0, 1), Error);
  EXPECT_THROW(window_shape({10, 1}, {8, 8}, 8, 1, 0), Error);
  EXPECT_THROW(window_shape({10, 1}, {8, 8}, 8, -1, 1), Error);
  EXPECT_THROW(window_shape({std::int64_t(1) << 40, 1 << 24}, {8, 8}, 8, 1, 1), Error);
  // A view is possible where a copy never is.
  EXPECT_EQ(window_shape({std::int64_t(1) << 40, 1}, {8, 8}, 8, std::int64_t(1) << 39, 1).copied_bytes,
            ~0ull);
}

}  // namespace
}  // namespace sluice::test
