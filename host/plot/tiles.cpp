#include "host/plot/tiles.h"

#include <algorithm>
#include <cstring>

#include "host/error.h"

namespace sluice::plot_detail {
namespace {

template <class T>
T reversed(T value) {
  unsigned char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  std::reverse(bytes, bytes + sizeof(T));
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

template <class T>
void convert(const void* from, std::int64_t stride, bool swapped, std::int64_t n, double* to) {
  const auto* at = static_cast<const unsigned char*>(from);
  const auto load = [&](std::int64_t i) {
    T value;
    std::memcpy(&value, at + i * stride, sizeof(T));
    return value;
  };
  if (swapped) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = double(reversed(load(i)));
  } else if (stride == std::int64_t(sizeof(T))) {  // known to the compiler, which makes vectors of it
    for (std::int64_t i = 0; i < n; ++i) {
      T value;
      std::memcpy(&value, at + i * std::int64_t(sizeof(T)), sizeof(T));
      to[i] = double(value);
    }
  } else {
    for (std::int64_t i = 0; i < n; ++i) to[i] = double(load(i));
  }
}

}  // namespace

void to_doubles(const void* from, std::int64_t stride, DType type, bool swapped, std::int64_t n, double* to) {
  switch (type) {
    case DType::kFloat32:
      return convert<float>(from, stride, swapped, n, to);
    case DType::kFloat64:
      return convert<double>(from, stride, swapped, n, to);
    case DType::kInt8:
      return convert<std::int8_t>(from, stride, swapped, n, to);
    case DType::kInt16:
      return convert<std::int16_t>(from, stride, swapped, n, to);
    case DType::kUInt16:
      return convert<std::uint16_t>(from, stride, swapped, n, to);
    case DType::kInt32:
      return convert<std::int32_t>(from, stride, swapped, n, to);
    case DType::kUInt32:
      return convert<std::uint32_t>(from, stride, swapped, n, to);
    case DType::kInt64:
      return convert<std::int64_t>(from, stride, swapped, n, to);
    case DType::kUInt64:
      return convert<std::uint64_t>(from, stride, swapped, n, to);
    case DType::kUInt8:
    case DType::kBool:
      return convert<std::uint8_t>(from, stride, swapped, n, to);
  }
}

std::vector<TileRequest> tiles_of_runs(const MatrixSource& matrix, const Machine& machine) {
  const MatrixInfo& info = matrix.info();
  std::vector<TileRequest> tiles;
  if (info.rows == 0 || info.columns == 0) return tiles;
  const auto element = std::int64_t(size_of(info.type));
  const std::int64_t runs = info.fortran ? info.columns : info.rows,
                     length = info.fortran ? info.rows : info.columns;
  const auto budget = std::int64_t(std::min<std::uint64_t>(machine.memory / 16, 8 << 20));
  const std::int64_t elements = std::max<std::int64_t>(4096, budget / element);
  const std::int64_t tile_runs = std::clamp<std::int64_t>(elements / length, 1, runs);
  const std::int64_t tile_length = std::min(length, elements);
  for (std::int64_t r = 0; r < runs; r += tile_runs)
    for (std::int64_t c = 0; c < length; c += tile_length) {
      const std::int64_t nr = std::min(tile_runs, runs - r), nc = std::min(tile_length, length - c);
      tiles.push_back({&matrix, info.fortran ? Rect{c, r, nc, nr} : Rect{r, c, nr, nc}});
    }
  return tiles;
}

void for_each_tile(Machine& machine, const RunOptions& run, const std::vector<TileRequest>& schedule,
                   const std::function<void(const HostTile&)>& take) {
  if (schedule.empty()) return;
  const MatrixSource& source = *schedule.front().source;
  Share cache(machine.budgets->host, source.cache_bytes(), "decoded chunks of the input");
  Stream stream(*machine.device);
  Reader::Options options;
  options.io = parse_io(run.io);
  options.depth = 3;
  options.threads = std::clamp(machine.threads / 2, 1, 4);
  options.drop_behind = source.info().bytes() > available_memory() / 2;
  Reader reader(*machine.device, *machine.budgets, schedule, options);
  double total = 0, seen = 0;
  for (const TileRequest& request : schedule) total += double(request.runs() * request.run_bytes());
  if (run.observer != nullptr) run.observer->begin("read", total, "bytes", 0);
  for (const TileRequest& request : schedule) {
    if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    const HostTile tile = reader.next();
    take(tile);
    reader.release(tile, stream);
    seen += double(request.runs() * request.run_bytes());
    if (run.observer != nullptr) run.observer->progress(seen);
  }
  reader.check();
  if (run.observer != nullptr) run.observer->end();
}

}  // namespace sluice::plot_detail
