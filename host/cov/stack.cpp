// The variables of two matrices as one, for numpy's cov(X, Y). Elements come out as native doubles (or floats
// where both are float32), one variable a row, so the pager stages them like any format that must be decoded.
#include <algorithm>
#include <vector>

#include "host/cov/problem.h"
#include "host/element.h"
#include "host/error.h"

namespace sluice::cov_detail {
namespace {

class Stack : public MatrixSource {
 public:
  Stack(const Side& x, const Side& y) : x_(x), y_(y) {
    const bool single = x.source->info().type == DType::kFloat32 && y.source->info().type == DType::kFloat32;
    info_.path = x.source->info().path + " and " + y.source->info().path;
    info_.format = "stack";
    info_.rows = x.variables() + y.variables();
    info_.columns = x.observations();
    info_.type = single ? DType::kFloat32 : DType::kFloat64;
  }
  std::vector<sys::Identity> identities() const override {
    auto all = x_.source->identities();
    for (const auto& id : y_.source->identities()) all.push_back(id);
    return all;
  }
  bool flat() const override { return false; }
  const sys::File& file() const override {
    throw Error(ErrorKind::kInput, info_.path + ": has no file of its own");
  }
  std::uint64_t data_offset() const override { return 0; }
  std::uint64_t cache_bytes() const override { return x_.source->cache_bytes() + y_.source->cache_bytes(); }

  void read(const Rect& rect, void* to, std::int64_t stride) const override {
    const std::int64_t border = x_.variables(), end = rect.row + rect.rows;
    const std::int64_t from_x = std::max<std::int64_t>(0, std::min(end, border) - rect.row);
    auto out = static_cast<std::byte*>(to);
    if (from_x > 0) part(x_, rect.row, from_x, rect, out, stride);
    if (from_x < rect.rows)
      part(y_, rect.row + from_x - border, rect.rows - from_x, rect, out + from_x * stride, stride);
  }

 private:
  /// Reads a bounded block of observations at a time and transposes and converts it into rows. Where an
  /// observation's variables lie together, whole observations are read even if some variables are not wanted,
  /// so long as half are: one read for many observations.
  void part(const Side& side, std::int64_t variable, std::int64_t count, const Rect& rect, std::byte* to,
            std::int64_t stride) const {
    const MatrixInfo& info = side.source->info();
    const std::size_t size = size_of(info.type), out_size = size_of(info_.type);
    const std::int64_t block = std::max<std::int64_t>(
        1, (std::int64_t(1) << 20) / std::int64_t(size) / std::max<std::int64_t>(1, count));
    const bool along = side.layout() == Layout::kVariables;
    std::vector<std::byte> raw;
    const bool whole = !along && 2 * count >= side.variables();
    const std::int64_t first = whole ? 0 : variable, width = whole ? side.variables() : count;
    for (std::int64_t k = 0; k < rect.columns; k += block) {
      const std::int64_t n = std::min(block, rect.columns - k);
      raw.resize(std::size_t(width * n) * size);
      side.source->read(side.rect(first, width, rect.column + k, n), raw.data(),
                        std::int64_t(size) * (along ? n : width));
      for (std::int64_t v = 0; v < count; ++v)
        for (std::int64_t i = 0; i < n; ++i) {
          const std::int64_t at = along ? v * n + i : i * width + (variable - first) + v;
          const double value = element(raw.data() + std::size_t(at) * size, info.type, info.swapped);
          std::byte* put = to + v * stride + (k + i) * std::int64_t(out_size);
          if (out_size == 4) {
            const float narrow = float(value);
            std::memcpy(put, &narrow, 4);
          } else {
            std::memcpy(put, &value, 8);
          }
        }
    }
  }
  Side x_, y_;
};

}  // namespace

std::shared_ptr<MatrixSource> stack(const Side& x, const Side& y) {
  return std::make_shared<Stack>(x, y);
}

}  // namespace sluice::cov_detail
