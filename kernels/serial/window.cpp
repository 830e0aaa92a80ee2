// The operations on windows in plain loops: a cell's state by two looks at its samples in long double, a
// window's by sums over its cells about the window's own mean.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/elements.h"
#include "kernels/serial/workers.h"
#include "kernels/window_state.inl"

namespace sluice::SLUICE_BACKEND {
namespace {

struct Value {
  double x;
  double place, time;  // from the state's first sample, or from the cell's start
};

/// The numbers of a segment's samples of a channel, those that are NaN left out.
std::vector<Value> values_of(const WindowReduceArgs& a, const WindowSegment& segment, std::int64_t channel) {
  const WindowSamples& s = a.samples;
  const bool timed = a.segments != nullptr;
  const double start = double(timed ? a.grid.cell_start(segment.cell) : segment.begin);
  std::vector<Value> values;
  with_type(s.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    for (std::int64_t t = segment.begin; t < segment.end; ++t) {
      const std::int64_t row = t - s.first;
      const std::int64_t i = s.layout == Layout::kObservations ? row * s.ld + channel : channel * s.ld + row;
      double x = double(s.swapped ? element<T, true>(s.source, i) : element<T, false>(s.source, i));
      if (s.scale != 1 || s.offset != 0) x = x * s.scale + s.offset;
      const double place = double(t) - start;
      if (!std::isnan(x)) values.push_back({x, place, timed && a.times != nullptr ? a.times[row] : place});
    }
  });
  return values;
}

void state_of(const std::vector<Value>& values, const WindowFields& f, const WindowState& to,
              std::int64_t c) {
  window_clear(f, to, c);
  if (values.empty()) return;
  const double n = double(values.size());
  to(0, c) = n;
  double origin = 0;
  for (auto v = values.rbegin(); v != values.rend(); ++v)
    if (std::isfinite(v->x)) origin = v->x;
  long double sum = 0, time = 0;
  for (const Value& v : values) sum += static_cast<long double>(v.x) - origin, time += v.time;
  const long double mean = sum / n, middle = time / n;
  long double square = 0, cube = 0, fourth = 0, times = 0, products = 0;
  for (const Value& v : values) {
    const long double d = static_cast<long double>(v.x) - origin - mean, t = v.time - middle;
    square += d * d, cube += d * d * d, fourth += d * d * d * d, times += t * t, products += t * d;
  }
  if (f.mean >= 0) to(f.mean, c) = origin, to(f.mean + 1, c) = double(mean);
  if (f.squares >= 0) to(f.squares, c) = double(square);
  if (f.fourth >= 0) to(f.fourth, c) = double(cube), to(f.fourth + 1, c) = double(fourth);
  if (f.slope >= 0)
    to(f.slope, c) = double(middle), to(f.slope + 1, c) = double(times),
                to(f.slope + 2, c) = double(products);
  if (f.ends >= 0) to(f.ends, c) = values.front().x, to(f.ends + 1, c) = values.back().x;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = values[i].x;
    if (f.range >= 0 && (i == 0 || x < to(f.range, c))) {
      to(f.range, c) = x;
      if (f.places >= 0) to(f.places, c) = values[i].place;
    }
    if (f.range >= 0 && (i == 0 || x > to(f.range + 1, c))) {
      to(f.range + 1, c) = x;
      if (f.places >= 0) to(f.places + 1, c) = values[i].place;
    }
    if (i == 0) continue;
    const double before = values[i - 1].x;
    if (f.signs >= 0 && (x >= 0) != (before >= 0)) to(f.signs, c) += 1;
    if (f.line >= 0) to(f.line, c) += std::fabs(x - before);
  }
}

/// Moments and times of a window from its cells' (Chan 1979 for any number of parts).
void join_moments(const WindowFields& f, const std::vector<WindowState>& cells,
                  const std::vector<double>& starts, const WindowState& to, std::int64_t c) {
  long double n = 0, sum = 0, time = 0;
  double origin = 0;
  for (auto s = cells.rbegin(); s != cells.rend(); ++s)
    if ((*s)(0, c) > 0) origin = (*s)(f.mean, c);
  const auto mean_of = [&](const WindowState& s) {
    return static_cast<long double>(s(f.mean, c)) - origin + s(f.mean + 1, c);
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const WindowState& s = cells[i];
    if (s(0, c) == 0) continue;
    n += s(0, c), sum += s(0, c) * mean_of(s);
    if (f.slope >= 0) time += s(0, c) * (starts[i] + s(f.slope, c));
  }
  if (n == 0) return;
  long double square = 0, cube = 0, fourth = 0, times = 0, products = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const WindowState& s = cells[i];
    const long double k = s(0, c);
    if (k == 0) continue;
    const long double d = mean_of(s) - sum / n, q = f.squares >= 0 ? s(f.squares, c) : 0;
    square += q + k * d * d;
    if (f.fourth >= 0) {
      cube += s(f.fourth, c) + 3 * d * q + k * d * d * d;
      fourth += s(f.fourth + 1, c) + 4 * d * s(f.fourth, c) + 6 * d * d * q + k * d * d * d * d;
    }
    if (f.slope >= 0) {
      const long double t = starts[i] + s(f.slope, c) - time / n;
      times += s(f.slope + 1, c) + k * t * t, products += s(f.slope + 2, c) + k * t * d;
    }
  }
  to(f.mean, c) = origin, to(f.mean + 1, c) = double(sum / n);
  if (f.squares >= 0) to(f.squares, c) = double(square);
  if (f.fourth >= 0) to(f.fourth, c) = double(cube), to(f.fourth + 1, c) = double(fourth);
  if (f.slope >= 0)
    to(f.slope, c) = double(time / n), to(f.slope + 1, c) = double(times),
                to(f.slope + 2, c) = double(products);
}

void merge_window(const WindowMergeArgs& a, const WindowFields& f, std::int64_t window,
                  std::vector<double>& memory) {
  const WindowGrid& g = a.grid;
  const std::int64_t first = window * g.cells_a_step();
  std::vector<WindowState> cells;
  std::vector<double> starts;
  for (std::int64_t i = first; i < first + g.cells_a_window() && g.cell_start(i) < g.samples; ++i) {
    cells.push_back({const_cast<double*>(a.states) + i % a.capacity * f.fields * a.channels, a.channels});
    starts.push_back(double(g.cell_start(i) - g.start(window)));
  }
  memory.assign(std::size_t(f.fields * a.channels), 0);
  const WindowState whole{memory.data(), a.channels};
  for (std::int64_t c = 0; c < a.channels; ++c) {
    window_clear(f, whole, c);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (f.ends >= 0) merge_ends(f, whole, whole, cells[i], c);
      if (f.range >= 0) merge_range(f, whole, whole, cells[i], starts[i], c);
      whole(0, c) += cells[i](0, c);
    }
    if (f.mean >= 0) join_moments(f, cells, starts, whole, c);
  }
  const WindowValue value{f, a.rules, window_length(a, window), window_place(a, window)};
  for (int i = 0; i < a.outputs; ++i)
    for (std::int64_t c = 0; c < a.channels; ++c) {
      const double x = value(a.output[i].statistic, whole, c);
      const std::int64_t at = (window - a.first) * a.channels + c;
      if (a.output[i].type == DType::kFloat32)
        static_cast<float*>(a.output[i].out)[at] = float(x);
      else
        static_cast<double*>(a.output[i].out)[at] = x;
    }
}

}  // namespace

void run_window_reduce(Workers&, const WindowReduceArgs& a) {
  const WindowFields fields(a.needs);
  const std::int64_t end = a.samples.first + a.samples.rows, channels = a.samples.channels;
  std::vector<double> memory(std::size_t(fields.fields * channels));
  const auto take = [&](const WindowSegment& segment) {
    const WindowState cell{a.states + segment.cell % a.capacity * fields.fields * channels, channels};
    const WindowState found{memory.data(), channels};
    const double shift = a.segments != nullptr ? 0 : double(segment.begin - a.grid.cell_start(segment.cell));
    for (std::int64_t c = 0; c < channels; ++c) {
      state_of(values_of(a, segment, c), fields, segment.place > 0 ? found : cell, c);
      if (segment.place > 0) merge_channel(fields, cell, cell, found, shift, c);
    }
  };
  for (std::int64_t i = 0; a.segments != nullptr && i < a.segment_count; ++i) take(a.segments[i]);
  for (std::int64_t t = a.samples.first; a.segments == nullptr && t < end;) {
    const WindowSegment segment = a.grid.segment(a.grid.segment_of(t));
    t = segment.end;
    if (segment.begin >= end) break;
    take(segment);
  }
}

void run_window_merge(Workers&, const WindowMergeArgs& a) {
  const WindowFields fields(a.needs);
  std::vector<double> memory;
  for (std::int64_t k = a.first; k < a.first + a.windows; ++k) merge_window(a, fields, k, memory);
}

}  // namespace sluice::SLUICE_BACKEND
