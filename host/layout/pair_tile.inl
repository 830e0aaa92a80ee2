// The loops of pair_tile.h, in vectors as wide as the level has. Nothing here may be an inline function that
// other files share: the linker could take the copy of a wider level for all.
#include <cstring>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "host/layout/hash.h"
#include "host/layout/pair_tile.h"

namespace sluice::layout {
namespace {

constexpr float kNear = 1e-12f;   // squared distance (of edges of length 1) below which vertices coincide
constexpr float kLeast = 1e-20f;  // for denominators of pairs that are none

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
constexpr int kVector = kLanes * 4;
typedef float Floats __attribute__((vector_size(kVector)));
typedef std::int32_t Ints __attribute__((vector_size(kVector)));
#define SLUICE_HERE static inline __attribute__((always_inline))

SLUICE_HERE void load(const float* from, Floats& to) {
  std::memcpy(&to, from, sizeof to);
}
SLUICE_HERE void store(const Floats& from, float* to) {
  std::memcpy(to, &from, sizeof from);
}
SLUICE_HERE Floats every(float value) {
  return value - Floats{};
}
SLUICE_HERE Floats root(const Floats& x) {
#if defined(__AVX512F__)
  return Floats(_mm512_sqrt_ps(__m512(x)));
#elif defined(__AVX2__)
  return Floats(_mm256_sqrt_ps(__m256(x)));
#else
  Floats y{};
  for (int l = 0; l < kLanes; ++l) y[l] = __builtin_sqrtf(x[l]);
  return y;
#endif
}
/// Lane l takes lane l ^ s, s below kLanes.
SLUICE_HERE void exchange(const Floats& from, int s, Floats& to) {
#if defined(__AVX512F__)
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  to = Floats(_mm512_permutexvar_ps(_mm512_xor_si512(lanes, _mm512_set1_epi32(s)), __m512(from)));
#elif defined(__AVX2__)
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  to = Floats(_mm256_permutevar8x32_ps(__m256(from), _mm256_xor_si256(lanes, _mm256_set1_epi32(s))));
#else
  const Floats all = from;  // to may be the same
  for (int l = 0; l < kLanes; ++l) to[l] = all[l ^ s];
#endif
}
SLUICE_HERE Floats least_of(const Floats& a, const Floats& b) {
  return a < b ? a : b;
}
SLUICE_HERE Floats greatest_of(const Floats& a, const Floats& b) {
  return a > b ? a : b;
}
SLUICE_HERE void load_codes(const float* from, Floats& to) {
  load(from, to);
}
// Plain conversions of vectors of bytes go lane by lane in g++ 12.
SLUICE_HERE void load_codes(const std::uint8_t* from, Floats& to) {
#if defined(__AVX512F__)
  to = Floats(
      _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)))));
#elif defined(__AVX2__)
  to = Floats(
      _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)))));
#else
  for (int l = 0; l < kLanes; ++l) to[l] = float(from[l]);
#endif
}
SLUICE_HERE void load_codes(const std::uint16_t* from, Floats& to) {
#if defined(__AVX512F__)
  to = Floats(
      _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)))));
#elif defined(__AVX2__)
  to = Floats(
      _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)))));
#else
  for (int l = 0; l < kLanes; ++l) to[l] = float(from[l]);
#endif
}
SLUICE_HERE bool any(const Ints& mask) {
#if defined(__AVX512F__)
  return _mm512_test_epi32_mask(__m512i(mask), __m512i(mask)) != 0;
#elif defined(__AVX2__)
  return _mm256_testz_si256(__m256i(mask), __m256i(mask)) == 0;
#else
  return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
#endif
}

/// What a pair does: the share of the difference that each end takes, its part of the stress.
struct Pull {
  Floats share, error;
};
SLUICE_HERE void pull(const Floats& squared, const Floats& d, const Floats& eta, Pull& to) {
  const Floats magnitude = root(greatest_of(squared, every(kNear)));
  const Floats d2 = d * d, off = magnitude - d;
  const Floats inverse = 1.0f / greatest_of(magnitude * d2, every(kLeast));
  to.share = 0.5f * least_of(d2, eta) * off * inverse;
  const Floats error = off * (off * magnitude * inverse);  // off^2 / d^2
  to.error = d > 0.0f ? error : every(0);
}

/// A tile's blocks, copied together.
struct Blocks {
  float *p, *q, *p_moves, *q_moves, *error;
  int width, dimensions;
  bool itself;
  float* p_of(int c) const { return p + c * kBlock; }
  float* q_of(int c) const { return q + c * kBlock; }
};

Blocks gather(const TileJob& job, std::int64_t p, std::int64_t q, int width) {
  const int d = job.dimensions;
  float* s = job.scratch;
  const bool itself = p == q;
  float* rest = s + 2 * d * kBlock;
  const Blocks b{
      s,     itself ? s : s + d * kBlock, rest, itself ? rest : rest + kBlock, rest + 2 * kBlock, width, d,
      itself};
  const std::size_t bytes = std::size_t(width) * sizeof(float);
  for (int c = 0; c < d; ++c) {
    std::memcpy(b.p_of(c), job.at + c * job.stride + p, bytes);
    std::memcpy(b.q_of(c), job.at + c * job.stride + q, bytes);
  }
  std::memcpy(b.p_moves, job.moves + p, bytes);
  std::memcpy(b.q_moves, job.moves + q, bytes);
  std::memset(b.error, 0, bytes);
  return b;
}

/// Lanes that coincide though they are apart in the graph: along a direction of their own.
template <class Code>
__attribute__((noinline)) void part_coincident(const TileJob& job, const Blocks& b, std::int64_t p,
                                               std::int64_t q, int s, const Code* codes) {
  for (int l = 0; l < b.width; ++l) {
    const int m = l ^ s;
    if (b.itself && m < l) continue;
    const float d = float(codes[l]);
    float squared = 0;
    for (int c = 0; c < b.dimensions; ++c) {
      const float x = b.p_of(c)[l] - b.q_of(c)[m];
      squared += x * x;
    }
    if (!(squared < kNear) || !(d > 0)) continue;
    const std::uint64_t key = scatter(job.key, scatter(std::uint64_t(p + l), std::uint64_t(q + m)));
    float norm = 0;
    for (int c = 0; c < b.dimensions; ++c) {
      const float u = signed_unit(scatter(key, std::uint64_t(c))) + 0x1p-33f;  // never 0
      norm += u * u;
    }
    const float limited = d * d < job.eta ? d * d : job.eta;
    const float way = 0.5f * limited / d / __builtin_sqrtf(norm);
    for (int c = 0; c < b.dimensions; ++c) {
      const float u = (signed_unit(scatter(key, std::uint64_t(c))) + 0x1p-33f) * way;
      b.p_of(c)[l] += u * b.p_moves[l];
      b.q_of(c)[m] -= u * b.q_moves[m];
    }
  }
}

/// Lanes i ... of P with lanes j ... of Q in step s; whether lanes coincide. kDims 0: any number of
/// dimensions.
template <int kDims, class Code>
SLUICE_HERE void meet(const Blocks& b, int i, int j, int s, const Floats& eta, const Code* codes,
                      Ints& near) {
  const int dims = kDims > 0 ? kDims : b.dimensions;
  const bool within = b.itself && i == j;  // then each lane's pair comes twice: P's side alone
  Floats d{}, apart[kDims > 0 ? kDims : 1], squared{}, x{}, y{}, pm{}, qm{}, error{};
  load_codes(codes + i, d);
  for (int c = 0; c < dims; ++c) {
    load(b.p_of(c) + i, x);
    load(b.q_of(c) + j, y);
    exchange(y, s, y);
    x -= y;
    if constexpr (kDims > 0) apart[c] = x;
    squared += x * x;
  }
  near |= (squared < kNear) & (d > 0.0f);
  Pull one{};
  pull(squared, d, eta, one);
  load(b.p_moves + i, pm);
  load(b.q_moves + j, qm);
  exchange(qm, s, qm);
  for (int c = 0; c < dims; ++c) {
    load(b.p_of(c) + i, x);
    load(b.q_of(c) + j, y);
    Floats difference{};
    if constexpr (kDims > 0) {
      difference = apart[c];
    } else {
      exchange(y, s, difference);
      difference = x - difference;
    }
    store(x - one.share * pm * difference, b.p_of(c) + i);
    if (within) continue;
    Floats back = one.share * qm * difference;
    exchange(back, s, back);
    store(y + back, b.q_of(c) + j);
  }
  load(b.error + i, error);
  if (within) {  // counted in the lower lane of two
    Ints lane{};
    for (int at = 0; at < kLanes; ++at) lane[at] = at;
    one.error = (lane ^ s) > lane ? one.error : every(0);
  }
  store(error + one.error, b.error + i);
}

template <int kDims, class Code>
void steps(const TileJob& job, const Blocks& b, std::int64_t p, std::int64_t q, const Code* codes) {
  const Floats eta = every(job.eta);
  for (int turn = 0; turn < b.width; ++turn) {
    const int s = job.order[turn], far = s & ~(kLanes - 1);
    if (b.itself && s == 0) continue;
    const Code* row = codes + std::int64_t(s) * b.width;
    Ints near{};
    for (int i = 0; i < b.width; i += kLanes)
      if (!b.itself || i <= (i ^ far)) meet<kDims>(b, i, i ^ far, s & (kLanes - 1), eta, row, near);
    if (any(near) && job.eta > 0) part_coincident(job, b, p, q, s, row);
  }
}

template <class Code>
void tile(const TileJob& job, std::int64_t p, std::int64_t q, int width, const Code* codes, double& stress) {
  const Blocks b = gather(job, p, q, width);
  switch (job.dimensions) {
    case 2:
      steps<2>(job, b, p, q, codes);
      break;
    case 3:
      steps<3>(job, b, p, q, codes);
      break;
    default:
      steps<0>(job, b, p, q, codes);
  }
  const std::size_t bytes = std::size_t(width) * sizeof(float);
  for (int c = 0; c < job.dimensions; ++c) {
    std::memcpy(job.at + c * job.stride + p, b.p_of(c), bytes);
    if (!b.itself) std::memcpy(job.at + c * job.stride + q, b.q_of(c), bytes);
  }
  double error = 0;
  for (int l = 0; l < width; ++l) error += double(b.error[l]);
  stress += error;
}

/// Lanes that coincide with a pivot that is not theirs.
__attribute__((noinline)) void part_from_pivot(const TileJob& job, const float* at, std::int64_t from,
                                               int lanes, const float* d, const float* w) {
  for (std::int64_t v = from; v < from + lanes; ++v) {
    float squared = 0;
    for (int c = 0; c < job.dimensions; ++c) {
      const float x = job.at[c * job.stride + v] - at[c];
      squared += x * x;
    }
    if (!(squared < kNear) || !(w[v] > 0)) continue;
    const float wanted = w[v] * job.eta;
    const float way = (wanted < 1.0f ? wanted : 1.0f) * 0.5f * d[v] * job.moves[v];
    const std::uint64_t key = scatter(job.key, std::uint64_t(v));
    for (int c = 0; c < job.dimensions; ++c)
      job.at[c * job.stride + v] += way * signed_unit(scatter(key, std::uint64_t(c)));
  }
}

void pivot(const TileJob& job, const float* at, std::int64_t from, std::int64_t to, const float* d,
           const float* w, double& stress) {
  // Vertices beyond `to` in the last vector have no pairs, but lie in the caller's padding.
  constexpr int kGroup = 16;  // vertices whose errors are summed lane by lane, at every level
  float errors[kGroup] = {};
  const Floats etas = every(job.eta);
  for (std::int64_t begin = from; begin < to; begin += kGroup) {
    Ints near{};
    for (int l = 0; l < kGroup; l += kLanes) {
      Floats squared{}, weight{}, length{}, moves{}, x{}, error{};
      for (int c = 0; c < job.dimensions; ++c) {
        load(job.at + c * job.stride + begin + l, x);
        squared += (x - at[c]) * (x - at[c]);
      }
      load(w + begin + l, weight);
      load(d + begin + l, length);
      load(job.moves + begin + l, moves);
      near |= (squared < kNear) & (weight > 0.0f);
      const Floats magnitude = root(greatest_of(squared, every(kNear))), off = magnitude - length;
      const Floats half = 0.5f * least_of(weight * etas, every(1)) * off * moves;
      const Floats share = half / magnitude;
      for (int c = 0; c < job.dimensions; ++c) {
        load(job.at + c * job.stride + begin + l, x);
        store(x - share * (x - at[c]), job.at + c * job.stride + begin + l);
      }
      load(errors + l, error);
      store(error + weight * (off * off), errors + l);
    }
    if (any(near) && job.eta > 0) part_from_pivot(job, at, begin, kGroup, d, w);
  }
  for (int l = 0; l < kGroup; ++l) stress += double(errors[l]);
}

}  // namespace
}  // namespace sluice::layout
