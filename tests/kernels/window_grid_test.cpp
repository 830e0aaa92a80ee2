// How many windows there are, and that windows are runs of whole cells: arithmetic alone.
#include <gtest/gtest.h>

#include "kernels/backend.h"

namespace sluice::test {
namespace {

WindowGrid grid(std::int64_t samples, std::int64_t size, std::int64_t step,
                Partial partial = Partial::kDrop) {
  return {samples, size, step, partial};
}

TEST(WindowGrid, CountsKnownByHand) {
  EXPECT_EQ(grid(86400 * 30, 3600, 600).windows(), 4315);
  EXPECT_EQ(grid(20 * 60 * 400, 800, 200).windows(), 2397);
  EXPECT_EQ(grid(99, 100, 7).windows(), 0);
  EXPECT_EQ(grid(100, 100, 7).windows(), 1);
  EXPECT_EQ(grid(101, 100, 7).windows(), 1);
  EXPECT_EQ(grid(107, 100, 7).windows(), 2);
  EXPECT_EQ(grid(10, 2, 1).windows(), 9);
  EXPECT_EQ(grid(10, 2, 2).windows(), 5);
  EXPECT_EQ(grid(10, 2, 5).windows(), 2);
  EXPECT_EQ(grid(0, 2, 1).windows(), 0);
  EXPECT_EQ(grid(0, 2, 1, Partial::kKeep).windows(), 0);
  EXPECT_EQ(grid(10, 4, 3, Partial::kKeep).windows(), 4);
  EXPECT_EQ(grid(10, 4, 30, Partial::kPad).windows(), 1);
  EXPECT_EQ(grid(10, 4, 3, Partial::kKeep).end(3), 10);
}

TEST(WindowGrid, WindowsAreRunsOfCells) {
  for (std::int64_t size = 1; size <= 13; ++size)
    for (std::int64_t step = 1; step <= 16; ++step) {
      const WindowGrid g = grid(97, size, step);
      std::int64_t longest = 0;
      for (std::int64_t k = 0; k < g.windows(); ++k) {
        std::int64_t at = g.start(k);
        for (std::int64_t i = 0; i < g.cells_a_window(); ++i) {
          const std::int64_t cell = k * g.cells_a_step() + i;
          ASSERT_EQ(g.cell_start(cell), at) << size << ' ' << step << ' ' << k << ' ' << i;
          longest = std::max(longest, g.cell_end(cell) - at);
          for (std::int64_t t = at; t < g.cell_end(cell); ++t) ASSERT_EQ(g.cell_of(t), cell);
          at = g.cell_end(cell);
        }
        ASSERT_EQ(at, g.end(k)) << size << ' ' << step << ' ' << k;
      }
      ASSERT_EQ(longest, g.longest_cell()) << size << ' ' << step;
    }
}

TEST(WindowGrid, SegmentsFollowEachOther) {
  const std::int64_t sizes[][2] = {{9000, 20000}, {20000, 9000}, {8192, 4096},
                                   {10000, 1},    {100, 30},     {12288, 4097}};
  for (const auto& [size, step] : sizes) {
    const WindowGrid g = grid(100000, size, step);
    std::int64_t number = 0;
    for (std::int64_t t = 0; t < g.samples;) {
      const WindowSegment s = g.segment(number);
      if (s.begin >= g.samples) break;
      ASSERT_EQ(s.begin, g.cell_start(s.cell) + s.place * kWindowSegment);
      ASSERT_GE(s.begin, t);
      ASSERT_GT(s.end, s.begin);
      ASSERT_LE(s.end - s.begin, kWindowSegment);
      ASSERT_EQ(g.segment_of(s.begin), number) << size << ' ' << step;
      ASSERT_EQ(g.segment_of(s.end - 1), number) << size << ' ' << step;
      ASSERT_EQ(g.segment_of(t), number);  // a gap belongs to what follows
      t = s.end, ++number;
    }
  }
}

}  // namespace
}  // namespace sluice::test
