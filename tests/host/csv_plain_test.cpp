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

struct Way {
  const char* name;
  PlainNumbers numbers;
  friend void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }
};

class CsvPlain : public ::testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (GetParam().numbers == nullptr || (GetParam().numbers == plain_numbers_avx2 && !has_avx2()))
      GTEST_SKIP() << "not in this build or processor";
  }
  static bool has_avx2() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
  }
  static PlainNumber number_of(const Padded& text, char decimal = '.') {
    const Span span{text.data(), text.size()};
    PlainNumber found;
    GetParam().numbers(&span, 1, decimal, &found);
    return found;
  }
};

TEST_P(CsvPlain, FloatsAreThoseOfTheLongWay) {
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 400000; ++i) {
    const char decimal = i % 7 == 0 ? ',' : '.';
    std::string text = random() % 3 == 0 ? "-" : "";
    text += digits(random, random() % 4 == 0 ? random() % 26 : 1);
    if (random() % 5 != 0) text += decimal + digits(random, random() % 21);
    if (random() % 20 == 0 && !text.empty()) text[random() % text.size()] = "x e+-.,:/\x80"[random() % 10];
    const PlainNumber number = number_of(Padded(text, random), decimal);
    double truth = 0;
    if (!number.plain) continue;
    ++taken;
    ASSERT_TRUE(parse_float(text, decimal, truth)) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(nearest(number)), std::bit_cast<std::uint64_t>(truth)) << text;
  }
  EXPECT_GT(taken, 250000);
}

TEST_P(CsvPlain, NumbersOfSeventeenDigitsArePlain) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100000; ++i) {
    char text[40];
    const double value = (double(random() >> 11) * 0x1p-53 + 1e-2) * (i % 2 == 0 ? 1 : -100);
    std::snprintf(text, sizeof text, "%.17g", value);
    const PlainNumber number = number_of(Padded(text, random));
    ASSERT_TRUE(number.plain) << text;
    ASSERT_EQ(nearest(number), value) << text;
  }
}

TEST_P(CsvPlain, Integers) {
  std::mt19937_64 random(4);
  int taken = 0;
  for (int i = 0; i < 200000; ++i) {
    std::string text = (random() % 3 == 0 ? "-" : "") + digits(random, random() % 26);
    if (random() % 10 == 0 && !text.empty()) text[random() % text.size()] = char(random());
    const PlainNumber number = number_of(Padded(text, random));
    if (!number.is_integer()) continue;
    ++taken;
    std::int64_t truth = 0;
    ASSERT_TRUE(parse_integer(text, truth) == IntegerResult::kValue) << text;
    ASSERT_EQ(number.integer(), truth) << text;
  }
  EXPECT_GT(taken, 80000);
}

TEST_P(CsvPlain, WhatIsNotPlainIsLeft) {
  std::mt19937_64 random(5);
  for (const char* const text : {"",    "-",   ".",  "-.",  ".5", "5.", "-5.", "1..2", "1.2.3",
                                 "+1",  "--1", "1-", "1e5", " 1", "1 ", "nan", "0x10", "12345678901234567890",
                                 "1,5", "1.5-"})
    for (int around = 0; around < 50; ++around) ASSERT_FALSE(number_of(Padded(text, random)).plain) << text;
}

INSTANTIATE_TEST_SUITE_P(Ways, CsvPlain,
                         ::testing::Values(Way{"portable", plain_numbers_portable},
                                           Way{"avx2", plain_numbers_avx2}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice::csv
