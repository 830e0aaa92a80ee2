#include "host/generate/look.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "host/clock.h"
#include "host/generate/entries.h"

namespace sluice {
using i64 = std::int64_t;

double estimate_drawing(const GenerateOptions& o, const Machine& m) {
  constexpr double kWriting = 3e8;  // bytes a second of a plain disk: writing to measure it would be rude
  constexpr i64 kPiece = 1 << 20;
  const i64 element = i64(size_of(o.type));
  const Tiles tiles({0, 0, o.rows, o.columns}, kPiece / element);
  const Device device(*m.selection.backend, {m.selection.device, m.shared() ? 1 : m.threads, 0, 0});
  const Buffer out(device, Memory::kDevice, tiles.largest() * element);
  Stream stream(device);
  double seconds = 0;
  for (int turn = 0; turn < 2; ++turn) {  // the first one finds cold code and memory
    const Clock clock;
    stream.run(args_of(o, tiles[0], nullptr, out.as<>()));
    stream.finish();
    seconds = clock.seconds();
  }
  const double bytes = double(o.rows) * double(o.columns) * double(element);
  const double drawing = seconds / double(tiles.largest() * element) / double(m.shared() ? m.threads : 1);
  return bytes * std::max(drawing, 1 / kWriting);
}

GenerateCheck compare_with_serial(const GenerateOptions& o, const std::vector<i64>& partner,
                                  const MatrixSource& file) {
  constexpr int kTiles = 4;
  const i64 element = i64(size_of(o.type)), rows = std::min<i64>(64, o.rows),
            columns = std::min<i64>(256, o.columns);
  const Device device(load_backend("serial"), ContextOptions{0, 1, 0, 0});
  Stream stream(device);
  std::vector<char> drawn(std::size_t(rows * columns * element)), found(drawn.size());
  std::mt19937_64 random(o.seed);
  GenerateCheck check;
  for (int t = 0; t < kTiles; ++t) {
    const Rect r{i64(random() % std::uint64_t(o.rows - rows + 1)),
                 i64(random() % std::uint64_t(o.columns - columns + 1)), rows, columns};
    stream.run(args_of(o, r, partner.empty() ? nullptr : partner.data(), drawn.data()));
    stream.finish();
    file.read(r, found.data(), columns * element);
    for (i64 i = 0; i < rows * columns; ++i) {
      ++check.entries;
      if (std::memcmp(drawn.data() + i * element, found.data() + i * element, std::size_t(element)) == 0)
        continue;
      if (check.differing++ == 0) check.row = r.row + i / columns, check.column = r.column + i % columns;
    }
  }
  return check;
}

}  // namespace sluice
