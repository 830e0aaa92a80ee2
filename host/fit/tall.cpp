// A thread takes the next piece, makes it, and merges it when all before it are merged.
#include "host/fit/tall.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "host/clock.h"
#include "host/element.h"
#include "host/error.h"
#include "host/parallel.h"
#include "host/units.h"

namespace sluice::fit {
namespace {

using i64 = std::int64_t;
constexpr i64 kBlock = i64(RowBlock::kRows);
constexpr i64 kChunkBytes = 64 << 10, kChunksAcross = 128;

i64 extent(const MatrixSource& source) {
  return source.info().dimensions == 1 ? 1 : source.info().columns;
}

/// One thread's half of a pass.
class Worker {
 public:
  Worker(const Pass& pass, const TallSource& source, i64 rows_at_once)
      : source_(source),
        piece_(pass.piece()),
        x_(*source.x, rows_at_once, source.names),
        columns_(source.columns()),
        values_(columns_ * kBlock),
        ones_(kBlock, 1.0),
        y_values_(kBlock),
        weight_values_(kBlock) {
    if (source.y != nullptr) y_.emplace(*source.y, rows_at_once, none_);
    if (source.weights != nullptr) weights_.emplace(*source.weights, rows_at_once, none_);
    block_.monomials.assign(1, ones_.data());
    if (weights_) block_.weights = weight_values_.data();
    for (i64 i = 0; i < kBlock; ++i) block_.places.push_back(std::size_t(i));
  }
  void make(i64 first, i64 count) {
    piece_->restart();
    for (i64 at = first; at < first + count; at += kBlock) {
      const i64 rows = std::min(kBlock, first + count - at);
      block_.monomials.resize(1);
      x_.read(at, rows, values_.data(), kBlock, at_);
      for (std::size_t j = 0; j < columns_; ++j)
        if (int(j) != source_.skipped) block_.monomials.push_back(at_[j]);
      if (y_) {
        y_->read(at, rows, y_values_.data(), kBlock, at_);
        block_.monomials.push_back(at_[0]);
      }
      if (weights_) read_weights(at, rows);
      block_.rows = block_.group = std::size_t(rows);
      piece_->take(block_);
      piece_->finish(std::size_t(rows));
    }
  }
  PassPiece& piece() { return *piece_; }

 private:
  void read_weights(i64 at, i64 rows) {
    weights_->read(at, rows, weight_values_.data(), kBlock);
    for (i64 i = 0; i < rows; ++i)
      if (!(weight_values_[std::size_t(i)] > 0))
        throw Error(ErrorKind::kInput, source_.weights->info().path + ": row " + std::to_string(at + i) +
                                           ": bad weight: expected more than 0, found " +
                                           number(weight_values_[std::size_t(i)]));
  }
  const TallSource& source_;
  std::unique_ptr<PassPiece> piece_;
  RowReader x_;
  std::optional<RowReader> y_, weights_;
  std::vector<std::string> none_;
  std::size_t columns_;
  std::vector<const double*> at_;
  std::vector<double> values_, ones_, y_values_, weight_values_;
  RowBlock block_;
};

/// Whose turn it is to merge.
class Turns {
 public:
  /// False where an earlier piece failed.
  bool wait(i64 piece) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_ || next_ == piece; });
    return !failed_;
  }
  void done() {
    change([&] { ++next_; });
  }
  void fail() {
    change([&] { failed_ = true; });
  }

 private:
  template <class F>
  void change(const F& f) {
    {
      const std::lock_guard lock(mutex_);
      f();
    }
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  i64 next_ = 0;
  bool failed_ = false;
};

}  // namespace

std::vector<sys::Identity> identities_of(const TallSource& s) {
  std::vector<sys::Identity> all = s.x->identities();
  for (const MatrixSource* other : {s.y, s.weights})
    if (other != nullptr)
      for (const sys::Identity& id : other->identities()) all.push_back(id);
  return all;
}

std::int64_t chunk_columns(std::size_t columns) {
  return std::max<i64>(1, (i64(columns) + kChunksAcross - 1) / kChunksAcross);
}

std::int64_t chunk_rows(std::size_t columns) {
  i64 rows = 1;
  while (2 * rows * 8 * chunk_columns(columns) <= kChunkBytes) rows *= 2;
  return rows;
}

std::int64_t piece_rows(std::size_t columns) {
  // Enough that merging matrices of the columns' number squared costs little beside the rows.
  const i64 unit = std::max(kBlock, chunk_rows(columns));
  return std::max<i64>(1, (4 * i64(columns) + unit - 1) / unit) * unit;
}

Rect rows_of(const MatrixSource& source, i64 first, i64 count) {
  if (source.info().dimensions == 1) return {0, first, 1, count};
  return {first, 0, count, source.info().columns};
}

RowReader::RowReader(const MatrixSource& source, i64 rows_at_once, const std::vector<std::string>& names)
    : source_(source),
      names_(names),
      rows_at_once_(rows_at_once),
      width_(std::clamp<i64>(source.run_columns(), 1, std::max<i64>(1, extent(source)))) {}

std::uint64_t RowReader::memory(i64 rows_at_once, const MatrixInfo& info) {
  return std::uint64_t(rows_at_once) * size_of(info.type) *
         std::uint64_t(info.dimensions == 1 ? 1 : info.columns);
}

void RowReader::load(i64 first) {
  const MatrixInfo& info = source_.info();
  const i64 rows = info.dimensions == 1 ? info.columns : info.rows, columns = extent(source_);
  const i64 size = i64(size_of(info.type));
  loaded_ = first / rows_at_once_ * rows_at_once_;
  loaded_rows_ = std::min(rows_at_once_, rows - loaded_);
  memory_.resize(std::size_t(rows_at_once_ * columns * size + 7) / 8);
  if (info.dimensions == 1 || info.fortran) {
    source_.read(rows_of(source_, loaded_, loaded_rows_), bytes(), loaded_rows_ * size);
    return;
  }
  for (i64 j = 0; j < columns; j += width_) {
    const i64 here = std::min(width_, columns - j);
    source_.read({loaded_, j, loaded_rows_, here}, bytes() + j * loaded_rows_ * size, here * size);
  }
}

void RowReader::turn(i64 at, i64 count, double* to, std::size_t ld) const {
  const MatrixInfo& info = source_.info();
  const i64 columns = extent(source_), size = i64(size_of(info.type));
  const bool plain = info.type == DType::kFloat64 && !info.swapped;
  const i64 width = info.dimensions == 1 || info.fortran ? 1 : width_;
  constexpr i64 kSide = 16;  // columns that stay in the nearest cache together
  for (i64 first = 0; first < columns; first += width) {
    const i64 wide = std::min(width, columns - first);
    const unsigned char* group = bytes() + (first * loaded_rows_ + (at - loaded_) * wide) * size;
    if (plain && wide == 1) {
      std::memcpy(to + std::size_t(first) * ld, group, std::size_t(count) * 8);
      continue;
    }
    for (i64 j = 0; j < wide; j += kSide) {
      const i64 end = std::min(wide, j + kSide);
      for (i64 i = 0; i < count; ++i)
        for (i64 k = j; k < end; ++k) {
          double& value = to[std::size_t(first + k) * ld + std::size_t(i)];
          const unsigned char* from = group + (i * wide + k) * size;
          if (plain)
            std::memcpy(&value, from, 8);
          else
            value = element(from, info.type, info.swapped);
        }
    }
  }
}

void RowReader::read(i64 first, i64 count, double* to, std::size_t ld) {
  for (i64 done = 0; done < count;) {
    const i64 at = first + done;
    if (loaded_ < 0 || at < loaded_ || at >= loaded_ + loaded_rows_) load(at);
    const i64 here = std::min(count - done, loaded_ + loaded_rows_ - at);
    turn(at, here, to + done, ld);
    done += here;
  }
  for (std::size_t j = 0; j < std::size_t(extent(source_)); ++j) check(first, count, to + j * ld, j);
}

void RowReader::read(i64 first, i64 count, double* spare, std::size_t ld, std::vector<const double*>& at) {
  const MatrixInfo& info = source_.info();
  const std::size_t columns = std::size_t(extent(source_));
  if (loaded_ < 0 || first < loaded_ || first >= loaded_ + loaded_rows_) load(first);
  const bool alone = info.dimensions == 1 || info.fortran || width_ == 1;
  const bool there = info.type == DType::kFloat64 && !info.swapped && alone;
  at.resize(columns);
  if (!there || first + count > loaded_ + loaded_rows_) {
    read(first, count, spare, ld);
    for (std::size_t j = 0; j < columns; ++j) at[j] = spare + j * ld;
    return;
  }
  for (std::size_t j = 0; j < columns; ++j) {
    at[j] = memory_.data() + i64(j) * loaded_rows_ + (first - loaded_);
    check(first, count, at[j], j);
  }
}

void RowReader::check(i64 first, i64 count, const double* values, std::size_t column) const {
  double zero[8] = {};  // NaN once a value is not finite
  i64 i = 0;
  for (; i + 8 <= count; i += 8)
    for (int k = 0; k < 8; ++k) zero[k] += values[i + k] * 0.0;
  for (; i < count; ++i) zero[0] += values[i] * 0.0;
  double all = 0;
  for (const double z : zero) all += z;
  if (all != 0) refuse(first, count, values, column);
}

void RowReader::refuse(i64 first, i64 count, const double* values, std::size_t column) const {
  i64 i = 0;
  while (i + 1 < count && std::isfinite(values[i])) ++i;
  std::string place = ": row " + std::to_string(first + i);
  if (extent(source_) > 1) place += ", column " + std::to_string(column);
  if (column < names_.size()) place += " '" + names_[column] + "'";
  throw Error(ErrorKind::kInput, source_.info().path + place + ": expected a finite number, found " +
                                     (std::isnan(values[i]) ? "NaN" : number(values[i])));
}

void run_tall(const Pass& pass, const TallSource& source, Budget& budget, const RunOptions& run,
              RunSummary& summary) {
  const Clock clock;
  const i64 rows = source.rows(), p = i64(source.columns());
  const i64 piece = piece_rows(source.columns()), count = (rows + piece - 1) / piece;
  const i64 at_once = std::max(kBlock, chunk_rows(source.columns()));
  const std::uint64_t inflated = 2 * std::uint64_t(at_once) * 8 * std::uint64_t(p);
  const std::uint64_t each = RowReader::memory(at_once, source.x->info()) + 32 * std::uint64_t(at_once) +
                             inflated + 8 * std::uint64_t(p + 3) * kBlock + pass.piece_memory;
  std::uint64_t cache = 0;
  for (const MatrixSource* part : {source.x, source.y, source.weights})
    if (part != nullptr) cache += part->cache_bytes();
  const Share shared(budget, cache, "decoded chunks of the matrix");
  const std::uint64_t fit = budget.left() / std::max<std::uint64_t>(1, each);
  const int wanted = run.threads > 0 ? run.threads : available_cores();
  const std::size_t threads =
      std::size_t(std::clamp<i64>(std::min<i64>(wanted, count), 1, i64(std::max<std::uint64_t>(1, fit))));
  const Share share(budget, threads * each, "rows of the matrix");
  const std::vector<sys::Identity> before = identities_of(source);
  const double bytes = double(rows) * double(source.x->info().bytes()) / std::max(1.0, double(rows));
  if (run.observer != nullptr) run.observer->begin(pass.stage, bytes, "bytes", 0);
  Turns turns;
  std::atomic<i64> next{0};
  in_parallel(threads, threads, [&](std::size_t) {
    try {
      Worker worker(pass, source, at_once);
      for (i64 i; (i = next++) < count;) {
        std::exception_ptr failure;
        try {
          if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
          worker.make(i * piece, std::min(piece, rows - i * piece));
        } catch (...) {
          failure = std::current_exception();
        }
        if (!turns.wait(i)) return;  // the first piece that fails says why
        if (failure) std::rethrow_exception(failure);
        pass.merge(worker.piece());
        if (run.observer != nullptr) run.observer->progress(bytes * double(i + 1) / double(count));
        turns.done();
      }
    } catch (...) {
      turns.fail();
      throw;
    }
  });
  if (run.observer != nullptr) run.observer->end();
  if (identities_of(source) != before)
    throw Error(ErrorKind::kInput, source.x->info().path + ": changed while it was read",
                "run again on a file at rest");
  summary.stages.push_back({pass.stage, clock.seconds(), bytes, 0});
  summary.bytes_read += std::uint64_t(bytes);
}

}  // namespace sluice::fit
