#include "host/window/materialize.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "host/element.h"
#include "host/error.h"
#include "host/window/files.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

/// Copies runs of samples from the series, in the order and type of the result.
class Copier {
 public:
  Copier(const Problem& p, i64 elements)
      : p_(p),
        info_(p.source->info()),
        from_(i64(size_of(info_.type))),
        to_(i64(size_of(p.window_type))),
        plain_(p.options.scale == 1 && p.options.scale_offset == 0 && info_.type == p.window_type) {
    if (!direct()) raw_.resize(std::size_t(elements * from_));
  }

  /// Whether what is read is what is written.
  bool direct() const { return plain_ && !info_.swapped && p_.layout == Layout::kObservations; }

  /// Elements [first, first + count) of a window, in the order of the result.
  void copy(i64 window, i64 first, i64 count, char* out) {
    while (count > 0) {
      const i64 sample = first / p_.channels, channel = first % p_.channels;
      // A part of a sample, or whole samples.
      const bool whole = channel == 0 && count >= p_.channels;
      const i64 width = whole ? p_.channels : std::min(count, p_.channels - channel);
      const i64 rows = whole ? count / p_.channels : 1;
      take(p_.grid.start(window) + sample, rows, channel, width, out);
      first += rows * width, count -= rows * width, out += rows * width * to_;
    }
  }

 private:
  void take(i64 sample, i64 rows, i64 channel, i64 width, char* out) {
    const i64 there = std::clamp<i64>(p_.samples - sample, 0, rows);
    if (direct()) {
      if (there > 0) p_.source->read(p_.rect(sample, there, channel, width), out, width * from_);
    } else if (there > 0) {
      const bool rows_first = p_.layout == Layout::kObservations;
      p_.source->read(p_.rect(sample, there, channel, width), raw_.data(),
                      (rows_first ? width : there) * from_);
      for (i64 r = 0; r < there; ++r)
        for (i64 c = 0; c < width; ++c)
          put(raw_.data() + (rows_first ? r * width + c : c * there + r) * from_,
              out + (r * width + c) * to_);
    }
    for (i64 i = there * width; i < rows * width; ++i)
      store(std::numeric_limits<double>::quiet_NaN(), out + i * to_);
  }

  void put(const char* from, char* to) const {
    if (!plain_)
      return store(element(from, info_.type, info_.swapped) * p_.options.scale + p_.options.scale_offset, to);
    std::memcpy(to, from, std::size_t(from_));
    if (info_.swapped) std::reverse(to, to + from_);
  }
  void store(double x, char* to) const {
    const float single = float(x);
    if (p_.window_type == DType::kFloat32)
      std::memcpy(to, &single, 4);
    else
      std::memcpy(to, &x, 8);
  }

  const Problem& p_;
  const MatrixInfo& info_;
  i64 from_, to_;
  bool plain_;
  std::vector<char> raw_;
};

Filling filling_of(const Problem& p, Result& result, const RunOptions& run, Budget& budget) {
  const std::uint64_t origin =
      p.output == OutputKind::kHdf5 ? dataset_offset(result.working(), "windows") : 0;
  return {result, run, budget, "windows", p.grid.windows(), window_elements(p), i64(size_of(p.window_type)),
          origin};
}

/// For a thread: what is written, and what is read where that is another thing.
std::uint64_t thread_bytes(const Problem& p, i64 elements) {
  return std::uint64_t(elements) * (size_of(p.window_type) + size_of(p.source->info().type)) + 4096;
}

i64 elements_of(const Problem& p) {
  return std::max<i64>(1, (i64(1) << 20) / i64(size_of(p.window_type)));
}

}  // namespace

void check_materialize(const Problem& p) {
  if (p.timed())
    throw Error(ErrorKind::kUsage, "--materialize: windows of time differ in their numbers of samples",
                "--materialize takes series of equally spaced samples");
  if (p.grid.partial == Partial::kKeep)
    throw Error(ErrorKind::kUsage, "--materialize: --partial keep gives windows of several sizes",
                "give --partial drop or pad");
  if (p.grid.partial == Partial::kPad && !is_float(p.window_type))
    throw Error(
        ErrorKind::kUsage,
        std::string("--materialize: --partial pad puts NaN, which ") + name_of(p.window_type) + " has not",
        "give --partial drop");
  (void)window_elements(p);
}

i64 window_elements(const Problem& p) {
  i64 elements = 0;
  if (__builtin_mul_overflow(p.asked_size, p.channels, &elements) || elements > (i64(1) << 59))
    throw Error(ErrorKind::kUsage, "--materialize: a window of " + std::to_string(p.asked_size) + " x " +
                                       std::to_string(p.channels) + " overflows");
  return elements;
}

std::uint64_t materialize_bytes(const Problem& p, const Machine& m) {
  return std::min(m.memory,
                  std::uint64_t(m.threads) * thread_bytes(p, elements_of(p)) + p.source->cache_bytes());
}

std::vector<StageTime> materialize(const Problem& p, Machine& m, Result& result, const RunOptions& run) {
  const Filling filling = filling_of(p, result, run, m.budgets->host);
  const Share cache(m.budgets->host, p.source->cache_bytes(), "decoded chunks of the input");
  i64 elements = elements_of(p);
  const std::uint64_t left = m.budgets->host.left();
  while (elements > 512 && thread_bytes(p, elements) > left) elements /= 2;
  const int threads =
      int(std::clamp<std::uint64_t>(left / thread_bytes(p, elements), 1, std::uint64_t(m.threads)));
  std::vector<std::unique_ptr<Copier>> copiers;
  std::vector<Share> shares;
  return fill_result(filling, threads, elements, [&]() -> Make {
    copiers.push_back(std::make_unique<Copier>(p, elements));
    const std::uint64_t held =
        copiers.back()->direct() ? 0 : std::uint64_t(elements) * size_of(p.source->info().type);
    shares.emplace_back(m.budgets->host, held, "samples that are turned");
    return [copier = copiers.back().get(), &p](const Rect& piece, char* out) {
      const i64 size = i64(size_of(p.window_type));
      for (i64 w = 0; w < piece.rows; ++w)
        copier->copy(piece.row + w, piece.column, piece.columns, out + w * piece.columns * size);
    };
  });
}

}  // namespace sluice::window_detail
