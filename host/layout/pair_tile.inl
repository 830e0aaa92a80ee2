// The loops of pair_tile.h. A step goes over the lanes of a tile in one plain loop, which compilers turn into
// vectors; Q is held twice in a row, so that a turned block is a window. Nothing here may be an inline
// function that other files share: the linker could take the copy of a wider level for all.
#include <cstring>

#include "host/layout/hash.h"
#include "host/layout/pair_tile.h"

namespace sluice::layout {
namespace {

constexpr float kNear = 1e-12f;   // squared distance (of edges of length 1) below which vertices coincide
constexpr float kLeast = 1e-20f;  // for denominators of pairs that are none

/// What a pair does: the share of the difference that each end takes, its part of the stress, its step.
struct Pull {
  float share, error, step;
};
inline __attribute__((always_inline)) Pull pull(float squared, float d, float eta) {
  const float magnitude = __builtin_sqrtf(squared < kNear ? kNear : squared);
  const float d2 = d * d, off = magnitude - d;
  const float limited = d2 < eta ? d2 : eta;
  const float below = magnitude * d2;
  const float inverse = 1.0f / (below < kLeast ? kLeast : below);
  const float part = 0.5f * limited * off * inverse;  // of the difference
  const float relative = off * magnitude * inverse;   // off / d^2
  return {part, d > 0 ? off * relative : 0.0f, __builtin_fabsf(part * magnitude)};
}

/// A tile's blocks, copied together: p as they are, q twice.
struct Blocks {
  float *p, *q, *p_moves, *q_moves, *error, *step;
  int width, dimensions;
  float* p_of(int c) const { return p + c * kBlock; }
  float* q_of(int c) const { return q + c * 2 * kBlock; }
};

Blocks gather(const TileJob& job, std::int64_t p, std::int64_t q, int width) {
  const int d = job.dimensions;
  float* s = job.scratch;
  Blocks b{s, s + d * kBlock, s + 3 * d * kBlock, nullptr, nullptr, nullptr, width, d};
  b.q_moves = b.p_moves + kBlock;
  b.error = b.q_moves + 2 * kBlock;
  b.step = b.error + kBlock;
  const std::size_t bytes = std::size_t(width) * sizeof(float);
  for (int c = 0; c < d; ++c) {
    const float* at = job.at + c * job.stride;
    std::memcpy(b.p_of(c), at + p, bytes);
    std::memcpy(b.q_of(c), at + q, bytes);
    std::memcpy(b.q_of(c) + width, at + q, bytes);
  }
  std::memcpy(b.p_moves, job.moves + p, bytes);
  std::memcpy(b.q_moves, job.moves + q, bytes);
  std::memcpy(b.q_moves + width, job.moves + q, bytes);
  std::memset(b.error, 0, bytes);
  std::memset(b.step, 0, bytes);
  return b;
}

/// Lanes that coincide though they are apart in the graph: along a direction of their own.
template <class Code>
__attribute__((noinline)) void part_coincident(const TileJob& job, const Blocks& b, std::int64_t p,
                                               std::int64_t q, int shift, const Code* codes) {
  for (int l = 0; l < b.width; ++l) {
    const float d = float(codes[l]);
    float squared = 0;
    for (int c = 0; c < b.dimensions; ++c) {
      const float x = b.p_of(c)[l] - b.q_of(c)[l + shift];
      squared += x * x;
    }
    if (!(squared < kNear) || !(d > 0)) continue;
    const std::uint64_t key =
        scatter(job.key, scatter(std::uint64_t(p + l), std::uint64_t(q + (l + shift) % b.width)));
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
      b.q_of(c)[l + shift] -= u * b.q_moves[l + shift];
    }
  }
}

/// One step in two or three dimensions; whether lanes coincide.
template <int kDims, int kWidth, class Code>
inline __attribute__((always_inline)) bool few(const Blocks& b, int width, int shift, float eta,
                                               const Code* __restrict codes) {
  float* __restrict px = b.p_of(0);
  float* __restrict py = b.p_of(1);
  float* __restrict pz = b.p_of(kDims - 1);
  float* __restrict qx = b.q_of(0) + shift;
  float* __restrict qy = b.q_of(1) + shift;
  float* __restrict qz = b.q_of(kDims - 1) + shift;
  const float* __restrict pm = b.p_moves;
  const float* __restrict qm = b.q_moves + shift;
  float* __restrict error = b.error;
  float* __restrict step = b.step;
  int near = 0;
  const int lanes = kWidth != 0 ? kWidth : width;
  for (int l = 0; l < lanes; ++l) {
    const float d = float(codes[l]);
    const float x = px[l] - qx[l], y = py[l] - qy[l];
    float z = 0, squared = x * x + y * y;
    if constexpr (kDims == 3) {
      z = pz[l] - qz[l];
      squared += z * z;
    }
    near |= int(squared < kNear) & int(d > 0);
    const Pull one = pull(squared, d, eta);
    const float a = one.share * pm[l], c = one.share * qm[l];
    px[l] -= a * x;
    py[l] -= a * y;
    qx[l] += c * x;
    qy[l] += c * y;
    if constexpr (kDims == 3) {
      pz[l] -= a * z;
      qz[l] += c * z;
    }
    error[l] += one.error;
    const float moved = one.step * (pm[l] > qm[l] ? pm[l] : qm[l]);
    step[l] = moved > step[l] ? moved : step[l];
  }
  return near != 0;
}

/// One step in any number of dimensions.
template <class Code>
bool many(const Blocks& b, int shift, float eta, const Code* codes) {
  float squared[kBlock] = {}, share[kBlock];
  int near = 0;
  for (int c = 0; c < b.dimensions; ++c) {
    const float *x = b.p_of(c), *y = b.q_of(c) + shift;
    for (int l = 0; l < b.width; ++l) squared[l] += (x[l] - y[l]) * (x[l] - y[l]);
  }
  for (int l = 0; l < b.width; ++l) {
    const float d = float(codes[l]);
    near |= int(squared[l] < kNear) & int(d > 0);
    const Pull one = pull(squared[l], d, eta);
    share[l] = one.share;
    b.error[l] += one.error;
    const float moved =
        one.step * (b.p_moves[l] > b.q_moves[l + shift] ? b.p_moves[l] : b.q_moves[l + shift]);
    b.step[l] = moved > b.step[l] ? moved : b.step[l];
  }
  for (int c = 0; c < b.dimensions; ++c) {
    float* __restrict x = b.p_of(c);
    float* __restrict y = b.q_of(c) + shift;
    const float *pm = b.p_moves, *qm = b.q_moves + shift;
    for (int l = 0; l < b.width; ++l) {
      const float apart = x[l] - y[l];
      x[l] -= share[l] * pm[l] * apart;
      y[l] += share[l] * qm[l] * apart;
    }
  }
  return near != 0;
}

template <class Code>
void tile(const TileJob& job, std::int64_t p, std::int64_t q, int width, int first, const Code* codes,
          TileSums& sums) {
  const Blocks b = gather(job, p, q, width);
  for (int turn = 0; turn < width; ++turn) {
    const int shift = first + turn < width ? first + turn : first + turn - width;
    if (turn > 0 && shift == 0)  // around: the second copies are the newer ones
      for (int c = 0; c < b.dimensions; ++c)
        std::memcpy(b.q_of(c), b.q_of(c) + width, std::size_t(width) * sizeof(float));
    const Code* row = codes + std::int64_t(shift) * width;
    bool near;
    if (b.dimensions == 2 && width == kBlock)
      near = few<2, kBlock>(b, width, shift, job.eta, row);
    else if (b.dimensions == 2)
      near = few<2, 0>(b, width, shift, job.eta, row);
    else if (b.dimensions == 3)
      near = few<3, 0>(b, width, shift, job.eta, row);
    else
      near = many(b, shift, job.eta, row);
    if (near && job.eta > 0) part_coincident(job, b, p, q, shift, row);
    for (int c = 0; c < b.dimensions; ++c) b.q_of(c)[shift + width] = b.q_of(c)[shift];
  }
  const int last = first > 0 ? first - 1 : width - 1;  // slots up to it are newer in their second copy
  for (int c = 0; c < b.dimensions; ++c) {
    float* at = job.at + c * job.stride;
    std::memcpy(at + p, b.p_of(c), std::size_t(width) * sizeof(float));
    std::memcpy(at + q, b.q_of(c) + width, std::size_t(last + 1) * sizeof(float));
    std::memcpy(at + q + last + 1, b.q_of(c) + last + 1, std::size_t(width - last - 1) * sizeof(float));
  }
  double error = 0;
  for (int l = 0; l < width; ++l) {
    error += double(b.error[l]);
    if (b.step[l] > sums.largest) sums.largest = b.step[l];
  }
  sums.stress += error;
}

void pivot(const TileJob& job, const float* at, std::int64_t from, std::int64_t to, const float* d,
           const float* w, TileSums& sums) {
  constexpr int kLanes = 64;
  for (std::int64_t begin = from; begin < to; begin += kLanes) {
    const int lanes = int(to - begin < kLanes ? to - begin : kLanes);
    float squared[kLanes] = {}, share[kLanes], error[kLanes];
    for (int c = 0; c < job.dimensions; ++c) {
      const float* x = job.at + c * job.stride + begin;
      for (int l = 0; l < lanes; ++l) squared[l] += (x[l] - at[c]) * (x[l] - at[c]);
    }
    float largest = 0;
    int near = 0;
    for (int l = 0; l < lanes; ++l) {
      const float weight = w[begin + l], length = d[begin + l];
      near |= int(squared[l] < kNear) & int(weight > 0);
      const float magnitude = __builtin_sqrtf(squared[l] < kNear ? kNear : squared[l]);
      const float off = magnitude - length, wanted = weight * job.eta;
      const float half = (wanted < 1.0f ? wanted : 1.0f) * 0.5f * off;
      share[l] = half / magnitude * job.moves[begin + l];
      error[l] = weight * (off * off);
      const float step = __builtin_fabsf(half) * job.moves[begin + l];
      largest = step > largest ? step : largest;
    }
    for (int c = 0; c < job.dimensions; ++c) {
      float* x = job.at + c * job.stride + begin;
      for (int l = 0; l < lanes; ++l) x[l] -= share[l] * (x[l] - at[c]);
    }
    if (near && job.eta > 0)
      for (int l = 0; l < lanes; ++l) {
        if (!(squared[l] < kNear) || !(w[begin + l] > 0)) continue;
        const float wanted = w[begin + l] * job.eta;
        const float way = (wanted < 1.0f ? wanted : 1.0f) * 0.5f * d[begin + l] * job.moves[begin + l];
        const std::uint64_t key = scatter(job.key, std::uint64_t(begin + l));
        for (int c = 0; c < job.dimensions; ++c)
          job.at[c * job.stride + begin + l] += way * signed_unit(scatter(key, std::uint64_t(c)));
      }
    for (int l = 0; l < lanes; ++l) sums.stress += double(error[l]);
    if (largest > sums.largest) sums.largest = largest;
  }
}

}  // namespace
}  // namespace sluice::layout
