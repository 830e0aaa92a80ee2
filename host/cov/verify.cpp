#include "host/cov/verify.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "host/element.h"
#include "host/error.h"

namespace sluice::cov_detail {
namespace {

using i64 = std::int64_t;

/// Some variables of one side, streamed in chunks of observations as doubles.
class Sample {
 public:
  Sample(const Side& side, std::vector<i64> variables) : side_(side), variables_(std::move(variables)) {}
  std::size_t size() const { return variables_.size(); }
  std::vector<double> m2;                    // running sums of squared deviations
  std::vector<double> shift;                 // mean of this chunk less the running mean before it
  std::vector<std::vector<double>> centred;  // of this chunk, by variable

  /// Observations at a time: values and input tiles of at most `bytes` each.
  i64 chunk(std::uint64_t bytes) const {
    const i64 most = i64(bytes / 8);
    const i64 by_values = most / std::max<i64>(1, i64(size()));
    const i64 by_tile = most / std::max<i64>(1, side_.variables());
    return std::max<i64>(16, side_.layout() == Layout::kVariables ? by_values : std::min(by_values, by_tile));
  }
  void requests(i64 k, i64 n, std::vector<TileRequest>& to) const {
    if (side_.layout() == Layout::kObservations) {
      to.push_back({side_.source.get(), side_.rect(0, side_.variables(), k, n)});
    } else {
      for (i64 v : variables_) to.push_back({side_.source.get(), side_.rect(v, 1, k, n)});
    }
  }
  void take(Reader& reader, Stream& stream, i64 n, const std::vector<double>& w, double weight_before) {
    const MatrixInfo& info = side_.source->info();
    const i64 size_of_element = i64(size_of(info.type));
    centred.resize(size());
    if (weight_before == 0) origin_.assign(size(), 0.0), mean_.assign(size(), 0.0), m2.assign(size(), 0.0);
    shift.assign(size(), 0.0);
    HostTile tile;
    for (std::size_t v = 0; v < size(); ++v) {
      const bool along = side_.layout() == Layout::kVariables;
      if (along || v == 0) tile = reader.next();
      auto at = static_cast<const char*>(tile.data) + (along ? 0 : variables_[v] * size_of_element);
      const i64 step = along ? size_of_element : tile.stride;
      auto& x = centred[v];
      x.resize(std::size_t(n));
      for (i64 i = 0; i < n; ++i) x[std::size_t(i)] = element(at + i * step, info.type, info.swapped);
      if (along || v + 1 == size()) reader.release(tile, stream);
      centre(v, w, weight_before);
    }
  }

 private:
  /// Means are kept relative to each variable's first value, so that their differences keep their digits.
  void centre(std::size_t v, const std::vector<double>& w, double before_sum) {
    auto& x = centred[v];
    const double first = x.empty() ? 0 : x[0];
    double sum = 0, weight = 0, squares = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double wi = w.empty() ? 1 : w[i];
      sum += wi * (x[i] - first), weight += wi;
    }
    if (weight == 0) return;
    if (before_sum == 0) origin_[v] = first;
    const double within = sum / weight;
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = (x[i] - first) - within;
      squares += (w.empty() ? 1 : w[i]) * x[i] * x[i];
    }
    const double delta = (first - origin_[v]) + within - mean_[v];
    mean_[v] += delta * weight / (before_sum + weight);
    m2[v] += squares + delta * delta * before_sum * weight / (before_sum + weight);
    shift[v] = delta;
  }
  std::vector<double> origin_, mean_;  // the running mean is origin + mean
  Side side_;
  std::vector<i64> variables_;
};

}  // namespace

double entry(const MatrixSource& m, i64 row, i64 column) {
  unsigned char raw[8];
  m.read({row, column, 1, 1}, raw, 8);
  return element(raw, m.info().type, m.info().swapped);
}

double error_bound(Compute compute, DType out_type) {
  if (compute == Compute::kTf32) return 1e-3;
  return compute == Compute::kFloat32 || out_type == DType::kFloat32 ? 2e-6 : 1e-12;
}

Verification verify_entries(const Problem& p, bool correlation, const MatrixSource& result,
                            const TileRecord& largest, i64 entries, std::uint64_t seed, Budgets& budgets,
                            const std::function<void(double part)>& advance) {
  Verification out;
  out.bound = error_bound(p.compute, p.out_type);
  const i64 n = p.rows.variables(), c = p.columns.variables();
  if (n == 0 || c == 0) return out;
  std::mt19937_64 random(seed);
  std::vector<std::pair<i64, i64>> places;
  for (i64 i = 0; i < entries; ++i)
    places.emplace_back(i64(random() % std::uint64_t(n)), i64(random() % std::uint64_t(c)));
  if (largest.largest_row >= 0) places.emplace_back(largest.largest_row, largest.largest_column);

  std::map<i64, std::size_t> row_places, column_places;
  for (const auto& [i, j] : places) row_places[i], (p.symmetric ? row_places : column_places)[j];
  auto listed = [](std::map<i64, std::size_t>& places) {
    std::vector<i64> variables;
    for (auto& [v, at] : places) at = variables.size(), variables.push_back(v);
    return variables;
  };
  Sample rows(p.rows, listed(row_places));
  Sample columns(p.columns, p.symmetric ? std::vector<i64>{} : listed(column_places));
  // A sixteenth of the memory for each of values and staged tiles, on both sides.
  const std::uint64_t part = std::min<std::uint64_t>(32 << 20, budgets.host.limit() / 16);
  const i64 chunk = p.symmetric ? rows.chunk(part) : std::min(rows.chunk(part), columns.chunk(part));
  const Share values(budgets.host, std::uint64_t(rows.size() + columns.size()) * std::uint64_t(chunk) * 8,
                     "the verified variables");
  const Share cache(budgets.host,
                    p.rows.source->cache_bytes() + (p.symmetric ? 0 : p.columns.source->cache_bytes()),
                    "decoded chunks of the input");
  Device device(load_backend("serial"), ContextOptions{0, 1, 0, 0});
  Stream stream(device);
  std::vector<double> products(places.size(), 0.0), weights;
  double weight_before = 0;
  for (i64 k = 0; k < p.observations; k += chunk) {
    advance(double(k) / double(p.observations));
    const i64 m = std::min(chunk, p.observations - k);
    std::vector<TileRequest> schedule;
    rows.requests(k, m, schedule);
    if (!p.symmetric) columns.requests(k, m, schedule);
    Reader reader(device, budgets, std::move(schedule), Reader::Options{});
    double weight = double(m);
    if (p.weights) {
      weights.resize(std::size_t(m));
      p.weights->read(k, m, weights.data());
      weight = 0;
      for (double w : weights) weight += w;
    }
    rows.take(reader, stream, m, weights, weight_before);
    Sample& other = p.symmetric ? rows : columns;
    if (!p.symmetric) columns.take(reader, stream, m, weights, weight_before);
    reader.check();
    if (weight == 0) continue;
    for (std::size_t e = 0; e < places.size(); ++e) {
      const std::size_t i = row_places[places[e].first];
      const std::size_t j = (p.symmetric ? row_places : column_places)[places[e].second];
      const auto &x = rows.centred[i], &y = other.centred[j];
      double sum = 0;
      for (std::size_t q = 0; q < x.size(); ++q) sum += (weights.empty() ? 1 : weights[q]) * x[q] * y[q];
      products[e] += sum + rows.shift[i] * other.shift[j] * weight_before * weight / (weight_before + weight);
    }
    weight_before += weight;
  }
  const Sample& other = p.symmetric ? rows : columns;
  for (std::size_t e = 0; e < places.size(); ++e) {
    const auto [row, column] = places[e];
    const double a = rows.m2.empty() ? NAN : rows.m2[row_places[row]];
    const double b = other.m2.empty() ? NAN : other.m2[(p.symmetric ? row_places : column_places)[column]];
    double expected = correlation ? products[e] / (std::sqrt(a) * std::sqrt(b)) : products[e] / p.divisor;
    const double scale = correlation ? 1 : (std::sqrt(a) * std::sqrt(b)) / p.divisor;
    const double found = entry(result, row, column);
    out.largest_value = std::max(out.largest_value, row != column ? std::fabs(found) : 0);
    // The same NaN or infinity is agreement; a constant variable's exact 0 too.
    double error = std::fabs(found - expected) / scale;
    if ((std::isnan(found) && std::isnan(expected)) || found == expected) error = 0;
    if (!(error <= out.bound)) out.passed = false;
    if (!(error <= out.worst)) out.worst = error, out.row = row, out.column = column;
    ++out.entries;
  }
  return out;
}

TileRecord find_largest(const MatrixSource& m, bool symmetric, const GoOn& go_on) {
  TileRecord best;
  const MatrixInfo& info = m.info();
  const i64 size = i64(size_of(info.type));
  const i64 stripe = std::max<i64>(1, (i64(4) << 20) / std::max<i64>(1, info.columns * size));
  std::vector<std::byte> raw(std::size_t(std::min(stripe, info.rows) * info.columns * size));
  for (i64 r = 0; r < info.rows; r += stripe) {
    go_on();
    const i64 rows = std::min(stripe, info.rows - r);
    m.read({r, 0, rows, info.columns}, raw.data(), info.columns * size);
    for (i64 i = 0; i < rows; ++i)
      for (i64 j = symmetric ? r + i + 1 : 0; j < info.columns; ++j) {
        const double x = element(raw.data() + (i * info.columns + j) * size, info.type, info.swapped);
        if (std::fabs(x) > std::fabs(best.largest))
          best.largest = x, best.largest_row = r + i, best.largest_column = j;
      }
  }
  return best;
}

Verification verify_tiles(const Problem& p, bool correlation, const MatrixSource& result, std::uint64_t seed,
                          const GoOn& go_on) {
  Verification out;
  out.bound = error_bound(p.compute, p.out_type);
  const i64 n = p.rows.variables(), c = p.columns.variables();
  if (n == 0 || c == 0 || p.observations == 0) return out;
  Device device(load_backend("serial"), ContextOptions{0, 1, 0, 0});
  const i64 side = 16, chunk = 8 * device.info().slab;
  std::mt19937_64 random(seed);
  for (int t = 0; t < 4; ++t) {
    go_on();
    const i64 rows = std::min(side, n), columns = std::min(side, c);
    const i64 row = i64(random() % std::uint64_t(n - rows + 1));
    const i64 column = t == 0 && p.symmetric ? row : i64(random() % std::uint64_t(c - columns + 1));
    std::vector<double> expected;
    std::vector<double> m2_rows, m2_columns;
    serial_tile(p, device, row, rows, column, columns, chunk, expected, m2_rows, m2_columns);
    for (i64 i = 0; i < rows; ++i)
      for (i64 j = 0; j < columns; ++j) {
        const double a = m2_rows[std::size_t(i)], b = m2_columns[std::size_t(j)];
        const double scale = correlation ? 1 : (std::sqrt(a) * std::sqrt(b)) / p.divisor;
        const double product = expected[std::size_t(i * columns + j)];
        const double value = correlation ? product / (std::sqrt(a) * std::sqrt(b)) : product / p.divisor;
        const double found = entry(result, row + i, column + j);
        double error = std::fabs(found - value) / scale;
        if ((std::isnan(found) && std::isnan(value)) || found == value) error = 0;
        if (!(error <= out.bound)) out.passed = false;
        if (!(error <= out.worst)) out.worst = error, out.row = row + i, out.column = column + j;
        ++out.entries;
      }
  }
  return out;
}

}  // namespace sluice::cov_detail
