#include "host/fit/device_triangle.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"

namespace sluice::fit {
namespace {

using i64 = std::int64_t;
constexpr i64 kApart = 32;  // doubles that columns begin at multiples of
constexpr i64 kTileBytes = i64(8) << 20, kLeastRows = 64;

i64 width_of(const TallSource& source, const TriangleColumns& columns) {
  return i64(source.columns()) + (columns.one_first || columns.one_last ? 1 : 0) +
         (source.y != nullptr ? 1 : 0);
}
/// Doubles from one of the panel's columns to the next.
i64 apart(i64 columns, i64 together, i64 rows) {
  return (columns + std::min(together, rows) + kApart - 1) / kApart * kApart;
}

class Reflecting : public RowsTaker {
 public:
  Reflecting(const TallSource& source, const TriangleColumns& columns, Machine& machine,
             const RunOptions& run, i64 first, i64 rows, double shift, i64 most = 0)
      : p_(i64(source.columns())),
        x_at_(columns.one_first ? 1 : 0),
        one_at_(columns.one_first  ? 0
                : columns.one_last ? p_
                                   : -1),
        n_(width_of(source, columns)),
        layout_(source.x->info().fortran ? Layout::kVariables : Layout::kObservations),
        shape_(machine.device->triangle_shape(n_)),
        together_(most > 0 ? std::min(most, shape_.rows) : shape_.rows),
        end_(rows),
        ld_(apart(n_, together_, rows)),
        rows_(source, machine, run, first, rows, shift,
              {sizes(), together_, [this](i64) { return 8 * n_ * (ld_ + 1) + shape_.work_bytes; }}) {
    Budget& device = machine.budgets->device();
    panel_ = Held(*machine.device, Memory::kDevice, 8 * n_ * ld_, device, "a chunk of rows as columns");
    work_ = Held(*machine.device, Memory::kDevice, shape_.work_bytes, device, "what reflections work in");
    if (columns.shifts.empty()) return;
    shifts_ = Held(*machine.device, Memory::kDevice, 8 * p_, device, "the columns' shifts");
    rows_.compute().copy(shifts_.as<>(), columns.shifts.data(), 8 * p_);
    rows_.compute().finish();  // the shifts may lie in memory that goes
  }

  Square all(i64 rows, RunSummary& summary) {
    rows_.run("tsqr", 2.0 * double(n_) * double(n_) * double(rows), *this, summary);
    std::vector<double> top(std::size_t(n_ * n_));
    rows_.compute().copy(top.data(), n_ * 8, panel_.as<>(), ld_ * 8, n_ * 8, n_);
    rows_.compute().finish();
    Square upper{std::size_t(n_)};
    for (std::size_t i = 0; i < upper.n; ++i)
      for (std::size_t j = i; j < upper.n; ++j) upper.at(i, j) = top[j * upper.n + i];
    return upper;
  }
  const RowTally& tally() const { return rows_.tally(); }

  void take_x(const DeviceTile& tile, const double* weights, const std::vector<double>&) override {
    bring(&tile, tile, weights, x_at_, p_);
    if (one_at_ >= 0) bring(nullptr, tile, weights, one_at_, 1);
  }
  void take_y(const DeviceTile& tile, const double* weights, const std::vector<double>&) override {
    bring(&tile, tile, weights, n_ - 1, 1);
  }
  void chunk(i64 at, i64 count) override {
    if (at + count < end_ && (at + count) % together_ != 0) return;  // the panel has room for more
    const i64 begin = at / together_ * together_;
    TriangleArgs args{};
    args.panel = panel_.as<double>();
    args.columns = n_, args.rows = at + count - begin, args.ld = ld_;
    args.clear = begin == 0, args.work = work_.as<>();
    rows_.compute().run(args);
  }

 private:
  /// Of tiles: powers of two, as the chunks of a store have.
  std::vector<i64> sizes() const {
    std::vector<i64> sizes{kLeastRows};
    while (16 * sizes.front() * p_ <= kTileBytes && 2 * sizes.front() <= together_)
      sizes.insert(sizes.begin(), 2 * sizes.front());
    return sizes;
  }
  /// Columns [at, at + variables) of some rows of the panel from their tile; null: ones.
  void bring(const DeviceTile* tile, const DeviceTile& rows, const double* weights, i64 at, i64 variables) {
    ColumnsArgs args{};
    args.variables = variables, args.observations = rows.count;
    args.layout = variables > 1 ? layout_ : Layout::kVariables;
    args.source_ld = rows.count;
    if (tile != nullptr) {
      args.source = tile->data, args.type = tile->type, args.swapped = tile->swapped;
      if (variables > 1) args.source_ld = tile->stride;
      if (at == x_at_) args.shifts = shifts_.as<double>();
    }
    args.weights = weights;
    args.to = panel_.as<double>() + at * ld_ + n_ + rows.at % together_, args.ld = ld_;
    rows_.compute().run(args);
  }

  i64 p_, x_at_, one_at_, n_;
  Layout layout_;  // the file's
  TriangleShape shape_;
  i64 together_, end_, ld_;
  DeviceRows rows_;
  Held panel_, work_, shifts_;
};

void refuse_infinite(const TallSource& source, const Square& upper, i64 first, i64 rows) {
  for (const double value : upper.values)
    if (!std::isfinite(value)) {
      find_fault(source, first, rows);
      throw Error(ErrorKind::kInput, source.x->info().path + ": lengths of columns are not finite",
                  "values near 1e308 are too long: choose another unit");
    }
}

}  // namespace

std::uint64_t device_triangle_memory(const TallSource& source, const TriangleColumns& columns,
                                     const Machine& machine) {
  const i64 n = width_of(source, columns);
  const TriangleShape shape = machine.device->triangle_shape(n);
  const i64 tiles = 2 * kLeastRows * 8 * n;
  return std::uint64_t(machine.scratch + 8 * n * (apart(n, shape.rows, source.rows()) + 1) +
                       shape.work_bytes + tiles);
}

Square device_triangle(const TallSource& source, const TriangleColumns& columns, Machine& machine,
                       const RunOptions& run, RunSummary& summary, i64 first, i64 rows, i64 most) {
  if (rows == 0) rows = source.rows() - first;
  const Square upper = Reflecting(source, columns, machine, run, first, rows, 0, most).all(rows, summary);
  refuse_infinite(source, upper, first, rows);
  return upper;
}

TriangleSums device_triangle_sums(const TallSource& source, double shift, Machine& machine,
                                  const RunOptions& run, RunSummary& summary) {
  TriangleColumns columns;
  columns.one_last = true;
  Reflecting work(source, columns, machine, run, 0, source.rows(), shift);
  const Square upper = work.all(source.rows(), summary);
  refuse_infinite(source, upper, 0, source.rows());
  const RowTally& tally = work.tally();
  return {Triangle(upper), tally.rows, tally.weight(), tally.log_weights(), tally.sum(), tally.squares()};
}

}  // namespace sluice::fit
