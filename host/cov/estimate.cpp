#include "host/cov/estimate.h"

#include <algorithm>
#include <vector>

#include "host/clock.h"

namespace sluice::cov_detail {
namespace {

using i64 = std::int64_t;

/// Multiply-adds a second of this backend, from one product of a sub-tile's size on the machine as it is now.
double measured_rate(const Machine& m, Compute compute) {
  const i64 n = m.info().subtile, k = std::min<i64>(m.info().slab, 4096), s = size_of(compute);
  // On a processor, by one thread, since one product may not keep them all busy; a run does.
  const Device device(*m.selection.backend, {m.selection.device, m.shared() ? 1 : m.threads, 0, 0});
  Buffer panel(device, Memory::kDevice, n * k * s), acc(device, Memory::kDevice, n * n * 8);
  Buffer moments(device, Memory::kDevice, n * 6 * 8), source(device, Memory::kDevice, n * k);
  Stream stream(device);
  double* at = moments.as<double>();
  const Moments view{at, at + n, at + 2 * n, at + 3 * n, at + 4 * n, at + 5 * n, n};
  std::vector<unsigned char> bytes(std::size_t(n * k));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * 2654435761u >> 24);
  stream.copy(source.as<>(), bytes.data(), n * k);
  CentreArgs c{};
  c.source = source.as<>(), c.type = DType::kUInt8, c.variables = n, c.observations = k, c.source_ld = k;
  c.panel = panel.as<>(), c.panel_ld = k, c.compute = compute, c.moments = view;
  stream.run(c);
  ProductsArgs p{};
  p.a = p.b = panel.as<>(), p.a_ld = p.b_ld = k, p.rows = p.columns = n, p.observations = k,
  p.compute = compute;
  p.a_moments = p.b_moments = view, p.acc = acc.as<double>(), p.acc_ld = n, p.clear = 1;
  // From a small product upwards, until one takes long enough to be believed.
  double seconds = 0;
  i64 side = std::min<i64>(n, 32);
  for (;; side = std::min(2 * side, n)) {
    p.rows = p.columns = side;
    stream.finish();
    const Clock clock;
    stream.run(p);
    stream.finish();
    seconds = clock.seconds();
    if (seconds > 0.01 || side == n) break;
  }
  return 2.0 * double(side) * double(side) * double(k) / seconds * (m.shared() ? m.threads : 1);
}

/// Bytes a second of the input, from pieces of it at places far apart: of the disk, where the page cache has
/// none of it.
double measured_rate(const MatrixSource& source) {
  const MatrixInfo& info = source.info();
  constexpr i64 kPiece = 4 << 20;
  constexpr int kPlaces = 8;
  const i64 lines = info.fortran ? info.columns : info.rows, across = info.fortran ? info.rows : info.columns;
  const i64 line = across * i64(size_of(info.type));
  if (info.bytes() == 0) return 1e12;
  const i64 at_once = std::clamp<i64>(kPiece / line, 1, lines);
  const i64 part = std::min(across, std::max<i64>(1, kPiece / i64(size_of(info.type))));
  std::vector<std::byte> bytes(std::size_t(at_once * part) * size_of(info.type));
  const Clock clock;
  double read = 0;
  for (int place = 0; place < kPlaces; ++place) {
    const i64 at = i64(double(lines - at_once) * place / kPlaces);
    source.read(info.fortran ? Rect{0, at, part, at_once} : Rect{at, 0, at_once, part}, bytes.data(),
                part * i64(size_of(info.type)));
    read += double(bytes.size());
    if (clock.seconds() > 0.5) break;
  }
  return read / clock.seconds();
}

}  // namespace

double verified_bytes(const Problem& p, i64 entries) {
  double bytes = 0;
  for (const Side* side : {&p.rows, &p.columns}) {
    const MatrixInfo& info = side->source->info();
    const bool whole = side->layout() == Layout::kObservations;
    const double variables = double(std::min(side->variables(), entries * (p.symmetric ? 2 : 1)));
    bytes += whole ? double(info.bytes()) : variables * double(p.observations) * double(size_of(info.type));
    if (p.symmetric) break;
  }
  return bytes;
}

double estimate_seconds(const CovPlan& plan, const Problem& p, const CovOptions& o, const Machine& m) {
  constexpr double kWriting = 3e8;  // bytes a second of a plain disk: writing to measure it would be rude
  // The slowest side counts for all: a guess that errs towards the longer time.
  double reading = measured_rate(*p.rows.source);
  if (!p.symmetric) reading = std::min(reading, measured_rate(*p.columns.source));
  const double run =
      std::max({plan.flop / measured_rate(m, p.compute), plan.bytes_in / reading, plan.bytes_out / kWriting});
  return run + (o.verify > 0 ? verified_bytes(p, o.verify) / reading : 0);
}

}  // namespace sluice::cov_detail
