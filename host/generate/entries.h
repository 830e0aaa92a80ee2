// How a generated matrix gets its entries: in tiles that lie in one piece in the file, whole rows or a part
// of one. Every entry depends on its place alone, so the file is the same whatever the tiles are.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "host/generate.h"
#include "host/machine.h"
#include "host/result.h"

namespace sluice {

/// What is drawn, and where it goes.
struct Entries {
  const GenerateOptions& options;
  const std::vector<std::int64_t>& partner;  // of each row, -1: none; empty: no pairs
  Result& result;
  const RunOptions& run;

  std::int64_t element() const { return std::int64_t(size_of(options.type)); }
  std::uint64_t bytes() const {
    return std::uint64_t(options.rows) * std::uint64_t(options.columns) * std::uint64_t(element());
  }
  /// Where entry (row, column) lies in the file's data, in bytes.
  std::uint64_t at(std::int64_t row, std::int64_t column) const {
    return std::uint64_t((row * options.columns + column) * element());
  }
};

/// A tile drawn to `out`, dense. `partners`: of all rows, on the device; null: no pairs.
GenerateArgs args_of(const GenerateOptions&, const Rect& tile, const std::int64_t* partners, void* out);

/// `area` in tiles of whole rows, or of a part of a row, of at most `elements`, numbered in the order of the
/// file.
class Tiles {
 public:
  Tiles(const Rect& area, std::int64_t elements);
  std::int64_t count() const { return across_ * down_; }
  Rect operator[](std::int64_t index) const;
  std::int64_t largest() const { return shape_.rows * shape_.columns; }

 private:
  Rect area_, shape_;
  std::int64_t across_, down_;
};

/// Which entries an earlier run has left. Its tiles may have been others.
class Found {
 public:
  explicit Found(const Entries& entries);
  bool operator()(const Rect& tile) const;
  std::uint64_t bytes() const;

 private:
  std::int64_t columns_, element_;
  std::vector<std::pair<std::int64_t, std::int64_t>> runs_;  // of elements, apart, in order
};

/// Bytes of a tile: `wish`, more where the journal would get too many records.
std::int64_t tile_bytes(const Entries&, std::int64_t wish);

/// Progress begins at what was found, and a resumed run says so.
void begin_drawing(const Entries&, const Found&, Observer&);

/// Bytes that drawing holds where memory is plenty.
std::uint64_t wanted_on_device(const Machine&);
std::uint64_t wanted_on_host(const Machine&);

/// The device draws tiles, copies and writing threads follow behind.
std::vector<StageTime> draw_on_device(Machine&, const Entries&);

/// Each thread draws a piece and writes it from its cache; they take turns at the file.
std::vector<StageTime> draw_on_host(Machine&, const Entries&);

}  // namespace sluice
