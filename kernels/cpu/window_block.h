// The state of a block of samples that lies in the first level cache: a look for the means, a second one for
// powers of deviations and extremes. Channels lie side by side, or where they are few several samples of all,
// in vectors of four. The order of a channel's sums depends on its place and on how many channels there are
// in its group of 32, never on where a tile is cut.
#pragma once
#include "kernels/window_state.inl"

namespace sluice::SLUICE_BACKEND {

/// Blocks of at most `kRows` samples and `kChannels` channels.
class WindowBlock {
 public:
  static constexpr int kRows = 512, kChannels = int(kWindowChannels);
  /// Samples of a block: 4 KiB of few channels, 64 samples of many.
  static constexpr int rows_of(std::int64_t channels) {
    return channels >= 8 ? 64 : int(kRows / channels) / 4 * 4;
  }
  static constexpr int kNumbers = 64 * kChannels;  // most numbers of a block

  explicit WindowBlock(std::uint32_t needs) : fields_(needs) {}

  /// x: (rows, channels) dense. Fills the state of the rows.
  void reduce(const double* x, int rows, int channels, const WindowState& to) const;

  /// to = a followed by b, over `channels` channels.
  void merge(const WindowState& to, const WindowState& a, const WindowState& b, double shift,
             std::int64_t channels) const;

  const WindowFields& fields() const { return fields_; }

 private:
  static constexpr int kLanes = 4, kWidth = kLanes * kChannels;  // a vector row holds 1, 2 or 4 samples
  struct Sums;
  void reduce_single(const double* x, int channels, const WindowState& to) const;
  void reduce_channel(const double* x, int rows, int channels, const WindowState& to, int c) const;
  void find_places(const double* x, int rows, int channels, const WindowState& to) const;
  void reduce_times(const double* x, int rows, int channels, const WindowState& to) const;
  void reduce_ends(const double* x, int rows, int channels, const WindowState& to) const;

  WindowFields fields_;
};

}  // namespace sluice::SLUICE_BACKEND
