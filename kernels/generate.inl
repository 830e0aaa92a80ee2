// generate over an execution policy: each task draws a run of kLanes counters of one row.
// Counter: (column block, row), 64 bits each, with the stream in the row's top bits; key: the seed. A counter
// gives 4 float32 or 2 float64, so an entry depends on (seed, distribution, type, row, column) alone.
#pragma once
#include <cstdint>

#include "kernels/backend.h"
#include "kernels/normal.h"
#include "kernels/philox.h"

namespace sluice::SLUICE_BACKEND {

/// Streams never meet: bit 60 the type, bit 61 the distribution, bit 62 the multipliers of pairs.
SLUICE_HD std::uint64_t stream_of(Distribution distribution, int element_bytes, bool multipliers) {
  return std::uint64_t(element_bytes == 8) << 60 |
         std::uint64_t(distribution == Distribution::kNormal) << 61 | std::uint64_t(multipliers) << 62;
}

template <class T>
struct PerCounter {
  static constexpr int kEntries = 16 / int(sizeof(T));
};

SLUICE_HD void draw_uniform(const Words& w, float* to) {
  to[0] = uniform_float(w.x0);
  to[1] = uniform_float(w.x1);
  to[2] = uniform_float(w.x2);
  to[3] = uniform_float(w.x3);
}

SLUICE_HD void draw_uniform(const Words& w, double* to) {
  to[0] = uniform_double(w.x0, w.x1);
  to[1] = uniform_double(w.x2, w.x3);
}

SLUICE_HD void draw_normal(const Words& w, float* to) {
  const NormalPair<float> p = normal_pair(w.x0, w.x1), q = normal_pair(w.x2, w.x3);
  to[0] = p.first;
  to[1] = p.second;
  to[2] = q.first;
  to[3] = q.second;
}

SLUICE_HD void draw_normal(const Words& w, double* to) {
  const NormalPair<double> p = normal_pair(uniform_double(w.x0, w.x1), uniform_double(w.x2, w.x3));
  to[0] = p.first;
  to[1] = p.second;
}

/// Words of many counters, one after the other; backends may bring a faster way to the same words.
struct PlainPhilox {
  template <int kLanes>
  SLUICE_HD static void words(std::uint32_t key0, std::uint32_t key1, std::uint64_t row, std::uint64_t block,
                              std::uint32_t (*words)[kLanes]) {
    const std::uint32_t r0 = std::uint32_t(row), r1 = std::uint32_t(row >> 32);
    for (int lane = 0; lane < kLanes; ++lane) {
      const std::uint64_t b = block + std::uint64_t(lane);
      const Words w = philox(Words{std::uint32_t(b), std::uint32_t(b >> 32), r0, r1}, key0, key1);
      words[0][lane] = w.x0;
      words[1][lane] = w.x1;
      words[2][lane] = w.x2;
      words[3][lane] = w.x3;
    }
  }
  /// Of counters anywhere: (block, row) of each lane.
  template <int kLanes>
  SLUICE_HD static void words_at(std::uint32_t key0, std::uint32_t key1, const std::uint64_t* rows,
                                 const std::uint64_t* blocks, std::uint32_t (*words)[kLanes]) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const std::uint64_t b = blocks[lane], r = rows[lane];
      const Words w =
          philox(Words{std::uint32_t(b), std::uint32_t(b >> 32), std::uint32_t(r), std::uint32_t(r >> 32)},
                 key0, key1);
      words[0][lane] = w.x0;
      words[1][lane] = w.x1;
      words[2][lane] = w.x2;
      words[3][lane] = w.x3;
    }
  }
};

/// Entries of kLanes counters whose words are there, kEntries each.
template <class T, int kLanes>
SLUICE_HD void draw_words(const std::uint32_t (*words)[kLanes], bool normal, T* to) {
  constexpr int kEntries = PerCounter<T>::kEntries;
  if (normal) {
    for (int lane = 0; lane < kLanes; ++lane) {
      draw_normal(Words{words[0][lane], words[1][lane], words[2][lane], words[3][lane]},
                  to + lane * kEntries);
    }
  } else {
    for (int lane = 0; lane < kLanes; ++lane) {
      draw_uniform(Words{words[0][lane], words[1][lane], words[2][lane], words[3][lane]},
                   to + lane * kEntries);
    }
  }
}

/// Entries of counters [block, block + kLanes) of a row.
template <class T, int kLanes, class Philox = PlainPhilox>
SLUICE_HD void draw_run(std::uint64_t seed, std::uint64_t row_word, std::int64_t block, bool normal, T* to) {
  std::uint32_t words[4][kLanes];
  Philox::template words<kLanes>(std::uint32_t(seed), std::uint32_t(seed >> 32), row_word,
                                 std::uint64_t(block), words);
  draw_words<T, kLanes>(words, normal, to);
}

template <class T, int kLanes, class Philox>
struct GenerateRun {
  static constexpr int kRun = kLanes * PerCounter<T>::kEntries;
  GenerateArgs args;
  std::int64_t first_run,
      runs;  // absolute number of the first run of kRun columns; runs in a row of the tile

  SLUICE_HD void operator()(std::int64_t task) const {
    const std::int64_t row = task / runs, run = first_run + task % runs;
    const bool normal = args.distribution == Distribution::kNormal;
    const std::int64_t own = args.first_row + row;
    const std::int64_t partner = args.partner ? args.partner[row] : -1;
    const std::uint64_t stream = stream_of(args.distribution, sizeof(T), false);
    T values[kRun];
    draw_run<T, kLanes, Philox>(args.seed, std::uint64_t(partner >= 0 ? partner : own) | stream, run * kLanes,
                                normal, values);
    if (partner >= 0) {
      // The product is of doubles and rounded once.
      T factors[kRun];
      const std::uint64_t other = stream_of(args.distribution, sizeof(T), true);
      draw_run<T, kLanes, Philox>(args.seed, std::uint64_t(own) | other, run * kLanes, false, factors);
      const double width = args.high - args.low;
      for (int i = 0; i < kRun; ++i)
        values[i] = T(double(values[i]) * (args.low + width * double(factors[i])));
    }
    const std::int64_t start = run * kRun - args.first_column;
    const std::int64_t begin = larger(start, 0), end = smaller(start + kRun, args.columns);
    T* out = static_cast<T*>(args.out) + row * args.ld;
    for (std::int64_t c = begin; c < end; ++c) out[c] = values[c - start];
  }
};

/// Rows of few counters: a task draws as many rows as give kLanes of them, so that no lane is for nothing.
template <class T, int kLanes, class Philox>
struct GenerateRows {
  static constexpr int kEntries = PerCounter<T>::kEntries;
  GenerateArgs args;
  std::int64_t first_block, blocks;  // counters of a row

  void operator()(std::int64_t task) const {
    const std::int64_t rows = kLanes / blocks, first = task * rows, end = smaller(first + rows, args.rows);
    std::uint64_t row_words[kLanes] = {}, block_words[kLanes] = {};
    T values[kLanes * kEntries];
    bool paired = false;
    for (std::int64_t row = first; row < end; ++row) paired |= args.partner && args.partner[row] >= 0;
    const bool normal = args.distribution == Distribution::kNormal;
    fill(first, end, stream_of(args.distribution, sizeof(T), false), true, row_words, block_words);
    draw(row_words, block_words, normal, values);
    if (paired) {
      T factors[kLanes * kEntries];
      fill(first, end, stream_of(args.distribution, sizeof(T), true), false, row_words, block_words);
      draw(row_words, block_words, false, factors);
      const double width = args.high - args.low;
      for (std::int64_t row = first; row < end; ++row) {
        if (args.partner[row] < 0) continue;
        const std::int64_t at = (row - first) * blocks * kEntries;
        for (std::int64_t i = at; i < at + blocks * kEntries; ++i)
          values[i] = T(double(values[i]) * (args.low + width * double(factors[i])));
      }
    }
    const std::int64_t skipped = args.first_column - first_block * kEntries;
    for (std::int64_t row = first; row < end; ++row) {
      const T* from = values + (row - first) * blocks * kEntries + skipped;
      T* out = static_cast<T*>(args.out) + row * args.ld;
      for (std::int64_t c = 0; c < args.columns; ++c) out[c] = from[c];
    }
  }

 private:
  void fill(std::int64_t first, std::int64_t end, std::uint64_t stream, bool of_partner,
            std::uint64_t* row_words, std::uint64_t* block_words) const {
    int lane = 0;
    for (std::int64_t row = first; row < end; ++row) {
      const std::int64_t partner = of_partner && args.partner ? args.partner[row] : -1;
      const std::uint64_t word = std::uint64_t(partner >= 0 ? partner : args.first_row + row) | stream;
      for (std::int64_t b = 0; b < blocks; ++b, ++lane) {
        row_words[lane] = word;
        block_words[lane] = std::uint64_t(first_block + b);
      }
    }
  }
  void draw(const std::uint64_t* row_words, const std::uint64_t* block_words, bool normal, T* to) const {
    std::uint32_t words[4][kLanes];
    Philox::template words_at<kLanes>(std::uint32_t(args.seed), std::uint32_t(args.seed >> 32), row_words,
                                      block_words, words);
    draw_words<T, kLanes>(words, normal, to);
  }
};

template <class T, int kLanes, class Philox, class Policy>
bool generate_rows(const Policy& policy, const GenerateArgs& args) {
  if constexpr (kLanes == 1) {
    return false;
  } else {
    constexpr int kEntries = PerCounter<T>::kEntries;
    const std::int64_t first = args.first_column / kEntries;
    const std::int64_t blocks = ceil_div(args.first_column + args.columns, std::int64_t(kEntries)) - first;
    if (blocks > kLanes / 2) return false;
    for_each_index(policy, ceil_div(args.rows, kLanes / blocks),
                   GenerateRows<T, kLanes, Philox>{args, first, blocks});
    return true;
  }
}

template <int kLanes, class Philox = PlainPhilox, class Policy>
void generate(const Policy& policy, const GenerateArgs& args) {
  if (args.rows == 0 || args.columns == 0) return;
  if (args.type == DType::kFloat32 ? generate_rows<float, kLanes, Philox>(policy, args)
                                   : generate_rows<double, kLanes, Philox>(policy, args))
    return;
  const std::int64_t entries = kLanes * (args.type == DType::kFloat32 ? 4 : 2);
  const std::int64_t first = args.first_column / entries;
  const std::int64_t runs = ceil_div(args.first_column + args.columns, entries) - first;
  if (args.type == DType::kFloat32) {
    for_each_index(policy, args.rows * runs, GenerateRun<float, kLanes, Philox>{args, first, runs});
  } else {
    for_each_index(policy, args.rows * runs, GenerateRun<double, kLanes, Philox>{args, first, runs});
  }
}

}  // namespace sluice::SLUICE_BACKEND
