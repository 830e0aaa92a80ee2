// Plain numbers are what the long way makes of them, by every way that this processor has.
#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <string>

#include "host/formats/csv/parse.h"
#include "host/formats/csv/plain.h"

namespace sluice::csv {
namespace {

// The text with what may stand around it in a file.
class Padded {
 public:
  Padded(const std::string& text, std::mt19937_64& random) : size_(text.size()) {
    const std::string around = "0123456789.,-\n\"x";
    for (std::size_t i = 0; i < 2 * kPadding; ++i) bytes_ += around[random() % around.size()];
    bytes_.insert(kPadding, text);
  }
  const char* data() const { return bytes_.data() + kPadding; }
  std::size_t size() const { return size_; }

 private:
  std::string bytes_;
  std::size_t size_;
};

std::string digits(std::mt19937_64& random, std::size_t count) {
  std::string text;
  while (text.size() < count) text += char('0' + random() % (random() % 3 == 0 ? 1 : 10));
  return text;
}

TEST(CsvPlain, FloatsAreThoseOfTheLongWay) {
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 400000; ++i) {
    std::string text = random() % 3 == 0 ? "-" : "";
    text += digits(random, random() % 4 == 0 ? random() % 22 : 1);
    if (random() % 5 != 0) text += "." + digits(random, random() % 21);
    if (random() % 20 == 0 && !text.empty()) text[random() % text.size()] = "x e+-.,:/\x80"[random() % 10];
    const Padded padded(text, random);
    double plain = 0, truth = 0;
    if (!plain_float(padded.data(), padded.size(), '.', plain)) continue;
    ++taken;
    ASSERT_TRUE(parse_float(text, '.', truth)) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(plain), std::bit_cast<std::uint64_t>(truth)) << text;
  }
  EXPECT_GT(taken, 250000);
}

TEST(CsvPlain, NumbersOfSeventeenDigitsArePlain) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100000; ++i) {
    char text[40];
    const double value = double(random() >> 11) * 0x1p-53 + 1e-4;
    const int size = std::snprintf(text, sizeof text, "%.17g", value);
    const Padded padded(text, random);
    double plain = 0;
    ASSERT_TRUE(plain_float(padded.data(), std::size_t(size), '.', plain) || size > 21) << text;
    if (size <= 21) {
      ASSERT_EQ(plain, value) << text;
    }
  }
}

TEST(CsvPlain, EveryWayFindsTheSameDigits) {
  if (plain_digits_avx2 == nullptr || !__builtin_cpu_supports("avx2"))
    GTEST_SKIP() << "no AVX2 in this build or processor";
  std::mt19937_64 random(3);
  int taken = 0;
  for (int i = 0; i < 300000; ++i) {
    std::string text =
        digits(random, 1 + random() % 5) + (random() % 4 != 0 ? "." : "") + digits(random, random() % 19);
    if (random() % 10 == 0) text[random() % text.size()] = char(random());
    const Padded padded(text, random);
    PlainDigits fast{}, truth{};
    if (!plain_digits_avx2(padded.data(), padded.size(), '.', fast)) continue;
    ++taken;
    ASSERT_TRUE(plain_digits(padded.data(), padded.size(), '.', truth)) << text;
    ASSERT_EQ(fast.digits, truth.digits) << text;
    ASSERT_EQ(fast.places, truth.places) << text;
  }
  EXPECT_GT(taken, 150000);
}

TEST(CsvPlain, Integers) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 200000; ++i) {
    std::string text = (random() % 3 == 0 ? "-" : "") + digits(random, random() % 21);
    if (random() % 10 == 0 && !text.empty()) text[random() % text.size()] = char(random());
    const Padded padded(text, random);
    std::int64_t plain = 0, truth = 0;
    const bool taken = plain_integer(padded.data(), padded.size(), plain);
    const bool value = parse_integer(text, truth) == IntegerResult::kValue;
    if (!taken) continue;
    ASSERT_TRUE(value) << text;
    ASSERT_EQ(plain, truth) << text;
  }
}

}  // namespace
}  // namespace sluice::csv
