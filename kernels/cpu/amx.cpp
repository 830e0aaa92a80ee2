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

constexpr int kExponents = int(kUnit * kDepth * 6);  // where an operand's exponents lie, a float a variable

/// Of the largest number of a variable; 0 where there is none or it is infinite.
inline __m512 exponents(__m512 largest) {
  const __m512 exponent = _mm512_getexp_ps(largest);
  const __mmask16 finite = _mm512_cmp_ps_mask(_mm512_abs_ps(exponent), _mm512_set1_ps(1000), _CMP_LT_OQ);
  return _mm512_maskz_mov_ps(finite, exponent);
}

struct Split {
  __m512i part[3];
};

/// Sixteen numbers of at most 2 as sums of three of 8 bits each, in the high halves; exact.
inline Split split(__m512 x) {
  const __m512i high = _mm512_set1_epi32(static_cast<int>(0xffff0000u)), half = _mm512_set1_epi32(0x8000);
  const auto near = [&](__m512 v) {
    return _mm512_and_si512(_mm512_add_epi32(_mm512_castps_si512(v), half), high);
  };
  const __m512i x1 = near(x);
  const __m512 rest = _mm512_sub_ps(x, _mm512_castsi512_ps(x1));
  const __m512i x2 = near(rest);
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
inline void tile_of_runs(const float* x, std::int64_t ld, const float* exponent, int variables,
                         int observations, char* tile) {
  const __m512i behind = _mm512_load_si512(kBehind);
  const __mmask16 low = mask_of(observations), high = mask_of(observations - kSide);
  for (int i = 0; i < kSide; ++i) {
    if (i >= variables) {
      store(Split{}, Split{}, behind, tile, i);
      continue;
    }
    const float* run = x + i * ld;
    const __m512 scale = _mm512_set1_ps(-exponent[i]);
    store(split(_mm512_scalef_ps(_mm512_maskz_loadu_ps(low, run), scale)),
          split(_mm512_scalef_ps(_mm512_maskz_loadu_ps(high, run + kSide), scale)), behind, tile, i);
  }
}

/// Observations are rows: row k of the tile holds observations 2 k and 2 k + 1 of 16 variables, in pairs. A
/// right operand as it is.
inline void tile_of_rows(const float* x, std::int64_t ld, const float* exponent, int variables,
                         int observations, char* tile) {
  const __m512i between = _mm512_load_si512(kBetween);
  const __mmask16 mask = mask_of(variables);
  const __m512 scale = _mm512_sub_ps(_mm512_setzero_ps(), _mm512_load_ps(exponent));
  for (int k = 0; k < kSide; ++k) {
    const float* row = x + 2 * k * ld;
    const __m512 zero = _mm512_setzero_ps();
    const __m512 even = 2 * k < observations ? _mm512_maskz_loadu_ps(mask, row) : zero;
    const __m512 odd = 2 * k + 1 < observations ? _mm512_maskz_loadu_ps(mask, row + ld) : zero;
    store(split(_mm512_scalef_ps(even, scale)), split(_mm512_scalef_ps(odd, scale)), between, tile, k);
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

/// The exponents of up to 16 variables whose observations are rows.
inline __m512 exponents_of_rows(const float* x, std::int64_t ld, int variables, int observations) {
  const __mmask16 mask = mask_of(variables);
  __m512 largest[4] = {};  // that do not wait for each other
  for (int k = 0; k < observations; ++k)
    largest[k % 4] = _mm512_max_ps(largest[k % 4], _mm512_abs_ps(_mm512_maskz_loadu_ps(mask, x + k * ld)));
  return exponents(
      _mm512_max_ps(_mm512_max_ps(largest[0], largest[1]), _mm512_max_ps(largest[2], largest[3])));
}

/// The exponents of up to 16 variables whose observations are runs.
inline __m512 exponents_of_runs(const float* x, std::int64_t ld, int variables, int observations) {
  alignas(64) float largest[kSide] = {};
  for (int i = 0; i < (variables < kSide ? variables : kSide); ++i) {
    __m512 a = _mm512_setzero_ps(), b = a;
    for (int k = 0; k < observations; k += kStep) {
      const float* run = x + i * ld + k;
      a = _mm512_max_ps(a, _mm512_abs_ps(_mm512_maskz_loadu_ps(mask_of(observations - k), run)));
      b = _mm512_max_ps(b,
                        _mm512_abs_ps(_mm512_maskz_loadu_ps(mask_of(observations - k - kSide), run + kSide)));
    }
    largest[i] = _mm512_reduce_max_ps(_mm512_max_ps(a, b));
  }
  return exponents(_mm512_load_ps(largest));
}

template <bool kRight>
void split_part(const Part& p, void* operand) {
  char* step = static_cast<char*>(operand);
  const bool runs = p.layout == Layout::kVariables;
  auto exponent = reinterpret_cast<float*>(step + kExponents);
  for (int half = 0; half < 2; ++half) {
    const int variables = p.variables - half * kSide;
    _mm512_store_ps(exponent + half * kSide,
                    runs ? exponents_of_runs(p.data + half * kSide * p.ld, p.ld, variables, p.observations)
                         : exponents_of_rows(p.data + half * kSide, p.ld, variables, p.observations));
  }
  for (int k = 0; k < p.observations; k += kStep, step += kStepBytes) {
    for (int half = 0; half < 2; ++half) {
      char* tile = step + half * kTile;
      const int variables = p.variables - half * kSide, observations = p.observations - k;
      if (runs)
        tile_of_runs(p.data + half * kSide * p.ld + k, p.ld, exponent + half * kSide, variables, observations,
                     tile);
      else
        tile_of_rows(p.data + k * p.ld + half * kSide, p.ld, exponent + half * kSide, variables, observations,
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

namespace {

/// unit (+)= sums times the powers of two that the operands were scaled by.
void take(const float* sums, const float* left, const float* right, bool first, float* unit) {
  for (int tile = 0; tile < 4; ++tile) {
    const __m512 columns = _mm512_load_ps(right + tile % 2 * kSide);
    const float* rows = left + tile / 2 * kSide;
    for (int i = 0; i < kSide; ++i, sums += kSide, unit += kSide) {
      const __m512 exponent = _mm512_add_ps(columns, _mm512_set1_ps(rows[i]));
      const __m512 sum = _mm512_scalef_ps(_mm512_load_ps(sums), exponent);
      _mm512_store_ps(unit, first ? sum : _mm512_add_ps(_mm512_load_ps(unit), sum));
    }
  }
}

}  // namespace

// Tiles 0-3 hold the sums, 4 and 5 the left operand's halves, 6 and 7 the right one's. Four products follow
// each other without waiting: none needs the one before. Small terms come first within a step.
void Tiles::multiply(const void* left, const void* right, int observations, bool first, float* unit) const {
  auto a = static_cast<const char*>(left), b = static_cast<const char*>(right);
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
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  constexpr int kLines = int(kUnitFloats * 4 / 64 / (kDepth / kStep));  // of the unit, a step
  auto soon = reinterpret_cast<const char*>(unit);
  for (int k = 0; k < observations; k += kStep, a += kStepBytes, b += kStepBytes) {
    for (int line = 0; line < kLines; ++line, soon += 64) _mm_prefetch(soon, _MM_HINT_T0);
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
  alignas(64) float sums[kUnitFloats];
  _tile_stored(0, sums, 64);
  _tile_stored(1, sums + 256, 64);
  _tile_stored(2, sums + 512, 64);
  _tile_stored(3, sums + 768, 64);
  const auto exponents = [](const void* operand) {
    return reinterpret_cast<const float*>(static_cast<const char*>(operand) + kExponents);
  };
  take(sums, exponents(left), exponents(right), first, unit);
}

void add(const float* unit, int rows, int columns, const Correction& row, const Correction& column,
         double* acc, std::int64_t acc_ld) {
  for (int i = 0; i < rows; ++i) {
    const double bi = row.between[i], wi = row.within[i];
    const float* line = unit + i / kSide * 512 + i % kSide * kSide;
    double* sums = acc + i * acc_ld;
    for (int j = 0; j < columns; ++j) {
      const double product = double(line[j / kSide * 256 + j % kSide]);
      sums[j] += (product + bi * column.between[j]) - wi * column.within[j];
    }
  }
}

}  // namespace sluice::SLUICE_BACKEND::amx
