// The arithmetic of the matrix unit. The only file compiled for AVX-512 and AMX: it shares no inline function
// of a library with the others, so that none of them can end up with this file's instructions.
#include "kernels/cpu/amx.h"

#include <immintrin.h>
namespace sluice::SLUICE_BACKEND::amx {
namespace {

constexpr int kSide = 16;          // rows of a tile, of 64 bytes each
constexpr int kTile = kSide * 64;  // bytes
// An operand: steps of 32 observations, in each the three parts of a split, in each two tiles.
constexpr int kStep = 32, kPart = 2 * kTile, kStepBytes = 3 * kPart;

struct alignas(64) Config {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {kSide, kSide, kSide, kSide, kSide, kSide, kSide, kSide};
};
const Config kConfig;  // in memory: gcc takes the instruction to read 8 bytes only

/// A variable is split times 2^-exponent, which is about its root of m2; 0 where that is no number.
inline int exponent_of(double m2) {
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, &m2, sizeof bits);
  const int biased = static_cast<int>(bits >> 52 & 0x7ff);
  if (biased == 0 || biased == 0x7ff) return 0;
  const int exponent = (biased - 1023) / 2;
  return exponent > 120 ? 120 : exponent < -120 ? -120 : exponent;
}

inline float down(double m2) {
  const std::uint32_t bits = static_cast<std::uint32_t>(127 - exponent_of(m2)) << 23;
  float scale = 0;
  __builtin_memcpy(&scale, &bits, sizeof scale);
  return scale;
}

inline double up(double m2) {
  const std::uint64_t bits = static_cast<std::uint64_t>(1023 + exponent_of(m2)) << 52;
  double scale = 0;
  __builtin_memcpy(&scale, &bits, sizeof scale);
  return scale;
}

struct Split {
  __m512i part[3];
};

/// Sixteen numbers as three sums of 8 bits each, in the high halves; exact.
inline Split split(__m512 x) {
  const __m512i high = _mm512_set1_epi32(static_cast<int>(0xffff0000u));
  const __m512i x1 = _mm512_and_si512(_mm512_castps_si512(x), high);
  const __m512 rest = _mm512_sub_ps(x, _mm512_castsi512_ps(x1));
  const __m512i x2 = _mm512_and_si512(_mm512_castps_si512(rest), high);
  return {x1, x2, _mm512_castps_si512(_mm512_sub_ps(rest, _mm512_castsi512_ps(x2)))};
}

inline __mmask16 mask_of(int count) {
  return count >= kSide ? __mmask16(0xffff) : count <= 0 ? __mmask16(0) : __mmask16((1u << count) - 1);
}

/// Stores row `row` of a step's tile in its three parts: the high halves of two splits, picked by `order`.
inline void store(const Split& a, const Split& b, __m512i order, char* tile, int row) {
  for (int p = 0; p < 3; ++p)
    _mm512_store_si512(tile + p * kPart + row * 64, _mm512_permutex2var_epi16(a.part[p], order, b.part[p]));
}

alignas(64) constexpr std::uint16_t kBehind[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21,
                                                   23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43,
                                                   45, 47, 49, 51, 53, 55, 57, 59, 61, 63};
alignas(64) constexpr std::uint16_t kBetween[32] = {1,  33, 3,  35, 5,  37, 7,  39, 9,  41, 11,
                                                    43, 13, 45, 15, 47, 17, 49, 19, 51, 21, 53,
                                                    23, 55, 25, 57, 27, 59, 29, 61, 31, 63};

/// Variables are rows: row i of the tile holds the 32 observations of variable i. A left operand as it is.
inline void tile_of_runs(const float* x, std::int64_t ld, const float* scales, int variables,
                         int observations, char* tile) {
  const __m512i behind = _mm512_load_si512(kBehind);
  const __mmask16 low = mask_of(observations), high = mask_of(observations - kSide);
  for (int i = 0; i < kSide; ++i) {
    if (i >= variables) {
      store(Split{}, Split{}, behind, tile, i);
      continue;
    }
    const float* run = x + i * ld;
    const __m512 scale = _mm512_set1_ps(scales[i]);
    store(split(_mm512_mul_ps(_mm512_maskz_loadu_ps(low, run), scale)),
          split(_mm512_mul_ps(_mm512_maskz_loadu_ps(high, run + kSide), scale)), behind, tile, i);
  }
}

/// Observations are rows: row k of the tile holds observations 2 k and 2 k + 1 of 16 variables, in pairs. A
/// right operand as it is.
inline void tile_of_rows(const float* x, std::int64_t ld, const float* scales, int variables,
                         int observations, char* tile) {
  const __m512i between = _mm512_load_si512(kBetween);
  const __mmask16 mask = mask_of(variables);
  const __m512 scale = _mm512_load_ps(scales);
  for (int k = 0; k < kSide; ++k) {
    const float* row = x + 2 * k * ld;
    const __m512 zero = _mm512_setzero_ps();
    const __m512 even = 2 * k < observations ? _mm512_maskz_loadu_ps(mask, row) : zero;
    const __m512 odd = 2 * k + 1 < observations ? _mm512_maskz_loadu_ps(mask, row + ld) : zero;
    store(split(_mm512_mul_ps(even, scale)), split(_mm512_mul_ps(odd, scale)), between, tile, k);
  }
}

/// Transposes 16 x 16 words of 32 bits in place.
inline void transpose(char* tile) {
  __m512i r[kSide], t[kSide];
  for (int i = 0; i < 16; ++i) r[i] = _mm512_load_si512(tile + i * 64);
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  }
  for (int i = 0; i < 16; ++i) _mm512_store_si512(tile + i * 64, r[i]);
}

template <bool kRight>
void split_part(const Part& p, void* operand) {
  char* step = static_cast<char*>(operand);
  const bool runs = p.layout == Layout::kVariables;
  alignas(64) float scales[kUnit];
  for (int i = 0; i < kUnit; ++i) scales[i] = i < p.variables ? down(p.m2[i]) : 1;
  for (int k = 0; k < p.observations; k += kStep, step += kStepBytes) {
    for (int half = 0; half < 2; ++half) {
      char* tile = step + half * kTile;
      const int variables = p.variables - half * kSide, observations = p.observations - k;
      if (runs)
        tile_of_runs(p.data + half * kSide * p.ld + k, p.ld, scales + half * kSide, variables, observations,
                     tile);
      else
        tile_of_rows(p.data + k * p.ld + half * kSide, p.ld, scales + half * kSide, variables, observations,
                     tile);
      if (runs == kRight)
        for (int part = 0; part < 3; ++part) transpose(tile + part * kPart);
    }
  }
}

}  // namespace

void split_left(const Part& part, void* operand) {
  split_part<false>(part, operand);
}
void split_right(const Part& part, void* operand) {
  split_part<true>(part, operand);
}

Tiles::Tiles() {
  _tile_loadconfig(&kConfig);
}
Tiles::~Tiles() {
  _tile_release();
}

// Tiles 0-3 hold the unit, 4 and 5 the left operand's halves, 6 and 7 the right one's. Four products follow
// each other without waiting: none needs the one before. Small terms come first within a step.
void Tiles::multiply(const void* left, const void* right, int observations, bool first, float* unit) const {
  auto a = static_cast<const char*>(left), b = static_cast<const char*>(right);
  if (first) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  } else {
    _tile_loadd(0, unit, 64);
    _tile_loadd(1, unit + 256, 64);
    _tile_loadd(2, unit + 512, 64);
    _tile_loadd(3, unit + 768, 64);
  }
  const auto four = [] {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  };
  const auto take_left = [&](int part) {
    _tile_loadd(4, a + part * kPart, 64);
    _tile_loadd(5, a + part * kPart + kTile, 64);
  };
  const auto take_right = [&](int part) {
    _tile_loadd(6, b + part * kPart, 64);
    _tile_loadd(7, b + part * kPart + kTile, 64);
  };
  constexpr int kLines = int(kUnitFloats * 4 / 64 / (kDepth / kStep));  // of the next unit, a step
  auto next = reinterpret_cast<const char*>(unit + kUnitFloats);        // units of a strip follow each other
  for (int k = 0; k < observations; k += kStep, a += kStepBytes, b += kStepBytes) {
    for (int line = 0; line < kLines; ++line, next += 64) _mm_prefetch(next, _MM_HINT_T0);
    take_left(2);
    take_right(0);
    four();  // x3 y1
    take_left(1);
    four();  // x2 y1
    take_right(1);
    four();  // x2 y2
    take_left(0);
    four();  // x1 y2
    take_right(2);
    four();  // x1 y3
    take_right(0);
    four();  // x1 y1
  }
  _tile_stored(0, unit, 64);
  _tile_stored(1, unit + 256, 64);
  _tile_stored(2, unit + 512, 64);
  _tile_stored(3, unit + 768, 64);
}

void add(const float* unit, int rows, int columns, const Correction& row, const Correction& column,
         double* acc, std::int64_t acc_ld) {
  double scales[kUnit];
  for (int j = 0; j < columns; ++j) scales[j] = up(column.m2[j]);
  for (int i = 0; i < rows; ++i) {
    const double bi = row.between[i], wi = row.within[i], scale = up(row.m2[i]);
    const float* line = unit + i / kSide * 512 + i % kSide * kSide;
    double* sums = acc + i * acc_ld;
    for (int j = 0; j < columns; ++j) {
      const double product = double(line[j / kSide * 256 + j % kSide]) * (scale * scales[j]);
      sums[j] += (product + bi * column.between[j]) - wi * column.within[j];
    }
  }
}

}  // namespace sluice::SLUICE_BACKEND::amx
