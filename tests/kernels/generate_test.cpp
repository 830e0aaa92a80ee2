// generate: Philox's published answers, tiles of a whole, the same bytes on every backend, and distributions.
#define SLUICE_BACKEND generate_test
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/normal.h"
#include "kernels/philox.h"
#include "session.h"

namespace sluice::test {
namespace {

using generate_test::philox;
using generate_test::Words;

void expect_words(const Words& w, std::uint32_t x0, std::uint32_t x1, std::uint32_t x2, std::uint32_t x3) {
  EXPECT_EQ(w.x0, x0);
  EXPECT_EQ(w.x1, x1);
  EXPECT_EQ(w.x2, x2);
  EXPECT_EQ(w.x3, x3);
}

TEST(Philox, KnownAnswers) {  // Random123's kat_vectors, philox4x32 10
  expect_words(philox({0, 0, 0, 0}, 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
  const std::uint32_t f = 0xffffffff;
  expect_words(philox({f, f, f, f}, f, f), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
  expect_words(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0), 0xd16cfe09,
               0x94fdcceb, 0x5001e420, 0x24126ea1);
}

double ulps(double found, long double expected) {
  const double size = std::fabs(double(expected));
  const double unit = std::nextafter(size, std::numeric_limits<double>::infinity()) - size;
  return double(std::fabs(static_cast<long double>(found) - expected) / unit);
}

TEST(Normal, PolynomialsAgreeWithTheLibrary) {
  double worst_log = 0, worst_sine = 0, worst_cosine = 0;
  for (std::uint32_t i = 0; i < 200000; ++i) {
    const Words w = philox({i, 0, 0, 0}, 1, 2);
    const double u = generate_test::uniform_double(w.x0, w.x1);
    // Near 1, near 0 and in between.
    const double x = i % 3 == 0 ? 1 - u : i % 3 == 1 ? std::ldexp(1 - u / 2, -int(w.x2 % 53)) : 1 - u * 1e-6;
    if (x < 1) worst_log = std::max(worst_log, ulps(generate_test::log_unit(x), std::log((long double)x)));
    const auto turn = generate_test::sine_cosine(u);
    const long double angle = 2 * 3.14159265358979323846264338327950288L * u;
    worst_sine = std::max(worst_sine, std::fabs(double(turn.sine - std::sin(angle))));
    worst_cosine = std::max(worst_cosine, std::fabs(double(turn.cosine - std::cos(angle))));
  }
  EXPECT_LT(worst_log, 2);
  EXPECT_LT(worst_sine, 2.3e-16);
  EXPECT_LT(worst_cosine, 2.3e-16);
  EXPECT_EQ(generate_test::log_unit(1.0), 0);
  EXPECT_EQ(generate_test::sine_cosine(0.25).sine, 1);
  EXPECT_EQ(generate_test::sine_cosine(0.5).cosine, -1);
}

TEST(Normal, SinglePolynomialsAgreeWithTheLibrary) {
  double worst_log = 0, worst_turn = 0, worst_radius = 0;
  for (std::uint32_t i = 0; i < 200000; ++i) {
    const Words w = philox({i, 0, 0, 0}, 3, 4);
    const float x = float(std::ldexp(double(w.x0 >> 8 | 1) / 0x1p24, -int(i % 33)));
    if (x < 1) {
      const double log = std::log(double(x)), found = double(generate_test::log_unit(x));
      worst_log = std::max(worst_log, std::fabs(found / log - 1));
    }
    const float u = generate_test::uniform_float(w.x1);
    const auto turn = generate_test::sine_cosine(u);
    const double angle = 2 * 3.14159265358979323846 * double(u);
    worst_turn = std::max({worst_turn, std::fabs(double(turn.sine) - std::sin(angle)),
                           std::fabs(double(turn.cosine) - std::cos(angle))});
    const auto pair = generate_test::normal_pair(w.x0, w.x1);
    const double radius = std::sqrt(-2 * std::log((double(w.x0 >> 1) + 0.5) / 0x1p31));
    worst_radius = std::max(worst_radius,
                            std::fabs(std::hypot(double(pair.first), double(pair.second)) - radius) / radius);
  }
  EXPECT_LT(worst_log, 2.4e-7);
  EXPECT_LT(worst_turn, 1.2e-7);
  EXPECT_LT(worst_radius, 0.004);  // where the radius is near 0, steps of u show
  // The ends of the words: finite, and as far out as 31 bits reach.
  EXPECT_NEAR(generate_test::normal_pair(0u, 0u).first, 6.66f, 0.01f);
  EXPECT_EQ(generate_test::normal_pair(0xffffffffu, 0u).first, 0);
  EXPECT_EQ(generate_test::log_unit(1.0f), 0);
  EXPECT_EQ(generate_test::sine_cosine(0.25f).sine, 1);
}

class Generate : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Generate);

constexpr double kSentinel = -77;

/// rows x columns at (row, column), with `ld` elements between rows; what lies between must stay.
template <class T>
std::vector<T> tile(const Backend& table, Distribution distribution, std::int64_t row, std::int64_t column,
                    std::int64_t rows, std::int64_t columns, const std::vector<std::int64_t>& partner = {},
                    int threads = 2, std::uint64_t seed = 7) {
  Session s(table, threads);
  const std::int64_t ld = columns + 3;
  const Array<T> out(s, std::vector<T>(std::size_t(rows * ld), T(kSentinel)));
  const Array<std::int64_t> partners(s, partner.empty() ? std::vector<std::int64_t>{0} : partner);
  s.run(GenerateArgs{seed, distribution, sizeof(T) == 4 ? DType::kFloat32 : DType::kFloat64, row, column,
                     rows, columns, 100000, partner.empty() ? nullptr : partners.data(), 0.8, 0.9, out.data(),
                     ld});
  std::vector<T> values;
  const auto all = out.download();
  for (std::int64_t r = 0; r < rows; ++r) {
    values.insert(values.end(), all.begin() + r * ld, all.begin() + r * ld + columns);
    for (std::int64_t c = columns; c < ld; ++c) EXPECT_EQ(all[std::size_t(r * ld + c)], T(kSentinel));
  }
  return values;
}

template <class T>
void tiles_make_the_whole(const Backend& table, Distribution distribution) {
  const std::int64_t rows = 9, columns = 1003;
  const std::vector<std::int64_t> partner = {-1, -1, 0, -1, 8, -1, -1, -1, -1};
  const auto whole = tile<T>(table, distribution, 100, 7, rows, columns, partner);
  for (const std::int64_t width : {1, 63, 500}) {
    for (std::int64_t c = 0; c < columns; c += std::max<std::int64_t>(width * 5, 170)) {
      for (std::int64_t r = 0; r < rows; r += 2) {
        const std::int64_t n = std::min(width, columns - c);
        const auto part = tile<T>(table, distribution, 100 + r, 7 + c, 1, n, {partner[std::size_t(r)]}, 1);
        for (std::int64_t i = 0; i < n; ++i) {
          ASSERT_EQ(part[std::size_t(i)], whole[std::size_t(r * columns + c + i)]) << r << ' ' << c + i;
        }
      }
    }
  }
}

TEST_P(Generate, TilesMakeTheWhole) {
  for (const Distribution d : {Distribution::kUniform, Distribution::kNormal}) {
    tiles_make_the_whole<float>(table(), d);
    tiles_make_the_whole<double>(table(), d);
  }
}

TEST_P(Generate, SameBytesAsSerial) {
  for (const Distribution d : {Distribution::kUniform, Distribution::kNormal}) {
    const Backend& serial = *table_of("serial");
    const std::vector<std::int64_t> partner = {-1, 3, -1, 70000};
    const auto a = tile<float>(serial, d, 5, 3, 4, 20000, partner),
               b = tile<float>(table(), d, 5, 3, 4, 20000, partner);
    EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * 4), 0);
    const auto c = tile<double>(serial, d, 5, 3, 4, 20000, partner),
               e = tile<double>(table(), d, 5, 3, 4, 20000, partner);
    EXPECT_EQ(std::memcmp(c.data(), e.data(), c.size() * 8), 0);
  }
}

template <class T>
void narrow_rows_are_those_of_serial(const Backend& table) {
  const std::int64_t rows = 301;  // more than a task draws, and not a multiple
  std::vector<std::int64_t> partner(std::size_t(rows), -1);
  for (std::size_t i = 0; i < partner.size(); i += 7) partner[i] = std::int64_t(1) << 33 | std::int64_t(i);
  for (const Distribution d : {Distribution::kUniform, Distribution::kNormal})
    for (const std::int64_t first : {0, 3, 1022})
      for (const std::int64_t columns : {1, 2, 4, 5, 31, 64, 125, 126, 129, 257}) {
        const auto truth = tile<T>(*table_of("serial"), d, 90, first, rows, columns, partner);
        ASSERT_EQ(tile<T>(table, d, 90, first, rows, columns, partner), truth) << first << ' ' << columns;
        ASSERT_EQ(tile<T>(table, d, 90 + 64, first, 1, columns, {partner[64]}),
                  std::vector<T>(truth.begin() + 64 * columns, truth.begin() + 65 * columns));
      }
}

TEST_P(Generate, NarrowRowsAreThoseOfSerial) {
  narrow_rows_are_those_of_serial<float>(table());
  narrow_rows_are_those_of_serial<double>(table());
}

TEST_P(Generate, FirstEntriesAreThoseOfTheCounter) {
  // Row 0, column block 0, key 0, stream 0: Philox's first known answer.
  const auto x = tile<float>(table(), Distribution::kUniform, 0, 0, 1, 4, {}, 1, 0);
  const std::uint32_t words[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(x[std::size_t(i)], float(words[i] >> 8) / 16777216.0f);
}

template <class T>
void moments_are(const Backend& table, Distribution d, const double (&expected)[4]) {
  const std::int64_t n = 1000000;
  const auto x = tile<T>(table, d, 0, 0, 10, n / 10);
  double sums[4] = {};
  for (const T value : x) {
    double power = 1;
    for (double& sum : sums) sum += power *= double(value);
  }
  for (int k = 0; k < 4; ++k)
    EXPECT_NEAR(sums[k] / double(n), expected[k], 5 * (k < 2 ? 0.0015 : 0.01)) << k + 1;
}

TEST_P(Generate, MomentsOfTheDistributions) {
  moments_are<float>(table(), Distribution::kUniform, {1. / 2, 1. / 3, 1. / 4, 1. / 5});
  moments_are<double>(table(), Distribution::kUniform, {1. / 2, 1. / 3, 1. / 4, 1. / 5});
  moments_are<float>(table(), Distribution::kNormal, {0, 1, 0, 3});
  moments_are<double>(table(), Distribution::kNormal, {0, 1, 0, 3});
}

TEST_P(Generate, SeedsRowsTypesAndDistributionsDiffer) {
  const auto base = tile<float>(table(), Distribution::kUniform, 0, 0, 1, 64);
  EXPECT_NE(base, tile<float>(table(), Distribution::kUniform, 1, 0, 1, 64));
  EXPECT_NE(base, tile<float>(table(), Distribution::kUniform, 0, 64, 1, 64));
  EXPECT_NE(base, tile<float>(table(), Distribution::kUniform, 0, 0, 1, 64, {}, 2, 8));
  EXPECT_NE(base, tile<float>(table(), Distribution::kUniform, 0, 0, 1, 64, {}, 2, 7ull << 32));
  const auto other = tile<double>(table(), Distribution::kUniform, 0, 0, 1, 64);
  for (int i = 0; i < 64; ++i) EXPECT_NE(float(other[std::size_t(i)]), base[std::size_t(i)]);
}

TEST_P(Generate, PairsAreProducts) {
  const std::int64_t n = 50000;
  const auto x = tile<double>(table(), Distribution::kUniform, 0, 0, 2, n, {-1, 0});
  double least = 1, most = 0, mean = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double factor = x[std::size_t(n + i)] / x[std::size_t(i)];
    least = std::min(least, factor);
    most = std::max(most, factor);
    mean += factor / double(n);
  }
  EXPECT_GE(least, 0.8 - 1e-15);
  EXPECT_LE(most, 0.9);
  EXPECT_NEAR(mean, 0.85, 5 * 0.1 / std::sqrt(12.0 * double(n)));
}

}  // namespace
}  // namespace sluice::test
