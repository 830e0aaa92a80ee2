// The engine's output half: products, finished tiles to the writer, accumulators to the state files.
#include <algorithm>

#include "host/clock.h"
#include "host/cov/engine.h"
#include "host/error.h"

namespace sluice::cov_detail {
namespace {
using i64 = std::int64_t;
}

void Engine::multiply(const Step& step) {
  const Clock clock;
  const Panel& b = step.b_in_rows ? rows_ : columns_;
  ProductsArgs args{};
  args.a = panel_at(rows_, 0, 0);
  args.b = panel_at(b, step.b_at, 0);
  args.layout_a = rows_.layout;
  args.layout_b = b.layout;
  args.a_ld = ld(rows_);
  args.b_ld = ld(b);
  args.rows = step.rows;
  args.columns = step.columns;
  args.observations = step.observations;
  args.compute = p_.compute;
  args.a_moments = moments_at(rows_, 0, 0);
  args.b_moments = moments_at(b, step.b_at, 0);
  args.acc = accumulators_.as<double>();
  args.acc_ld = accumulators_ld_;
  args.clear = step.first;
  args.symmetric = p_.symmetric;
  args.row_offset = step.row - step.column;
  compute_.run(args);
  product_seconds_ += clock.seconds();
}

void Engine::emit(const Step& step) {
  if (g_.resident) {
    emit_tile(step, step.row, step.rows, step.column, step.columns);
    return;
  }
  for (i64 row = step.row; row < step.row + step.rows; row += g_.slot_rows) {
    const i64 rows = std::min(g_.slot_rows, step.row + step.rows - row);
    i64 column = p_.symmetric ? std::max(step.column, row) : step.column;
    for (; column < step.column + step.columns; column += g_.slot_columns) {
      const i64 columns = std::min(g_.slot_columns, step.column + step.columns - column);
      if (!done_.covers(row, rows, column, columns)) emit_tile(step, row, rows, column, columns);
    }
  }
}

void Engine::emit_tile(const Step& step, i64 row, i64 rows, i64 column, i64 columns) {
  TileWriter::Slot& slot = writer_->acquire(compute_);
  const Clock clock;
  const i64 element = i64(size_of(p_.out_type)), across = p_.columns.variables();
  const i64 tile = rows * columns * element;
  const bool mirrored = p_.symmetric && !(row == column && rows == columns);
  auto base = static_cast<char*>(slot.device);
  i64 used = (mirrored ? 2 : 1) * tile;
  used = (used + 63) / 64 * 64;
  const Panel& b = step.b_in_rows ? rows_ : columns_;

  FinishArgs args{};
  args.acc = accumulators_.as<double>() + (row - step.row) * accumulators_ld_ + (column - step.column);
  args.acc_ld = accumulators_ld_;
  args.rows = rows;
  args.columns = columns;
  args.divisor = p_.divisor;
  args.m2_rows = moments_at(rows_, row - step.row, 0).m2;
  args.m2_columns = moments_at(b, step.b_at + column - step.column, 0).m2;
  args.correlation = outputs_.correlation;
  args.symmetric = p_.symmetric;
  args.row_offset = row - column;
  args.type = p_.out_type;
  args.out = base;
  args.out_transposed = mirrored ? base + tile : nullptr;
  args.largest = reinterpret_cast<Largest*>(base + used);
  compute_.run(args);

  WriteJob job;
  job.record.rect = {row, column, rows, columns};
  job.largest_at = used;
  used += 64;
  job.pieces.push_back({0, std::uint64_t((row * across + column) * element), std::uint64_t(across * element),
                        columns * element, rows, 0});
  if (mirrored)
    job.pieces.push_back({0, std::uint64_t((column * across + row) * element),
                          std::uint64_t(across * element), rows * element, columns, tile});
  // Means and variances leave with the tile that holds their diagonal, so that its record covers them.
  i64 first = row, count = column == 0 ? rows : 0;
  if (p_.symmetric) {
    first = std::max(row, column);
    count = std::max<i64>(0, std::min(row + rows, column + columns) - first);
  }
  const Moments moments = moments_at(rows_, first - step.row, 0);
  for (const auto& [file, from] :
       {std::pair{outputs_.means, moments.mean}, std::pair{outputs_.variances, moments.m2}}) {
    if (file < 0 || count == 0) continue;
    compute_.copy(base + used, from, count * 8);
    WritePiece piece{file, std::uint64_t(first) * 8, std::uint64_t(count) * 8, count * 8, 1, used};
    piece.divide = file == outputs_.variances;
    piece.divisor = p_.divisor;
    job.pieces.push_back(piece);
    used += count * 8;
  }
  writer_->submit(slot, used, std::move(job), compute_);
  emit_seconds_ += clock.seconds();
}

namespace {
/// Bytes of a block's state: accumulators, and four arrays of moments for each side.
std::uint64_t state_bytes(const Step& s) {
  return 8 * (std::uint64_t(s.rows) * std::uint64_t(s.columns) + 4 * std::uint64_t(s.rows) +
              (s.b_in_rows ? 0 : 4 * std::uint64_t(s.columns)));
}

constexpr i64 kPiece = kStateBytes / 8;  // doubles that go to or from a state file at a time
}  // namespace

std::vector<double*> Engine::arrays_of(const Panel& panel) const {
  const Moments m = moments_at(panel, 0, 0);
  return {m.origin, m.offset, m.mean, m.m2};
}

void Engine::save_state(const Step& step, const Step& next) {
  if (!state_ || next.first) return;
  const Clock clock;
  Held staging(device_, Memory::kPinned, kPiece * 8, budgets_.host, "a checkpoint");
  auto put = [&](const double* from, i64 count) {
    for (i64 at = 0; at < count; at += kPiece) {
      const i64 n = std::min(kPiece, count - at);
      compute_.copy(staging.as<>(), from + at, n * 8);
      compute_.finish();
      state_->piece(staging.as<>(), std::size_t(n) * 8);
    }
  };
  SavedState saved;
  saved.row = step.row, saved.rows = step.rows, saved.column = step.column, saved.columns = step.columns;
  saved.observation = next.observation;
  state_->begin(saved);
  for (i64 r = 0; r < step.rows; ++r) put(accumulators_.as<double>() + r * accumulators_ld_, step.columns);
  for (double* array : arrays_of(rows_)) put(array, step.rows);
  for (double* array : step.b_in_rows ? std::vector<double*>{} : arrays_of(columns_))
    put(array, step.columns);
  state_->end();
  save_seconds_ = clock.seconds();
}

/// A checkpoint that cannot be written costs the user nothing but the checkpoint.
void Engine::checkpoint(const Step& step, const Step& next, Observer& observer) {
  try {
    save_state(step, next);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::kOutput) throw;
    observer.warning(std::string("no checkpoint was made: ") + e.what());
  }
}

bool Engine::restore(const SavedState& saved, const Step& step) {
  if (saved.bytes != state_bytes(step)) return false;
  Held staging(device_, Memory::kPinned, kPiece * 8, budgets_.host, "a checkpoint");
  auto get = [&](double* to, i64 count) {
    for (i64 at = 0; at < count; at += kPiece) {
      const i64 n = std::min(kPiece, count - at);
      state_->read(staging.as<>(), std::size_t(n) * 8);
      compute_.copy(to + at, staging.as<>(), n * 8);
      compute_.finish();
    }
  };
  state_->open(saved);
  for (i64 r = 0; r < step.rows; ++r) get(accumulators_.as<double>() + r * accumulators_ld_, step.columns);
  for (double* array : arrays_of(rows_)) get(array, step.rows);
  for (double* array : step.b_in_rows ? std::vector<double*>{} : arrays_of(columns_))
    get(array, step.columns);
  return true;
}

}  // namespace sluice::cov_detail
